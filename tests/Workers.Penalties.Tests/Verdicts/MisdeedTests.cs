using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Penalties.Verdicts;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Penalties.Tests.Verdicts;

/// <summary>What other contracts' events say against whom, in whatever order they come.</summary>
public sealed class MisdeedTests : IAsyncLifetime
{
    private static readonly Address Owner = Address.Parse("0x00000000000000000000000000000000000000aa"), Other = Address.Parse("0x00000000000000000000000000000000000000bb");
    private static readonly Hash32 Id = Keccak256.Hash("id");
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("misdeeds-");
    private PenaltiesDb _db = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _db = new PenaltiesDb(new DbContextOptionsBuilder<PenaltiesDb>().UseSqlite($"Data Source={Path.Combine(_directory.FullName, "misdeeds.db")};Pooling=False").Options, TimeProvider.System);
        await _db.Database.EnsureCreatedAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _db.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task A_trade_is_unanswered_that_was_refunded_without_answer_or_notice_in_whatever_order_this_is_told()
    {
        await SeeAsync(new DataTrades.RefundedEvent(258, Other, Owner, 5), 3);
        Assert.False((await MisdeedAsync()).IsShown);
        await SeeAsync(Requested, 1);
        var row = await MisdeedAsync();
        Assert.Equal((true, Owner, 3L, 1_000L), (row.IsShown, row.Offender, row.BlockNumber, row.Deadline));
        Assert.Equal((1L, Position(1).BlockHash), (row.SinceBlock, row.SinceHash));
        Assert.Equal("0x" + "0102".PadLeft(64, '0'), row.Subject.ToString());

        var notice = new DataTrades.CancelNoticedEvent(258, 900);
        await SeeAsync(notice, 2);
        Assert.False((await MisdeedAsync()).IsShown);
        await UnseeAsync(notice, 2);
        Assert.True((await MisdeedAsync()).IsShown);
        var answer = new DataTrades.AnsweredEvent(258, Other, Owner, [], [], 7);
        await SeeAsync(answer, 2);
        Assert.False((await MisdeedAsync()).IsShown);
        await UnseeAsync(answer, 2);
        await UnseeAsync(new DataTrades.RefundedEvent(258, Other, Owner, 5), 3);
        Assert.False((await MisdeedAsync()).IsShown);
    }

    [Fact]
    public async Task A_candidate_is_accused_of_a_missing_review_and_of_no_other_outcome()
    {
        foreach (var outcome in new byte[] { 0, 1, 2, 4, 5 })
        {
            await SeeAsync(new TradingSessions.SettledEvent(Id, Other, Owner, outcome, 1, 1), outcome);
            Assert.False((await MisdeedAsync()).IsShown, $"Outcome {outcome} is no missing review.");
        }

        await SeeAsync(new TradingSessions.SettledEvent(Id, Other, Owner, 3, 1, 1), 9);
        var row = await MisdeedAsync();
        Assert.Equal((true, Owner, Offence.MissingReview), (row.IsShown, row.Offender, row.Offence));
    }

    [Fact]
    public async Task Two_nodes_of_a_committee_and_a_collaborator_are_each_accused()
    {
        var vote = new PrivacyOracle.Vote(Id, 0, Id, true, Hash32.Zero);
        await SeeAsync(new PrivacyOracle.EquivocatedEvent(Id, Owner, vote, [], vote, []), 1);
        await SeeAsync(new PrivacyOracle.EquivocatedEvent(Id, Other, vote, [], vote, []), 2);
        await SeeAsync(new Contract.ExpiredEvent(Id, Owner, Other), 3);
        var rows = await _db.Misdeeds.AsNoTracking().OrderBy(m => m.BlockNumber).ToListAsync(Cancellation);
        Assert.Equal([(Offence.Equivocation, Owner), (Offence.Equivocation, Other), (Offence.ExpiredQuery, Owner)], rows.Where(r => r.IsShown).Select(r => (r.Offence, r.Offender)));
    }

    private static DataTrades.RequestedEvent Requested => new(258, Other, Owner, Id, Id, Id, 1, [], 5, 1_000);

    private static LogPosition Position(uint number) => new(1, number, Keccak256.Hash($"block {number}").ToString(), Id.ToString(), number);

    private Task<MisdeedRow> MisdeedAsync() => _db.Misdeeds.AsNoTracking().SingleAsync(Cancellation);

    private async Task SeeAsync<TEvent>(TEvent contractEvent, uint number)
        where TEvent : notnull
    {
        await new MisdeedHandler<TEvent>(_db).HandleAsync(new Observed<TEvent>(contractEvent, Position(number), DateTimeOffset.UnixEpoch), Cancellation);
        await _db.SaveChangesAsync(Cancellation);
        _db.ChangeTracker.Clear();
    }

    private async Task UnseeAsync<TEvent>(TEvent contractEvent, uint number)
        where TEvent : notnull
    {
        await new MisdeedHandler<TEvent>(_db).HandleAsync(new Retracted<TEvent>(contractEvent, Position(number)), Cancellation);
        await _db.SaveChangesAsync(Cancellation);
        _db.ChangeTracker.Clear();
    }
}
