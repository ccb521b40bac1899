using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;
using Workers.Hosting.Envelopes;

namespace LocationService;

/// <summary>Remembers which envelopes came, and nothing about who asked for which places.</summary>
public sealed class LocationServiceDb(DbContextOptions<LocationServiceDb> options, TimeProvider clock) : WorkerDbContext(options, clock)
{
    /// <inheritdoc/>
    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.MapReceivedEnvelopes();
        base.OnModelCreating(modelBuilder);
    }
}

/// <summary>The first tables.</summary>
[DbContext(typeof(LocationServiceDb))]
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
