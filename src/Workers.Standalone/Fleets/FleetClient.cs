using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace Workers.Standalone.Fleets;

/// <summary>A fleet's HTTP API as <c>./run</c> uses it.</summary>
internal sealed class FleetClient : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly HttpClient http;

    private FleetClient(HttpClient http) => this.http = http;

    public Uri Address => http.BaseAddress!;

    /// <summary>Connects with the token that the fleet made at its first start.</summary>
    public static async Task<FleetClient> ConnectAsync(Uri address, string directory, CancellationToken cancellationToken)
    {
        var token = await File.ReadAllTextAsync(Path.Combine(directory, "api-token"), cancellationToken);
        var http = new HttpClient { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token.Trim());
        return new FleetClient(http);
    }

    public async Task<string> AccountAsync(CancellationToken cancellationToken) =>
        (await GetAsync<AccountView>("api/account", cancellationToken)).Address;

    public Task<ApplicationView> PublishAsync(Stream package, PublicationTerms terms, CancellationToken cancellationToken) =>
        SendAsync<ApplicationView>(
            HttpMethod.Post,
            $"api/applications?ownerShare={terms.OwnerShare}&answerWindow={terms.AnswerWindow}&cancelNotice={terms.CancelNotice}&confirmWindow={terms.ConfirmWindow}&disputeWindow={terms.DisputeWindow}",
            new StreamContent(package),
            cancellationToken);

    public Task<ApplicationView> InstallAsync(string cid, CancellationToken cancellationToken) =>
        SendAsync<ApplicationView>(HttpMethod.Post, $"api/applications/{cid}/install", content: null, cancellationToken);

    /// <summary>The spaces of an installed application.</summary>
    public async Task<SpaceView[]> SpacesAsync(string applicationId, CancellationToken cancellationToken) =>
        (await GetAsync<InstalledApplication[]>("api/applications", cancellationToken)).Single(a => a.ApplicationId == applicationId).Spaces;

    /// <summary>Stores a file in a space, as an application does.</summary>
    public Task StoreAsync(string applicationId, string tag, string name, Stream content, CancellationToken cancellationToken) =>
        SendAsync<object>(HttpMethod.Put, $"api/applications/{applicationId}/spaces/{tag}/files/{name}", new StreamContent(content), cancellationToken);

    public Task<PeriodView[]> PeriodsAsync(string applicationId, CancellationToken cancellationToken) =>
        GetAsync<PeriodView[]>($"api/applications/{applicationId}/periods", cancellationToken);

    public Task<ListedApplication[]> ListedApplicationsAsync(CancellationToken cancellationToken) =>
        GetAsync<ListedApplication[]>("api/market/applications", cancellationToken);

    public Task<ListedPeriod[]> ListedPeriodsAsync(string applicationId, CancellationToken cancellationToken) =>
        GetAsync<ListedPeriod[]>($"api/market/periods?applicationId={applicationId}", cancellationToken);

    public Task<PurchaseView> OrderAsync(Guid id, string sealId, string tag, decimal price, CancellationToken cancellationToken) =>
        SendAsync<PurchaseView>(HttpMethod.Put, $"api/purchases/{id}", JsonContent.Create(new { sealId, tag, price }), cancellationToken);

    public Task<PurchaseView[]> PurchasesAsync(CancellationToken cancellationToken) =>
        GetAsync<PurchaseView[]>("api/purchases", cancellationToken);

    public Task<TradeView> TradeAsync(long tradeId, CancellationToken cancellationToken) =>
        GetAsync<TradeView>($"api/market/trades/{tradeId}", cancellationToken);

    /// <summary>Transactions after one, oldest first, at most 500.</summary>
    public Task<TransactionView[]> TransactionsAsync(CancellationToken cancellationToken, long after = 0) =>
        GetAsync<TransactionView[]>($"api/transactions?after={after}", cancellationToken);

    /// <summary>Asks for something that is answered without content, such as a person's decision.</summary>
    public async Task PostAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await AnswerAsync(HttpMethod.Post, path, content: null, cancellationToken);
    }

    /// <summary>Tells something that is answered without content, or with what the caller does not need.</summary>
    public async Task TellAsync(HttpMethod method, string path, object body, CancellationToken cancellationToken)
    {
        using var content = JsonContent.Create(body);
        using var response = await AnswerAsync(method, path, content, cancellationToken);
    }

    /// <summary>Downloads a file.</summary>
    public async Task<byte[]> BytesAsync(string path, CancellationToken cancellationToken)
    {
        using var response = await AnswerAsync(HttpMethod.Get, path, content: null, cancellationToken);
        return await response.Content.ReadAsByteArrayAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => http.Dispose();

    public Task<T> GetAsync<T>(string path, CancellationToken cancellationToken) =>
        SendAsync<T>(HttpMethod.Get, path, content: null, cancellationToken);

    public async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var response = await AnswerAsync(method, path, content, cancellationToken);
        return (await response.Content.ReadFromJsonAsync<T>(Json, cancellationToken))!;
    }

    private async Task<HttpResponseMessage> AnswerAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var response = await http.SendAsync(request, cancellationToken);
        if (response.IsSuccessStatusCode)
        {
            return response;
        }

        using (response)
        {
            var problem = await response.Content.ReadAsStringAsync(cancellationToken);
            throw new InvalidOperationException($"{method} {path} was answered {(int)response.StatusCode}: {problem}");
        }
    }

    private sealed record AccountView(string Address);
}

/// <summary>Terms of a publication; α in basis points, windows in seconds.</summary>
internal sealed record PublicationTerms(int OwnerShare, int AnswerWindow = 300, int CancelNotice = 60, int ConfirmWindow = 900, int DisputeWindow = 900);

internal sealed record ApplicationView(string Cid, string ApplicationId);

internal sealed record SpaceView(string Tag, string Folder);

internal sealed record InstalledApplication(string ApplicationId, SpaceView[] Spaces);

internal sealed record PeriodView(
    Guid Id, string SealId, string Tag, long Number, string State, string? Cid, int Files, long PlainBytes, long SealedBytes, string? Problem);

internal sealed record ListedApplication(string ApplicationId, string Provider, int OwnerShare);

internal sealed record ListedPeriod(string SealId, string Owner, string Tag, long Period, string Cid);

internal sealed record PurchaseView(Guid Id, string SealId, string Tag, string State, long? TradeId, string? Problem, string? Folder, int Files, long Bytes);

internal sealed record TradeView(long TradeId, string Status, decimal Price, decimal ToOwner, decimal ToProvider, decimal ToBuyer);

internal sealed record TransactionView(long Id, string Key, string State, string From, string? TransactionHash, long GasUsed, decimal Fee, string? Error);
