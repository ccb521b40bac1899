using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;
using Workers.Hosting.Members;

namespace Workers.Penalties.Migrations;

/// <summary>Settled epochs, admissions, other attestors' signatures, and whom this house hears.</summary>
[DbContext(typeof(PenaltiesDb))]
[Migration("0003_Attesting")]
public sealed class Attesting : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.AddEnvelopes(migrationBuilder);
        ServiceFollowing.AddServices(migrationBuilder);
        Epochs(migrationBuilder);
        migrationBuilder.CreateTable(
            "admissions",
            t => new
            {
                Member = t.Column<string>(),
                Subject = t.Column<string>(),
                At = t.Column<DateTime>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_admissions", r => r.Member));
        migrationBuilder.CreateTable(
            "round_signatures",
            t => new
            {
                Round = t.Column<long>(),
                Attestor = t.Column<string>(),
                Digest = t.Column<string>(),
                Signature = t.Column<byte[]>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_round_signatures", r => new { r.Round, r.Attestor }));
    }

    private static void Epochs(MigrationBuilder migration)
    {
        migration.CreateTable(
            "epochs",
            t => new
            {
                Epoch = t.Column<long>(),
                IsSettled = t.Column<bool>(),
                BlockNumber = t.Column<long>(),
                Counted = t.Column<string>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_epochs", r => r.Epoch));
        migration.CreateTable(
            "epoch_facts",
            t => new
            {
                Epoch = t.Column<long>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                Root = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_epoch_facts", r => new { r.Epoch, r.BlockHash, r.LogIndex }));
        migration.CreateTable(
            "help",
            t => new
            {
                Epoch = t.Column<long>(),
                Member = t.Column<string>(),
                Zones = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_help", r => new { r.Epoch, r.Member }));
    }
}
