using Microsoft.EntityFrameworkCore;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>The bookkeeping's tables.</summary>
internal static class BookkeepingModel
{
    public static void MapBookkeeping(this ModelBuilder model)
    {
        model.Entity<BillRow>(e =>
        {
            e.ToTable("bills");
            e.HasKey(r => r.Bill);
            e.HasIndex(r => r.Time);
        });
        model.Entity<EpochRow>(e =>
        {
            e.ToTable("epochs");
            e.HasKey(r => r.Number);
            e.Property(r => r.Number).ValueGeneratedNever();
            e.HasIndex(r => new { r.IsDone, r.Number });
        });
        model.Entity<LedgerRow>(e =>
        {
            e.ToTable("ledger");
            e.HasKey(r => r.Bill);
            e.HasIndex(r => new { r.Epoch, r.From });
        });
        model.Entity<ReceiptRow>(e =>
        {
            e.ToTable("receipts");
            e.HasKey(r => new { r.Bill, r.Bookkeeper });
            e.HasIndex(r => new { r.Epoch, r.Bookkeeper });
        });
        model.Entity<HandInRow>().ToTable("hand_ins").HasKey(r => new { r.Epoch, r.Candidate });
        model.Entity<SubjectRow>().ToTable("subjects").HasKey(r => r.Account);
    }
}
