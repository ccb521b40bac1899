using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;

namespace Workers.ChainListener.Storage;

/// <summary>What replicas need to share schedules.</summary>
[DbContext(typeof(ListenerDbContext))]
[Migration("20261122000000_Schedules")]
public sealed class ScheduleMigration : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder) => SharedTables.AddSchedules(migrationBuilder);
}
