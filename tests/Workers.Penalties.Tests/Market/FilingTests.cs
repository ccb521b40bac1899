using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ethereum;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Testing;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;
using Workers.Penalties.Filing;
using Workers.Standalone.Chain;
using Workers.Standalone.Fleets;

namespace Workers.Penalties.Tests.Market;

/// <summary>A house that files penalty bills, on a chain with two members whose statements the test signs.</summary>
public sealed class FilingTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("penalties-");
    private ConductBench _bench = null!;
    private Fleet _house = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _bench = await ConductBench.StartAsync(new AnvilOptions(TimeSpan.FromMilliseconds(500)));
        Directory.CreateDirectory(Path.Combine(_directory.FullName, "logs"));
        var particular = new Dictionary<string, string> { ["Filing:Grace"] = "00:00:10", ["Chain:FinalityDepth"] = "8", ["Filing:SweepSchedule"] = "00:00:01", ["Transactions:RefusalPatience"] = "00:00:03" };
        _house = await Fleet.StartAsync("house", new FleetSettings(_directory.FullName, _bench.Node.Address, _bench.Contracts, particular), b => b.AddPenalties(), Cancellation);
        await _bench.EndowAsync(Address.Parse(await _house.Client.AccountAsync(Cancellation)));
    }

    public async ValueTask DisposeAsync()
    {
        await _house.DisposeAsync();
        await _bench.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Evidence_becomes_a_penalty_and_what_shows_nothing_costs_nothing()
    {
        var time = await _bench.TimeAsync();
        var lie = await _bench.OutsideAreaAsync(time);

        // Without a bond nobody can accuse: the case waits and says so.
        var opened = await OpenAsync(lie);
        Assert.Equal("Waiting", opened.State);
        Assert.Contains("bond of 0", opened.Sentence, StringComparison.Ordinal);
        var bond = Guid.NewGuid();
        await _house.Client.TellAsync(HttpMethod.Put, $"api/bonds/{bond}", new { Amount = Text(MarketDeployment.Rules.Bond) }, Cancellation);
        await _house.Client.TellAsync(HttpMethod.Put, $"api/bonds/{bond}", new { Amount = Text(MarketDeployment.Rules.Bond) }, Cancellation);

        var penalised = await UntilAsync(opened.Id, c => c.State == "Penalised");
        Assert.Contains("a place outside the area", penalised.Sentence, StringComparison.Ordinal);
        Assert.NotNull(penalised.TransactionHash);
        var offender = await _bench.MemberAsync(_bench.Collaborator.Address);
        Assert.Equal(1u, offender.Offences);
        Assert.True(offender.LockedUntil > time);

        // The same statements once more, written otherwise, are the same case.
        var spaced = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(MemberJson.Write<Evidence>(lie)).Replace(",", ", ", StringComparison.Ordinal));
        Assert.Equal(opened.Id, (await OpenAsync(spaced)).Id);

        // A signature of somebody else shows nothing: dismissed, and the bond is whole.
        var forged = lie with { Signature = await ConductBench.SignAsync(_bench.Requester, Statements.Of(_bench.Market, lie.Answer)) };
        Assert.Equal("Dismissed", (await OpenAsync(forged)).State);
        Assert.Equal(Text(MarketDeployment.Rules.Bond), (await _house.Client.GetAsync<AccountView>("api/account", Cancellation)).Bond);

        // Keys that never were a member's cost nothing, and nothing can be taken from them.
        using var stranger = new LocalKeySigner(SHA256.HashData("stranger"u8));
        Assert.Contains("never was a member", (await OpenAsync(new DoubleClaimEvidence(await _bench.ForwardAsync("one", "payload", stranger), await _bench.ForwardAsync("two", "payload", stranger)))).Sentence, StringComparison.Ordinal);

        // What somebody else filed first ends with that penalty.
        var other = await _bench.OutsideAreaAsync(time, more: 1);
        var late = await OpenAsync(other);
        await MoveAsync(late.Id, "hold");
        await _bench.SendAsync(_bench.Requester, other.ToCall());
        await MoveAsync(late.Id, "release");
        Assert.Contains($"{_bench.Requester.Address} filed it first.", (await UntilAsync(late.Id, c => c.State == "Penalised")).Sentence, StringComparison.Ordinal);
        Assert.Equal(2u, (await _bench.MemberAsync(_bench.Collaborator.Address)).Offences);

        // An operator holds a bill past its time, and withdraws it; then nothing moves it.
        var kept = await OpenAsync(await _bench.OutsideAreaAsync(time, more: 2));
        await MoveAsync(kept.Id, "hold");
        await Task.Delay(TimeSpan.FromSeconds(14), Cancellation);
        Assert.Equal("Held", (await CaseAsync(kept.Id)).State);
        await MoveAsync(kept.Id, "withdraw");
        Assert.Contains("409", (await Assert.ThrowsAsync<InvalidOperationException>(() => MoveAsync(kept.Id, "release"))).Message, StringComparison.Ordinal);
        Assert.Equal(2u, (await _bench.MemberAsync(_bench.Collaborator.Address)).Offences);
    }

    [Fact]
    public async Task A_penalty_that_a_reorganisation_takes_from_somebody_else_is_filed_again()
    {
        await _house.Client.TellAsync(HttpMethod.Put, $"api/bonds/{Guid.NewGuid()}", new { Amount = Text(MarketDeployment.Rules.Bond) }, Cancellation);
        var lie = await _bench.OutsideAreaAsync(await _bench.TimeAsync());
        var opened = await OpenAsync(lie);
        await MoveAsync(opened.Id, "hold");
        await UntilAsync(opened.Id, c => c.State == "Held");

        // Another accuses, and the chain stands still there.
        await _bench.SendAsync(_bench.Requester, lie.ToCall());
        await _bench.Node.CallAsync("evm_setIntervalMining", 0);
        await _bench.Node.MineAsync(); // A listener tells of what has a confirmation.
        var penalty = await PenaltyAsync(p => p is { IsShown: true });
        await MoveAsync(opened.Id, "release");
        await _bench.Node.ReorganiseAsync((int)(await _bench.Node.BlockNumberAsync() - penalty!.BlockNumber + 1));
        Assert.Equal(0u, (await _bench.MemberAsync(_bench.Collaborator.Address)).Offences);
        await _bench.Node.CallAsync("evm_setIntervalMining", 1);
        var ended = await UntilAsync(opened.Id, c => c.State == "Penalised");
        Assert.DoesNotContain("filed it first", ended.Sentence, StringComparison.Ordinal);
        Assert.Equal(1u, (await _bench.MemberAsync(_bench.Collaborator.Address)).Offences);
        Assert.Equal(Address.Parse(await _house.Client.AccountAsync(Cancellation)), (await PenaltyAsync(p => p is { IsFinal: true }))!.Accuser);
    }

    [Fact]
    public async Task Statements_that_have_convicted_in_whatever_order_end_every_case_that_needs_one_of_them()
    {
        var (a, b, c) = (await _bench.ForwardAsync("query", "one"), await _bench.ForwardAsync("query", "two"), await _bench.ForwardAsync("query", "three"));
        var cases = new List<CaseView>();
        foreach (var evidence in new DoubleClaimEvidence[] { new(a, b), new(a, c), new(b, c) })
        {
            cases.Add(await OpenAsync(evidence));
            await MoveAsync(cases[^1].Id, "hold");
        }

        await _bench.SendAsync(_bench.Requester, new DoubleClaimEvidence(b, a).ToCall());
        foreach (var one in cases)
        {
            await MoveAsync(one.Id, "release");
        }

        foreach (var one in cases)
        {
            Assert.Contains("filed it first", (await UntilAsync(one.Id, v => v.State == "Penalised")).Sentence, StringComparison.Ordinal);
        }

        Assert.Equal(1u, (await _bench.MemberAsync(_bench.Collaborator.Address)).Offences);
    }

    /// <summary>A bill can become false on its way: an attestation vanishes that the statements contradicted.</summary>
    [Fact]
    public async Task A_bill_that_the_contract_found_false_is_told_as_that()
    {
        await _house.Client.TellAsync(HttpMethod.Put, $"api/bonds/{Guid.NewGuid()}", new { Amount = Text(MarketDeployment.Rules.Bond) }, Cancellation);
        await UntilBondAsync(MarketDeployment.Rules.Bond);
        var lie = await _bench.OutsideAreaAsync(await _bench.TimeAsync());
        var opened = await OpenAsync(lie);
        await MoveAsync(opened.Id, "hold");
        await UntilAsync(opened.Id, c => c.State == "Held");
        var forged = lie with { Signature = await ConductBench.SignAsync(_bench.Requester, Statements.Of(_bench.Market, lie.Answer)) };
        await using (var scope = _house.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<PenaltiesDb>();
            var row = await db.Cases.SingleAsync(Cancellation);
            row.State = CaseState.Filed;
            await db.SubmitAgainAsync(FileCaseHandler.Key(row.Id), Address.Parse(await _house.Client.AccountAsync(Cancellation)), _bench.Contracts.Conduct, forged.ToCall(), Cancellation);
            await db.SaveChangesAsync(Cancellation);
        }

        var ended = await UntilAsync(opened.Id, c => c.State is "Failed" or "Penalised");
        Assert.StartsWith("The contract did not find it shown and took a fine", ended.Sentence, StringComparison.Ordinal);
        Assert.NotNull(ended.TransactionHash);
        Assert.Equal(0u, (await _bench.MemberAsync(_bench.Collaborator.Address)).Offences);
        await UntilBondAsync(MarketDeployment.Rules.Bond - MarketDeployment.Rules.Fine);
    }

    [Fact]
    public async Task What_is_no_evidence_is_refused()
    {
        foreach (var text in new[] { "", "{}", "[]", "null", "{\"kind\":\"outside-area\"}", "{\"kind\":\"treason\"}" })
        {
            var refusal = await Assert.ThrowsAsync<InvalidOperationException>(() => OpenAsync(Encoding.UTF8.GetBytes(text)));
            Assert.True(refusal.Message.Contains("answered 400", StringComparison.Ordinal), $"{text}: {refusal.Message}");
        }
    }

    private static string Text(System.Numerics.BigInteger number) => number.ToString(CultureInfo.InvariantCulture);

    private Task<CaseView> OpenAsync(Evidence evidence) => OpenAsync(MemberJson.Write(evidence));

    private async Task<CaseView> OpenAsync(byte[] evidence)
    {
        using var content = new ByteArrayContent(evidence);
        return await _house.Client.SendAsync<CaseView>(HttpMethod.Post, "api/cases", content, Cancellation);
    }

    private async Task UntilBondAsync(System.Numerics.BigInteger wanted)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while ((await _house.Client.GetAsync<AccountView>("api/account", Cancellation)).Bond is var bond && bond != Text(wanted))
        {
            Assert.True(clock.Elapsed < Patience, $"After {Patience} the bond is {bond}, not {wanted}.");
            await Task.Delay(200, Cancellation);
        }
    }

    /// <summary>What the house knows of the only penalty.</summary>
    private async Task<PenaltyRow?> PenaltyAsync(Func<PenaltyRow?, bool> wanted)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            await using var scope = _house.Services.CreateAsyncScope();
            var row = await scope.ServiceProvider.GetRequiredService<PenaltiesDb>().Penalties.AsNoTracking().SingleOrDefaultAsync(Cancellation);
            if (wanted(row))
            {
                return row;
            }

            Assert.True(clock.Elapsed < Patience, $"After {Patience}: {row?.Evidence} in block {row?.BlockNumber}");
            await Task.Delay(200, Cancellation);
        }
    }

    private Task MoveAsync(string id, string verb) => _house.Client.PostAsync($"api/cases/{id}/{verb}", Cancellation);

    private async Task<CaseView> CaseAsync(string id) => (await _house.Client.GetAsync<CaseView[]>("api/cases", Cancellation)).Single(c => c.Id == id);

    private async Task<CaseView> UntilAsync(string id, Func<CaseView, bool> wanted)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var found = await CaseAsync(id);
            if (wanted(found))
            {
                return found;
            }

            Assert.True(clock.Elapsed < Patience, $"After {Patience}: {found}");
            await Task.Delay(200, Cancellation);
        }
    }

    private sealed record CaseView(string Id, string State, string Sentence, string? TransactionHash);

    private sealed record AccountView(string Address, string Bond);
}
