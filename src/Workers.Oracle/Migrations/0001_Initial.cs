using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;

namespace Workers.Oracle.Migrations;

/// <summary>The first tables.</summary>
[DbContext(typeof(OracleDb))]
[Migration("0001_Initial")]
public sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        SharedTables.AddSchedules(migrationBuilder);
        Requests(migrationBuilder);
        Nodes(migrationBuilder);
        Solving(migrationBuilder);
        Orders(migrationBuilder);
    }

    private static void Requests(MigrationBuilder migration)
    {
        migration.CreateTable(
            "requests",
            t => new
            {
                RequestId = t.Column<string>(),
                Requester = t.Column<string>(),
                State = t.Column<int>(),
                IsOpen = t.Column<bool>(),
                Facts = t.Column<int>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_requests", r => r.RequestId));
        migration.CreateIndex("IX_requests_IsOpen", "requests", "IsOpen");
        migration.CreateTable(
            "request_facts",
            t => new
            {
                RequestId = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                Fact = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_request_facts", r => new { r.RequestId, r.BlockHash, r.LogIndex }));
        migration.CreateIndex("IX_request_facts_BlockNumber", "request_facts", "BlockNumber");
    }

    private static void Nodes(MigrationBuilder migration)
    {
        migration.CreateTable(
            "nodes",
            t => new
            {
                Node = t.Column<string>(),
                PublicKey = t.Column<byte[]>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_nodes", r => r.Node));
        migration.CreateTable(
            "registrations",
            t => new
            {
                Node = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                PublicKey = t.Column<byte[]>(),
            },
            constraints: t => t.PrimaryKey("PK_registrations", r => new { r.Node, r.BlockHash, r.LogIndex }));
        migration.CreateTable(
            "node_keys",
            t => new
            {
                Id = t.Column<int>(),
                PublicKey = t.Column<byte[]>(),
                WrappedKey = t.Column<byte[]>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_node_keys", r => r.Id));
    }

    private static void Solving(MigrationBuilder migration)
    {
        migration.CreateTable(
            "gatherings",
            t => new
            {
                RequestId = t.Column<string>(),
                ProfileDigest = t.Column<string>(nullable: true),
                WrappedGame = t.Column<byte[]>(nullable: true),
                Refusal = t.Column<string>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                Findings = t.Column<string>(),
                At = t.Column<DateTime>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_gatherings", r => r.RequestId));
        migration.CreateTable(
            "solutions",
            t => new
            {
                RequestId = t.Column<string>(),
                Attempt = t.Column<int>(),
                Proposal = t.Column<string>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                Cost = t.Column<double>(),
                LowerBound = t.Column<double>(),
                Privacy = t.Column<double>(),
                Seconds = t.Column<double>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_solutions", r => new { r.RequestId, r.Attempt }));
        migration.CreateTable(
            "verdicts",
            t => new
            {
                RequestId = t.Column<string>(),
                ProposalHash = t.Column<string>(),
                Accept = t.Column<bool>(nullable: true),
                Evidence = t.Column<string>(),
                Problem = t.Column<string>(nullable: true),
                Seconds = t.Column<double>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_verdicts", r => new { r.RequestId, r.ProposalHash }));
    }

    private static void Orders(MigrationBuilder migration)
    {
        migration.CreateTable(
            "orders",
            t => new
            {
                OrderId = t.Column<Guid>(),
                Document = t.Column<byte[]>(),
                Terms = t.Column<string>(),
                GroupKey = t.Column<string>(),
                WrappedKey = t.Column<byte[]>(),
                OrderedAt = t.Column<DateTime>(),
                State = t.Column<int>(),
                Problem = t.Column<string>(nullable: true),
                RequestId = t.Column<string>(nullable: true),
                Model = t.Column<byte[]>(nullable: true),
                WrappedWatermarkKey = t.Column<byte[]>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_orders", r => r.OrderId));
        migration.CreateIndex("IX_orders_GroupKey", "orders", "GroupKey", unique: true);
    }
}
