using System.Buffers.Binary;

namespace Mechanisms.Trifork;

/// <summary>Streams of units, each with its length before it: four bytes, little-endian.</summary>
internal sealed class Buckets : IAsyncDisposable
{
    private readonly Stream[] streams;
    private readonly byte[] unit = new byte[UnitFormat.MaxUnit];
    private readonly byte[] prefix = new byte[sizeof(int)];

    public Buckets(int bits, Func<int, Stream> open)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)bits, (uint)MixPlan.MaxBucketBits, nameof(bits));
        streams = [.. Enumerable.Range(0, 1 << bits).Select(open)];
    }

    public int Count => streams.Length;

    /// <summary>Bytes that a bucket hardly ever exceeds: dealing at random makes them a little uneven.</summary>
    public int Capacity => Count == 1 ? 1 << 20 : (int)(MixPlan.BucketLength + (MixPlan.BucketLength / 8));

    public async ValueTask AddAsync(int bucket, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        BinaryPrimitives.WriteInt32LittleEndian(prefix, value.Length);
        await streams[bucket].WriteAsync(prefix, cancellationToken);
        await streams[bucket].WriteAsync(value, cancellationToken);
    }

    /// <summary>Back to the bucket's first unit.</summary>
    public async ValueTask RewindAsync(int bucket, CancellationToken cancellationToken)
    {
        await streams[bucket].FlushAsync(cancellationToken);
        streams[bucket].Position = 0;
    }

    /// <summary>The bucket's next unit; good until the next call.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> NextAsync(int bucket, CancellationToken cancellationToken)
    {
        await streams[bucket].ReadExactlyAsync(prefix, cancellationToken);
        var length = BinaryPrimitives.ReadInt32LittleEndian(prefix);
        await streams[bucket].ReadExactlyAsync(unit.AsMemory(0, length), cancellationToken);
        return unit.AsMemory(0, length);
    }

    /// <summary>Replaces a list's units by all of a bucket, which is empty afterwards.</summary>
    public async Task LoadAsync(int bucket, UnitList units, CancellationToken cancellationToken)
    {
        await RewindAsync(bucket, cancellationToken);
        units.Clear();
        var length = streams[bucket].Length;
        while (streams[bucket].Position < length)
        {
            units.Add((await NextAsync(bucket, cancellationToken)).Span);
        }

        streams[bucket].SetLength(0);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var stream in streams)
        {
            await stream.DisposeAsync();
        }
    }
}
