namespace Mechanisms.Learning.Operators;

/// <summary>How a kernel moves over images: its size, steps, spread and the border around the image.</summary>
/// <param name="KernelHeight">Rows of the kernel.</param>
/// <param name="KernelWidth">Columns of the kernel.</param>
/// <param name="StrideHeight">Rows from one place to the next.</param>
/// <param name="StrideWidth">Columns from one place to the next.</param>
/// <param name="DilationHeight">Rows from one row of the kernel to the next.</param>
/// <param name="DilationWidth">Columns from one column of the kernel to the next.</param>
/// <param name="Top">Rows of border above.</param>
/// <param name="Left">Columns of border before.</param>
/// <param name="Bottom">Rows of border below.</param>
/// <param name="Right">Columns of border after.</param>
internal readonly record struct Window(
    int KernelHeight, int KernelWidth, int StrideHeight, int StrideWidth, int DilationHeight, int DilationWidth, int Top, int Left, int Bottom, int Right)
{
    /// <summary>Elements of the kernel in one channel.</summary>
    public long KernelSize => (long)KernelHeight * KernelWidth;

    /// <summary>Rows of places for an image's rows; 0 or less if the kernel does not fit.</summary>
    public long OutputHeight(int height, bool ceiling = false) => Places((long)height + Top + Bottom, KernelHeight, DilationHeight, StrideHeight, ceiling, height + Top);

    /// <summary>Columns of places for an image's columns; 0 or less if the kernel does not fit.</summary>
    public long OutputWidth(int width, bool ceiling = false) => Places((long)width + Left + Right, KernelWidth, DilationWidth, StrideWidth, ceiling, width + Left);

    private static long Places(long size, long kernel, long dilation, long stride, bool ceiling, long endOfImage)
    {
        var room = size - ((kernel - 1) * dilation) - 1;
        if (room < 0)
        {
            return 0;
        }

        var places = (room / stride) + 1;
        // With ceil_mode a last, incomplete place counts if it begins on the image or the border before it.
        return ceiling && room % stride != 0 && places * stride < endOfImage ? places + 1 : places;
    }
}

/// <summary>The attributes that describe a window; the border may depend on the image.</summary>
internal sealed class WindowAttributes
{
    private const int Max = 1 << 16;
    private readonly int[] kernel;
    private readonly int[] strides;
    private readonly int[] dilations;
    private readonly int[] pads;
    private readonly string automatic;

    /// <summary>Reads kernel_shape, strides, dilations, pads and auto_pad.</summary>
    /// <param name="node">The node.</param>
    /// <param name="kernelOfWeights">The kernel's size where the weights give it.</param>
    public WindowAttributes(NodeReader node, (int Height, int Width)? kernelOfWeights = null)
    {
        kernel = node.Ints("kernel_shape", 2, kernelOfWeights is { } size ? [size.Height, size.Width] : null, 1, Max);
        if (kernelOfWeights is { } weights && (kernel[0], kernel[1]) != weights)
        {
            throw node.Refusal($"kernel_shape is {kernel[0]}×{kernel[1]}, the weights' is {weights.Height}×{weights.Width}.");
        }

        strides = node.Ints("strides", 2, [1, 1], 1, Max);
        dilations = node.Ints("dilations", 2, [1, 1], 1, Max);
        pads = node.Ints("pads", 4, [0, 0, 0, 0], 0, Max);
        automatic = node.Text("auto_pad", "NOTSET");
        if (automatic is not ("NOTSET" or "SAME_UPPER" or "SAME_LOWER" or "VALID"))
        {
            throw node.Refusal("auto_pad must be NOTSET, SAME_UPPER, SAME_LOWER or VALID.");
        }

        if (automatic != "NOTSET" && pads.Any(pad => pad != 0))
        {
            throw node.Refusal("it has both pads and auto_pad.");
        }
    }

    /// <summary>Kernel rows.</summary>
    public int KernelHeight => kernel[0];

    /// <summary>Kernel columns.</summary>
    public int KernelWidth => kernel[1];

    /// <summary>True if the border reaches a whole kernel, so that a place could lie outside the image.</summary>
    public bool PadsReachKernel => pads[0] >= kernel[0] || pads[2] >= kernel[0] || pads[1] >= kernel[1] || pads[3] >= kernel[1];

    /// <summary>The window for images of one size.</summary>
    public Window For(int height, int width)
    {
        var (top, bottom) = Border(0, height);
        var (left, right) = Border(1, width);
        return new Window(kernel[0], kernel[1], strides[0], strides[1], dilations[0], dilations[1], top, left, bottom, right);
    }

    private (int Before, int After) Border(int axis, int size)
    {
        if (automatic is "NOTSET" or "VALID")
        {
            return (pads[axis], pads[axis + 2]);
        }

        var places = ((long)size + strides[axis] - 1) / strides[axis];
        var total = (int)Math.Clamp(((places - 1) * strides[axis]) + ((kernel[axis] - 1L) * dilations[axis]) + 1 - size, 0, int.MaxValue / 4);
        var half = total / 2;
        return automatic == "SAME_UPPER" ? (half, total - half) : (total - half, half);
    }
}
