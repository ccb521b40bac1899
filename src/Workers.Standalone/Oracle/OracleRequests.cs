using System.Net.Http.Json;
using Mechanisms.PrivacyGame.Models;
using Workers.Oracle.Asking;
using Workers.Oracle.Requests;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.Oracle;

/// <summary>The oracle's HTTP API as <c>./run oracle</c> uses it.</summary>
internal static class OracleRequests
{
    public static Task<NodeView[]> NodesAsync(this FleetClient client, CancellationToken cancellationToken) => client.GetAsync<NodeView[]>("api/nodes", cancellationToken);

    public static Task<OwnNodeView> NodeAsync(this FleetClient client, CancellationToken cancellationToken) => client.GetAsync<OwnNodeView>("api/node", cancellationToken);

    public static Task<OrderView> OrderModelAsync(this FleetClient client, Guid id, ModelOrder order, CancellationToken cancellationToken) =>
        client.SendAsync<OrderView>(HttpMethod.Put, $"api/models/{id}", JsonContent.Create(order), cancellationToken);

    public static async Task<OrderView> ModelAsync(this FleetClient client, Guid id, CancellationToken cancellationToken) =>
        (await client.GetAsync<OrderView[]>("api/models", cancellationToken)).Single(o => o.OrderId == id);

    public static Task<GroupQuery> DrawAsync(this FleetClient client, Guid id, string member, double latitude, double longitude, CancellationToken cancellationToken) =>
        client.SendAsync<GroupQuery>(HttpMethod.Post, $"api/models/{id}/draw", JsonContent.Create(new { member, latitude, longitude }), cancellationToken);

    public static Task<byte[]> ModelFileAsync(this FleetClient client, Guid id, CancellationToken cancellationToken) => client.BytesAsync($"api/models/{id}/file", cancellationToken);

    /// <summary>Null while this house has not heard of it.</summary>
    public static async Task<RequestView?> RequestAsync(this FleetClient client, string requestId, CancellationToken cancellationToken) =>
        (await client.GetAsync<KnownRequest[]>("api/requests", cancellationToken)).Any(r => r.RequestId == requestId && r.State != "None")
            ? await client.GetAsync<RequestView>($"api/requests/{requestId}", cancellationToken)
            : null;

    private sealed record KnownRequest(string RequestId, string State);
}

internal sealed record NodeView(string Node, string PublicKey);

internal sealed record OwnNodeView(string Node, decimal Stake, decimal Reserved, bool Active, bool Drawable, decimal SetAside);

internal sealed record OrderView(Guid OrderId, string State, string? Problem, string? RequestId, RequestTerms Terms);

internal sealed record RequestView(
    string Id, string State, string[] Committee, string[] Submissions, ProposalView[] Proposals, VoteView[] Votes, PenaltyView[] Penalties, PaymentView[] Payments, string? Expiry,
    GatheredView? Gathered, SolutionView[] Solutions, VerdictView[] Verdicts);

internal sealed record ProposalView(int Attempt, string Solver, string Hash);

internal sealed record VoteView(string Node, int Attempt, bool Accept, string Evidence);

internal sealed record PenaltyView(string Node, string Offence, decimal Amount);

internal sealed record PaymentView(string Node, decimal Amount);

internal sealed record GatheredView(string? ProfileDigest, string? Refusal, string? Problem);

internal sealed record SolutionView(int Attempt, double Cost, double LowerBound, double Privacy, double Seconds, string? Problem);

internal sealed record VerdictView(string ProposalHash, bool? Accept, string Evidence, string? Problem, double Seconds);
