namespace Workers.Encryption.Sealing;

/// <summary>Tells cheaply whether trying to compress is worth the time.</summary>
internal static class CompressionProbe
{
    private const int Pieces = 4;
    private const int PieceLength = 1024;

    /// <summary>
    /// Whether the bytes look random (encrypted, or compressed already). Counts equal pairs in a sample of 4 KiB: among n bytes drawn
    /// uniformly, Σ count² is n + n(n−1)/256 on average. Text has more than four times that. What it gets wrong costs space or time, never data.
    /// </summary>
    public static bool LooksRandom(ReadOnlySpan<byte> data)
    {
        if (data.Length < Pieces * PieceLength)
        {
            return false;
        }

        Span<int> counts = stackalloc int[256];
        counts.Clear();
        var stride = (data.Length - PieceLength) / (Pieces - 1);
        for (var piece = 0; piece < Pieces; piece++)
        {
            foreach (var value in data.Slice(piece * stride, PieceLength))
            {
                counts[value]++;
            }
        }

        const double n = Pieces * PieceLength;
        const double expected = n + (n * (n - 1) / 256);
        double sum = 0;
        foreach (var count in counts)
        {
            sum += (double)count * count;
        }

        return sum < 1.15 * expected;
    }
}
