using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;

namespace Workers.ChainListener.Storage;

/// <summary>The listener's first tables.</summary>
[DbContext(typeof(ListenerDbContext))]
[Migration("20261121000000_Initial")]
public sealed class InitialMigration : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        migrationBuilder.CreateTable(
            "checkpoint",
            table => new
            {
                ChainId = table.Column<long>(),
                Start = table.Column<long>(),
                Contracts = table.Column<string>(),
                Tip = table.Column<long>(nullable: true),
                FinalNumber = table.Column<long>(nullable: true),
                FinalHash = table.Column<string>(nullable: true),
                FinalParent = table.Column<string>(nullable: true),
                AnnouncedNumber = table.Column<long>(nullable: true),
                AnnouncedHash = table.Column<string>(nullable: true),
                Version = table.Column<int>(),
            },
            constraints: table => table.PrimaryKey("PK_checkpoint", r => r.ChainId));
        migrationBuilder.CreateTable(
            "blocks",
            table => new
            {
                Number = table.Column<long>(),
                Hash = table.Column<string>(),
                ParentHash = table.Column<string>(),
            },
            constraints: table => table.PrimaryKey("PK_blocks", r => r.Number));
        migrationBuilder.CreateTable(
            "events",
            table => new
            {
                BlockNumber = table.Column<long>(),
                LogIndex = table.Column<long>(),
                Body = table.Column<string>(),
            },
            constraints: table => table.PrimaryKey("PK_events", r => new { r.BlockNumber, r.LogIndex }));
        migrationBuilder.CreateTable(
            "retracted",
            table => new
            {
                Hash = table.Column<string>(),
                Number = table.Column<long>(),
                Times = table.Column<int>(),
            },
            constraints: table => table.PrimaryKey("PK_retracted", r => r.Hash));
    }
}
