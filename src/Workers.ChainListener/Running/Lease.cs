using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;
using Workers.ChainListener.Storage;

namespace Workers.ChainListener.Running;

/// <summary>
/// The right to follow the chain into one database: a session's advisory lock with PostgreSQL, a locked file with SQLite.
/// Both end with the process that holds them, however it ends. The checkpoint's version catches a holder that does not yet
/// know that its lease is gone.
/// </summary>
internal sealed class Lease : IAsyncDisposable
{
    private readonly NpgsqlConnection? _session;
    private readonly FileStream? _file;

    private Lease(NpgsqlConnection? session, FileStream? file) => (_session, _file) = (session, file);

    /// <summary>Takes the lease of this database; null while another process has it.</summary>
    public static Task<Lease?> TryTakeAsync(ListenerDbContext db, CancellationToken cancellationToken)
    {
        var connection = db.Database.GetConnectionString()!;
        return db.Database.IsNpgsql() ? TryLockAsync(connection, cancellationToken) : Task.FromResult(TryLockFile(connection));
    }

    /// <summary>Throws when the session that holds the lock is gone.</summary>
    public async Task CheckAsync(CancellationToken cancellationToken)
    {
        if (_session is not null)
        {
            await using var ask = new NpgsqlCommand("SELECT 1", _session) { CommandTimeout = 10 };
            await ask.ExecuteScalarAsync(cancellationToken);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_session is not null)
        {
            await _session.DisposeAsync();
        }

        if (_file is not null)
        {
            await _file.DisposeAsync();
        }
    }

    private static async Task<Lease?> TryLockAsync(string connection, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connection) { Pooling = false };
        var session = new NpgsqlConnection(settings.ToString());
        try
        {
            await session.OpenAsync(cancellationToken);
            await using var take = new NpgsqlCommand("SELECT pg_try_advisory_lock(hashtextextended($1 || current_schema(), 0))", session);
            take.Parameters.AddWithValue("chain listener of ");
            if (await take.ExecuteScalarAsync(cancellationToken) is true)
            {
                var lease = new Lease(session, null);
                session = null;
                return lease;
            }

            return null;
        }
        finally
        {
            if (session is not null)
            {
                await session.DisposeAsync();
            }
        }
    }

    private static Lease? TryLockFile(string connection)
    {
        var path = new SqliteConnectionStringBuilder(connection).DataSource + ".listener";
        try
        {
            return new Lease(null, new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }
}
