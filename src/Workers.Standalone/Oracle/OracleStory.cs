using System.Globalization;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Models;
using Spectre.Console;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Asking;
using Workers.Oracle.Profiles;
using Workers.Oracle.Requests;
using Workers.Oracle.Solving;
using Workers.Oracle.Terms;
using Workers.Standalone.Chain;

namespace Workers.Standalone.Oracle;

/// <summary>
/// The oracle half of paper 4 played through: a group asks five nodes for a model. One of them, mallory, alters a profile; another, trudy, solves first and proposes a model
/// that is cheaper but leaks.
/// </summary>
internal sealed class OracleStory(string directory, Uri chain, EthereumRpc rpc, MarketContracts contracts, MarketDeployment deployment, IAnsiConsole console)
{
    private const decimal Credit = 1_000_000_000_000_000_000m;
    private const int Members = 4, Side = 5, Committee = 5, Threshold = 3, Honest = 3;
    private const double Alpha = 2, Beta = 0.45;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <returns>Whether both cheats lost their stake and nobody else, and the group has a model that keeps α and β.</returns>
    public async Task<bool> PlayAsync(CancellationToken cancellationToken)
    {
        await using var houses = await OracleHouses.StartAsync(directory, chain, rpc, contracts, deployment, Honest, TimeSpan.FromSeconds(5), cancellationToken);
        foreach (var fleet in houses.All)
        {
            console.WriteLine($"{fleet.Name,-9} {await fleet.Client.AccountAsync(cancellationToken)}, API described at {fleet.Client.Address}openapi/v1.json");
        }

        using var first = new LocalKeySigner(Secret.Random(32).Reveal());
        using var second = new LocalKeySigner(Secret.Random(32).Reveal());
        using var trudy = await houses.ScriptAsync("trudy", first, cancellationToken);
        using var mallory = await houses.ScriptAsync("mallory", second, cancellationToken);
        console.WriteLine($"{"trudy",-9} {trudy.Account}, a node that proposes a cheaper model which leaks");
        console.WriteLine($"{"mallory",-9} {mallory.Account}, a node that alters a profile");

        using var group = new OracleGroup(Members, Side, await TimeAsync(cancellationToken));
        var id = Guid.NewGuid();
        var nodes = await UntilAsync(async () => await houses.Group.Client.NodesAsync(cancellationToken), n => n.Length == Committee, cancellationToken);
        var oracle = new OracleReference(await rpc.ChainIdAsync(cancellationToken), contracts.PrivacyOracle);
        ProfileRecipient[] recipients = [.. nodes.Select(n => new ProfileRecipient(Address.Parse(n.Node), Hex.Parse(n.PublicKey)))];
        var (members, envelopes) = await group.PublishAsync(houses.Server, houses.Content, recipients, oracle, await TimeAsync(cancellationToken), cancellationToken);
        var terms = group.Terms(members, Alpha, Beta);
        var order = new ModelOrder(terms, 100 * Credit, Committee, Threshold, TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(120), TimeSpan.FromSeconds(120), TimeSpan.FromHours(1));
        await houses.Group.Client.OrderModelAsync(id, order, cancellationToken);
        console.WriteLine($"group     {Members} members in {group.Grid.Count} cells; profiles at https://{houses.Server.Host} and on IPFS; wants α = {Alpha}, β = {Beta} km".ToString(CultureInfo.InvariantCulture));

        var cheating = CheatAsync(houses, group, terms, envelopes, id, trudy, mallory, recipients, cancellationToken);
        await ShowAsync(houses, id, cheating, cancellationToken);
        await cheating;
        return await ReportAsync(houses, group, terms, id, trudy, mallory, cancellationToken);
    }

    private async Task CheatAsync(
        OracleHouses houses, OracleGroup group, GameTerms terms, List<byte[]> envelopes, Guid order, ScriptedNode trudy, ScriptedNode mallory, ProfileRecipient[] recipients, CancellationToken cancellationToken)
    {
        var ordered = await UntilAsync(async () => await houses.Group.Client.ModelAsync(order, cancellationToken), o => o.RequestId is not null, cancellationToken);
        var requestId = Hash32.Parse(ordered.RequestId!);
        var now = await TimeAsync(cancellationToken);
        var profiles = new List<(Address Member, ReadOnlyMemory<byte> Content)>();
        foreach (var (account, envelope) in group.Accounts.Zip(envelopes))
        {
            profiles.Add((account, (await trudy.OpenAsync(envelope, now, cancellationToken)).Bytes));
        }

        // Trudy is first to submit, so she is first to solve; the server answers the others only then.
        var digest = ProfileDigest.Of(requestId, profiles);
        await trudy.SubmitAsync(requestId, digest, cancellationToken);
        var seen = await mallory.OpenAsync(envelopes[0], now, cancellationToken);
        var moved = ProfileContent.Create(seen.ToTrajectory().Fixes.Select(f => f with { Position = group.Grid.CentreOf(0) }));
        await mallory.SubmitAsync(requestId, ProfileDigest.Of(requestId, [(profiles[0].Member, moved.Bytes), .. profiles.Skip(1)]), cancellationToken);
        houses.Server.IsOpen = true;

        await UntilAsync(async () => await rpc.CallAsync(contracts.PrivacyOracle, new PrivacyOracle.RequestOfCall(requestId), cancellationToken), s => s.Solver == trudy.Account, cancellationToken);
        var game = OracleGroup.Game(terms, group.Histories);
        var leaky = game.For(Alpha, Beta / 2);
        await trudy.ProposeAsync(requestId, digest, leaky, Solve(leaky, cancellationToken), ordered.Terms, recipients, cancellationToken);
    }

    private Task ShowAsync(OracleHouses houses, Guid id, Task cheating, CancellationToken cancellationToken) => Steps.ShowAsync(console, async add =>
    {
        var group = houses.Group.Client;
        var gathering = add("nodes fetch and check profiles");
        var outvoting = add("an altered profile is outvoted");
        var rejecting = add("a leaking model is rejected");
        var solving = add("a node solves, the others check");
        var delivering = add("the group opens its model");
        await UntilAsync(
            async () =>
            {
                if (cheating.IsFaulted)
                {
                    await cheating;
                }

                var order = await group.ModelAsync(id, cancellationToken);
                if (order.RequestId is not { } requestId || await group.RequestAsync(requestId, cancellationToken) is not { } request)
                {
                    return false;
                }

                gathering.Report(request.Submissions.Length, Committee);
                outvoting.Report(request.Penalties.Count(p => p.Offence == "OutvotedProfiles"), 1);
                rejecting.Report(request.Penalties.Count(p => p.Offence == "RejectedProposal"), 1);
                solving.Report(request.State == "Finalised" ? 1 : 0, 1);
                delivering.Report(order.State == "Delivered" ? 1 : 0, 1);
                return order.State is "Delivered" or "Refused" or "Expired" or "Failed";
            },
            done => done, cancellationToken);
    });

    private async Task<bool> ReportAsync(OracleHouses houses, OracleGroup group, GameTerms terms, Guid id, ScriptedNode trudy, ScriptedNode mallory, CancellationToken cancellationToken)
    {
        var client = houses.Group.Client;
        var order = await client.ModelAsync(id, cancellationToken);
        var request = (await client.RequestAsync(order.RequestId!, cancellationToken))!;
        await OracleTables.WriteNodesAsync(console, houses, request, [trudy, mallory], cancellationToken);
        if (order.State != "Delivered")
        {
            console.WriteLine($"The group has no model: {order.Problem}");
            return false;
        }

        var model = PrivacyModelFile.Read(await client.ModelFileAsync(id, cancellationToken));
        var game = OracleGroup.Game(terms, group.Histories).For(Alpha, Beta);
        var findings = model.ToCertificate().Check(game);
        OracleTables.WriteGames(console, group, terms, model, findings, cancellationToken);
        await DrawAsync(houses, group, terms, id, model, game, cancellationToken);
        var guilty = request.Penalties.OrderBy(p => p.Offence, StringComparer.Ordinal).Select(p => (p.Node, p.Offence));
        return findings.Privacy >= Beta - 1e-4 && guilty.SequenceEqual([(mallory.Account.ToString(), "OutvotedProfiles"), (trudy.Account.ToString(), "RejectedProposal")]);
    }

    /// <summary>A member draws disguised queries; one of them becomes a picture.</summary>
    private async Task DrawAsync(OracleHouses houses, OracleGroup group, GameTerms terms, Guid id, PrivacyModel model, CollaborativeGame game, CancellationToken cancellationToken)
    {
        var cells = group.Grid.Count;
        var here = group.Grid.CentreOf(group.Grid.CellOf(group.Histories.First().Fixes[^1].Position)!.Value);
        var truth = group.Grid.CellOf(here)!.Value;
        var accounts = terms.Members.Select(m => m.Account).ToList();
        var drawn = new List<GroupQuery>();
        for (var i = 0; i < 5; i++)
        {
            drawn.Add(await houses.Group.Client.DrawAsync(id, accounts[0], here.Latitude, here.Longitude, cancellationToken));
        }

        console.WriteLine($"alice asks about cell {truth} five times; the service sees: {string.Join(", ", drawn.Select(q => $"{OracleGroup.Names[accounts.IndexOf(q.Member)]} about cell {q.Cell}"))}");

        // As a picture, one that was moved, where there is one.
        var sent = drawn.Find(q => q.Cell != truth) ?? drawn[0];
        var seen = (accounts.IndexOf(sent.Member) * cells) + sent.Cell;
        var release = model.ToCertificate().Release;
        var (posterior, attack, n) = (Attacks.Posterior(game, release), Attacks.Optimal(game, release), game.States);
        var guess = Enumerable.Range(0, n).First(o => attack[(o * n) + seen] > 0);
        var belief = Enumerable.Range(0, cells).Select(s => Enumerable.Range(0, Members).Sum(u => posterior[(((u * cells) + s) * n) + seen])).ToList();
        var picture = new QueryPicture("alice", OracleGroup.Names[accounts.IndexOf(sent.Member)], truth, sent.Cell, guess % cells, belief);
        var file = Path.Combine(directory, "query.svg");
        await File.WriteAllTextAsync(file, QueryMap.ToSvg(group.Grid, picture, game.Distance[guess, truth], Attacks.ExpectedError(game, release, attack)), cancellationToken);
        console.WriteLine($"One of them as a picture: {Path.GetRelativePath(Environment.CurrentDirectory, file)}");
    }

    internal static Certificate Solve(CollaborativeGame game, CancellationToken cancellationToken) => GameSolvers.Best(game).Solve(game, new SolverLimits(), cancellationToken: cancellationToken);

    private async Task<DateTimeOffset> TimeAsync(CancellationToken cancellationToken) =>
        DateTimeOffset.FromUnixTimeSeconds((long)(await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken))!.Timestamp);

    private static async Task<T> UntilAsync<T>(Func<Task<T>> ask, Func<T, bool> wanted, CancellationToken cancellationToken)
    {
        while (true)
        {
            var answer = await ask();
            if (wanted(answer))
            {
                return answer;
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }
}
