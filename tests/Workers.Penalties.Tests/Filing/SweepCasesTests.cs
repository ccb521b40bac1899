using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Data;
using Workers.Hosting.Members;
using Workers.Penalties.Filing;

namespace Workers.Penalties.Tests.Filing;

/// <summary>Which cases are looked at.</summary>
public sealed class SweepCasesTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>For the want of a bond or of a signature cases wait as long as it takes, and there may be any number of them.</summary>
    [Fact]
    public async Task Cases_that_cannot_move_do_not_keep_the_others_waiting()
    {
        var directory = Directory.CreateTempSubdirectory("cases-");
        await using (var db = new PenaltiesDb(new DbContextOptionsBuilder<PenaltiesDb>().UseSqlite($"Data Source={Path.Combine(directory.FullName, "cases.db")};Pooling=False").Options, TimeProvider.System))
        {
            await db.Database.EnsureCreatedAsync(Cancellation);
            var now = TimeProvider.System.GetUtcNow();
            for (var i = 0; i < 250; i++)
            {
                db.Cases.Add(new CaseRow
                {
                    Id = Keccak256.Hash($"case {i}"),
                    Evidence = [],
                    Offence = Offence.DoubleClaim,
                    Offender = default,
                    FoundBy = "",
                    FoundAt = now,
                    Due = now.AddSeconds(i - 300),
                    LookedAt = now.AddSeconds(i - 300),
                });
            }

            await db.SaveChangesAsync(Cancellation);
            var seen = new HashSet<string>(StringComparer.Ordinal);
            for (var sweep = 0; sweep < 3; sweep++)
            {
                await new SweepCasesHandler(db, null!, new PenaltyWatch(db, null!, null!), null!, TimeProvider.System).HandleAsync(new SweepCases(), Cancellation);
                await db.SaveChangesAsync(Cancellation);
                var woken = await db.Outbox.AsNoTracking().Where(m => m.MessageType.EndsWith(nameof(FileCase))).Select(m => m.Body).ToListAsync(Cancellation);
                Assert.Equal((sweep + 1) * 100, woken.Count);
                seen.UnionWith(woken);
            }

            Assert.Equal(250, seen.Count);
        }

        directory.Delete(recursive: true);
    }
}
