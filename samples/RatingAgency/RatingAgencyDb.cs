using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;

namespace RatingAgency;

/// <summary>Remembers which envelopes came, and nothing about who asked for whom.</summary>
public sealed class RatingAgencyDb(DbContextOptions<RatingAgencyDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.MapReceivedEnvelopes();
        base.OnModelCreating(modelBuilder);
    }
}

/// <summary>The first tables.</summary>
[DbContext(typeof(RatingAgencyDb))]
[Migration("0001_Initial")]
public sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        SharedTables.AddSchedules(migrationBuilder);
        SharedTables.AddEnvelopes(migrationBuilder);
    }
}
