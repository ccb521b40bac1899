using System.Buffers.Binary;
using Mechanisms.Learning;

namespace Mechanisms.Datasets;

/// <summary>
/// One shard of a provider's data as bytes. The same samples always give the same bytes. Little-endian:
/// <code>
/// 8  ASCII "DMSHARD1"
/// 4  samples, n          4  classes          4  dimensions of a sample, r
/// 4r length of each dimension
/// 4n labels
/// 4ns the samples, binary32, s numbers each
/// </code>
/// </summary>
public static class ShardFile
{
    private const int FixedLength = 20;

    private static ReadOnlySpan<byte> Magic => "DMSHARD1"u8;

    /// <summary>The shard's bytes.</summary>
    public static byte[] Write(Dataset shard)
    {
        ArgumentNullException.ThrowIfNull(shard);
        var header = FixedLength + (4 * shard.SampleShape.Rank);
        var bytes = new byte[checked(header + (4 * shard.Count) + (4 * shard.Samples.Shape.Count))];
        Magic.CopyTo(bytes);
        int[] head = [shard.Count, shard.Classes, shard.SampleShape.Rank, .. shard.SampleShape.Extents, .. shard.Labels];
        for (var i = 0; i < head.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8 + (4 * i)), head[i]);
        }

        var body = bytes.AsSpan(8 + (4 * head.Length));
        for (var i = 0; i < shard.Samples.Values.Length; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(body[(4 * i)..], shard.Samples.Values[i]);
        }

        return bytes;
    }

    /// <summary>How long every shard of a session is, in bytes.</summary>
    public static long LengthOf(ShardConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        return FixedLength + (4L * configuration.SampleShape.Length) + (4L * configuration.SamplesPerShard) + (4L * configuration.SamplesPerShard * configuration.SampleLength);
    }

    /// <summary>Reads a shard that somebody else wrote.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <param name="configuration">What the session asks of every shard.</param>
    /// <exception cref="DatasetFileException">It is no shard of this session.</exception>
    public static Dataset Read(string name, ReadOnlySpan<byte> bytes, ShardConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (bytes.Length < FixedLength || !bytes.StartsWith(Magic))
        {
            throw new DatasetFileException(name, 0, "this is no shard: it does not begin with DMSHARD1 and the four numbers after it.");
        }

        Require(name, bytes, 8, configuration.SamplesPerShard, "samples");
        Require(name, bytes, 12, configuration.Classes, "classes");
        Require(name, bytes, 16, configuration.SampleShape.Length, "dimensions");
        var shape = configuration.SampleShape;
        for (var i = 0; i < shape.Length; i++)
        {
            Require(name, bytes, FixedLength + (4 * i), shape[i], $"as length of dimension {i}");
        }

        var start = FixedLength + (4 * shape.Length);
        var (samples, length) = (configuration.SamplesPerShard, configuration.SampleLength);
        var needed = LengthOf(configuration);
        if (bytes.Length != needed)
        {
            throw new DatasetFileException(name, Math.Min(bytes.Length, needed), $"the shard has {bytes.Length} bytes; one of this session has {needed}.");
        }

        var labels = new int[samples];
        for (var i = 0; i < samples; i++)
        {
            var at = start + (4 * i);
            labels[i] = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
            if (labels[i] < 0 || labels[i] >= configuration.Classes)
            {
                throw new DatasetFileException(name, at, $"label {i} is {labels[i]}; it must be 0 to {configuration.Classes - 1}.");
            }
        }

        return new Dataset(new Tensor(new Shape([samples, .. shape]), Values(name, bytes, start + (4 * samples), samples * length)), labels, configuration.Classes);
    }

    private static float[] Values(string name, ReadOnlySpan<byte> bytes, int start, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
        {
            var at = start + (4 * i);
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(bytes[at..]);
            if (!float.IsFinite(values[i]))
            {
                throw new DatasetFileException(name, at, $"number {i} is {values[i]}; only finite numbers can be learned from.");
            }
        }

        return values;
    }

    private static void Require(string name, ReadOnlySpan<byte> bytes, int at, int wanted, string what)
    {
        if (bytes.Length < at + 4)
        {
            throw new DatasetFileException(name, bytes.Length, "the shard ends inside its header.");
        }

        var found = BinaryPrimitives.ReadInt32LittleEndian(bytes[at..]);
        if (found != wanted)
        {
            throw new DatasetFileException(name, at, $"{found} {what}; the session's shards have {wanted}.");
        }
    }
}
