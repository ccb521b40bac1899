using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Queries;

namespace Workers.Collaboration.Migrations;

/// <summary>Bonded queries, as querier and as collaborator.</summary>
[DbContext(typeof(CollaborationDb))]
[Migration("0003_Queries")]
public sealed class QueryTables : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.CreateTasks();
        migrationBuilder.CreateTable(
            "queries",
            t => new
            {
                QueryId = t.Column<Guid>(),
                Query = t.Column<string>(),
                Service = t.Column<string>(),
                Reward = t.Column<string>(),
                Fee = t.Column<string>(),
                OrderedAt = t.Column<DateTime>(),
                Latitude = t.Column<int>(),
                Longitude = t.Column<int>(),
                Asked = t.Column<byte[]>(),
                Payload = t.Column<byte[]>(),
                ReplyKey = t.Column<byte[]>(),
                Candidates = t.Column<string>(),
                Tried = t.Column<int>(),
                Terms = t.Column<byte[]>(nullable: true),
                Agreement = t.Column<byte[]>(nullable: true),
                AgreedAt = t.Column<DateTime>(nullable: true),
                Collaborator = t.Column<string>(nullable: true),
                Result = t.Column<byte[]>(nullable: true),
                Found = t.Column<byte[]>(nullable: true),
                State = t.Column<int>(),
                Problem = t.Column<string>(nullable: true),
                NextAt = t.Column<DateTime>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_queries", r => r.QueryId));
        migrationBuilder.CreateIndex("IX_queries_Query", "queries", "Query", unique: true);
        migrationBuilder.CreateIndex("IX_queries_NextAt", "queries", "NextAt");
        migrationBuilder.CreateTable(
            "duties",
            t => new
            {
                Query = t.Column<string>(),
                Number = t.Column<long>(),
                Querier = t.Column<string>(),
                Terms = t.Column<byte[]>(),
                Agreement = t.Column<byte[]>(),
                At = t.Column<DateTime>(),
                PayloadHash = t.Column<string>(nullable: true),
                Payload = t.Column<byte[]>(nullable: true),
                Result = t.Column<byte[]>(nullable: true),
                State = t.Column<int>(),
                AskedAt = t.Column<DateTime>(nullable: true),
                Report = t.Column<string>(nullable: true),
                NextAt = t.Column<DateTime>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_duties", r => r.Query));
        migrationBuilder.CreateIndex("IX_duties_Number", "duties", "Number", unique: true);
        migrationBuilder.CreateIndex("IX_duties_PayloadHash", "duties", "PayloadHash", unique: true);
        migrationBuilder.CreateIndex("IX_duties_NextAt", "duties", "NextAt");
    }
}
