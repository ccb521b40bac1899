namespace Testing;

/// <summary>A privacy model's bytes by the format's description ("PGM1"), made by hand: without mobility privacy, and every state is always sent as one other.</summary>
public static class HandMadeModel
{
    /// <param name="release">o' for each o, of <paramref name="members"/> × <paramref name="cells"/> states.</param>
    public static byte[] Write(DateTimeOffset expires, int members, int cells, Func<int, int> release)
    {
        ArgumentNullException.ThrowIfNull(release);
        var states = members * cells;
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        writer.Write("PGM1"u8);
        writer.Write(new byte[32]); // the request
        writer.Write(expires.ToUnixTimeSeconds());
        writer.Write(new byte[32]); // the watermark's commitment
        writer.Write((ushort)members);
        writer.Write((ushort)cells);
        writer.Write(0L); // ε
        writer.Write(0.0); // λ
        for (var o = 0; o < states; o++)
        {
            writer.Write((ushort)1);
            writer.Write((ushort)release(o));
            writer.Write(1L << 32);
        }

        for (var seen = 0; seen < states; seen++)
        {
            writer.Write((ushort)1);
            writer.Write((ushort)seen);
            writer.Write(1.0);
        }

        writer.Flush();
        return stream.ToArray();
    }
}
