using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Migrations;

/// <summary>Location services, and searches from behind a zone.</summary>
[DbContext(typeof(CollaborationDb))]
[Migration("0002_Services")]
public sealed class Services : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        ServiceFollowing.AddServices(migrationBuilder);
        migrationBuilder.CreateTable(
            "searches",
            t => new
            {
                SearchId = t.Column<Guid>(),
                Service = t.Column<string>(),
                OrderedAt = t.Column<DateTime>(),
                Category = t.Column<string>(nullable: true),
                Nearest = t.Column<int>(nullable: true),
                Radius = t.Column<double>(nullable: true),
                State = t.Column<int>(),
                Found = t.Column<byte[]>(),
                Answered = t.Column<int>(),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_searches", r => r.SearchId));
    }
}
