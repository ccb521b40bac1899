using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Members;

namespace Workers.Penalties.Migrations;

/// <summary>Members, rounds of ratings and what agencies signed in them.</summary>
[DbContext(typeof(PenaltiesDb))]
[Migration("0002_Ratings")]
public sealed class Ratings : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        MemberFollowing.AddMembers(migrationBuilder);
        migrationBuilder.CreateTable(
            "rounds",
            t => new
            {
                Round = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                BlockHash = t.Column<string>(),
                StartedAt = t.Column<DateTime>(),
                AskUntil = t.Column<DateTime>(),
                State = t.Column<int>(),
                Report = t.Column<string>(),
                Document = t.Column<byte[]>(nullable: true),
                Number = t.Column<long>(),
                TransactionHash = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_rounds", r => r.Round));
        migrationBuilder.CreateIndex("IX_rounds_State", "rounds", "State");
        migrationBuilder.CreateTable(
            "round_agencies",
            t => new
            {
                Round = t.Column<long>(),
                Agency = t.Column<string>(),
                IsDone = t.Column<bool>(),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_round_agencies", r => new { r.Round, r.Agency }));
        migrationBuilder.CreateTable(
            "credit_answers",
            t => new
            {
                Round = t.Column<long>(),
                Id = t.Column<string>(),
                Agency = t.Column<string>(),
                Body = t.Column<byte[]>(),
            },
            constraints: t => t.PrimaryKey("PK_credit_answers", r => new { r.Round, r.Id }));
    }
}
