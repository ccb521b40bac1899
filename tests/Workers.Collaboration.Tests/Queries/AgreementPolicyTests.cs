using System.Numerics;
using Ethereum;
using Workers.Collaboration.Queries;
using Workers.Hosting.Queries;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Collaboration.Tests.Queries;

public sealed class AgreementPolicyTests
{
    private const long Now = 1_800_000_000;

    private static readonly Address Querier = Account(1), Own = Account(2), Service = Account(3), Other = Account(4);
    private static readonly Contract.Terms Terms = new(Keccak256.Hash("query"), Own, Service, 10, 3, 600, 3_600, (ulong)Now + 300);
    private static readonly AgreementKnowledge Known = new(IsAllowed: true, AmAllowed: true, Fee: 3, Open: 1, OpenOfQuerier: 0, DateTimeOffset.FromUnixTimeSeconds(Now));
    private static readonly QueryOptions Options = new() { MinReward = 10, MinAnswerTime = TimeSpan.FromSeconds(600), MaxTime = TimeSpan.FromSeconds(3_600), Parallelism = 2 };

    public static TheoryData<string, string> Wrong => new()
    {
        { "collaborator", "another collaborator" },
        { "own service", "two of the three parties" },
        { "querier's service", "two of the three parties" },
        { "itself", "two of the three parties" },
        { "reward", "reward of 10 or more" },
        { "huge", "reward of 10 or more" },
        { "short", "600 to 3600 seconds" },
        { "long", "600 to 3600 seconds" },
        { "no confirmation", "at most 3600 for the confirmation" },
        { "long confirmation", "at most 3600 for the confirmation" },
        { "late", "See both clocks" },
        { "far", "See both clocks" },
        { "locked", "You are locked" },
        { "own lock", "This member is locked" },
        { "unknown service", "offers no location service" },
        { "fee", "asks a fee of 4" },
        { "greedy", "as many queries open here as one member may" },
        { "busy", "as many queries as it can" },
    };

    [Fact]
    public void What_is_as_it_has_to_be_is_agreed_to() => Assert.Null(AgreementPolicy.Problem(Querier, Own, Terms, Known, Options));

    [Theory]
    [MemberData(nameof(Wrong))]
    public void What_is_not_is_refused_with_a_sentence_about_that(string what, string sentence)
    {
        var (querier, terms, known) = what switch
        {
            "collaborator" => (Querier, Terms with { Collaborator = Other }, Known),
            "own service" => (Querier, Terms with { Service = Own }, Known),
            "querier's service" => (Service, Terms, Known),
            "itself" => (Own, Terms, Known),
            "reward" => (Querier, Terms with { Reward = 9 }, Known),
            "huge" => (Querier, Terms with { Reward = BigInteger.One << 128 }, Known),
            "short" => (Querier, Terms with { AnswerSeconds = 599 }, Known),
            "long" => (Querier, Terms with { AnswerSeconds = 3_601 }, Known),
            "no confirmation" => (Querier, Terms with { ConfirmSeconds = 0 }, Known),
            "long confirmation" => (Querier, Terms with { ConfirmSeconds = 3_601 }, Known),
            "late" => (Querier, Terms with { ValidUntil = (ulong)Now }, Known),
            "far" => (Querier, Terms with { ValidUntil = ulong.MaxValue }, Known),
            "locked" => (Querier, Terms, Known with { IsAllowed = false }),
            "own lock" => (Querier, Terms, Known with { AmAllowed = false }),
            "unknown service" => (Querier, Terms, Known with { Fee = null }),
            "fee" => (Querier, Terms, Known with { Fee = 4 }),
            "greedy" => (Querier, Terms, Known with { OpenOfQuerier = 1 }),
            _ => (Querier, Terms, Known with { Open = 2 }),
        };
        Assert.Contains(sentence, AgreementPolicy.Problem(querier, Own, terms, known, Options), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, false, false, 0, 400, DutyStep.End)] // never bonded, and that is final
    [InlineData(null, false, false, 0, 360, DutyStep.Wait)]
    [InlineData(null, false, false, 9_000, 0, DutyStep.Wait)] // nothing is final yet
    [InlineData(TaskState.Bonded, false, false, 0, 0, DutyStep.Wait)]
    [InlineData(TaskState.Bonded, true, false, 0, 0, DutyStep.Forward)]
    [InlineData(TaskState.Bonded, true, true, 480, 0, DutyStep.Wait)]
    [InlineData(TaskState.Bonded, true, true, 481, 0, DutyStep.Decline)]
    [InlineData(TaskState.Bonded, true, false, 481, 0, DutyStep.Decline)]
    [InlineData(TaskState.Bonded, false, false, 481, 0, DutyStep.Decline)]
    [InlineData(TaskState.Bonded, true, false, 601, 0, DutyStep.Wait)] // too late for that, too
    [InlineData(TaskState.Bonded, true, false, 900, 660, DutyStep.Wait)]
    [InlineData(TaskState.Bonded, true, false, 900, 661, DutyStep.End)] // and nobody takes it back
    [InlineData(TaskState.Answered, true, false, 0, 0, DutyStep.Forward)]
    [InlineData(TaskState.Answered, true, true, 700, 0, DutyStep.Wait)]
    [InlineData(TaskState.Answered, true, false, 701, 0, DutyStep.Settle)]
    [InlineData(TaskState.Answered, true, true, 701, 0, DutyStep.Settle)]
    [InlineData(TaskState.Settled, true, true, 0, 0, DutyStep.End)]
    [InlineData(TaskState.Declined, true, false, 0, 0, DutyStep.End)]
    [InlineData(TaskState.Expired, true, false, 0, 0, DutyStep.End)]
    public void A_collaborator_forwards_declines_and_has_itself_paid_when_it_is_time(TaskState? state, bool handed, bool result, int after, int final, DutyStep expected)
    {
        var task = state is { } s ? new TaskRow { Query = Terms.Query, Querier = Querier, Collaborator = Own, State = s, AnswerBy = Now + 600, ConfirmBy = Now + 700 } : null;
        var step = DutyPolicy.Next(Duty(handed, result), Terms, task, isFinal: true, isOver: true, DateTimeOffset.FromUnixTimeSeconds(Now + after), final == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(Now + final)).Step;
        Assert.Equal(expected, step);
    }

    [Fact]
    public void Nothing_is_forwarded_whose_bond_can_still_vanish()
    {
        var task = new TaskRow { Query = Terms.Query, Querier = Querier, Collaborator = Own, State = TaskState.Bonded, AnswerBy = Now + 600 };
        Assert.Equal(DutyStep.Wait, DutyPolicy.Next(Duty(handed: true, result: false), Terms, task, isFinal: false, isOver: false, DateTimeOffset.FromUnixTimeSeconds(Now), null).Step);
    }

    [Theory]
    [InlineData(TaskState.Settled)]
    [InlineData(TaskState.Declined)]
    [InlineData(TaskState.Expired)]
    public void Nothing_has_ended_that_a_reorganisation_can_bring_back(TaskState state)
    {
        var task = new TaskRow { Query = Terms.Query, Querier = Querier, Collaborator = Own, State = state, AnswerBy = Now + 600 };
        Assert.Equal(DutyStep.Wait, DutyPolicy.Next(Duty(handed: true, result: true), Terms, task, isFinal: true, isOver: false, DateTimeOffset.FromUnixTimeSeconds(Now), null).Step);
    }

    /// <summary>Several members may agree to one query, of which one is bonded; and whoever learns a query's hash may bond it.</summary>
    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_bond_of_others_ends_the_duty_once_it_is_final(bool otherQuerier, bool otherCollaborator)
    {
        foreach (var (isFinal, expected) in new[] { (false, DutyStep.Wait), (true, DutyStep.End) })
        {
            var task = new TaskRow
            {
                Query = Terms.Query,
                Querier = otherQuerier ? Other : Querier,
                Collaborator = otherCollaborator ? Other : Own,
                State = TaskState.Bonded,
                AnswerBy = Now + 600,
            };
            Assert.Equal(expected, DutyPolicy.Next(Duty(handed: false, result: false), Terms, task, isFinal, isOver: false, DateTimeOffset.FromUnixTimeSeconds(Now + 590), null).Step);
        }
    }

    private static DutyRow Duty(bool handed, bool result) => new()
    {
        Query = Terms.Query,
        Number = 1,
        Querier = Querier,
        Terms = [],
        Agreement = [],
        At = DateTimeOffset.FromUnixTimeSeconds(Now),
        Payload = handed ? [1] : null,
        Result = result ? [1] : null,
    };

    private static Address Account(byte last) => new([.. new byte[19], last]);
}
