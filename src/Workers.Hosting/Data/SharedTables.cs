using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Migrations.Operations.Builders;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Data;

/// <summary>
/// The tables that every worker has. Columns name CLR types only, so that one migration serves SQLite and PostgreSQL.
/// </summary>
public static class SharedTables
{
    /// <summary>Creates inbox, outbox, dead letters, transactions and finality; each worker's first migration calls it.</summary>
    public static void Create(MigrationBuilder migration)
    {
        migration.CreateTable(
            "inbox",
            table => new
            {
                MessageId = table.Column<Guid>(),
                Handler = table.Column<string>(),
                HandledAt = table.Column<DateTime>(),
            },
            constraints: table => table.PrimaryKey("PK_inbox", r => new { r.MessageId, r.Handler }));
        migration.CreateTable(
            "outbox",
            table => new
            {
                Id = table.RowId(),
                MessageId = table.Column<Guid>(),
                MessageType = table.Column<string>(),
                Body = table.Column<string>(),
                CorrelationId = table.Column<string>(nullable: true),
                CreatedAt = table.Column<DateTime>(),
                NotBefore = table.Column<DateTime>(nullable: true),
                SentAt = table.Column<DateTime>(nullable: true),
                Attempts = table.Column<int>(),
                Queue = table.Column<string>(nullable: true),
                Failures = table.Column<int>(),
                Deferrals = table.Column<int>(),
                DeferredSince = table.Column<DateTime>(nullable: true),
            },
            constraints: table => table.PrimaryKey("PK_outbox", r => r.Id));
        migration.CreateIndex("IX_outbox_SentAt_Id", "outbox", ["SentAt", "Id"]);
        migration.CreateTable(
            "dead_letters",
            table => new
            {
                Id = table.RowId(),
                MessageId = table.Column<Guid>(nullable: true),
                MessageType = table.Column<string>(nullable: true),
                Handler = table.Column<string>(),
                Body = table.Column<byte[]>(),
                Queue = table.Column<string>(nullable: true),
                CorrelationId = table.Column<string>(nullable: true),
                Reason = table.Column<string>(),
                At = table.Column<DateTime>(),
            },
            constraints: table => table.PrimaryKey("PK_dead_letters", r => r.Id));
        migration.CreateIndex("IX_dead_letters_MessageId_Handler", "dead_letters", ["MessageId", "Handler"], unique: true);
        migration.CreateTable(
            "transactions",
            table => new
            {
                Id = table.RowId(),
                Key = table.Column<string>(),
                From = table.Column<string>(),
                To = table.Column<string>(nullable: true),
                Value = table.Column<decimal>(),
                Data = table.Column<byte[]>(),
                CorrelationId = table.Column<string>(nullable: true),
                CreatedAt = table.Column<DateTime>(),
                State = table.Column<int>(),
                Nonce = table.Column<long>(nullable: true),
                Raw = table.Column<byte[]>(nullable: true),
                Hashes = table.Column<string>(),
                BlockNumber = table.Column<long>(nullable: true),
                BlockHash = table.Column<string>(nullable: true),
                GasUsed = table.Column<long>(),
                Fee = table.Column<decimal>(),
                Created = table.Column<string>(nullable: true),
                Error = table.Column<string>(nullable: true),
                GasLimit = table.Column<long>(),
                MaxFee = table.Column<decimal>(),
                Tip = table.Column<decimal>(),
                TransactionHash = table.Column<string>(nullable: true),
                RefusedSince = table.Column<DateTime>(nullable: true),
                PricedAt = table.Column<DateTime>(nullable: true),
                Version = table.Column<int>(),
            },
            constraints: table => table.PrimaryKey("PK_transactions", r => r.Id));
        migration.CreateIndex("IX_transactions_Key", "transactions", "Key", unique: true);
        migration.CreateIndex("IX_transactions_From_Nonce", "transactions", ["From", "Nonce"], unique: true);
        migration.CreateIndex("IX_transactions_State_From_Id", "transactions", ["State", "From", "Id"]);
        migration.CreateTable(
            "finality",
            t => new { ChainId = t.Column<long>(), BlockNumber = t.Column<long>(), BlockHash = t.Column<string>(), Version = t.Column<int>() },
            constraints: t => t.PrimaryKey("PK_finality", r => r.ChainId));
    }

    /// <summary>
    /// Creates what the replicas of a worker need to share their schedules, with PostgreSQL; each worker's second migration calls
    /// it, also where the worker has no schedule yet.
    /// </summary>
    public static void AddSchedules(MigrationBuilder migration)
    {
        ArgumentNullException.ThrowIfNull(migration);
        ScheduleTables.Create(migration);
    }

    /// <summary>Creates the table of the envelopes that came, for a worker that takes some.</summary>
    public static void AddEnvelopes(MigrationBuilder migration)
    {
        ArgumentNullException.ThrowIfNull(migration);
        migration.CreateTable(
            ReceivedEnvelopeRow.Table,
            table => new { From = table.Column<string>(), Nonce = table.Column<string>(), ExpiresAt = table.Column<long>() },
            constraints: table => table.PrimaryKey($"PK_{ReceivedEnvelopeRow.Table}", r => new { r.From, r.Nonce }));
        migration.CreateIndex($"IX_{ReceivedEnvelopeRow.Table}_ExpiresAt", ReceivedEnvelopeRow.Table, "ExpiresAt");
    }

    /// <summary>A <see cref="long"/> that the database counts up, on either provider.</summary>
    public static OperationBuilder<AddColumnOperation> RowId(this ColumnsBuilder table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.Column<long>()
            .Annotation("Sqlite:Autoincrement", true)
            .Annotation("Npgsql:ValueGenerationStrategy", Npgsql.EntityFrameworkCore.PostgreSQL.Metadata.NpgsqlValueGenerationStrategy.IdentityByDefaultColumn);
    }
}
