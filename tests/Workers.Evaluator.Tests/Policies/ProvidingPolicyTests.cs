using Workers.Evaluator.Providing;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Tests.Sessions;

namespace Workers.Evaluator.Tests.Policies;

public sealed class ProvidingPolicyTests
{
    private const string Me = "0x00000000000000000000000000000000000000a1";
    private static readonly DateTimeOffset Now = SessionFoldTests.Terms.Expiry - TimeSpan.FromMinutes(30), Later = SessionFoldTests.Terms.Expiry + TimeSpan.FromSeconds(1);
    private static readonly FinalFacts AllFinal = new(true, true, true);

    private static ProvidingOptions Options => new()
    {
        Datasets = [new OfferedDataset { Name = "digits" }],
        Arbiters = { SessionFoldTests.Terms.Arbiter },
    };

    public static TheoryData<string, Action<ProvidingOptions>> Objections => new()
    {
        { "offers nothing", o => o.Datasets.Clear() },
        { "is denied", o => o.Deny.Add(SessionFoldTests.Terms.Collector) },
        { "not among Providing:Collectors", o => o.Collectors.Add(Me) },
        { "above the maximum 999", o => o.MaximumSampleShare = 999 },
        { "above the maximum 49", o => o.MaximumDeposit = 49 },
        { "not among Providing:Arbiters", o => o.Arbiters.Clear() },
        { "a window is shorter", o => o.MinimumWindow = TimeSpan.FromMinutes(11) },
        { "it expires in less", o => o.MinimumTime = TimeSpan.FromMinutes(31) },
    };

    [Theory, MemberData(nameof(Objections))]
    public void Each_rule_keeps_out_what_breaks_it_alone(string why, Action<ProvidingOptions> change)
    {
        Assert.Null(ProvidingPolicy.Objection(SessionFoldTests.Terms, Me, isLocked: false, Now, Options));
        var options = Options;
        change(options);
        Assert.Contains(why, ProvidingPolicy.Objection(SessionFoldTests.Terms, Me, isLocked: false, Now, options), StringComparison.Ordinal);
    }

    [Fact]
    public void A_collector_that_is_locked_finds_nobody() =>
        Assert.Contains("locked for misconduct", ProvidingPolicy.Objection(SessionFoldTests.Terms, Me, isLocked: true, Now, Options), StringComparison.Ordinal);

    [Fact]
    public void An_arbiter_who_is_the_collector_is_nobodys_arbiter()
    {
        var options = Options;
        options.Arbiters.Add(SessionFoldTests.Terms.Collector);
        Assert.NotNull(ProvidingPolicy.Objection(SessionFoldTests.Terms with { Arbiter = SessionFoldTests.Terms.Collector }, Me, isLocked: false, Now, options));
    }

    [Fact]
    public void The_reward_is_judged_by_the_shard_and_the_share_by_the_number_of_shards()
    {
        Assert.Null(ProvidingPolicy.Objection(SessionFoldTests.Terms, 10, new ProvidingOptions { MinimumRewardPerShard = 100 }));
        Assert.NotNull(ProvidingPolicy.Objection(SessionFoldTests.Terms, 11, new ProvidingOptions { MinimumRewardPerShard = 100 }));
        Assert.NotNull(ProvidingPolicy.Objection(SessionFoldTests.Terms, 9, new ProvidingOptions()));
    }

    [Fact]
    public void What_discloses_anything_waits_for_finality()
    {
        SessionFact[] named = [.. Sampled, new SessionFact.Submitted(Me, [1]), new SessionFact.Named(Me, Later)];
        SessionFact[] chosen = [.. named, new SessionFact.Reviewed(Me, [], [], [], Later), new SessionFact.Chosen(Me, Later)];
        Assert.Equal(ProvisionStep.Wait, Next(Sampled, AllFinal with { Sampling = false }));
        Assert.Equal(ProvisionStep.SubmitFeatures, Next(Sampled, AllFinal));
        Assert.Equal(ProvisionStep.Wait, Next(named, AllFinal with { Naming = false }));
        Assert.Equal(ProvisionStep.ShowReview, Next(named, AllFinal));
        Assert.Equal(ProvisionStep.Wait, Next(chosen, AllFinal with { Choice = false }));
        Assert.Equal(ProvisionStep.Claim, Next(chosen, AllFinal));
    }

    [Fact]
    public void Nobody_leaves_money_behind()
    {
        SessionFact[] other = [.. Sampled, new SessionFact.Named("other", Later)];
        SessionFact[] shown = [.. Sampled, new SessionFact.Named(Me, Now), new SessionFact.Reviewed(Me, [], [], [], Now)];
        Assert.Equal(ProvisionStep.TakeDeposit, Next(Sampled, AllFinal, Later));
        Assert.Equal(ProvisionStep.TakeDeposit, Next(other, AllFinal, Later));
        Assert.Equal(ProvisionStep.TakeDeposit, Next([.. other, new SessionFact.Settled("other", SessionOutcome.Traded, 0, 0)], AllFinal));
        Assert.Equal(ProvisionStep.Close, Next(shown, AllFinal, Later));
        Assert.Equal(ProvisionStep.Wait, Next([.. shown, new SessionFact.Settled(Me, SessionOutcome.Condemned, 0, 0)], AllFinal, Later));
        Assert.Equal(ProvisionStep.Wait, Next([.. Sampled, new SessionFact.Settled("", SessionOutcome.Abandoned, 0, 0), new SessionFact.DepositTaken(Me)], AllFinal, Later));
    }

    private static SessionFact[] Sampled => [new SessionFact.Created(SessionFoldTests.Terms), new SessionFact.Registered(Me, 20, "c"), new SessionFact.Registered("other", 20, "c"), new SessionFact.Sampled(Me, 5)];

    private static ProvisionStep Next(SessionFact[] facts, FinalFacts final, DateTimeOffset? time = null) =>
        ProvidingPolicy.Next(Session.Of("0x01", SessionFoldTests.Rows(facts)), Me, ProvisionState.Prepared, final, time ?? Now);
}
