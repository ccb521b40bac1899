using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Glyphs;
using Mechanisms.Datasets;
using Mechanisms.Learning;
using Spectre.Console;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Collecting;
using Workers.Evaluator.Features;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.Sessions;

/// <summary>
/// Paper 2 played through: a collector looks for handwritten digits among four providers that it cannot look into. One of them, mallory, commits to
/// shards of noise and shows features of good data.
/// </summary>
internal sealed class SessionStory(string directory, Uri chain, EthereumRpc rpc, MarketContracts contracts, MarketDeployment deployment, IAnsiConsole console)
{
    private const decimal Credit = 1_000_000_000_000_000_000m;
    private const int Samples = 600, SamplesPerShard = 10, Seed = 7;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private readonly Dictionary<string, BigInteger> _before = new(StringComparer.Ordinal);

    /// <returns>Whether the cheat was punished, the best of the others paid, and its data delivered.</returns>
    public async Task<bool> PlayAsync(CancellationToken cancellationToken)
    {
        console.WriteLine("collector trains a small network on generic glyphs, which is all that it has to begin with");
        var model = await Task.Run(() => PretrainedModel.Train(Seed, Environment.ProcessorCount, cancellationToken), cancellationToken);
        ProviderSetup[] setups =
        [
            new("alpha", Mislabel(Images.Digits(Samples, Seed + 1), 0.5)),
            new("beta", Mislabel(Images.Digits(Samples, Seed + 2), 0.75)),
            new("gamma", Mislabel(Images.Digits(Samples, Seed + 3), 1)),
        ];
        var policy = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Collecting:EnoughProviders"] = "4",
            ["Collecting:NamingMargin"] = "00:00:20",
            ["Collecting:DecisionMargin"] = "00:00:10",
        };
        await using var market = await SessionMarket.StartAsync(
            directory, chain, rpc, contracts, deployment, model, Images.Digits(500, Seed + 4), setups, policy, cancellationToken);
        foreach (var fleet in market.All)
        {
            var account = await fleet.Client.AccountAsync(cancellationToken);
            _before[fleet.Name] = await BalanceAsync(Address.Parse(account), cancellationToken);
            console.WriteLine($"{fleet.Name,-9} {account}, API described at {fleet.Client.Address}openapi/v1.json");
        }

        var collection = await market.Collector.Client.OpenSessionAsync(Guid.NewGuid(), await OrderAsync(market, cancellationToken), cancellationToken);
        using var signer = new LocalKeySigner(Workers.Hosting.Cryptography.Secret.Random(32).Reveal());
        using var mallory = await market.ScriptAsync(signer, collection.Terms, cancellationToken);
        console.WriteLine($"{"mallory",-9} {mallory.Account}, registers noise and shows features of somebody else's digits");
        _before["mallory"] = await BalanceAsync(mallory.Account, cancellationToken);
        var cheating = CheatAsync(mallory, collection.SessionId, market, cancellationToken);
        await ShowAsync(market, collection.SessionId, cancellationToken);
        await cheating;
        return await ReportAsync(market, collection.SessionId, setups, mallory, cancellationToken);
    }

    private static async Task<SessionOrder> OrderAsync(SessionMarket market, CancellationToken cancellationToken) => new(
        "handwritten digits", "model.onnx", 4, "validation.npy", "validation-labels.npy", 10, SamplesPerShard, "20 × 20 grey levels from 0 to 1",
        new AgreedRecipe(40, 16, 1e-3f, 0, [64], Seed), 1_000 * Credit, 50 * Credit, 1_000,
        TimeSpan.FromMinutes(4), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), await market.Arbiter.Client.AccountAsync(cancellationToken));

    /// <summary>Her features are of better data than anybody's, her shards are not.</summary>
    private static async Task CheatAsync(ScriptedProvider mallory, string sessionId, SessionMarket market, CancellationToken cancellationToken)
    {
        await UntilAsync(async () => await market.Collector.Client.SessionAsync(sessionId, cancellationToken) is not null, cancellationToken);
        var agreement = await mallory.AgreementAsync(cancellationToken);
        var digits = Images.Digits(Samples, Seed + 5);
        var noise = new float[digits.Samples.Shape.Count];
        var random = new Random(Seed);
        for (var i = 0; i < noise.Length; i++)
        {
            noise[i] = random.NextSingle();
        }

        var worthless = new Dataset(new Tensor(digits.Samples.Shape, noise), digits.Labels.AsSpan(), digits.Classes);
        await mallory.RegisterAsync(ScriptedProvider.Cut(agreement, worthless, Seed), spoil: null, cancellationToken);
        var sample = await mallory.SampleAsync(cancellationToken);
        var extractor = await mallory.ExtractorAsync(agreement, cancellationToken);
        var shown = Dataset.Concatenate([.. sample.Select(i => agreement.Shards.ToConfiguration().Split(digits, Seed)[i])]);
        await mallory.SubmitAsync(new FeatureBundle(extractor.Extract(shown, Environment.ProcessorCount, cancellationToken), shown.Labels), cancellationToken);
        await mallory.CandidacyAsync(cancellationToken);
        await mallory.ShowAsync(cancellationToken);
    }

    private Task ShowAsync(SessionMarket market, string sessionId, CancellationToken cancellationToken) => Steps.ShowAsync(console, async add =>
    {
        var collector = market.Collector.Client;
        var registering = add("providers shard, seal, register");
        var sampling = add("collector draws samples");
        var submitting = add("providers submit features");
        var scoring = add("collector scores them");
        var reviewing = add("the best shows its sample");
        var judging = add("arbiter condemns what is false");
        var trading = add("the next best sells its data");
        var paying = add("deposits go back");
        await UntilAsync(
            async () =>
            {
                if (await collector.SessionAsync(sessionId, cancellationToken) is not { } session)
                {
                    return false;
                }

                var collection = await collector.CollectionAsync(sessionId, cancellationToken);
                var scores = await collector.ScoresAsync(sessionId, cancellationToken);
                registering.Report(session.Providers.Length, 4);
                sampling.Report(session.Providers.Count(p => p.Sampled), 4);
                submitting.Report(session.Providers.Count(p => p.Submitted), 4);
                scoring.Report(scores.Length, 4);
                reviewing.Report(session.Providers.Count(p => p.Shown), 2);
                judging.Report(session.Condemned.Length, 1);
                trading.Report(collection.State == "Delivered" ? 1 : 0, 1);
                var back = session.Providers.Count(p => p.HasDepositBack);
                paying.Report(back, 2);
                return session.State == "Closed" && collection.State is "Delivered" or "Closed" && back >= 2;
            },
            cancellationToken);
    });

    private async Task<bool> ReportAsync(SessionMarket market, string sessionId, IReadOnlyList<ProviderSetup> setups, ScriptedProvider mallory, CancellationToken cancellationToken)
    {
        var collector = market.Collector.Client;
        var session = (await collector.SessionAsync(sessionId, cancellationToken))!;
        var collection = await collector.CollectionAsync(sessionId, cancellationToken);
        var scores = (await collector.ScoresAsync(sessionId, cancellationToken)).ToDictionary(s => s.Provider, StringComparer.Ordinal);
        var lines = new List<SessionLine>();
        foreach (var fleet in market.All)
        {
            var account = await fleet.Client.AccountAsync(cancellationToken);
            var gas = (await fleet.Client.TransactionsAsync(cancellationToken)).Where(t => t.Key.StartsWith("session/", StringComparison.Ordinal)).Sum(t => t.GasUsed);
            lines.Add(new SessionLine(fleet.Name, Role(fleet.Name), scores.GetValueOrDefault(account), EndOf(account), await ChangeAsync(fleet.Name, account), gas));
        }

        var cheat = mallory.Account.ToString();
        lines.Add(new SessionLine("mallory", "noise", scores.GetValueOrDefault(cheat), EndOf(cheat), await ChangeAsync("mallory", cheat), (long)mallory.GasUsed));
        SessionTable.Write(console, lines);
        var accusation = (await market.Arbiter.Client.AccusationsAsync(cancellationToken)).SingleOrDefault();
        console.WriteLine($"Why mallory lost its deposit: {accusation?.Reason ?? "it did not"}");
        console.WriteLine($"The collector has {collection.Samples} samples of the winner in {Path.GetRelativePath(Environment.CurrentDirectory, Path.Combine(directory, "collector", "sessions", sessionId[2..18], "dataset"))}");
        return session is { Outcome: "Traded" } && session.Condemned.SequenceEqual([cheat]) && collection is { Problem: null, Samples: Samples }
            && session.Candidate == await market.Providers.First().Client.AccountAsync(cancellationToken);

        string Role(string name) => name switch
        {
            "alpha" => "digits, 50 % mislabelled",
            "beta" => "digits, 75 % mislabelled",
            "gamma" => "digits, random labels",
            _ => "",
        };

        string EndOf(string account) => account switch
        {
            _ when session.Condemned.Contains(account) => "condemned: deposit lost",
            _ when session.Candidate == account => session.Outcome == "Traded" ? "won: reward" : session.Outcome ?? "",
            _ when session.Terms.Collector == account => "bought",
            _ when session.Terms.Arbiter == account => "ruled",
            _ => "deposit back",
        };

        async Task<decimal> ChangeAsync(string name, string account) => (decimal)(await BalanceAsync(Address.Parse(account), cancellationToken) - _before[name]) / Credit;
    }

    private async Task<BigInteger> BalanceAsync(Address account, CancellationToken cancellationToken) =>
        await rpc.CallAsync(contracts.MarketToken, new MarketToken.BalanceOfAddressCall(account), cancellationToken);

    /// <summary>Draws this share of the labels anew.</summary>
    private static Dataset Mislabel(Dataset data, double share)
    {
        var random = new Random(Seed);
        int[] labels = [.. data.Labels.Select(label => random.NextDouble() < share ? random.Next(data.Classes) : label)];
        return new Dataset(data.Samples, labels, data.Classes);
    }

    private static async Task UntilAsync(Func<Task<bool>> condition, CancellationToken cancellationToken)
    {
        while (!await condition())
        {
            await Task.Delay(Pause, cancellationToken);
        }
    }
}
