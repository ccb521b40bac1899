using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Workers.Penalties.Migrations;

/// <summary>Whom the contract has penalised for what, whoever accused.</summary>
[DbContext(typeof(PenaltiesDb))]
[Migration("0005_Penalties")]
public sealed class Penalties : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.CreateTable(
            "penalties",
            t => new
            {
                Evidence = t.Column<string>(),
                Other = t.Column<string>(),
                Offender = t.Column<string>(),
                IsShown = t.Column<bool>(),
                Accuser = t.Column<string>(),
                BlockNumber = t.Column<long>(),
                BlockHash = t.Column<string>(),
                TransactionHash = t.Column<string>(),
                IsFinal = t.Column<bool>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_penalties", r => r.Evidence));
        migrationBuilder.CreateIndex("IX_penalties_IsShown_IsFinal", "penalties", ["IsShown", "IsFinal"]);
        migrationBuilder.CreateIndex("IX_penalties_Offender", "penalties", "Offender");
        migrationBuilder.CreateIndex("IX_cases_Offender", "cases", "Offender");
        migrationBuilder.AddColumn<DateTime>("LookedAt", "cases", nullable: true);
        migrationBuilder.DropIndex("IX_cases_State_Due", "cases");
        migrationBuilder.CreateIndex("IX_cases_State_LookedAt", "cases", ["State", "LookedAt"]);
        migrationBuilder.CreateTable(
            "penalty_facts",
            t => new
            {
                Evidence = t.Column<string>(),
                Other = t.Column<string>(),
                Offender = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                TransactionHash = t.Column<string>(),
                Accuser = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_penalty_facts", r => new { r.Evidence, r.BlockHash, r.LogIndex }));
    }
}
