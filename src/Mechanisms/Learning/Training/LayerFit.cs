namespace Mechanisms.Learning.Training;

/// <summary>Whether a layer can stand on samples of some shape, before memory is taken for it.</summary>
internal static class LayerFit
{
    private const int MaxExtent = 1 << 16;

    /// <summary>The shape that a layer gives.</summary>
    /// <param name="number">The layer's place, for messages.</param>
    /// <param name="spec">The layer.</param>
    /// <param name="input">The extents of a sample that it would take.</param>
    /// <param name="parameters">How many weights it would have.</param>
    /// <exception cref="TrainingException">The layer cannot take such samples.</exception>
    public static Shape Check(int number, LayerSpec spec, Shape input, out long parameters)
    {
        parameters = 0;
        switch (spec)
        {
            case LayerSpec.Dense { Units: >= 1 and <= MaxExtent } dense when input.Rank == 1:
                parameters = ((long)input[0] + 1) * dense.Units;
                return new Shape(dense.Units);
            case LayerSpec.Conv2D { Channels: >= 1 and <= MaxExtent, Kernel: >= 1 and <= 255, Stride: >= 1 and <= 255, Padding: >= 0 } conv when input.Rank == 3 && conv.Padding < conv.Kernel:
                var (height, width) = (input[1] + (2 * conv.Padding) - conv.Kernel, input[2] + (2 * conv.Padding) - conv.Kernel);
                if (height >= 0 && width >= 0)
                {
                    parameters = (((long)input[0] * conv.Kernel * conv.Kernel) + 1) * conv.Channels;
                    return Sized(number, spec, input, conv.Channels, (height / conv.Stride) + 1, (width / conv.Stride) + 1);
                }

                break;
            case LayerSpec.MaxPool { Size: >= 1 } pool when input.Rank == 3 && input[1] >= pool.Size && input[2] >= pool.Size:
                return new Shape(input[0], input[1] / pool.Size, input[2] / pool.Size);
            case LayerSpec.Flatten:
                return new Shape(input.Count);
            case LayerSpec.Relu or LayerSpec.Dropout { Rate: >= 0 and < 1 }:
                return input;
        }

        throw new TrainingException($"Layer {number} ({spec}) cannot stand on samples of {input}. Dense takes rows (put Flatten before it), Conv2D and MaxPool take images C×H×W that are at least as large as the kernel, padding is smaller than the kernel, and Dropout's rate is from 0 to below 1.");
    }

    private static Shape Sized(int number, LayerSpec spec, Shape input, long channels, long height, long width) =>
        channels * height * width <= int.MaxValue
            ? new Shape((int)channels, (int)height, (int)width)
            : throw new TrainingException($"Layer {number} ({spec}) on samples of {input} would give {channels}×{height}×{width} elements for each.");
}
