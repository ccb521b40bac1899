using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;

namespace Workers.Dashboard.Migrations;

/// <summary>What replicas need to share schedules.</summary>
[DbContext(typeof(DashboardDb))]
[Migration("0002_Schedules")]
public sealed class Schedules : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder) => SharedTables.AddSchedules(migrationBuilder);
}
