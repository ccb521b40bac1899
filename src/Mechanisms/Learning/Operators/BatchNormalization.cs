using System.Numerics.Tensors;

namespace Mechanisms.Learning.Operators;

/// <summary>y = scale · (x − mean) / √(variance + ε) + b for each channel. ONNX operator BatchNormalization, versions 7 to 15, as used after training.</summary>
internal sealed class BatchNormalization : Operator
{
    private readonly float[] factors;
    private readonly float[] shifts;

    private BatchNormalization(float[] factors, float[] shifts) => (this.factors, this.shifts) = (factors, shifts);

    public static Operator Read(NodeReader node)
    {
        var weights = new[] { node.Weight(1), node.Weight(2), node.Weight(3), node.Weight(4) };
        var channels = weights[0].Shape;
        if (channels.Rank != 1 || weights.Any(w => !w.Shape.Equals(channels)))
        {
            throw node.Refusal($"its weights have the shapes {string.Join(", ", weights.Select(w => w.Shape))}; each must be one value for each channel.");
        }

        node.Int("training_mode", 0, 0, 0);
        node.Int("spatial", 1, 1, 1);
        node.Ignore("momentum");
        double epsilon = node.Float("epsilon", 1e-5f);
        var (factors, shifts) = (new float[channels[0]], new float[channels[0]]);
        for (var c = 0; c < factors.Length; c++)
        {
            var variance = weights[3].Data[c] + epsilon;
            if (!(variance > 0))
            {
                throw node.Refusal($"the variance of channel {c} is {weights[3].Data[c]}, which with epsilon is not above 0.");
            }

            var factor = weights[0].Data[c] / Math.Sqrt(variance);
            factors[c] = (float)factor;
            shifts[c] = (float)(weights[1].Data[c] - (weights[2].Data[c] * factor));
        }

        return new BatchNormalization(factors, shifts) { Label = node.Label, Inputs = [node.Value(0)] };
    }

    public override Shape Infer(Shape[] inputs) =>
        inputs[0].Rank >= 2 && inputs[0][1] == factors.Length ? inputs[0] : throw Refusal($"the input {inputs[0]} does not have the {factors.Length} channels of its weights.");

    public override void Run(Tensor[] inputs, Tensor output, int threads)
    {
        var plane = output.Shape.Product(2, output.Shape.Rank);
        for (int i = 0, at = 0; at < output.Data.Length; i = (i + 1) % factors.Length, at += plane)
        {
            var target = output.Values.Slice(at, plane);
            TensorPrimitives.Multiply(inputs[0].Values.Slice(at, plane), factors[i], target);
            TensorPrimitives.Add(target, shifts[i], target);
        }
    }
}
