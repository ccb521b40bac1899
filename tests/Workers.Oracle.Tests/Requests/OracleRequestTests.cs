using System.Numerics;
using System.Text.Json;
using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Messaging;
using Workers.Oracle.Requests;
using static Workers.Oracle.Tests.Requests.RequestSamples;

namespace Workers.Oracle.Tests.Requests;

public sealed class OracleRequestTests
{
    private const int Seed = 20_261_122;

    [Fact]
    public void Facts_in_any_order_add_up_to_the_same_request()
    {
        var facts = Rows(Finalised);
        var expected = OracleRequest.Of(Id, facts);
        Assert.Equal((RequestState.Finalised, true, 2, First), (expected.State, expected.IsReleased, expected.Proposals.Count, expected.Model!.Fact.Solver));
        Assert.Equal([Second, First, Third], expected.Submissions);
        Assert.Equal([Third, First, Third], expected.Votes.Select(v => v.Node));
        Assert.Equal([600, 400], expected.Payments.Select(p => p.Amount));
        var random = new Random(Seed);
        for (var i = 0; i < 100; i++)
        {
            random.Shuffle(facts);
            Assert.True(JsonSerializer.Serialize(expected) == JsonSerializer.Serialize(OracleRequest.Of(Id, facts)), $"seed {Seed}, shuffle {i}");
        }
    }

    [Fact]
    public void Facts_without_the_request_say_nothing()
    {
        foreach (var facts in new[] { Started[1..], Voting[1..], Finalised[1..] })
        {
            var request = Of(facts);
            Assert.Equal((RequestState.None, 0, 0, 0), (request.State, request.Submissions.Length, request.Proposals.Count, request.Votes.Length));
            Assert.Equal((null, null, false, false), (request.Asked, request.Model, request.IsReleased, request.HasMember(First)));
        }
    }

    [Fact]
    public void A_second_copy_of_the_request_in_another_block_changes_nothing()
    {
        var twice = Of([.. Voting, Requested]);
        Assert.Equal((RequestState.Voting, 10L), (twice.State, twice.Asked!.BlockNumber));
    }

    [Fact]
    public void A_proposal_whose_block_vanished_is_no_longer_voted_on()
    {
        var request = OracleRequest.Of(Id, Rows(Voting).Where(r => !r.Fact.Contains(ProposalHash(0), StringComparison.Ordinal)));
        Assert.Equal((RequestState.Solving, 0), (request.State, request.Proposals.Count));
    }

    [Fact]
    public void After_a_rejection_the_next_attempt_is_solved_and_the_old_proposal_stays_known()
    {
        Assert.Equal((RequestState.Voting, 1), (Of(Voting).State, Of(Voting).Proposals.Count));
        var request = Of(SecondAttempt);
        Assert.Equal((RequestState.Solving, ProposalHash(0)), (request.State, Assert.Single(request.Proposals).Value.Fact.Hash));
        Assert.Equal(new RequestFact.Penalised(Second, Offence.RejectedProposal, 70), Assert.Single(request.Penalties));
        var again = Of([.. SecondAttempt, Proposed(1, First)]);
        Assert.Equal((RequestState.Voting, ProposalHash(1)), (again.State, again.Proposals[1].Fact.Hash));
    }

    [Fact]
    public void A_refusal_ends_it_without_a_model()
    {
        var request = Of([.. Voting, new RequestFact.Refused(Second, Digest), new RequestFact.Released()]);
        Assert.Equal((RequestState.Refused, Digest, null, null, true), (request.State, request.Refusal!.Fact.Result, request.Model, request.Expiry, request.IsReleased));
    }

    [Theory, InlineData(ExpiryReason.TooFewProfiles), InlineData(ExpiryReason.NoModel)]
    public void An_expiry_ends_it_and_says_why(ExpiryReason reason)
    {
        var request = Of([Requested, new RequestFact.Expired(reason)]);
        Assert.Equal((RequestState.Expired, reason, null, null), (request.State, request.Expiry!.Reason, request.Model, request.Refusal));
    }

    [Fact]
    public void Only_the_committee_is_in_the_committee()
    {
        var request = Of(Requested);
        Assert.All([First, Second, Third], node => Assert.True(request.HasMember(node)));
        Assert.All([Group, Stranger, First.ToUpperInvariant(), ""], node => Assert.False(request.HasMember(node)));
    }

    [Fact]
    public void Events_become_facts_with_the_names_of_the_contract()
    {
        var (id, digest, node) = (Hash32.Parse(Id), Hash32.Parse(Digest), Address.Parse(First));
        var asked = new PrivacyOracle.RequestedEvent(id, Address.Parse(Group), Conditions.ToCall(), [node], 1_000, 2_000);
        var (requestId, fact) = RequestFact.Of(asked);
        var requested = Assert.IsType<RequestFact.Requested>(fact);
        Assert.Equal((Id, Group, First, DateTimeOffset.FromUnixTimeSeconds(1_000), DateTimeOffset.FromUnixTimeSeconds(2_000)), (requestId, requested.Requester, requested.Committee[0], requested.GatherBy, requested.EndsAt));
        Assert.Equal(JsonSerializer.Serialize(Conditions), JsonSerializer.Serialize(requested.Terms));
        var proposed = Assert.IsType<RequestFact.Proposed>(RequestFact.Of(new PrivacyOracle.ProposedEvent(id, new BigInteger(2), node, Model(0).ToCall(), digest, 3_000)).Fact);
        Assert.Equal((2, First, Model(0), Digest), (proposed.Attempt, proposed.Solver, proposed.Proposal, proposed.Hash));
        Assert.Throws<RejectedException>(() => RequestFact.Of("no event"));
    }

    [Fact]
    public void A_refusal_and_a_model_go_to_the_contract_and_back_unchanged()
    {
        var refusal = new Proposal(Digest, Digest, Hash32.Zero.ToString(), DateTimeOffset.UnixEpoch, IsRefusal: true);
        Assert.All([refusal, Model(0)], proposal => Assert.Equal(proposal, Proposal.Of(proposal.ToCall())));
        Assert.Equal((1, 0), ((int)refusal.ToCall().Outcome, (int)Model(0).ToCall().Outcome));
    }

    [Fact]
    public void Amounts_and_times_beyond_what_is_counted_with_do_not_wrap_around()
    {
        Assert.Equal(decimal.MaxValue, RequestTerms.Amount(new BigInteger(decimal.MaxValue)));
        Assert.Throws<RejectedException>(() => RequestTerms.Amount(new BigInteger(decimal.MaxValue) + 1));
        Assert.Equal(DateTimeOffset.MaxValue, RequestTerms.Time(ulong.MaxValue));
    }
}
