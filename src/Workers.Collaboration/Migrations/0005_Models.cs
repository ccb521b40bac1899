using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Workers.Collaboration.Migrations;

/// <summary>Models by which queries are disguised, and by which one was.</summary>
[DbContext(typeof(CollaborationDb))]
[Migration("0005_Models")]
public sealed class ModelTables : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.CreateTable(
            "models",
            t => new
            {
                Kind = t.Column<int>(),
                Members = t.Column<string>(),
                Area = t.Column<byte[]>(),
                Model = t.Column<byte[]>(),
                Expires = t.Column<DateTime>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_models", r => r.Kind));
        migrationBuilder.AddColumn<int>("DisguisedBy", "queries", nullable: true);
    }
}
