using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Workers.Collaboration.Migrations;

/// <summary>Bills by themselves, the epochs, and what is handed in and taken.</summary>
[DbContext(typeof(CollaborationDb))]
[Migration("0004_Bookkeeping")]
public sealed class BookkeepingTables : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        Own(migrationBuilder);
        migrationBuilder.CreateTable(
            "epochs",
            t => new
            {
                Number = t.Column<long>(),
                IsClosed = t.Column<bool>(),
                Taken = t.Column<int>(),
                Root = t.Column<string>(),
                Content = t.Column<string>(),
                State = t.Column<int>(),
                Deadline = t.Column<long>(),
                Bookkeeper = t.Column<string>(),
                Post = t.Column<string>(),
                SeenAt = t.Column<long>(),
                IsChecked = t.Column<bool>(),
                Pay = t.Column<string>(nullable: true),
                IsDone = t.Column<bool>(),
                Note = t.Column<string>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_epochs", r => r.Number));
        migrationBuilder.CreateIndex("IX_epochs_IsDone_Number", "epochs", ["IsDone", "Number"]);
        migrationBuilder.CreateTable(
            "ledger",
            t => new
            {
                Bill = t.Column<string>(),
                Epoch = t.Column<long>(),
                From = t.Column<string>(),
                Body = t.Column<byte[]>(),
            },
            constraints: t => t.PrimaryKey("PK_ledger", r => r.Bill));
        migrationBuilder.CreateIndex("IX_ledger_Epoch_From", "ledger", ["Epoch", "From"]);
        migrationBuilder.CreateTable(
            "subjects",
            t => new
            {
                Account = t.Column<string>(),
                Subject = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_subjects", r => r.Account));
    }

    private static void Own(MigrationBuilder migration)
    {
        migration.CreateTable(
            "bills",
            t => new
            {
                Bill = t.Column<string>(),
                Time = t.Column<long>(),
                Body = t.Column<byte[]>(),
            },
            constraints: t => t.PrimaryKey("PK_bills", r => r.Bill));
        migration.CreateIndex("IX_bills_Time", "bills", "Time");
        migration.CreateTable(
            "receipts",
            t => new
            {
                Bill = t.Column<string>(),
                Bookkeeper = t.Column<string>(),
                Epoch = t.Column<long>(),
                Signature = t.Column<byte[]>(),
            },
            constraints: t => t.PrimaryKey("PK_receipts", r => new { r.Bill, r.Bookkeeper }));
        migration.CreateIndex("IX_receipts_Epoch_Bookkeeper", "receipts", ["Epoch", "Bookkeeper"]);
        migration.CreateTable(
            "hand_ins",
            t => new
            {
                Epoch = t.Column<long>(),
                Candidate = t.Column<string>(),
                AskedAt = t.Column<DateTime>(),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_hand_ins", r => new { r.Epoch, r.Candidate }));
    }
}
