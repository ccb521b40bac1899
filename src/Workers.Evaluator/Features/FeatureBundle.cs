using System.Buffers.Binary;
using System.Security.Cryptography;
using Mechanisms.Learning;

namespace Workers.Evaluator.Features;

/// <summary>Features that somebody else made and that are not what the session asks for; the message says what and where.</summary>
public sealed class FeatureException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>
/// A provider's features of its sampled shards, with the labels, in the shards' order. The same features under the same blinding always give the same bytes.
/// Little-endian:
/// <code>
/// 8  ASCII "DMFEATS1"     32  blinding
/// 4  samples, n           4  dimensions of a sample's features, r
/// 4r length of each       4n labels       4nf the features, binary32, f numbers each
/// </code>
/// The blinding is random, so that the hash that stands on chain says nothing about the features.
/// </summary>
/// <param name="Features">Samples first.</param>
/// <param name="Labels">A class for each sample.</param>
public sealed record FeatureBundle(Tensor Features, IReadOnlyList<int> Labels)
{
    /// <summary>Length of the blinding in bytes.</summary>
    public const int BlindingLength = 32;

    private const int FixedLength = 8 + BlindingLength + 8;

    private static ReadOnlySpan<byte> Magic => "DMFEATS1"u8;

    /// <summary>The bundle's bytes under a fresh blinding.</summary>
    public byte[] Write()
    {
        var count = Labels.Count;
        var extents = Features.Shape.Extents.AsSpan()[1..];
        var bytes = new byte[checked(FixedLength + (4 * extents.Length) + (4 * count) + (4 * Features.Shape.Count))];
        Magic.CopyTo(bytes);
        RandomNumberGenerator.Fill(bytes.AsSpan(8, BlindingLength));
        int[] head = [count, extents.Length, .. extents, .. Labels];
        var rest = bytes.AsSpan(8 + BlindingLength);
        for (var i = 0; i < head.Length; i++)
        {
            BinaryPrimitives.WriteInt32LittleEndian(rest[(4 * i)..], head[i]);
        }

        rest = rest[(4 * head.Length)..];
        for (var i = 0; i < Features.Shape.Count; i++)
        {
            BinaryPrimitives.WriteSingleLittleEndian(rest[(4 * i)..], Features.Values[i]);
        }

        return bytes;
    }

    /// <summary>How long a bundle of this shape is, in bytes.</summary>
    /// <param name="features">Samples first.</param>
    public static long LengthOf(Shape features)
    {
        ArgumentNullException.ThrowIfNull(features);
        return FixedLength + (4L * (features.Rank - 1)) + (4L * features[0]) + (4L * features.Count);
    }

    /// <summary>Reads what a provider sent.</summary>
    /// <param name="expected">The features' shape by sample size and extractor, samples first.</param>
    /// <param name="classes">How many classes the task has.</param>
    /// <exception cref="FeatureException">It is something else, or holds NaN or infinity.</exception>
    public static FeatureBundle Read(ReadOnlySpan<byte> bytes, Shape expected, int classes)
    {
        var needed = LengthOf(expected);
        if (bytes.Length != needed || !bytes.StartsWith(Magic))
        {
            throw new FeatureException($"The features have {bytes.Length} bytes; features of {expected} have {needed} and begin with DMFEATS1.");
        }

        int[] head = [expected[0], expected.Rank - 1, .. expected.Extents.AsSpan()[1..]];
        var rest = bytes[(8 + BlindingLength)..];
        for (var i = 0; i < head.Length; i++)
        {
            if (BinaryPrimitives.ReadInt32LittleEndian(rest[(4 * i)..]) is var found && found != head[i])
            {
                throw new FeatureException($"The features' header has {found} at byte {8 + BlindingLength + (4 * i)}; features of {expected} have {head[i]} there.");
            }
        }

        rest = rest[(4 * head.Length)..];
        var labels = new int[expected[0]];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = BinaryPrimitives.ReadInt32LittleEndian(rest[(4 * i)..]);
            if (labels[i] < 0 || labels[i] >= classes)
            {
                throw new FeatureException($"Sample {i} has the label {labels[i]}; it must be 0 to {classes - 1}.");
            }
        }

        rest = rest[(4 * labels.Length)..];
        var values = new float[expected.Count];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = BinaryPrimitives.ReadSingleLittleEndian(rest[(4 * i)..]);
            if (!float.IsFinite(values[i]))
            {
                throw new FeatureException($"Number {i % (values.Length / labels.Length)} of sample {i / (values.Length / labels.Length)} is {values[i]}; features are finite numbers.");
            }
        }

        return new FeatureBundle(new Tensor(expected, values), labels);
    }
}
