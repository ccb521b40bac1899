using System.Net.Http.Json;
using Workers.Evaluator.Collecting;
using Workers.Evaluator.Sessions;

namespace Workers.Standalone.Fleets;

/// <summary>The evaluator's HTTP API as <c>./run session</c> uses it.</summary>
internal static class SessionRequests
{
    public static Task<CollectionView> OpenSessionAsync(this FleetClient client, Guid id, SessionOrder order, CancellationToken cancellationToken) =>
        client.SendAsync<CollectionView>(HttpMethod.Put, $"api/sessions/{id}", JsonContent.Create(order), cancellationToken);

    public static async Task<CollectionView> CollectionAsync(this FleetClient client, string sessionId, CancellationToken cancellationToken) =>
        (await client.GetAsync<CollectionView[]>("api/collections", cancellationToken)).Single(c => c.SessionId == sessionId);

    public static Task<ScoreView[]> ScoresAsync(this FleetClient client, string sessionId, CancellationToken cancellationToken) =>
        client.GetAsync<ScoreView[]>($"api/collections/{sessionId}/scores", cancellationToken);

    public static Task<InspectionView[]> InspectionsAsync(this FleetClient client, string sessionId, CancellationToken cancellationToken) =>
        client.GetAsync<InspectionView[]>($"api/collections/{sessionId}/inspections", cancellationToken);

    /// <summary>Null while this house has not heard of it.</summary>
    public static async Task<SessionView?> SessionAsync(this FleetClient client, string sessionId, CancellationToken cancellationToken) =>
        (await client.GetAsync<KnownSession[]>("api/sessions", cancellationToken)).Any(s => s.SessionId == sessionId && s.State != "None")
            ? await client.GetAsync<SessionView>($"api/sessions/{sessionId}", cancellationToken)
            : null;

    public static Task<ProvisionView[]> ProvisionsAsync(this FleetClient client, CancellationToken cancellationToken) =>
        client.GetAsync<ProvisionView[]>("api/provisions", cancellationToken);

    public static Task<AccusationView[]> AccusationsAsync(this FleetClient client, CancellationToken cancellationToken) =>
        client.GetAsync<AccusationView[]>("api/accusations", cancellationToken);

    private sealed record KnownSession(string SessionId, string State);
}

internal sealed record CollectionView(string SessionId, string State, string? Problem, int Samples, SessionTerms Terms);

internal sealed record ScoreView(string Provider, double Score, int Correct, int Total, string? Problem);

internal sealed record InspectionView(string Provider, string? Problem, string? EvidenceHash);

internal sealed record SessionView(
    string Id, string State, SessionTerms Terms, DateTimeOffset Deadline, string? Candidate, string[] Condemned, string? Outcome, decimal? ToCollector, decimal? ToCandidate, SessionProviderView[] Providers);

internal sealed record SessionProviderView(string Account, int Shards, bool Sampled, bool Submitted, bool Shown, bool IsCondemned, bool HasDepositBack);

internal sealed record ProvisionView(string SessionId, string State, string? Reason, string? Dataset, int Shards);

internal sealed record AccusationView(string SessionId, string? Provider, bool? IsFounded, string? Reason);
