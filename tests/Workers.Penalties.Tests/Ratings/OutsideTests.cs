using System.Net.Http.Json;
using Ethereum;
using Testing;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Penalties.Filing;

namespace Workers.Penalties.Tests.Ratings;

/// <summary>What comes to a house from outside: evidence in envelopes; and the operator who vouches for persons.</summary>
public sealed class OutsideTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Evidence_of_members_is_taken_once_and_what_shows_nothing_is_refused_and_not_kept()
    {
        await using var bench = await AttestorBench.StartAsync(1, ("Filing:MaxOpenPerSender", "2"));
        var house = await bench.StartHouseAsync(0);
        using var pair = ConductBench.PairOf(bench.Chain.Requester.Address);
        var time = await bench.Chain.TimeAsync();
        var lie = await bench.Chain.OutsideAreaAsync(time);
        await MemberBecomesKnownAsync();

        // Somebody may have sent the same statements with another signature before: that shows nothing, and what does is no less a case.
        var forged = lie with { Signature = await ConductBench.SignAsync(bench.Chain.Requester, Statements.Of(bench.Chain.Market, lie.Answer)) };
        Assert.Contains("do not show", (await SendAsync(forged)).Refusal, StringComparison.Ordinal);
        using (var bytes = new ByteArrayContent(MemberJson.Write<Evidence>(forged)))
        {
            await house.Client.SendAsync<object>(HttpMethod.Post, "api/cases", bytes, Cancellation);
        }

        var receipt = MemberJson.Read<EvidenceReceipt>((await SendAsync(lie)).Answer);
        Assert.Equal("Waiting", receipt.State);
        Assert.Equal(receipt, MemberJson.Read<EvidenceReceipt>((await SendAsync(lie)).Answer));

        // Two statements are the same in whichever order they are told.
        var (one, two) = (await bench.Chain.ForwardAsync("query", "payload"), await bench.Chain.ForwardAsync("query", "other"));
        var claim = MemberJson.Read<EvidenceReceipt>((await SendAsync(new DoubleClaimEvidence(one, two))).Answer);
        Assert.Equal(claim.Id, MemberJson.Read<EvidenceReceipt>((await SendAsync(new DoubleClaimEvidence(two, one))).Answer).Id);
        Assert.NotEqual(receipt.Id, claim.Id);

        var later = MemberJson.Read<EvidenceReceipt>((await SendAsync(await bench.Chain.OutsideAreaAsync(time, more: 1))).Answer);
        Assert.Equal(EvidenceReceipt.Later, later.State);
        Assert.Contains("2 cases of yours are open", later.Sentence, StringComparison.Ordinal);
        Assert.Contains("No evidence", (await bench.SendAsync(bench.Chain.Requester, pair, house, EvidenceHandler.Kind, "{}"u8.ToArray())).Refusal, StringComparison.Ordinal);
        using var stranger = new Ethereum.Transactions.LocalKeySigner([.. Enumerable.Repeat((byte)7, 32)]);
        Assert.Contains("no member", (await bench.SendAsync(stranger, pair, house, EvidenceHandler.Kind, MemberJson.Write<Evidence>(lie))).Refusal, StringComparison.Ordinal);

        // Of all this three cases were kept: two that hold, and the operator's own that does not.
        Assert.Equal(["Dismissed", "Waiting", "Waiting"], (await house.Client.GetAsync<CaseView[]>("api/cases", Cancellation)).Select(c => c.State).Order(StringComparer.Ordinal));

        // A location service that offers itself on chain is heard, too.
        using var service = ConductBench.PairOf(bench.Chain.Operator.Address);
        Assert.Contains("no member", (await bench.SendAsync(bench.Chain.Operator, service, house, EvidenceHandler.Kind, MemberJson.Write<Evidence>(lie))).Refusal, StringComparison.Ordinal);
        await new Workers.Standalone.Chain.AccountSender(bench.Chain.Rpc, bench.Chain.Operator).SendAsync(
            bench.Chain.Contracts.Collaboration, new Ethereum.Contracts.Collaboration.OfferServiceCall(1, service.PublicKey.ToArray(), "https://service.example:8443/").Encode(), 0, Cancellation);
        (byte[] Answer, string? Refusal) heard;
        do
        {
            await Task.Delay(500, Cancellation);
            heard = await bench.SendAsync(bench.Chain.Operator, service, house, EvidenceHandler.Kind, MemberJson.Write<Evidence>(lie));
        }
        while (heard.Refusal is not null);
        Assert.Equal(receipt.Id, MemberJson.Read<EvidenceReceipt>(heard.Answer).Id);

        Task<(byte[] Answer, string? Refusal)> SendAsync(Evidence evidence) => bench.SendAsync(bench.Chain.Requester, pair, house, EvidenceHandler.Kind, MemberJson.Write(evidence));

        async Task MemberBecomesKnownAsync()
        {
            while ((await bench.SendAsync(bench.Chain.Requester, pair, house, "nothing", "{}"u8.ToArray())).Refusal!.Contains("no member", StringComparison.Ordinal))
            {
                await Task.Delay(500, Cancellation);
            }
        }
    }

    [Fact]
    public async Task An_operator_vouches_for_an_account_once_and_for_one_person()
    {
        await using var bench = await AttestorBench.StartAsync(1);
        var house = await bench.StartHouseAsync(0);
        var (member, subject) = (bench.Chain.Requester.Address, Keccak256.Hash($"subject of {bench.Chain.Requester.Address}"));
        var signed = await AdmitAsync(member, subject);
        Assert.True(Statements.Admission(bench.Chain.Market, member, subject).IsSignedBy(bench.Attestors[0].Address, Hex.Parse(signed.Signature)));
        Assert.Equal(signed, (await AdmitAsync(member, subject)) with { Signature = signed.Signature });
        await RefusedAsync(member, Keccak256.Hash("somebody else"), "answered 409", "belongs to another person");

        // An account that never joined is bound to whom this house vouched for.
        var fresh = Address.Parse($"0x{0xf1:x40}");
        var other = await AdmitAsync(fresh, Keccak256.Hash("newcomer"));
        Assert.Equal(fresh.ToString(), other.Member);
        await RefusedAsync(fresh, Keccak256.Hash("somebody else"), "answered 409", "belongs to another person");

        // A person moves to another account only when the operator says so: the old one leaves.
        var next = Address.Parse($"0x{0xf2:x40}");
        await RefusedAsync(next, subject, "answered 409", $"a member with {member}");
        Assert.Equal(next.ToString(), (await AdmitAsync(next, subject, moves: true)).Member);

        await RefusedAsync(member, Hash32.Zero, "answered 400", "32 bytes");
        await RefusedAsync(member, member.ToTopic(), "answered 400", "32 bytes");
        await RefusedAsync(Address.Zero, subject, "answered 400", "an account");

        async Task<Signed> AdmitAsync(Address account, Hash32 person, bool moves = false)
        {
            using var content = JsonContent.Create(new { Member = account.ToString(), Subject = person.ToString(), Moves = moves });
            return await house.Client.SendAsync<Signed>(HttpMethod.Post, "api/admissions", content, Cancellation);
        }

        async Task RefusedAsync(Address account, Hash32 person, params string[] because)
        {
            var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => AdmitAsync(account, person));
            Assert.All(because, part => Assert.Contains(part, refused.Message, StringComparison.Ordinal));
        }
    }

    private sealed record CaseView(string Id, string State);

    private sealed record Signed(string Member, string Subject, string Attestor, string Signature);
}
