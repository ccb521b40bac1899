using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Data;
using Workers.Hosting.Members;
using Workers.Penalties.Ratings;

namespace Workers.Penalties.Tests.Ratings;

/// <summary>When a round is computed, whatever is told late.</summary>
public sealed class ComputeRoundTests : IAsyncLifetime
{
    private const long Round = 7, Block = 10;
    private static readonly Address Bank = Address.Parse("0x00000000000000000000000000000000000000ba"), First = Address.Parse("0x0000000000000000000000000000000000000001"), Second = Address.Parse("0x0000000000000000000000000000000000000002");
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("rounds-");
    private PenaltiesDb _db = null!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _db = new PenaltiesDb(new DbContextOptionsBuilder<PenaltiesDb>().UseSqlite($"Data Source={Path.Combine(_directory.FullName, "rounds.db")};Pooling=False").Options, TimeProvider.System);
        await _db.Database.EnsureCreatedAsync(Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _db.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Who_joined_before_the_rounds_block_and_was_told_late_is_asked_about_while_there_is_time()
    {
        var row = await BeginAsync(DateTimeOffset.MaxValue);
        Join(Second, Block);
        Assert.Equal([nameof(AskAgency)], await ComputeAsync());
        Assert.Equal(RoundState.Asking, row.State);
        Assert.False((await _db.RoundAgencies.SingleAsync(Cancellation)).IsDone);

        // Until the agency has been asked again nothing is computed, and it is asked once.
        Assert.Empty(await ComputeAsync());
        Hear(First, Second);
        (await _db.RoundAgencies.SingleAsync(Cancellation)).IsDone = true;
        Assert.Equal([nameof(AttestRound)], await ComputeAsync());
        Assert.StartsWith("2 members, 1 agencies.", row.Report, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_joined_later_is_not_asked_about_and_after_the_time_nobody_is()
    {
        var row = await BeginAsync(DateTimeOffset.MaxValue);
        Join(Second, Block + 1);
        Assert.Equal([nameof(AttestRound)], await ComputeAsync());
        Assert.StartsWith("1 members, 1 agencies.", row.Report, StringComparison.Ordinal);

        (row.State, row.AskUntil) = (RoundState.Asking, DateTimeOffset.UnixEpoch);
        Join(Second, Block - 1);
        Assert.Empty(await ComputeAsync());
        Assert.Equal(RoundState.Failed, row.State);
        Assert.Contains("it has not answered about everybody in time", row.Report, StringComparison.Ordinal);
    }

    private async Task<RoundRow> BeginAsync(DateTimeOffset askUntil)
    {
        var row = _db.Rounds.Add(new RoundRow { Round = Round, BlockNumber = Block, BlockHash = "", StartedAt = DateTimeOffset.UnixEpoch, AskUntil = askUntil }).Entity;
        _db.RoundAgencies.Add(new AgencyRow { Round = Round, Agency = Bank, IsDone = true });
        Join(First, Block);
        Hear(First);
        await _db.SaveChangesAsync(Cancellation);
        return row;
    }

    private void Join(Address member, long block) =>
        _db.MemberFacts.Add(new MemberFactRow { Account = member, BlockNumber = block, BlockHash = $"block {block}", LogIndex = member.ToTopic().ToArray()[^1], PublicKey = [4], Endpoint = "" });

    private void Hear(params Address[] members)
    {
        var body = MemberJson.Write(new CreditAnswer(Bank, 1, [.. members.Select((m, i) => new CreditRating(m, (i + 1) * 1_000_000))], []));
        _db.CreditAnswers.Add(new CreditAnswerRow { Round = Round, Id = Keccak256.Hash(body), Agency = Bank, Body = body });
    }

    /// <returns>What was published.</returns>
    private async Task<string[]> ComputeAsync()
    {
        await _db.SaveChangesAsync(Cancellation);
        await _db.Set<OutboxRow>().ExecuteDeleteAsync(Cancellation);
        var options = Options.Create(new RatingOptions { LeastAgencies = 1, Agencies = { [Bank.ToString()] = new AgencyOptions { Name = "Bank" } } });
        await new ComputeRoundHandler(_db, new RoundComputation(_db, options), options, TimeProvider.System).HandleAsync(new ComputeRound(Round), Cancellation);
        await _db.SaveChangesAsync(Cancellation);
        return [.. (await _db.Set<OutboxRow>().AsNoTracking().OrderBy(o => o.Id).ToListAsync(Cancellation)).Select(o => o.MessageType.Split('.')[^1])];
    }
}
