using System.Text.Json;
using Ethereum;
using Workers.Oracle.Requests;

namespace Workers.Oracle.Tests.Requests;

/// <summary>A request of a group to a committee of three, and what can happen to it.</summary>
internal static class RequestSamples
{
    public static readonly DateTimeOffset Start = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly string Id = Keccak256.Hash("request").ToString(), Digest = Keccak256.Hash("profiles").ToString();
    public static readonly string Group = Account(0x60), First = Account(0xa1), Second = Account(0xa2), Third = Account(0xa3), Stranger = Account(0xbb);

    public static RequestTerms Conditions { get; } = new(
        Keccak256.Hash("document").ToString(), [4, 5, 6], 1_000, 3, 2, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(20), TimeSpan.FromMinutes(5), TimeSpan.FromDays(7));

    public static RequestFact.Requested Requested { get; } = new(Group, Conditions, [First, Second, Third], Start.AddMinutes(10), Start.AddHours(2));

    public static RequestFact[] Submitted { get; } = [Requested, new RequestFact.Submitted(Second, 0), new RequestFact.Submitted(First, 1), new RequestFact.Submitted(Third, 2)];

    public static RequestFact[] Started { get; } = [.. Submitted, new RequestFact.Started(0, Second, Start.AddMinutes(30))];

    public static RequestFact[] Voting { get; } = [.. Started, new RequestFact.Settled(Digest), Proposed(0, Second)];

    public static RequestFact[] SecondAttempt { get; } =
    [
        .. Voting, new RequestFact.Voted(Third, 0, false, Keccak256.Hash("report").ToString()), new RequestFact.Voted(First, 0, false, Hash32.Zero.ToString()), new RequestFact.Rejected(Second, 0),
        new RequestFact.Penalised(Second, Offence.RejectedProposal, 70), new RequestFact.Started(1, First, Start.AddMinutes(60)),
    ];

    public static RequestFact[] Finalised { get; } =
    [
        .. SecondAttempt, Proposed(1, First), new RequestFact.Voted(Third, 1, true, Hash32.Zero.ToString()),
        new RequestFact.Finalised(First, Model(1).Result, Model(1).Content, Model(1).ExpiresAt), new RequestFact.Paid(First, 600), new RequestFact.Paid(Third, 400), new RequestFact.Released(),
    ];

    public static Proposal Model(int attempt) =>
        new(Digest, Keccak256.Hash($"model {attempt}").ToString(), Keccak256.Hash($"sealed {attempt}").ToString(), Start.AddDays(8), IsRefusal: false);

    public static RequestFact.Proposed Proposed(int attempt, string solver) => new(attempt, solver, Model(attempt), ProposalHash(attempt), Start.AddMinutes(40));

    public static string ProposalHash(int attempt) => Keccak256.Hash($"proposal {attempt}").ToString();

    public static OracleRequest Of(params RequestFact[] facts) => OracleRequest.Of(Id, Rows(facts));

    public static RequestFactRow[] Rows(params RequestFact[] facts) => [.. facts.Select((fact, i) => new RequestFactRow
    {
        RequestId = Id,
        BlockNumber = 10 + (i / 2),
        BlockHash = $"block {10 + (i / 2)}",
        LogIndex = i % 2,
        Fact = JsonSerializer.Serialize(fact),
    })];

    private static string Account(byte last) => $"0x{last.ToString("x40", System.Globalization.CultureInfo.InvariantCulture)}";
}
