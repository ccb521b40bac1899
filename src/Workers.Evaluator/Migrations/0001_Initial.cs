using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;

namespace Workers.Evaluator.Migrations;

/// <summary>The first tables.</summary>
[DbContext(typeof(EvaluatorDb))]
[Migration("0001_Initial")]
public sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        Sessions(migrationBuilder);
        Sides(migrationBuilder);
    }

    private static void Sessions(MigrationBuilder migration)
    {
        migration.CreateTable(
            "sessions",
            t => new
            {
                SessionId = t.Column<string>(),
                Collector = t.Column<string>(),
                State = t.Column<int>(),
                IsOpen = t.Column<bool>(),
                Facts = t.Column<int>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_sessions", r => r.SessionId));
        migration.CreateIndex("IX_sessions_IsOpen", "sessions", "IsOpen");
        migration.CreateTable(
            "session_facts",
            t => new
            {
                SessionId = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                Fact = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_session_facts", r => new { r.SessionId, r.BlockHash, r.LogIndex }));
        migration.CreateIndex("IX_session_facts_BlockNumber", "session_facts", "BlockNumber");
    }

    private static void Sides(MigrationBuilder migration)
    {
        migration.CreateTable(
            "provisions",
            t => new
            {
                SessionId = t.Column<string>(),
                Account = t.Column<string>(),
                State = t.Column<int>(),
                Reason = t.Column<string>(nullable: true),
                At = t.Column<DateTime>(),
                Dataset = t.Column<string>(nullable: true),
                Shards = t.Column<int>(),
                FeaturesSeed = t.Column<long>(nullable: true),
                RetrievalKeys = t.Column<byte[]>(),
                WrappedClaimKey = t.Column<byte[]>(),
                WrappedSessionKey = t.Column<byte[]>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_provisions", r => r.SessionId));
        migration.CreateTable(
            "collections",
            t => new
            {
                SessionId = t.Column<string>(),
                OrderId = t.Column<Guid>(),
                Terms = t.Column<string>(),
                OrderedAt = t.Column<DateTime>(),
                State = t.Column<int>(),
                Problem = t.Column<string>(nullable: true),
                Layers = t.Column<int>(),
                WrappedFeaturesKey = t.Column<byte[]>(),
                WrappedReviewKey = t.Column<byte[]>(),
                WrappedObfuscation = t.Column<byte[]>(),
                Samples = t.Column<int>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_collections", r => r.SessionId));
        migration.CreateIndex("IX_collections_OrderId", "collections", "OrderId", unique: true);
        migration.CreateTable(
            "scores",
            t => new
            {
                SessionId = t.Column<string>(),
                Provider = t.Column<string>(),
                BundleHash = t.Column<string>(),
                IsPending = t.Column<bool>(),
                ContentHash = t.Column<string>(),
                Problem = t.Column<string>(nullable: true),
                Correct = t.Column<int>(),
                Total = t.Column<int>(),
                Score = t.Column<double>(),
                Report = t.Column<string>(),
                At = t.Column<DateTime>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_scores", r => new { r.SessionId, r.Provider }));
        migration.CreateTable(
            "inspections",
            t => new
            {
                SessionId = t.Column<string>(),
                Provider = t.Column<string>(),
                ReviewBlockHash = t.Column<string>(),
                IsPending = t.Column<bool>(),
                Problem = t.Column<string>(nullable: true),
                EvidenceHash = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_inspections", r => new { r.SessionId, r.Provider, r.ReviewBlockHash }));
        migration.CreateTable(
            "accusations",
            t => new
            {
                SessionId = t.Column<string>(),
                EvidenceHash = t.Column<string>(),
                BlockHash = t.Column<string>(),
                BlockNumber = t.Column<long>(),
                Provider = t.Column<string>(nullable: true),
                IsFounded = t.Column<bool>(nullable: true),
                Reason = t.Column<string>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_accusations", r => new { r.SessionId, r.EvidenceHash, r.BlockHash }));
    }
}
