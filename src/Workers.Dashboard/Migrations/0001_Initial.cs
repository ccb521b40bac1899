using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;

namespace Workers.Dashboard.Migrations;

/// <summary>The first tables.</summary>
[DbContext(typeof(DashboardDb))]
[Migration("0001_Initial")]
public sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        ArgumentNullException.ThrowIfNull(migrationBuilder);
        SharedTables.Create(migrationBuilder);
        Facts(migrationBuilder);
        Datasets(migrationBuilder, migrationBuilder.ActiveProvider!.EndsWith("PostgreSQL", StringComparison.Ordinal) ? "C" : null);
        Offers(migrationBuilder);
        Accounts(migrationBuilder);
    }

    private static void Facts(MigrationBuilder migration)
    {
        migration.CreateTable(
            "facts",
            t => new
            {
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                Part = t.Column<int>(),
                BlockNumber = t.Column<long>(),
                BlockTime = t.Column<DateTime>(),
                TransactionHash = t.Column<string>(),
                Kind = t.Column<int>(),
                TokenId = t.Column<string>(nullable: true),
                ListingId = t.Column<long>(nullable: true),
                RequestId = t.Column<long>(nullable: true),
                Unit = t.Column<string>(nullable: true),
                Account = t.Column<string>(),
                Other = t.Column<string>(nullable: true),
                Amount = t.Column<string>(nullable: true),
                Fact = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_facts", r => new { r.BlockHash, r.LogIndex, r.Part }));
        migration.CreateIndex("IX_facts_TokenId", "facts", "TokenId");
        migration.CreateIndex("IX_facts_ListingId", "facts", "ListingId");
        migration.CreateIndex("IX_facts_RequestId", "facts", "RequestId");
        migration.CreateIndex("IX_facts_Unit", "facts", "Unit");
        migration.CreateIndex("IX_facts_TransactionHash", "facts", "TransactionHash");
        migration.CreateIndex("IX_facts_BlockNumber_LogIndex", "facts", ["BlockNumber", "LogIndex"]);
    }

    private static void Datasets(MigrationBuilder migration, string? codePoints)
    {
        migration.CreateTable(
            "datasets",
            t => new
            {
                TokenId = t.Column<string>(),
                Status = t.Column<int>(),
                Publisher = t.Column<string>(),
                Cid = t.Column<string>(),
                MetadataDigest = t.Column<string>(),
                PublishedAt = t.Column<DateTime>(),
                PublishedBlock = t.Column<long>(),
                Holder = t.Column<string>(),
                Owner = t.Column<string>(),
                ListingId = t.Column<long>(nullable: true),
                Metadata = t.Column<int>(),
                Problem = t.Column<string>(nullable: true),
                Name = t.Column<string>(nullable: true),
                Description = t.Column<string>(nullable: true),
                File = t.Column<string>(nullable: true),
                Format = t.Column<string>(nullable: true),
                Units = t.Column<long>(nullable: true),
                Bytes = t.Column<long>(nullable: true),
                Tags = t.Column<string>(),
                Columns = t.Column<string>(),
                Delivery = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_datasets", r => r.TokenId));
        migration.CreateIndex("IX_datasets_Status_PublishedBlock", "datasets", ["Status", "PublishedBlock"]);
        migration.CreateIndex("IX_datasets_PublishedBlock", "datasets", "PublishedBlock");
        migration.CreateIndex("IX_datasets_Owner", "datasets", "Owner");
        migration.CreateIndex("IX_datasets_Publisher", "datasets", "Publisher");
        migration.CreateIndex("IX_datasets_Metadata", "datasets", "Metadata");
        migration.CreateTable(
            "words",
            t => new { Word = t.Column<string>(collation: codePoints), TokenId = t.Column<string>() },
            constraints: t => t.PrimaryKey("PK_words", r => new { r.Word, r.TokenId }));
        migration.CreateIndex("IX_words_TokenId_Word", "words", ["TokenId", "Word"]);
        migration.CreateTable(
            "requests",
            t => new
            {
                RequestId = t.Column<long>(),
                TokenId = t.Column<string>(),
                Requester = t.Column<string>(),
                PublicKey = t.Column<string>(),
                RequestedAt = t.Column<DateTime>(),
                Cid = t.Column<string>(nullable: true),
                Receipt = t.Column<string>(nullable: true),
                DeliveredAt = t.Column<DateTime>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_requests", r => r.RequestId));
        migration.CreateIndex("IX_requests_Requester", "requests", "Requester");
        migration.CreateIndex("IX_requests_TokenId", "requests", "TokenId");
    }

    private static void Offers(MigrationBuilder migration)
    {
        migration.CreateTable(
            "listings",
            t => new
            {
                ListingId = t.Column<long>(),
                TokenId = t.Column<string>(),
                Seller = t.Column<string>(),
                Status = t.Column<int>(),
                Price = t.Column<string>(),
                Step = t.Column<string>(),
                Unit = t.Column<string>(nullable: true),
                RateOf = t.Column<string>(nullable: true),
                MaxRateAge = t.Column<long>(),
                Extension = t.Column<long>(),
                ListedAt = t.Column<DateTime>(),
                EndsAt = t.Column<DateTime>(nullable: true),
                Bidder = t.Column<string>(nullable: true),
                Bid = t.Column<string>(nullable: true),
                Bids = t.Column<int>(),
                Buyer = t.Column<string>(nullable: true),
                PaidPrice = t.Column<string>(nullable: true),
                SortPrice = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_listings", r => r.ListingId));
        migration.CreateIndex("IX_listings_TokenId", "listings", "TokenId");
        migration.CreateTable(
            "rates",
            t => new { Publisher = t.Column<string>(), Unit = t.Column<string>(), Rate = t.Column<string>(), SetAt = t.Column<DateTime>(), Version = t.Column<int>() },
            constraints: t => t.PrimaryKey("PK_rates", r => new { r.Publisher, r.Unit }));
        migration.CreateTable(
            "participants",
            t => new
            {
                Account = t.Column<string>(),
                Published = t.Column<int>(),
                Bought = t.Column<int>(),
                Sold = t.Column<int>(),
                Volume = t.Column<string>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_participants", r => r.Account));
        migration.CreateIndex("IX_participants_Volume", "participants", "Volume");
    }

    private static void Accounts(MigrationBuilder migration)
    {
        migration.CreateTable(
            "nonces",
            t => new { Nonce = t.Column<string>(), ExpiresAt = t.Column<DateTime>() },
            constraints: t => t.PrimaryKey("PK_nonces", r => r.Nonce));
        migration.CreateIndex("IX_nonces_ExpiresAt", "nonces", "ExpiresAt");
        migration.CreateTable(
            "sessions",
            t => new { IdHash = t.Column<string>(), Account = t.Column<string>(), ExpiresAt = t.Column<DateTime>() },
            constraints: t => t.PrimaryKey("PK_sessions", r => r.IdHash));
        migration.CreateIndex("IX_sessions_ExpiresAt", "sessions", "ExpiresAt");
    }
}
