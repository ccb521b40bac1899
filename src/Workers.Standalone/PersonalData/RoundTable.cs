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
        table.AddColumns("tag", "period", "files");
        foreach (var number in new[] { "bytes in", "bytes sealed" })
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        table.AddColumn("CID");
        foreach (var number in new[] { "price", "to owner", "to provider", "gas owner", "gas buyer" })
        {
            table.AddColumn(new TableColumn(number).RightAligned());
        }

        table.AddColumn("opened");
        foreach (var line in lines)
        {
            table.AddRow(
                line.Period.Tag, Text(line.Period.Number), Text(line.Period.Files), Text(line.Period.PlainBytes), Text(line.Period.SealedBytes),
                Short(line.Period.Cid), Credits(line.Trade?.Price, credit), Credits(line.Trade?.ToOwner, credit), Credits(line.Trade?.ToProvider, credit),
                Text(line.OwnerGas), Text(line.BuyerGas), line.IsIdentical ? "identical" : $"[red]{line.Purchase?.Problem.EscapeMarkup() ?? "differs"}[/]");
        }

        console.Write(table);
        console.MarkupLineInterpolated($"Prices in credits; α = {ownerShare / 100}% to the owner. The buyer's files:");
        foreach (var line in lines.Where(l => l.Purchase?.Folder is not null))
        {
            console.MarkupLineInterpolated($"  {line.Period.Tag,-12} {line.Purchase!.Folder}");
        }
    }

    private static string Text(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    private static string Credits(decimal? amount, decimal credit) => ((amount ?? 0) / credit).ToString("0.##", CultureInfo.InvariantCulture);

    private static string Short(string? cid) => cid is { Length: > 20 } ? $"{cid[..10]}…{cid[^6..]}" : cid ?? "";
}
