using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Workers.Hosting.Data;

namespace Workers.Encryption.Migrations;

/// <summary>The first tables.</summary>
[DbContext(typeof(EncryptionDb))]
[Migration("0001_Initial")]
public sealed class Initial : Migration
{
    /// <inheritdoc/>
    protected override void Up(MigrationBuilder migrationBuilder)
    {
        SharedTables.Create(migrationBuilder);
        KeySystem(migrationBuilder);
        Market(migrationBuilder);
        Sides(migrationBuilder);
    }

    private static void KeySystem(MigrationBuilder migration)
    {
        migration.CreateTable(
            "applications",
            t => new { ApplicationId = t.Column<string>(), Cid = t.Column<string>(), Name = t.Column<string>(), InstalledAt = t.Column<DateTime>() },
            constraints: t => t.PrimaryKey("PK_applications", r => r.ApplicationId));
        migration.CreateTable(
            "pseudonyms",
            t => new
            {
                Address = t.Column<string>(),
                ApplicationId = t.Column<string>(),
                WrappedPrivateKey = t.Column<byte[]>(),
                EnabledAt = t.Column<DateTime>(),
                ExpiredAt = t.Column<DateTime>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_pseudonyms", r => r.Address));
        migration.CreateTable(
            "spaces",
            t => new { Id = t.Column<Guid>(), ApplicationId = t.Column<string>(), Tag = t.Column<string>(), Description = t.Column<string>(), Folder = t.Column<string>() },
            constraints: t => t.PrimaryKey("PK_spaces", r => r.Id));
        migration.CreateIndex("IX_spaces_ApplicationId_Tag", "spaces", ["ApplicationId", "Tag"], unique: true);
        migration.CreateTable(
            "periods",
            t => new
            {
                Id = t.Column<Guid>(),
                SpaceId = t.Column<Guid>(),
                ApplicationId = t.Column<string>(),
                Pseudonym = t.Column<string>(),
                Tag = t.Column<string>(),
                Number = t.Column<long>(),
                WrappedKey = t.Column<byte[]>(),
                SealId = t.Column<string>(),
                From = t.Column<DateTime>(),
                To = t.Column<DateTime>(nullable: true),
                State = t.Column<int>(),
                Cid = t.Column<string>(nullable: true),
                ContentHash = t.Column<string>(nullable: true),
                Files = t.Column<int>(),
                PlainBytes = t.Column<long>(),
                SealedBytes = t.Column<long>(),
                Problem = t.Column<string>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_periods", r => r.Id));
        migration.CreateIndex("IX_periods_SealId", "periods", "SealId", unique: true);
        migration.CreateIndex("IX_periods_SpaceId_State", "periods", ["SpaceId", "State"]);
        migration.CreateTable(
            "sealed_files",
            t => new
            {
                Id = t.RowId(),
                SpaceId = t.Column<Guid>(),
                PeriodId = t.Column<Guid>(),
                Path = t.Column<string>(),
                Size = t.Column<long>(),
                ModifiedTicks = t.Column<long>(),
                Removed = t.Column<bool>(),
            },
            constraints: t => t.PrimaryKey("PK_sealed_files", r => r.Id));
        migration.CreateIndex("IX_sealed_files_SpaceId_Path_Size_ModifiedTicks", "sealed_files", ["SpaceId", "Path", "Size", "ModifiedTicks"], unique: true);
        migration.CreateIndex("IX_sealed_files_PeriodId", "sealed_files", "PeriodId");
        migration.CreateTable(
            "communications",
            t => new
            {
                Id = t.Column<Guid>(),
                ApplicationId = t.Column<string>(),
                Pseudonym = t.Column<string>(),
                Kind = t.Column<int>(),
                ContentHash = t.Column<string>(),
                At = t.Column<DateTime>(),
            },
            constraints: t => t.PrimaryKey("PK_communications", r => r.Id));
    }

    private static void Market(MigrationBuilder migration)
    {
        migration.CreateTable(
            "listed_applications",
            t => new
            {
                ApplicationId = t.Column<string>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                Provider = t.Column<string>(),
                Cid = t.Column<string>(),
                OwnerShare = t.Column<int>(),
                AnswerWindow = t.Column<long>(),
                CancelNotice = t.Column<long>(),
                ConfirmWindow = t.Column<long>(),
                DisputeWindow = t.Column<long>(),
                Arbiter = t.Column<string>(),
                BlockNumber = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_listed_applications", r => new { r.ApplicationId, r.BlockHash, r.LogIndex }));
        migration.CreateTable(
            "listed_seals",
            t => new
            {
                SealId = t.Column<string>(),
                BlockHash = t.Column<string>(),
                ApplicationId = t.Column<string>(),
                Owner = t.Column<string>(),
                Tag = t.Column<string>(),
                Period = t.Column<long>(),
                KeyCommitment = t.Column<string>(),
                ContentHash = t.Column<string>(),
                Cid = t.Column<string>(),
                SealedAt = t.Column<DateTime>(),
                BlockNumber = t.Column<long>(),
            },
            constraints: t => t.PrimaryKey("PK_listed_seals", r => new { r.SealId, r.BlockHash }));
        migration.CreateIndex("IX_listed_seals_ApplicationId", "listed_seals", "ApplicationId");
        migration.CreateTable(
            "trade_facts",
            t => new
            {
                TradeId = t.Column<long>(),
                BlockHash = t.Column<string>(),
                LogIndex = t.Column<long>(),
                BlockNumber = t.Column<long>(),
                Fact = t.Column<string>(),
            },
            constraints: t => t.PrimaryKey("PK_trade_facts", r => new { r.TradeId, r.BlockHash, r.LogIndex }));
        migration.CreateTable(
            "trades",
            t => new
            {
                TradeId = t.Column<long>(),
                Status = t.Column<int>(),
                Buyer = t.Column<string>(),
                Owner = t.Column<string>(),
                SealId = t.Column<string>(),
                ApplicationId = t.Column<string>(),
                Tag = t.Column<string>(),
                Period = t.Column<long>(),
                PublicKey = t.Column<byte[]>(),
                Price = t.Column<decimal>(),
                AnswerBy = t.Column<DateTime>(nullable: true),
                ConfirmBy = t.Column<DateTime>(nullable: true),
                RulingBy = t.Column<DateTime>(nullable: true),
                EncryptedKey = t.Column<byte[]>(nullable: true),
                AnswerCid = t.Column<byte[]>(nullable: true),
                Evidence = t.Column<byte[]>(nullable: true),
                Arbiter = t.Column<string>(nullable: true),
                BuyerProposal = t.Column<decimal>(nullable: true),
                OwnerProposal = t.Column<decimal>(nullable: true),
                ToOwner = t.Column<decimal>(),
                ToProvider = t.Column<decimal>(),
                ToBuyer = t.Column<decimal>(),
                BlockNumber = t.Column<long>(),
                BlockHash = t.Column<string>(),
                Facts = t.Column<int>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_trades", r => r.TradeId));
        migration.CreateIndex("IX_trades_Status", "trades", "Status");
    }

    private static void Sides(MigrationBuilder migration)
    {
        migration.CreateTable(
            "sales",
            t => new
            {
                TradeId = t.Column<long>(),
                RequestBlockHash = t.Column<string>(),
                Decision = t.Column<int>(),
                Reason = t.Column<string>(nullable: true),
                AnsweredAt = t.Column<DateTime>(nullable: true),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_sales", r => r.TradeId));
        migration.CreateTable(
            "purchases",
            t => new
            {
                Id = t.Column<Guid>(),
                ApplicationId = t.Column<string>(),
                Owner = t.Column<string>(),
                Tag = t.Column<string>(),
                TagName = t.Column<string>(),
                Period = t.Column<long>(),
                SealId = t.Column<string>(),
                Price = t.Column<decimal>(),
                PublicKey = t.Column<byte[]>(),
                WrappedPrivateKey = t.Column<byte[]>(),
                OrderedAt = t.Column<DateTime>(),
                State = t.Column<int>(),
                TradeId = t.Column<long>(nullable: true),
                Problem = t.Column<string>(nullable: true),
                ProvableByKey = t.Column<bool>(),
                Folder = t.Column<string>(nullable: true),
                Files = t.Column<int>(),
                Bytes = t.Column<long>(),
                Version = t.Column<int>(),
            },
            constraints: t => t.PrimaryKey("PK_purchases", r => r.Id));
        migration.CreateIndex("IX_purchases_TradeId", "purchases", "TradeId");
        migration.CreateIndex("IX_purchases_State", "purchases", "State");
        migration.CreateTable(
            "rulings",
            t => new
            {
                TradeId = t.Column<long>(),
                DisputeBlockHash = t.Column<string>(),
                ToBuyer = t.Column<decimal>(nullable: true),
                Reason = t.Column<string>(nullable: true),
                RuledAt = t.Column<DateTime>(nullable: true),
            },
            constraints: t => t.PrimaryKey("PK_rulings", r => new { r.TradeId, r.DisputeBlockHash }));
    }
}
