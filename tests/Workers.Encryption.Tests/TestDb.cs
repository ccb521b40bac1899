using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace Workers.Encryption.Tests;

/// <summary>The worker's database as a file of its own.</summary>
internal static class TestDb
{
    public static async Task<EncryptionDb> MigratedAsync(string directory)
    {
        var db = On(b => b.UseSqlite($"Data Source={Path.Combine(directory, $"{Guid.NewGuid():N}.db")};Pooling=False"));
        await db.Database.MigrateAsync(TestContext.Current.CancellationToken);
        return db;
    }

    public static EncryptionDb On(Action<DbContextOptionsBuilder> use)
    {
        var options = new DbContextOptionsBuilder<EncryptionDb>();
        use(options);
        options.ConfigureWarnings(w => w.Ignore(RelationalEventId.PendingModelChangesWarning, RelationalEventId.ModelSnapshotNotFound));
        return new EncryptionDb(options.Options, TimeProvider.System);
    }
}
