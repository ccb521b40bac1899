using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
        var rows = Reach.All(to[2], window.StrideHeight, window.Top, window.Bottom, window.KernelHeight, window.DilationHeight, from[2]);
        var columns = Reach.All(to[3], window.StrideWidth, window.Left, window.Right, window.KernelWidth, window.DilationWidth, from[3]);
        var quads = window is { KernelHeight: 2, KernelWidth: 2, StrideHeight: 2, StrideWidth: 2, DilationHeight: 1, DilationWidth: 1, Top: 0, Left: 0 }
            && to[2] * 2 <= from[2] && to[3] * 2 <= from[3] && to[3] >= 4;
        var (input, result) = (inputs[0].Data, output.Data);
        Workers.For(from[0] * from[1], output.Shape.Count >> 14, threads, plane =>
        {
            var source = input.AsSpan(plane * from[2] * from[3], from[2] * from[3]);
            var target = result.AsSpan(plane * to[2] * to[3], to[2] * to[3]);
            if (average)
            {
                Average(source, target, rows, columns, from[3]);
            }
            else if (quads)
            {
                MaxOfQuads(source, target, from[3], to[3]);
            }
            else
            {
                Max(source, target, rows, columns, from[3]);
            }
        });
    }

    /// <summary>First the largest of each column of the image under the kernel, whole rows at a time, then the largest of those.</summary>
    private static void Max(ReadOnlySpan<float> plane, Span<float> target, Reach[] rows, Reach[] columns, int width)
    {
        var memory = ArrayPool<float>.Shared.Rent(width);
        var largest = memory.AsSpan(0, width);
        var to = 0;
        foreach (var row in rows)
        {
            plane.Slice(row.Start * width, width).CopyTo(largest);
            for (var y = row.Start + row.Step; y < row.End; y += row.Step)
            {
                TensorPrimitives.Max(largest, plane.Slice(y * width, width), largest);
            }

            foreach (var column in columns)
            {
                var max = largest[column.Start];
                for (var x = column.Start + column.Step; x < column.End; x += column.Step)
                {
                    max = MathF.Max(max, largest[x]);
                }

                target[to++] = max;
            }
        }

        ArrayPool<float>.Shared.Return(memory);
    }

    /// <summary>
    /// The largest of each 2 × 2 places, as nearly every network has it: the larger of two rows, then of neighbours, many results at a time.
    /// The last ones of a row may be found twice.
    /// </summary>
    internal static void MaxOfQuads(ReadOnlySpan<float> plane, Span<float> target, int width, int places)
    {
        for (var row = 0; row < target.Length / places; row++)
        {
            ref var upper = ref MemoryMarshal.GetReference(plane.Slice(2 * row * width, 2 * places));
            ref var lower = ref MemoryMarshal.GetReference(plane.Slice(((2 * row) + 1) * width, 2 * places));
            ref var results = ref MemoryMarshal.GetReference(target.Slice(row * places, places));
            if (places >= 8)
            {
                for (var done = 0; done < places; done += 8)
                {
                    var place = (nuint)Math.Min(done, places - 8);
                    var larger = Vector512.Max(Vector512.LoadUnsafe(ref upper, 2 * place), Vector512.LoadUnsafe(ref lower, 2 * place));
                    var even = Vector512.Shuffle(larger, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 0, 2, 4, 6, 8, 10, 12, 14));
                    var odd = Vector512.Shuffle(larger, Vector512.Create(1, 3, 5, 7, 9, 11, 13, 15, 1, 3, 5, 7, 9, 11, 13, 15));
                    Vector256.Max(even.GetLower(), odd.GetLower()).StoreUnsafe(ref results, place);
                }
            }
            else
            {
                for (var done = 0; done < places; done += 4)
                {
                    var place = (nuint)Math.Min(done, places - 4);
                    var larger = Vector256.Max(Vector256.LoadUnsafe(ref upper, 2 * place), Vector256.LoadUnsafe(ref lower, 2 * place));
                    var even = Vector256.Shuffle(larger, Vector256.Create(0, 2, 4, 6, 0, 2, 4, 6));
                    var odd = Vector256.Shuffle(larger, Vector256.Create(1, 3, 5, 7, 1, 3, 5, 7));
                    Vector128.Max(even.GetLower(), odd.GetLower()).StoreUnsafe(ref results, place);
                }
            }
        }
    }

    private void Average(ReadOnlySpan<float> plane, Span<float> target, Reach[] rows, Reach[] columns, int width)
    {
        var to = 0;
        foreach (var row in rows)
        {
            foreach (var column in columns)
            {
                var sum = 0.0;
                var count = 0;
                for (var y = row.Start; y < row.End; y += row.Step)
                {
                    for (var x = column.Start; x < column.End; x += column.Step)
                    {
                        sum += plane[(y * width) + x];
                        count++;
                    }
                }

                target[to++] = (float)(sum / (countBorder ? row.WithBorder * column.WithBorder : count));
            }
        }
    }

    /// <summary>What the kernel meets along one axis: the image's elements, and how many with the border's.</summary>
    private readonly record struct Reach(int Start, int End, int Step, int WithBorder)
    {
        /// <summary>For each place along the axis.</summary>
        public static Reach[] All(int places, int stride, int before, int after, int kernel, int dilation, int size)
        {
            var all = new Reach[places];
            for (var place = 0; place < places; place++)
            {
                var first = (place * stride) - before;
                var skipped = first < 0 ? (-first + dilation - 1) / dilation : 0;
                var end = first + ((kernel - 1) * dilation) + 1;
                var lastWithBorder = Math.Min(end, size + after);
                all[place] = new Reach(first + (skipped * dilation), Math.Min(end, size), dilation, ((lastWithBorder - first - 1) / dilation) + 1);
            }

            return all;
        }
    }
}
