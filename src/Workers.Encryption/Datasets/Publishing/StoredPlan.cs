using System.Text.Json;
using Mechanisms.Trifork;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>A mixing's plan as a row keeps it.</summary>
/// <param name="Size">Of blocks, bytes; of records, their columns; of lines 0.</param>
internal sealed record StoredPlan(string Format, int Size, long Units, long MixedUnits, long Length, int BucketBits, TriforkParameters Generator)
{
    public static string Write(MixPlan plan)
    {
        var (format, size) = plan.Format switch
        {
            UnitFormat.Blocks blocks => ("blocks", blocks.Size),
            UnitFormat.Records records => ("csv", records.Columns),
            _ => ("lines", 0),
        };
        return JsonSerializer.Serialize(new StoredPlan(format, size, plan.Units, plan.MixedUnits, plan.Length, plan.BucketBits, plan.Generator));
    }

    /// <exception cref="JsonException">The row is damaged.</exception>
    public static MixPlan Read(string json)
    {
        var plan = JsonSerializer.Deserialize<StoredPlan>(json) ?? throw new JsonException("A plan is missing.");
        return new MixPlan(FormatOf(plan.Format, plan.Size), plan.Units, plan.MixedUnits, plan.Length, plan.BucketBits, plan.Generator);
    }

    public static UnitFormat FormatOf(string format, int size) => format switch
    {
        "blocks" => new UnitFormat.Blocks(size),
        "csv" => new UnitFormat.Records(size),
        "lines" => new UnitFormat.Lines(),
        _ => throw new JsonException($"'{format}' is no format of units."),
    };
}
