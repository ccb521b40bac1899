using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Mechanisms.Learning.Onnx.Schema;

namespace Mechanisms.Learning.Onnx;

/// <summary>Collects a graph's constant tensors; sizes are checked before memory is taken.</summary>
internal sealed class Constants(OnnxLimits limits)
{
    /// <summary>TensorProto.DataType of 32-bit floats.</summary>
    public const int Float = 1;

    /// <summary>TensorProto.DataType of 64-bit integers.</summary>
    public const int Int64 = 7;

    private readonly ImmutableDictionary<string, Tensor>.Builder weights = ImmutableDictionary.CreateBuilder<string, Tensor>(StringComparer.Ordinal);
    private readonly ImmutableDictionary<string, ImmutableArray<long>>.Builder integers = ImmutableDictionary.CreateBuilder<string, ImmutableArray<long>>(StringComparer.Ordinal);
    private long parameters;

    /// <summary>Floats.</summary>
    public ImmutableDictionary<string, Tensor> Weights => weights.ToImmutable();

    /// <summary>Integers.</summary>
    public ImmutableDictionary<string, ImmutableArray<long>> Integers => integers.ToImmutable();

    /// <summary>True if there is a constant of that name.</summary>
    public bool Contains(string name) => weights.ContainsKey(name) || integers.ContainsKey(name);

    /// <summary>Takes one tensor under a name.</summary>
    /// <exception cref="OnnxException">Its name, type, size or data cannot be taken.</exception>
    public void Add(string name, TensorProto tensor)
    {
        var label = $"The constant {OnnxException.Quote(name)}";
        if (name.Length == 0 || Contains(name))
        {
            throw new OnnxException(name.Length == 0 ? "A constant has no name." : $"{label} is there twice.");
        }

        if (tensor.DataLocation != 0)
        {
            throw new OnnxException($"{label} lies in another file; all weights must be in the model.");
        }

        var extents = Extents(label, tensor);
        switch (tensor.DataType)
        {
            case Float:
                weights.Add(name, new Tensor(new Shape(extents), Floats(label, tensor, new Shape(extents).Count)));
                break;
            case Int64 when extents.Length <= 1:
                integers.Add(name, Longs(label, tensor, extents is [] ? 1 : extents[0]));
                break;
            default:
                throw new OnnxException($"{label} is of data type {tensor.DataType} with {extents.Length} axes; floats, and lists of 64-bit integers, are supported.");
        }
    }

    private int[] Extents(string label, TensorProto tensor)
    {
        if (tensor.Dims.Count > limits.MaxRank)
        {
            throw new OnnxException($"{label} has {tensor.Dims.Count} axes; at most {limits.MaxRank} are supported.");
        }

        long count = 1;
        foreach (var extent in tensor.Dims)
        {
            if (extent is < 1 or > int.MaxValue || (count *= extent) > limits.MaxParameters)
            {
                throw new OnnxException($"{label} has the extents {string.Join('×', tensor.Dims)}; each must be positive, and at most {limits.MaxParameters} parameters are taken.");
            }
        }

        parameters += count;
        return parameters <= limits.MaxParameters
            ? [.. tensor.Dims.Select(extent => (int)extent)]
            : throw new OnnxException($"With {label[..1].ToLowerInvariant()}{label[1..]} the graph has {parameters} parameters; at most {limits.MaxParameters} are taken.");
    }

    private static float[] Floats(string label, TensorProto tensor, int count)
    {
        float[] values;
        if (tensor.RawData.Length > 0)
        {
            CheckLength(label, "bytes of raw_data", tensor.RawData.Length, (long)count * sizeof(float));
            values = MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray();
            if (!BitConverter.IsLittleEndian)
            {
                var bits = MemoryMarshal.Cast<float, int>(values.AsSpan());
                BinaryPrimitives.ReverseEndianness(bits, bits);
            }
        }
        else
        {
            CheckLength(label, "values of float_data", tensor.FloatData.Count, count);
            values = [.. tensor.FloatData];
        }

        var broken = Array.FindIndex(values, value => !float.IsFinite(value));
        return broken < 0 ? values : throw new OnnxException($"{label} has a value that is not finite at position {broken}.");
    }

    private static ImmutableArray<long> Longs(string label, TensorProto tensor, int count)
    {
        if (tensor.RawData.Length == 0)
        {
            CheckLength(label, "values of int64_data", tensor.Int64Data.Count, count);
            return [.. tensor.Int64Data];
        }

        CheckLength(label, "bytes of raw_data", tensor.RawData.Length, (long)count * sizeof(long));
        var values = new long[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = BinaryPrimitives.ReadInt64LittleEndian(tensor.RawData.Span[(i * sizeof(long))..]);
        }

        return [.. values];
    }

    private static void CheckLength(string label, string what, long actual, long expected)
    {
        if (actual != expected)
        {
            throw new OnnxException($"{label} has {actual} {what}; its extents ask for {expected}.");
        }
    }
}
