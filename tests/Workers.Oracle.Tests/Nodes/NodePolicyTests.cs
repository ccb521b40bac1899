using System.Text.Json;
using Ethereum;
using Workers.Oracle.Nodes;
using Workers.Oracle.Requests;
using Workers.Oracle.Solving;
using static Workers.Oracle.Tests.Requests.RequestSamples;

namespace Workers.Oracle.Tests.Nodes;

public sealed class NodePolicyTests
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);
    private static readonly DateTimeOffset Deadline = Start.AddMinutes(30);
    private static readonly NodeOptions Options = new() { HandOverInterval = TimeSpan.FromSeconds(30) };

    private static Standing Gathering => new(RequestState.Gathering, 0, Address.Zero.ToString(), Deadline, Hash32.Zero.ToString(), Hash32.Zero.ToString(), false, false, false, false);

    private static Standing SolvingTurn => Gathering with { State = RequestState.Solving, Attempt = 1, Solver = First, HasSubmitted = true };

    private static Standing VotingTurn => SolvingTurn with { State = RequestState.Voting, Solver = Second, ProfileDigest = Digest, ProposalHash = ProposalHash(1) };

    private static GatheringRow Gathered => new() { RequestId = Id, At = Start, ProfileDigest = Digest };

    private static VerdictRow Accepts => new() { RequestId = Id, ProposalHash = ProposalHash(1), Accept = true };

    private static OracleRequest Proposed1 => Of([.. SecondAttempt, Proposed(1, Second)]);

    [Fact]
    public void A_node_gathers_waits_and_says_which_digest_it_has()
    {
        Assert.Equal(new NodeStep.Gather(), Next(Gathering));
        Assert.Null(Next(Gathering, new GatheringRow { RequestId = Id, At = Start }));
        Assert.Null(Next(Gathering, new GatheringRow { RequestId = Id, At = Start, Problem = "A source is silent." }));
        Assert.Equal(new NodeStep.Submit(Digest), Next(Gathering, Gathered));
        Assert.Null(Next(Gathering with { HasSubmitted = true }, Gathered));
        Assert.Null(Next(Gathering with { HasSubmitted = true }));
    }

    [Fact]
    public void The_solver_solves_and_proposes_and_nobody_else_does()
    {
        var proposal = Model(1);
        SolutionRow busy = new() { RequestId = Id, Attempt = 1 }, done = new() { RequestId = Id, Attempt = 1, Proposal = JsonSerializer.Serialize(proposal) };
        Assert.Equal(new NodeStep.Solve(1), Next(SolvingTurn, Gathered));
        Assert.Null(Next(SolvingTurn, Gathered, busy));
        Assert.Equal(new NodeStep.Propose(1, proposal), Next(SolvingTurn, Gathered, done));
        Assert.Null(Next(SolvingTurn, null, done));
        Assert.Null(Next(SolvingTurn, new GatheringRow { RequestId = Id, At = Start }));
        Assert.Null(Next(SolvingTurn with { Solver = Second }, Gathered));
        Assert.Null(Next(SolvingTurn with { Solver = Second }, Gathered, done));
    }

    [Theory, InlineData(true), InlineData(false)]
    public void A_node_checks_once_and_signs_what_came_out(bool accept)
    {
        var verdict = new VerdictRow { RequestId = Id, ProposalHash = ProposalHash(1), Accept = accept, Evidence = Digest };
        Assert.Equal(new NodeStep.Check(1, ProposalHash(1)), Next(VotingTurn, Gathered, request: Proposed1));
        Assert.Null(Next(VotingTurn, Gathered, verdict: new VerdictRow { RequestId = Id, ProposalHash = ProposalHash(1) }, request: Proposed1));
        Assert.Equal(new NodeStep.Vote(1, ProposalHash(1), accept, Digest), Next(VotingTurn, Gathered, verdict: verdict, request: Proposed1));
    }

    [Fact]
    public void A_node_that_abstains_signs_nothing() => Assert.Null(
        Next(VotingTurn, Gathered, verdict: new VerdictRow { RequestId = Id, ProposalHash = ProposalHash(1), Problem = "It does not open." }, request: Proposed1));

    [Fact]
    public void A_node_has_no_opinion_of_what_it_did_not_see_itself()
    {
        Assert.IsType<NodeStep.Vote>(Next(VotingTurn, Gathered, verdict: Accepts, request: Proposed1));
        foreach (var verdict in new[] { null, Accepts })
        {
            Assert.Null(Next(VotingTurn with { HasSubmitted = false }, Gathered, verdict: verdict, request: Proposed1));
            Assert.Null(Next(VotingTurn with { HasVoted = true }, Gathered, verdict: verdict, request: Proposed1));
            Assert.Null(Next(VotingTurn, null, verdict: verdict, request: Proposed1));
            Assert.Null(Next(VotingTurn with { ProfileDigest = Id }, Gathered, verdict: verdict, request: Proposed1));
            Assert.Null(Next(VotingTurn with { ProposalHash = ProposalHash(0) }, Gathered, verdict: verdict, request: Proposed1));
            Assert.Null(Next(VotingTurn with { Attempt = 0 }, Gathered, verdict: verdict, request: Proposed1));
            Assert.Null(Next(VotingTurn, Gathered, verdict: verdict, request: Of(SecondAttempt)));
        }
    }

    [Fact]
    public void Who_was_penalised_takes_no_part_but_still_ends_what_lies_about()
    {
        Assert.Null(Next(Gathering with { IsPenalised = true }));
        Assert.Null(Next(Gathering with { IsPenalised = true }, Gathered));
        Assert.Null(Next(SolvingTurn with { IsPenalised = true }, Gathered));
        Assert.Null(Next(VotingTurn with { IsPenalised = true }, Gathered, verdict: Accepts, request: Proposed1));
        Assert.Equal(new NodeStep.HandOver(RequestState.Solving, 1), Next(SolvingTurn with { IsPenalised = true }, Gathered, time: Deadline + OneSecond));
    }

    [Theory, InlineData(RequestState.Gathering), InlineData(RequestState.Solving), InlineData(RequestState.Voting)]
    public void The_deadlines_own_second_still_counts_and_the_next_does_not(RequestState state)
    {
        var standing = (state == RequestState.Gathering ? Gathering : state == RequestState.Solving ? SolvingTurn : VotingTurn) with { Attempt = 1 };
        var inTime = Next(standing, Gathered, verdict: Accepts, request: Proposed1, time: Deadline);
        Assert.True(inTime is NodeStep.Submit or NodeStep.Solve or NodeStep.Vote, $"{inTime}");
        Assert.Equal(new NodeStep.HandOver(state, 1), Next(standing, Gathered, verdict: Accepts, request: Proposed1, time: Deadline + OneSecond));
    }

    [Fact]
    public void The_members_hand_over_one_after_the_other()
    {
        foreach (var (index, node) in new[] { First, Second, Third }.Index())
        {
            var turn = Deadline + (index * Options.HandOverInterval);
            Assert.Null(Next(VotingTurn with { HasVoted = true }, Gathered, self: node, request: Proposed1, time: turn));
            Assert.Equal(new NodeStep.HandOver(RequestState.Voting, 1), Next(VotingTurn with { HasVoted = true }, Gathered, self: node, request: Proposed1, time: turn + OneSecond));
        }

        // Past the deadline nobody begins anything, also before its turn to end it.
        Assert.Null(Next(VotingTurn, Gathered, verdict: Accepts, self: Third, request: Proposed1, time: Deadline + OneSecond));
        Assert.Null(Next(Gathering, Gathered, self: Third, time: Deadline + OneSecond));
    }

    [Theory, InlineData(RequestState.Finalised), InlineData(RequestState.Refused), InlineData(RequestState.Expired)]
    public void After_the_challenges_the_members_free_the_stakes_once_one_after_the_other(RequestState state)
    {
        var ended = VotingTurn with { State = state };
        Assert.Null(Next(ended, Gathered, time: Deadline));
        Assert.Equal(new NodeStep.Release(), Next(ended, Gathered, time: Deadline + OneSecond));
        Assert.Null(Next(ended, Gathered, self: Third, time: Deadline + (2 * Options.HandOverInterval)));
        Assert.Equal(new NodeStep.Release(), Next(ended, Gathered, self: Third, time: Deadline + (2 * Options.HandOverInterval) + OneSecond));
        Assert.Null(Next(ended with { IsReleased = true }, Gathered, time: Deadline.AddYears(1)));
    }

    [Fact]
    public void What_is_not_this_nodes_business_is_left_alone()
    {
        foreach (var time in new[] { Start, Deadline.AddDays(1) })
        {
            Assert.Null(Next(Gathering, self: Stranger, time: time));
            Assert.Null(Next(Gathering, request: Of(Started[1..]), time: time));
            Assert.Null(Next(Gathering with { State = RequestState.None, Deadline = DateTimeOffset.UnixEpoch }, time: time));
        }
    }

    [Fact]
    public void A_house_registers_with_its_own_key_and_comes_back_when_it_was_retired()
    {
        byte[] own = [4, 1], other = [4, 2];
        Assert.Equal(MaintainStep.Register, MaintainNodeHandler.Next(active: false, [], own));
        Assert.Equal(MaintainStep.Register, MaintainNodeHandler.Next(active: true, other, own));
        Assert.Equal(MaintainStep.Register, MaintainNodeHandler.Next(active: false, other, own));
        Assert.Equal(MaintainStep.Register, MaintainNodeHandler.Next(active: true, own.AsSpan(0, 1), own));
        Assert.Equal(MaintainStep.None, MaintainNodeHandler.Next(active: true, own, own));
        Assert.Equal(MaintainStep.Resume, MaintainNodeHandler.Next(active: false, own, own));
    }

    private static NodeStep? Next(
        Standing standing, GatheringRow? gathered = null, SolutionRow? solution = null, VerdictRow? verdict = null, string? self = null, OracleRequest? request = null, DateTimeOffset? time = null) =>
        NodePolicy.Next(request ?? Of(Requested), self ?? First, standing, gathered, solution, verdict, time ?? Start, Options);
}
