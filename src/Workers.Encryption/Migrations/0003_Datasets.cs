using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Workers.Encryption.Migrations;

/// <summary>Datasets that are published, delivered and received.</summary>
[DbContext(typeof(EncryptionDb))]
[Migration("0003_Datasets")]
public sealed class Datasets : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        migrationBuilder.CreateTable(
            "datasets",
            t => new
            {
                Id = t.Column<Guid>(),
                Publisher = t.Column<string>(),
                Draft = t.Column<string>(),
                CreatedAt = t.Column<DateTime>(),
                State = t.Column<int>(),
                Attempts = t.Column<int>(),
                Plan = t.Column<string>(nullable: true),
                WrappedKey = t.Column<byte[]>(nullable: true),
                WrappedSeed = t.Column<byte[]>(nullable: true),
                ContentHash = t.Column<string>(nullable: true),
                Cid = t.Column<string>(nullable: true),
                TokenId = t.Column<string>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_datasets", r => r.Id));
        migrationBuilder.CreateIndex("IX_datasets_ContentHash", "datasets", "ContentHash", unique: true);
        migrationBuilder.CreateIndex("IX_datasets_TokenId", "datasets", "TokenId");
        migrationBuilder.CreateTable(
            "data_request_facts",
            t => new
            {
                RequestId = t.Column<long>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                Fact = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_data_request_facts", r => new { r.RequestId, r.BlockHash, r.LogIndex }));
        migrationBuilder.CreateTable(
            "data_requests",
            t => new
            {
                RequestId = t.Column<long>(),
                TokenId = t.Column<string>(),
                Requester = t.Column<string>(),
                PublicKey = t.Column<byte[]>(),
                BlockNumber = t.Column<long>(),
                BlockHash = t.Column<string>(),
                Cid = t.Column<byte[]>(nullable: true),
                Receipt = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_data_requests", r => r.RequestId));
        migrationBuilder.CreateIndex("IX_data_requests_TokenId", "data_requests", "TokenId");
        migrationBuilder.CreateIndex("IX_data_requests_BlockNumber", "data_requests", "BlockNumber");
        migrationBuilder.CreateTable(
            "deliveries",
            t => new
            {
                RequestId = t.Column<long>(),
                RequestBlockHash = t.Column<string>(),
                DatasetId = t.Column<Guid>(),
                Requester = t.Column<string>(),
                State = t.Column<int>(),
                Cid = t.Column<string>(nullable: true),
                Receipt = t.Column<string>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                At = t.Column<DateTime>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_deliveries", r => r.RequestId));
        migrationBuilder.CreateTable(
            "asked_datasets",
            t => new
            {
                Id = t.Column<Guid>(),
                TokenId = t.Column<string>(),
                PublicKey = t.Column<byte[]>(),
                WrappedPrivateKey = t.Column<byte[]>(),
                AskedAt = t.Column<DateTime>(),
                State = t.Column<int>(),
                RequestId = t.Column<long>(nullable: true),
                File = t.Column<string>(nullable: true),
                Bytes = t.Column<long>(),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_asked_datasets", r => r.Id));
        migrationBuilder.CreateIndex("IX_asked_datasets_RequestId", "asked_datasets", "RequestId");
    }
}
