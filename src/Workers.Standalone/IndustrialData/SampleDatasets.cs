using System.Globalization;
using System.Text;

namespace Workers.Standalone.IndustrialData;

/// <summary>What the company of the story has: a folder of turbine measurements and a maintenance log, the same in every run.</summary>
internal static class SampleDatasets
{
    private const int Turbines = 6, Rows = 20_000, Visits = 4_000;
    private static readonly string[] Parts = ["bearing", "blade", "gearbox", "generator", "pitch drive", "brake"];
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A CSV file for each turbine: time, speed in revolutions per minute, vibration in g, power in kW.</summary>
    public static async Task WriteFolderAsync(string folder, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(folder);
        for (var turbine = 1; turbine <= Turbines; turbine++)
        {
            var random = new Random(turbine);
            var text = new StringBuilder("time,rpm,vibration,power\n");
            for (var row = 0; row < Rows; row++)
            {
                var wind = 9 + (4 * Math.Sin(row / 900.0)) + random.NextDouble();
                text.Append(CultureInfo.InvariantCulture, $"{Start.AddMinutes(row):yyyy-MM-ddTHH:mmZ},{wind * 1.4:0.00},{(wind * wind / 900) + (0.02 * random.NextDouble()):0.0000},{wind * wind * wind * 1.9:0}\n");
            }

            await File.WriteAllTextAsync(Path.Combine(folder, $"turbine-{turbine}.csv"), text.ToString(), cancellationToken);
        }
    }

    /// <summary>The log: day, turbine, part, hours, remark.</summary>
    public static byte[] MaintenanceLog()
    {
        var random = new Random(7);
        var text = new StringBuilder("day,turbine,part,hours,remark\r\n");
        for (var visit = 0; visit < Visits; visit++)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Start.AddHours(2 * visit):yyyy-MM-dd},{1 + random.Next(Turbines)},{Parts[random.Next(Parts.Length)]},{1 + random.Next(9)},\"visit {visit}, {(random.Next(4) == 0 ? "replaced" : "inspected")}\"\r\n");
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }
}
