using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;

namespace Workers.Penalties.Migrations;

/// <summary>The first tables.</summary>
[DbContext(typeof(PenaltiesDb))]
[Migration("0001_Initial")]
public sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        SharedTables.AddSchedules(migrationBuilder);
        migrationBuilder.CreateTable(
            "cases",
            t => new
            {
                Id = t.Column<string>(),
                Evidence = t.Column<byte[]>(),
                Offence = t.Column<int>(),
                Offender = t.Column<string>(),
                FoundBy = t.Column<string>(),
                FoundAt = t.Column<DateTime>(),
                Due = t.Column<DateTime>(),
                State = t.Column<int>(),
                Sentence = t.Column<string>(),
                TransactionHash = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_cases", r => r.Id));
        migrationBuilder.CreateIndex("IX_cases_State_Due", "cases", ["State", "Due"]);
        migrationBuilder.CreateTable(
            "bonds",
            t => new
            {
                Id = t.Column<Guid>(),
                Amount = t.Column<string>(),
                At = t.Column<DateTime>(),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_bonds", r => r.Id));
    }
}
