using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Oracle.Nodes;
using Workers.Oracle.Profiles;
using Workers.Penalties.Tests.Ratings;
using Workers.Penalties.Verdicts;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Penalties.Tests.Verdicts;

/// <summary>Houses that have to agree before anybody is penalised for what another contract's events show.</summary>
public sealed class VerdictTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_lets_queries_expire_is_penalised_once_by_attestors_who_read_the_chain_themselves()
    {
        await using var bench = await AttestorBench.StartAsync(3, ("Filing:Grace", "00:00:01"), ("Filing:SweepSchedule", "00:00:01"), ("Verdicts:Schedule", "00:00:01"), ("Attesting:Patience", "00:00:02"));
        await bench.IntroduceAsync();
        var house = await bench.StartHouseAsync(0);
        await ExpireAsync(bench, 2);
        await Task.Delay(TimeSpan.FromSeconds(8), Cancellation);
        Assert.Empty(await CasesAsync(house));

        // The third makes it an offence; alone the house penalises nobody.
        await ExpireAsync(bench, 1);
        var opened = await UntilAsync(house, _ => true);
        Assert.Equal(("ExpiredQuery", bench.Chain.Collaborator.Address.ToString(), "the chain"), (opened.Offence, opened.Offender, opened.FoundBy));
        Assert.Contains("agreed to forward 3 queries", opened.Sentence, StringComparison.Ordinal);
        var verdict = await VerdictAsync(house);
        Assert.Equal(3, verdict.Shown.Length);

        // It signs the very verdict, for attestors, and nothing else.
        await RefusedAsync(verdict with { Offender = bench.Chain.Requester.Address }, "do not show it");
        await RefusedAsync(verdict with { Offence = Offence.UnansweredTrade }, "do not show it");
        await RefusedAsync(verdict with { Evidence = Hash32.Zero }, "do not show it");
        await RefusedAsync(verdict with { CommittedAt = verdict.CommittedAt + 1 }, "do not show it");
        await RefusedAsync(verdict with { Offence = Offence.Leak }, "the contract judges itself");
        using var member = ConductBench.PairOf(bench.Chain.Requester.Address);
        Assert.Contains("Attestors of this market", (await bench.SendAsync(bench.Chain.Requester, member, house, SignVerdictHandler.Kind, MemberJson.Write(verdict))).Refusal, StringComparison.Ordinal);
        await house.Client.PostAsync($"api/cases/{opened.Id}/hold", Cancellation);
        await RefusedAsync(verdict, "An operator");
        await house.Client.PostAsync($"api/cases/{opened.Id}/release", Cancellation);
        var (answer, none) = await AskAsync(verdict);
        Assert.Null(none);
        var data = Statements.Verdict(bench.Chain.Market, verdict.Offender, verdict.Offence, verdict.Evidence, verdict.CommittedAt);
        Assert.True(data.IsSignedBy(bench.Attestors[0].Address, MemberJson.Read<VerdictReply>(answer).Signature));
        var waiting = await UntilAsync(house, c => c.Signatures.Length == 2 && c.Signatures.All(s => s.Problem is not null));
        Assert.Equal("Waiting", waiting.State);
        Assert.Equal(bench.Attestors.Skip(1).Select(a => (a.Address.ToString(), false)).Order(), waiting.Signatures.Select(s => (s.Attestor, s.Signed)).Order());

        // It dies; the other comes, and then there are two of three. Whoever sends it, both know how it ended.
        bench.Houses.Remove(house);
        await house.DisposeAsync();
        var second = await bench.StartHouseAsync(1);
        await UntilAsync(second, c => c.State == "Waiting");
        house = await bench.StartHouseAsync(0);
        var ended = new[] { await UntilAsync(house, c => c.State == "Penalised"), await UntilAsync(second, c => c.State == "Penalised") };
        Assert.Equal(ended[0].TransactionHash, ended[1].TransactionHash);
        Assert.Single(ended, c => c.Sentence.Contains("filed it first", StringComparison.Ordinal));
        Assert.Empty(ended.SelectMany(c => c.Signatures));
        Assert.Equal(1u, (await bench.Chain.MemberAsync(bench.Chain.Collaborator.Address)).Offences);
        Assert.Equal(0u, (await bench.Chain.MemberAsync(bench.Chain.Requester.Address)).Offences);

        async Task RefusedAsync(Verdict lie, string because) => Assert.Contains(because, (await AskAsync(lie)).Refusal, StringComparison.Ordinal);

        Task<(byte[] Answer, string? Refusal)> AskAsync(Verdict asked) => bench.SendAsync(bench.Attestors[1], bench.PairOf(1), house, SignVerdictHandler.Kind, MemberJson.Write(asked));
    }

    [Fact]
    public async Task An_owner_that_leaves_a_trade_unanswered_is_penalised_for_that_one_alone()
    {
        await using var bench = await StartAsync();
        var (chain, contract, window) = (bench.Chain, bench.Chain.Contracts.DataTrades, 3_600u);
        var (buyer, owner) = (new AccountSender(chain.Rpc, chain.Requester), new AccountSender(chain.Rpc, chain.Collaborator));
        byte[] cid = [1, 0x55, 0x12, 0x20, .. new byte[32]];
        var (application, tag, terms) = (SealIdentity.ApplicationId(cid), SealIdentity.Tag("mail"), new DataTrades.Terms(7_000, window, 600, 3_600, 3_600, chain.Operator.Address));
        await owner.SendAsync(contract, new DataTrades.CommissionCall(cid, terms).Encode(), 0, Cancellation);
        await owner.SendAsync(contract, new DataTrades.RecordSealCall(application, tag, 0, Keccak256.Hash("key"), Keccak256.Hash("content"), cid).Encode(), 0, Cancellation);
        await buyer.SendAsync(chain.Contracts.MarketToken, new MarketToken.ApproveCall(contract, 1_000).Encode(), 0, Cancellation);
        using var key = ConductBench.PairOf(chain.Requester.Address);
        var first = await chain.Rpc.CallAsync(contract, new DataTrades.TradeCountCall(), Cancellation);
        for (var i = 0; i < 4; i++)
        {
            await buyer.SendAsync(contract, new DataTrades.RequestCall(application, chain.Collaborator.Address, tag, 0, key.PublicKey.ToArray(), 100, terms).Encode(), 0, Cancellation);
        }

        // The owner declines the first and answers the second; of the third the buyer gives notice, and the fourth is nobody's business until its time is over.
        var count = await chain.Rpc.CallAsync(contract, new DataTrades.TradeCountCall(), Cancellation);
        Assert.Equal(4, (int)(count - first));
        var trades = Enumerable.Range(0, 4).Select(i => count - 3 + i).ToArray();
        await owner.SendAsync(contract, new DataTrades.CancelCall(trades[0]).Encode(), 0, Cancellation);
        await owner.SendAsync(contract, new DataTrades.RespondCall(trades[1], new byte[113], cid).Encode(), 0, Cancellation);
        await buyer.SendAsync(contract, new DataTrades.CancelCall(trades[2]).Encode(), 0, Cancellation);
        await chain.AdvanceAsync(window + 1);
        await buyer.SendAsync(contract, new DataTrades.ConfirmCall(trades[1]).Encode(), 0, Cancellation);
        await buyer.SendAsync(contract, new DataTrades.RefundCall(trades[2]).Encode(), 0, Cancellation);
        await buyer.SendAsync(contract, new DataTrades.RefundCall(trades[3]).Encode(), 0, Cancellation);

        await PenalisedAsync(bench, "UnansweredTrade", $"it left trade {trades[3]} unanswered");
    }

    [Fact]
    public async Task A_candidate_that_does_not_show_its_review_is_penalised_and_one_that_the_session_is_closed_before_is_not()
    {
        await using var bench = await StartAsync();
        var (chain, contract, window) = (bench.Chain, bench.Chain.Contracts.TradingSessions, 600);
        var (collector, provider) = (new AccountSender(chain.Rpc, chain.Requester), new AccountSender(chain.Rpc, chain.Collaborator));
        foreach (var party in new[] { collector, provider })
        {
            await party.SendAsync(chain.Contracts.MarketToken, new MarketToken.ApproveCall(contract, 1_000).Encode(), 0, Cancellation);
        }

        var expiry = (long)await chain.TimeAsync() + 3_600;
        var ids = new List<Hash32>();
        foreach (var named in new[] { false, true })
        {
            var terms = new TradingSessions.Terms(chain.Requester.Address, 100, 10, 2_000, expiry, window, window, window, chain.Operator.Address, Keccak256.Hash("extractor"), Keccak256.Hash($"named {named}"));
            ids.Add(Keccak256.Hash(new TradingSessions.CloseCall(terms).Encode().AsSpan(4)));
            await collector.SendAsync(contract, new TradingSessions.CreateSessionCall(terms).Encode(), 0, Cancellation);
            await provider.SendAsync(contract, new TradingSessions.RegisterCall(terms, 10, Keccak256.Hash("commitment")).Encode(), 0, Cancellation);
            await collector.SendAsync(contract, new TradingSessions.SampleDataCall(terms, chain.Collaborator.Address, 7).Encode(), 0, Cancellation);
            await provider.SendAsync(contract, new TradingSessions.SubmitFeaturesCall(terms, [1]).Encode(), 0, Cancellation);
            if (named)
            {
                await collector.SendAsync(contract, new TradingSessions.SetCandidateCall(terms, chain.Collaborator.Address).Encode(), 0, Cancellation);
                await chain.AdvanceAsync((uint)window + 1);
            }

            await collector.SendAsync(contract, new TradingSessions.CloseCall(terms).Encode(), 0, Cancellation);
        }

        await PenalisedAsync(bench, "MissingReview", $"as candidate of session {ids[1]} it did not show its review in time");
    }

    [Fact]
    public async Task A_node_that_signs_two_votes_on_one_proposal_is_penalised_beyond_its_stake()
    {
        await using var bench = await StartAsync();
        var (chain, oracle) = (bench.Chain, new OracleReference(31_337, bench.Chain.Contracts.PrivacyOracle));
        await chain.Deployment.IssueAsync(chain.Contracts, chain.Operator.Address, 2 * MarketDeployment.OraclePenalty, Cancellation);
        var nodes = new[] { chain.Operator, chain.Requester, chain.Collaborator }.ToDictionary(n => n.Address, n => (Signer: n, Sender: new AccountSender(chain.Rpc, n)));
        foreach (var (account, (_, sender)) in nodes)
        {
            using var key = ConductBench.PairOf(account);
            await sender.SendAsync(chain.Contracts.MarketToken, new MarketToken.ApproveCall(oracle.Contract, 2 * MarketDeployment.OraclePenalty).Encode(), 0, Cancellation);
            await sender.SendAsync(oracle.Contract, new PrivacyOracle.RegisterCall(key.PublicKey.ToArray(), MarketDeployment.OraclePenalty).Encode(), 0, Cancellation);
        }

        using var group = ConductBench.PairOf(oracle.Contract);
        var asked = await nodes[chain.Requester.Address].Sender.SendAsync(
            oracle.Contract, new PrivacyOracle.RequestCall(new PrivacyOracle.Terms(Keccak256.Hash("document"), group.PublicKey.ToArray(), 100, 3, 2, 600, 600, 600, 3_600)).Encode(), 0, Cancellation);
        Assert.Null(asked);
        var head = await chain.Rpc.BlockNumberAsync(Cancellation);
        var id = Assert.Single(await chain.Rpc.GetLogsAsync(LogFilter.Of([oracle.Contract], PrivacyOracle.RequestedEvent.Topic), 0, head, Cancellation)).Decode<PrivacyOracle.RequestedEvent>().RequestId;
        var digest = Keccak256.Hash("profiles");
        foreach (var account in new[] { chain.Operator.Address, chain.Requester.Address, chain.Collaborator.Address })
        {
            await nodes[account].Sender.SendAsync(oracle.Contract, new PrivacyOracle.SubmitProfilesCall(id, Keccak256.Hash([.. id.ToArray(), .. account.ToTopic().ToArray(), .. digest.ToArray()])).Encode(), 0, Cancellation);
        }

        await nodes[chain.Operator.Address].Sender.SendAsync(
            oracle.Contract, new PrivacyOracle.ProposeCall(id, new PrivacyOracle.Proposal(digest, Keccak256.Hash("why not"), Hash32.Zero, 0, 1)).Encode(), 0, Cancellation);
        var status = await chain.Rpc.CallAsync(oracle.Contract, new PrivacyOracle.RequestOfCall(id), Cancellation);
        var accept = new PrivacyOracle.Vote(id, 0, status.ProposalHash, true, Hash32.Zero);
        var reject = accept with { Accept = false, Evidence = Keccak256.Hash("report") };
        await nodes[chain.Operator.Address].Sender.SendAsync(
            oracle.Contract, new PrivacyOracle.ReportEquivocationCall(accept, await SignAsync(accept), reject, await SignAsync(reject)).Encode(), 0, Cancellation);
        await PenalisedAsync(bench, "Equivocation", "signed that it accepts a proposal and that it rejects it");

        Task<byte[]> SignAsync(PrivacyOracle.Vote vote) => ConductBench.SignAsync(chain.Collaborator, SignedVote.Data(oracle.Domain, vote));
    }

    [Fact]
    public async Task What_is_excused_before_the_bill_is_sent_is_dismissed_and_comes_back_with_the_event()
    {
        await using var bench = await StartAsync();
        var house = await bench.StartHouseAsync(0, ("Filing:Grace", "00:00:06"));
        await ExpireAsync(bench, 3);
        await UntilAsync(house, c => c.State == "Waiting");

        // As if one of the events were taken away again, and told again.
        await ShowAsync(false);
        var dismissed = await UntilAsync(house, c => c.State == "Dismissed");
        Assert.Contains("do not show it any more", dismissed.Sentence, StringComparison.Ordinal);
        Assert.Equal(0u, (await bench.Chain.MemberAsync(bench.Chain.Collaborator.Address)).Offences);
        await ShowAsync(true);
        var penalised = await UntilAsync(house, c => c.State == "Penalised");
        Assert.Equal(dismissed.Id, penalised.Id);
        Assert.DoesNotContain("any more", penalised.Sentence, StringComparison.Ordinal);
        Assert.Equal(1u, (await bench.Chain.MemberAsync(bench.Chain.Collaborator.Address)).Offences);

        async Task ShowAsync(bool shown)
        {
            await using var scope = house.Services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<PenaltiesDb>();
            var first = await db.Misdeeds.OrderBy(m => m.BlockNumber).FirstAsync(Cancellation);
            (first.IsShown, first.Time) = (shown, null);
            await db.SaveChangesAsync(Cancellation);
        }
    }

    /// <summary>A chain with one attestor, whose house is not there yet.</summary>
    private static async Task<AttestorBench> StartAsync()
    {
        var bench = await AttestorBench.StartAsync(1, ("Filing:Grace", "00:00:01"), ("Filing:SweepSchedule", "00:00:01"), ("Verdicts:Schedule", "00:00:01"));
        await bench.IntroduceAsync();
        return bench;
    }

    /// <summary>The house comes, and penalises the collaborator for this and for nothing else, and nobody else.</summary>
    private static async Task PenalisedAsync(AttestorBench bench, string offence, string because)
    {
        var house = await bench.StartHouseAsync(0);
        var ended = await UntilAsync(house, c => c.State == "Penalised");
        Assert.Equal((offence, bench.Chain.Collaborator.Address.ToString()), (ended.Offence, ended.Offender));
        Assert.Contains(because, ended.Sentence, StringComparison.Ordinal);
        Assert.Equal([ended.Id], (await CasesAsync(house)).Select(c => c.Id));
        Assert.Equal(1u, (await bench.Chain.MemberAsync(bench.Chain.Collaborator.Address)).Offences);
        Assert.Equal(0u, (await bench.Chain.MemberAsync(bench.Chain.Requester.Address)).Offences);
    }

    /// <summary>The requester bonds queries that the collaborator agreed to forward, and the time for them goes by.</summary>
    private static async Task ExpireAsync(AttestorBench bench, int queries)
    {
        var (chain, contract) = (bench.Chain, bench.Chain.Contracts.Collaboration);
        var (querier, service) = (new AccountSender(chain.Rpc, chain.Requester), new AccountSender(chain.Rpc, chain.Operator));
        using var key = ConductBench.PairOf(chain.Operator.Address);
        await service.SendAsync(contract, new Contract.OfferServiceCall(1, key.PublicKey.ToArray(), "https://service.example:8443/").Encode(), 0, Cancellation);
        await querier.SendAsync(chain.Contracts.MarketToken, new MarketToken.ApproveCall(contract, 1_000).Encode(), 0, Cancellation);
        var bonded = new List<Hash32>();
        for (var i = 0; i < queries; i++)
        {
            var terms = new Contract.Terms(Keccak256.Hash(Guid.NewGuid().ToString()), chain.Collaborator.Address, chain.Operator.Address, 1, 1, 2, 60, await chain.TimeAsync() + 600);
            var agreement = await ConductBench.SignAsync(chain.Collaborator, new QueryMarket(31_337, contract).Agreement(chain.Requester.Address, terms));
            await querier.SendAsync(contract, new Contract.BondCall(terms, agreement).Encode(), 0, Cancellation);
            bonded.Add(terms.Query);
        }

        await chain.AdvanceAsync(4);
        foreach (var query in bonded)
        {
            await querier.SendAsync(contract, new Contract.ExpireCall(query).Encode(), 0, Cancellation);
        }
    }

    private static async Task<Verdict> VerdictAsync(Fleet house)
    {
        await using var scope = house.Services.CreateAsyncScope();
        return MemberJson.Read<Verdict>((await scope.ServiceProvider.GetRequiredService<PenaltiesDb>().Cases.AsNoTracking().SingleAsync(Cancellation)).Evidence);
    }

    private static Task<CaseView[]> CasesAsync(Fleet house) => house.Client.GetAsync<CaseView[]>("api/cases", Cancellation);

    private static async Task<CaseView> UntilAsync(Fleet house, Func<CaseView, bool> wanted)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var cases = await CasesAsync(house);
            if (Array.Find(cases, c => wanted(c)) is { } found)
            {
                return found;
            }

            Assert.True(clock.Elapsed < Patience, $"After {Patience}: {string.Join("; ", cases.Select(c => c.ToString()))}");
            await Task.Delay(200, Cancellation);
        }
    }

    private sealed record CaseView(string Id, string Offence, string Offender, string FoundBy, string State, string Sentence, string? TransactionHash, SignatureView[] Signatures);

    private sealed record SignatureView(string Attestor, bool Signed, string? Problem);
}
