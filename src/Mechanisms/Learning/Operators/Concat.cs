namespace Mechanisms.Learning.Operators;

/// <summary>Tensors side by side along an axis. ONNX operator Concat, versions 4 to 13.</summary>
internal sealed class Concat : Operator
{
    private readonly int axis;

    private Concat(int axis) => this.axis = axis;

    public static Operator Read(NodeReader node) =>
        node.InputCount > 0 ? new Concat(node.Int("axis", 1)) { Label = node.Label, Inputs = node.Values() } : throw node.Refusal("it has no input.");

    public override Shape Infer(Shape[] inputs)
    {
        var first = inputs[0];
        var at = axis < 0 ? axis + first.Rank : axis;
        if (at < 1 || at >= first.Rank)
        {
            throw Refusal($"axis {axis} of {first}: axes from 1 on are supported, samples are kept apart.");
        }

        long total = 0;
        foreach (var input in inputs)
        {
            total += input.Rank == first.Rank && input.Extents.Where((extent, i) => i != at && extent != first[i]).FirstOrDefault(0) == 0
                ? input[at]
                : throw Refusal($"{input} does not go beside {first} along axis {at}.");
        }

        return Sized([.. first.Extents.Select((extent, i) => i == at ? total : (long)extent)]);
    }

    public override void Run(Tensor[] inputs, Tensor output, int threads)
    {
        var at = axis < 0 ? axis + output.Shape.Rank : axis;
        var inner = output.Shape.Product(at, output.Shape.Rank);
        var start = 0;
        foreach (var input in inputs)
        {
            var length = input.Shape.Product(at, input.Shape.Rank);
            for (int from = 0, to = start; from < input.Data.Length; from += length, to += inner)
            {
                input.Values.Slice(from, length).CopyTo(output.Values[to..]);
            }

            start += length;
        }
    }
}
