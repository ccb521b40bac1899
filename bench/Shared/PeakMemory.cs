namespace Bench.Shared;

/// <summary>Samples the anonymous memory (RssAnon) of this process every 10 ms while something runs; pages of files in a RAM disk do not count.</summary>
internal sealed class PeakMemory : IDisposable
{
    private readonly Timer _timer;
    private readonly long _idle;
    private long _peak;

    public PeakMemory()
    {
        GC.Collect();
        _idle = _peak = Read();
        _timer = new Timer(_ => _peak = Math.Max(_peak, Read()), null, Timeout.Infinite, Timeout.Infinite);
    }

    public long AboveIdle => _peak - _idle;

    public void Start() => _timer.Change(0, 10);

    public void Stop() => _timer.Change(Timeout.Infinite, Timeout.Infinite);

    public void Dispose() => _timer.Dispose();

    private static long Read()
    {
        foreach (var line in File.ReadLines("/proc/self/status"))
        {
            if (line.StartsWith("RssAnon:", StringComparison.Ordinal))
            {
                return long.Parse(line["RssAnon:".Length..^"kB".Length].Trim()) << 10;
            }
        }

        throw new InvalidOperationException("/proc/self/status has no RssAnon; this measurement needs Linux.");
    }
}
