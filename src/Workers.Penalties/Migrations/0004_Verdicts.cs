using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Workers.Penalties.Migrations;

/// <summary>What other contracts' events say against somebody, and other attestors' signatures of verdicts.</summary>
[DbContext(typeof(PenaltiesDb))]
[Migration("0004_Verdicts")]
public sealed class Verdicts : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        migrationBuilder.CreateTable(
            "misdeeds",
            t => new
            {
                Offence = t.Column<int>(),
                Subject = t.Column<string>(),
                IsShown = t.Column<bool>(),
                Offender = t.Column<string>(),
                BlockNumber = t.Column<long>(),
                BlockHash = t.Column<string>(),
                TransactionHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                Deadline = t.Column<long>(),
                SinceBlock = t.Column<long>(),
                SinceHash = t.Column<string>(),
                Since = t.Column<long>(),
                Time = t.Column<long>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_misdeeds", r => new { r.Offence, r.Subject }));
        migrationBuilder.CreateIndex("IX_misdeeds_IsShown_Time", "misdeeds", ["IsShown", "Time"]);
        migrationBuilder.CreateIndex("IX_misdeeds_Offender", "misdeeds", "Offender");
        migrationBuilder.CreateTable(
            "misdeed_facts",
            t => new
            {
                Offence = t.Column<int>(),
                Subject = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                TransactionHash = t.Column<string>(),
                Saying = t.Column<int>(),
                Offender = t.Column<string>(nullable: true),
                Time = t.Column<long>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_misdeed_facts", r => new { r.Offence, r.Subject, r.BlockHash, r.LogIndex }));
        migrationBuilder.CreateTable(
            "verdict_signatures",
            t => new
            {
                Case = t.Column<string>(),
                Attestor = t.Column<string>(),
                Signature = t.Column<byte[]>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                AskedAt = t.Column<DateTime>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_verdict_signatures", r => new { r.Case, r.Attestor }));
    }
}
