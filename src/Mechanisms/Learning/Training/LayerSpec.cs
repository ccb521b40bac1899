namespace Mechanisms.Learning.Training;

/// <summary>What a layer of a trainable network is, before it has weights.</summary>
public abstract record LayerSpec
{
    private LayerSpec()
    {
    }

    /// <summary>A linear layer over rows.</summary>
    /// <param name="Units">Outputs.</param>
    public sealed record Dense(int Units) : LayerSpec;

    /// <summary>A convolution over images with a square kernel.</summary>
    /// <param name="Channels">Outputs for each place.</param>
    /// <param name="Kernel">Rows and columns of the kernel.</param>
    /// <param name="Stride">Rows and columns from one place to the next.</param>
    /// <param name="Padding">Rows and columns of zeros around the image, fewer than the kernel has.</param>
    public sealed record Conv2D(int Channels, int Kernel, int Stride = 1, int Padding = 0) : LayerSpec;

    /// <summary>The larger of each element and 0.</summary>
    public sealed record Relu : LayerSpec;

    /// <summary>The largest element of squares that do not overlap; what does not fill a square is left out.</summary>
    /// <param name="Size">Rows and columns of a square.</param>
    public sealed record MaxPool(int Size) : LayerSpec;

    /// <summary>A sample's elements as one row.</summary>
    public sealed record Flatten : LayerSpec;

    /// <summary>In training each element is 0 with some probability and the others are enlarged to make up for it.</summary>
    /// <param name="Rate">The probability, from 0 to below 1.</param>
    public sealed record Dropout(float Rate) : LayerSpec;
}
