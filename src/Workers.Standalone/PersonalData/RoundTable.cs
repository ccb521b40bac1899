using System.Globalization;
using Spectre.Console;
using Workers.Standalone.Fleets;

namespace Workers.Standalone.PersonalData;

/// <summary>A period of a round and what became of its trade.</summary>
internal sealed class TradeLine(PeriodView period, Guid id)
{
    public PeriodView Period { get; } = period;

    /// <summary>Of the purchase.</summary>
    public Guid Id { get; } = id;

    public PurchaseView? Purchase { get; set; }

    public TradeView? Trade { get; set; }

    /// <summary>Recording and answering.</summary>
    public long OwnerGas { get; set; }

    /// <summary>Requesting and confirming.</summary>
    public long BuyerGas { get; set; }

    /// <summary>Whether the buyer's files are the owner's, byte for byte.</summary>
    public bool IsIdentical { get; set; }
}

/// <summary>The table at the end of a round.</summary>
internal static class RoundTable
{
    public static void Write(IAnsiConsole console, IReadOnlyList<TradeLine> lines, int ownerShare, decimal credit)
    {
        var table = new Table().Border(TableBorder.Rounded).Title("What was sealed, sold and paid");
        table.AddColumn("tag");
        foreach (var number in new[] { "files", "bytes", "sealed" })
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        table.AddColumn("CID");
        foreach (var number in new[] { "price", "owner", "provider", "gas" })
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        table.AddColumn("opened");
        foreach (var line in lines)
        {
            table.AddRow(
                line.Period.Tag, Text(line.Period.Files), Text(line.Period.PlainBytes), Text(line.Period.SealedBytes),
                Short(line.Period.Cid), Credits(line.Trade?.Price, credit), Credits(line.Trade?.ToOwner, credit), Credits(line.Trade?.ToProvider, credit),
                Text(line.OwnerGas + line.BuyerGas), line.IsIdentical ? "identical" : $"[red]{line.Purchase?.Problem.EscapeMarkup() ?? "differs"}[/]");
        }

        console.Write(table);
        console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Prices in credits, α = {ownerShare / 100} % to the owner. Gas: owner {lines.Sum(l => l.OwnerGas):N0}, buyer {lines.Sum(l => l.BuyerGas):N0}. The buyer's files and the CIDs:"));
        foreach (var line in lines.Where(l => l.Purchase?.Folder is not null))
        {
            console.WriteLine($"  {line.Period.Tag,-12} {Path.GetRelativePath(Environment.CurrentDirectory, line.Purchase!.Folder!)}  {line.Period.Cid}");
        }
    }

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Credits(decimal? amount, decimal credit) => ((amount ?? 0) / credit).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Short(string? cid) => cid is { Length: > 20 } ? $"…{cid[^8..]}" : cid ?? "";
}
