using Npgsql;

namespace Workers.Oracle.Tests.Market;

/// <summary>
/// Holds a worker right before the commit of a step: whoever changes a table's rows so waits in PostgreSQL until the gate is opened. The worker has then done all of the step's work and
/// saved none of it, which is the worst moment to be killed.
/// </summary>
internal sealed class CommitGate : IAsyncDisposable
{
    // Of the advisory locks: no worker takes any of this class.
    private const int Class = 20;
    private static readonly string Waiting =
        $"FROM pg_locks WHERE locktype = 'advisory' AND classid = {Class} AND NOT granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

    private readonly NpgsqlDataSource _rows;
    private readonly NpgsqlConnection _holder;
    private readonly string _table;

    private CommitGate(NpgsqlDataSource rows, NpgsqlConnection holder, string table) => (_rows, _holder, _table) = (rows, holder, table);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>Closes the gate.</summary>
    /// <param name="table">Of the oracle.</param>
    /// <param name="change">What the row is changed to, as a condition on NEW.</param>
    public static async Task<CommitGate> CloseAsync(NpgsqlDataSource rows, string table, string change)
    {
        var holder = await rows.OpenConnectionAsync(Cancellation);
        await using var close = new NpgsqlCommand(
            $"""
            SELECT pg_advisory_lock({Class}, hashtext('{table}'));
            CREATE OR REPLACE FUNCTION oracle.pass_gate() RETURNS trigger LANGUAGE plpgsql AS
                $$ BEGIN PERFORM pg_advisory_xact_lock_shared({Class}, hashtext(TG_TABLE_NAME)); RETURN NEW; END $$;
            CREATE OR REPLACE TRIGGER gate BEFORE UPDATE ON oracle.{table} FOR EACH ROW WHEN ({change}) EXECUTE FUNCTION oracle.pass_gate();
            """, holder);
        await close.ExecuteNonQueryAsync(Cancellation);
        return new CommitGate(rows, holder, table);
    }

    /// <summary>Waits until the worker stands in front of it.</summary>
    public Task ReachedAsync() => OracleBench.UntilAsync(() => AskAsync($"SELECT count(*) {Waiting}"), waiting => waiting > 0, $"a commit to {_table}");

    /// <summary>Opens it for whoever comes, after the one that waited was killed: what that one had not committed is gone when this returns.</summary>
    public async Task OpenAsync()
    {
        // PostgreSQL notices that a client has died only when it answers, and would commit a single statement before. All of the dead worker's go, and again: one that waited for the
        // row which another had changed would come to the gate only now.
        await OracleBench.UntilAsync(
            () => AskAsync("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'oracle'"),
            left => left == 0, "the end of a dead worker's connections");
        await DisposeAsync();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_holder.State == System.Data.ConnectionState.Open)
        {
            // A pooled connection would keep the lock.
            await using var open = new NpgsqlCommand("SELECT pg_advisory_unlock_all()", _holder);
            await open.ExecuteNonQueryAsync(CancellationToken.None);
        }

        await _holder.DisposeAsync();
    }

    private async Task<long> AskAsync(string sql)
    {
        await using var command = _rows.CreateCommand(sql);
        return (long)(await command.ExecuteScalarAsync(Cancellation))!;
    }
}
