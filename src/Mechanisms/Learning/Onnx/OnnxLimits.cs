namespace Mechanisms.Learning.Onnx;

/// <summary>What a model from somebody else may cost. Checked before the memory is taken or the work begins.</summary>
public sealed record OnnxLimits
{
    /// <summary>Bytes of the file. Default 256 MiB.</summary>
    public long MaxFileBytes { get; init; } = 256L << 20;

    /// <summary>Protobuf fields in the file, each of which may become an object when it is read. Default 200,000.</summary>
    public int MaxFields { get; init; } = 200_000;

    /// <summary>Operators in the graph. Default 4,096.</summary>
    public int MaxNodes { get; init; } = 4_096;

    /// <summary>Weights of the whole graph, as packed for the product kernels. Default 64 Mi (256 MiB of floats).</summary>
    public long MaxParameters { get; init; } = 64L << 20;

    /// <summary>
    /// Floats that all operators' results and working buffers take together for the samples that are run at once.
    /// Default 64 Mi (256 MiB).
    /// </summary>
    public long MaxActivations { get; init; } = 64L << 20;

    /// <summary>Multiply-adds, comparisons and additions for one sample. Default 4·10¹⁰, about twice those of VGG-19 on 224 × 224.</summary>
    public long MaxOperationsPerSample { get; init; } = 40_000_000_000;

    /// <summary>Axes of a tensor. Default 8.</summary>
    public int MaxRank { get; init; } = 8;
}
