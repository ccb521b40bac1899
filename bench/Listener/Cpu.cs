using System.Globalization;

namespace Listener;

/// <summary>
/// Processor time of this process and of the servers that it started, by program name: on a machine where all of them share
/// the cores it says who the limit is.
/// </summary>
internal static class Cpu
{
    /// <summary>Linux counts processor time in hundredths of a second (<c>USER_HZ</c>).</summary>
    private const double TicksPerSecond = 100;

    /// <summary>Seconds of user and system time so far. A server that forks per connection is one entry.</summary>
    public static IReadOnlyDictionary<string, double> Seconds()
    {
        var all = Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(name => int.TryParse(name, CultureInfo.InvariantCulture, out _))
            .Select(Read).OfType<Entry>().ToDictionary(e => e.Id);
        return all.Values.Where(e => Descends(e, all)).GroupBy(e => e.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.Sum(e => e.Ticks) / TicksPerSecond, StringComparer.Ordinal);
    }

    private static bool Descends(Entry? entry, Dictionary<int, Entry> all)
    {
        for (; entry is not null; entry = all.GetValueOrDefault(entry.Parent))
        {
            if (entry.Id == Environment.ProcessId)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>proc(5): fields 14 and 15 are the process's own times, 16 and 17 those of children that have ended.</summary>
    private static Entry? Read(string? id)
    {
        try
        {
            var text = File.ReadAllText($"/proc/{id}/stat");
            var (open, close) = (text.IndexOf('('), text.LastIndexOf(')'));
            var fields = text[(close + 2)..].Split(' ');
            return new Entry(int.Parse(id!, CultureInfo.InvariantCulture), int.Parse(fields[1], CultureInfo.InvariantCulture), text[(open + 1)..close], fields[11..15].Sum(f => long.Parse(f, CultureInfo.InvariantCulture)));
        }
        catch (IOException)
        {
            // It ended meanwhile; its time is in its parent's.
            return null;
        }
    }

    private sealed record Entry(int Id, int Parent, string Name, long Ticks);
}
