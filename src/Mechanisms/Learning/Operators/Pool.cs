using Mechanisms.Learning.Numerics;

namespace Mechanisms.Learning.Operators;

/// <summary>MaxPool (versions 1 to 22) and AveragePool (versions 1 to 22) over images.</summary>
internal sealed class Pool : Operator
{
    private readonly WindowAttributes attributes;
    private readonly bool average;
    private readonly bool ceiling;
    private readonly bool countBorder;

    private Pool(WindowAttributes attributes, bool average, bool ceiling, bool countBorder) =>
        (this.attributes, this.average, this.ceiling, this.countBorder) = (attributes, average, ceiling, countBorder);

    public static Operator Read(NodeReader node)
    {
        var average = node.Operator == "AveragePool";
        var attributes = new WindowAttributes(node);
        if (attributes.PadsReachKernel)
        {
            throw node.Refusal("its pads are as large as its kernel, so a place could see nothing of the image.");
        }

        var ceiling = node.Int("ceil_mode", 0, 0, 1) == 1;
        if (!average)
        {
            node.Int("storage_order", 0, 0, 0);
        }

        return new Pool(attributes, average, ceiling, average && node.Int("count_include_pad", 0, 0, 1) == 1) { Label = node.Label, Inputs = node.OnlyValue() };
    }

    public override Shape Infer(Shape[] inputs)
    {
        var input = Images(inputs[0]);
        var window = attributes.For(input[2], input[3]);
        return Sized(input[0], input[1], window.OutputHeight(input[2], ceiling), window.OutputWidth(input[3], ceiling));
    }

    public override long Operations(Shape[] inputs, Shape output) => output.Count * Math.Min((long)attributes.KernelHeight * attributes.KernelWidth, (long)inputs[0][2] * inputs[0][3]);

    public override void Run(Tensor[] inputs, Tensor output, int threads)
    {
        var (from, to) = (inputs[0].Shape, output.Shape);
        var window = attributes.For(from[2], from[3]);
        var (input, result) = (inputs[0].Data, output.Data);
        Workers.For(from[0] * from[1], output.Shape.Count >> 14, threads, plane =>
        {
            var source = input.AsSpan(plane * from[2] * from[3], from[2] * from[3]);
            var target = result.AsSpan(plane * to[2] * to[3], to[2] * to[3]);
            for (var y = 0; y < to[2]; y++)
            {
                var rows = Span1.Of(y, window.StrideHeight, window.Top, window.Bottom, window.KernelHeight, window.DilationHeight, from[2]);
                for (var x = 0; x < to[3]; x++)
                {
                    var columns = Span1.Of(x, window.StrideWidth, window.Left, window.Right, window.KernelWidth, window.DilationWidth, from[3]);
                    target[(y * to[3]) + x] = average ? Average(source, rows, columns, from[3]) : Max(source, rows, columns, from[3]);
                }
            }
        });
    }

    private static float Max(ReadOnlySpan<float> plane, Span1 rows, Span1 columns, int width)
    {
        var max = float.NegativeInfinity;
        for (var y = rows.Start; y < rows.End; y += rows.Step)
        {
            for (var x = columns.Start; x < columns.End; x += columns.Step)
            {
                max = MathF.Max(max, plane[(y * width) + x]);
            }
        }

        return max;
    }

    private float Average(ReadOnlySpan<float> plane, Span1 rows, Span1 columns, int width)
    {
        var sum = 0.0;
        var count = 0;
        for (var y = rows.Start; y < rows.End; y += rows.Step)
        {
            for (var x = columns.Start; x < columns.End; x += columns.Step)
            {
                sum += plane[(y * width) + x];
                count++;
            }
        }

        return (float)(sum / (countBorder ? rows.WithBorder * columns.WithBorder : count));
    }

    /// <summary>What a kernel meets along one axis: the image's elements, and how many with the border's.</summary>
    private readonly record struct Span1(int Start, int End, int Step, int WithBorder)
    {
        public static Span1 Of(int place, int stride, int before, int after, int kernel, int dilation, int size)
        {
            var first = (place * stride) - before;
            var skipped = first < 0 ? (-first + dilation - 1) / dilation : 0;
            var end = first + ((kernel - 1) * dilation) + 1;
            var lastWithBorder = Math.Min(end, size + after);
            return new Span1(first + (skipped * dilation), Math.Min(end, size), dilation, ((lastWithBorder - first - 1) / dilation) + 1);
        }
    }
}
