namespace Mechanisms.Learning.Operators;

/// <summary>The mean of each channel of an image. ONNX operator GlobalAveragePool, versions 1 and 22.</summary>
internal sealed class GlobalAveragePool : Operator
{
    public static Operator Read(NodeReader node) => new GlobalAveragePool { Label = node.Label, Inputs = node.OnlyValue() };

    public override Shape Infer(Shape[] inputs) => Sized(Images(inputs[0])[0], inputs[0][1], 1, 1);

    public override long Operations(Shape[] inputs, Shape output) => inputs[0].Count;

    public override void Run(Tensor[] inputs, Tensor output, int threads)
    {
        var plane = inputs[0].Shape.Product(2, 4);
        for (var i = 0; i < output.Data.Length; i++)
        {
            // A sum in the order of the elements: the same bits with any vector width.
            var sum = 0.0;
            foreach (var value in inputs[0].Values.Slice(i * plane, plane))
            {
                sum += value;
            }

            output.Data[i] = (float)(sum / plane);
        }
    }
}
