using System.Data.Common;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Workers.Hosting.Data;

/// <summary>What a failed use of the database means for whoever tried.</summary>
public enum DatabaseFault
{
    /// <summary>Not a fault of the database, or one that trying again does not mend.</summary>
    None,

    /// <summary>Another commit came between: load again, decide again.</summary>
    Conflict,

    /// <summary>The server or the disk does not serve now: wait.</summary>
    Unavailable,
}

/// <summary>Reads the providers' error codes.</summary>
public static class DatabaseFaults
{
    // https://www.sqlite.org/rescode.html
    private const int SqliteBusy = 5, SqliteLocked = 6, SqliteIoError = 10, SqliteFull = 13, SqliteCantOpen = 14, SqliteConstraint = 19;

    public static DatabaseFault Classify(Exception exception)
    {
        for (var e = exception; e is not null; e = e.InnerException)
        {
            switch (e)
            {
                case DbUpdateConcurrencyException:
                    return DatabaseFault.Conflict;
                case PostgresException postgres:
                    return OfSqlState(postgres);
                case NpgsqlException npgsql when npgsql.IsTransient || npgsql.InnerException is IOException or TimeoutException:
                    return DatabaseFault.Unavailable;
                case SqliteException sqlite:
                    return OfSqlite(sqlite.SqliteErrorCode);
                case DbException other when other.IsTransient:
                    return DatabaseFault.Unavailable;
            }
        }

        return DatabaseFault.None;
    }

    // https://www.postgresql.org/docs/15/errcodes-appendix.html
    private static DatabaseFault OfSqlState(PostgresException e) => e.SqlState switch
    {
        PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.SerializationFailure or PostgresErrorCodes.DeadlockDetected
            or PostgresErrorCodes.LockNotAvailable => DatabaseFault.Conflict,
        _ when e.IsTransient || e.SqlState.StartsWith("57P", StringComparison.Ordinal) || e.SqlState.StartsWith("53", StringComparison.Ordinal)
            => DatabaseFault.Unavailable,
        _ => DatabaseFault.None,
    };

    private static DatabaseFault OfSqlite(int code) => code switch
    {
        SqliteBusy or SqliteLocked or SqliteConstraint => DatabaseFault.Conflict,
        SqliteIoError or SqliteFull or SqliteCantOpen => DatabaseFault.Unavailable,
        _ => DatabaseFault.None,
    };
}
