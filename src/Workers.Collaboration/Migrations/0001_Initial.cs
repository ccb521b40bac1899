using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Migrations;

/// <summary>The first tables.</summary>
[DbContext(typeof(CollaborationDb))]
[Migration("0001_Initial")]
public sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        SharedTables.AddSchedules(migrationBuilder);
        SharedTables.AddEnvelopes(migrationBuilder);
        MemberFollowing.AddMembers(migrationBuilder);
        Joinings(migrationBuilder);
        Standings(migrationBuilder);
        Zones(migrationBuilder);
    }

    private static void Joinings(MigrationBuilder migration) => migration.CreateTable(
        "joinings",
        t => new
        {
            Id = t.Column<string>(),
            Call = t.Column<byte[]>(),
            Amount = t.Column<string>(),
            At = t.Column<DateTime>(),
            Problem = t.Column<string>(nullable: true),
            Version = t.Column<int>(),
        },
        constraints: t => t.PrimaryKey("PK_joinings", r => r.Id));

    private static void Standings(MigrationBuilder migration)
    {
        migration.CreateTable(
            "attestations",
            t => new
            {
                Root = t.Column<string>(),
                Number = t.Column<long>(),
                Members = t.Column<int>(),
                Least = t.Column<long>(),
                Content = t.Column<string>(),
                Document = t.Column<byte[]>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_attestations", r => r.Root));
        migration.CreateIndex("IX_attestations_Number", "attestations", "Number");
        migration.CreateTable(
            "attestation_facts",
            t => new
            {
                Root = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                Number = t.Column<long>(),
                Members = t.Column<int>(),
                Least = t.Column<long>(),
                Content = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_attestation_facts", r => new { r.Root, r.BlockHash, r.LogIndex }));
    }

    private static void Zones(MigrationBuilder migration)
    {
        migration.CreateTable(
            "places",
            t => new
            {
                Id = t.Column<int>(),
                Latitude = t.Column<int>(),
                Longitude = t.Column<int>(),
                Heard = t.Column<string>(),
                At = t.Column<DateTime>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_places", r => r.Id));
        migration.CreateTable(
            "zones",
            t => new
            {
                ZoneId = t.Column<Guid>(),
                Size = t.Column<int>(),
                OrderedAt = t.Column<DateTime>(),
                Latitude = t.Column<int>(),
                Longitude = t.Column<int>(),
                Request = t.Column<byte[]>(),
                Reused = t.Column<Guid>(nullable: true),
                State = t.Column<int>(),
                Report = t.Column<string>(),
                EndedAt = t.Column<DateTime>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_zones", r => r.ZoneId));
        migration.CreateIndex("IX_zones_State_EndedAt", "zones", ["State", "EndedAt"]);
        migration.CreateTable(
            "answers",
            t => new
            {
                ZoneId = t.Column<Guid>(),
                Collaborator = t.Column<string>(),
                At = t.Column<DateTime>(),
                Answer = t.Column<byte[]>(),
                Bill = t.Column<byte[]>(),
                Copy = t.Column<byte[]>(),
                BillProblem = t.Column<string>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_answers", r => new { r.ZoneId, r.Collaborator }));
        migration.CreateIndex("IX_answers_Collaborator", "answers", "Collaborator");
        migration.CreateTable(
            "told",
            t => new
            {
                Request = t.Column<string>(),
                Number = t.Column<long>(),
                Requester = t.Column<string>(),
                At = t.Column<DateTime>(),
                Latitude = t.Column<int>(),
                Longitude = t.Column<int>(),
                Body = t.Column<byte[]>(),
                Answer = t.Column<string>(),
                Bill = t.Column<byte[]>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_told", r => r.Request));
        migration.CreateIndex("IX_told_Requester_At", "told", ["Requester", "At"]);
        migration.CreateIndex("IX_told_At", "told", "At");
        migration.CreateIndex("IX_told_Answer", "told", "Answer", unique: true);
        migration.CreateIndex("IX_told_Number", "told", "Number", unique: true);
    }
}
