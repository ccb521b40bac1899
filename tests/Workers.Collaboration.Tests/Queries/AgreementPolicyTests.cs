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
    private static readonly AgreementKnowledge Known = new(IsAllowed: true, AmAllowed: true, Fee: 3, Open: 1, DateTimeOffset.FromUnixTimeSeconds(Now));
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
    [InlineData(TaskState.Bonded, true, true, 540, 0, DutyStep.Wait)]
    [InlineData(TaskState.Bonded, true, true, 541, 0, DutyStep.Decline)]
    [InlineData(TaskState.Bonded, true, false, 541, 0, DutyStep.Decline)]
    [InlineData(TaskState.Bonded, false, false, 541, 0, DutyStep.Decline)]
    [InlineData(TaskState.Bonded, true, false, 601, 0, DutyStep.Wait)] // too late for that, too
    [InlineData(TaskState.Answered, true, false, 0, 0, DutyStep.Forward)]
    [InlineData(TaskState.Answered, true, true, 700, 0, DutyStep.Wait)]
    [InlineData(TaskState.Answered, true, false, 701, 0, DutyStep.Settle)]
    [InlineData(TaskState.Answered, true, true, 701, 0, DutyStep.Settle)]
    [InlineData(TaskState.Settled, true, true, 0, 0, DutyStep.End)]
    [InlineData(TaskState.Declined, true, false, 0, 0, DutyStep.End)]
    [InlineData(TaskState.Expired, true, false, 0, 0, DutyStep.End)]
    public void A_collaborator_forwards_declines_and_has_itself_paid_when_it_is_time(TaskState? state, bool handed, bool result, int after, int final, DutyStep expected)
    {
        var task = state is { } s ? new TaskRow { Query = Terms.Query, State = s, AnswerBy = Now + 600, ConfirmBy = Now + 700 } : null;
        var step = DutyPolicy.Next(Duty(handed, result), Terms, task, isFinal: true, DateTimeOffset.FromUnixTimeSeconds(Now + after), final == 0 ? null : DateTimeOffset.FromUnixTimeSeconds(Now + final)).Step;
        Assert.Equal(expected, step);
    }

    [Fact]
    public void Nothing_is_forwarded_whose_bond_can_still_vanish()
    {
        var task = new TaskRow { Query = Terms.Query, State = TaskState.Bonded, AnswerBy = Now + 600 };
        Assert.Equal(DutyStep.Wait, DutyPolicy.Next(Duty(handed: true, result: false), Terms, task, isFinal: false, DateTimeOffset.FromUnixTimeSeconds(Now), null).Step);
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
