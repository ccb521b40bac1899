using Mechanisms.Learning;
using Mechanisms.Learning.Training;

namespace Mechanisms.Tests.Learning.Training;

public class GradientTests
{
    private static readonly Step Step = new(Training: true, 3, 99, 2);

    public static readonly TheoryData<string, int[], LayerSpec[]> Networks = new()
    {
        { "dense", [7], [new LayerSpec.Dense(9), new LayerSpec.Relu(), new LayerSpec.Dropout(0.3f), new LayerSpec.Dense(4)] },
        { "convolutions", [2, 8, 9], [new LayerSpec.Conv2D(5, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.Conv2D(4, 3), new LayerSpec.MaxPool(2), new LayerSpec.Flatten(), new LayerSpec.Dense(4)] },
        { "steps", [3, 11, 10], [new LayerSpec.Conv2D(4, 4, 2, 1), new LayerSpec.Relu(), new LayerSpec.Conv2D(6, 3, 3, 2), new LayerSpec.Flatten(), new LayerSpec.Dense(4)] },
        { "one by one", [4, 5, 5], [new LayerSpec.Conv2D(3, 1), new LayerSpec.Conv2D(5, 2, 2), new LayerSpec.Flatten(), new LayerSpec.Dense(4)] },
    };

    [Theory, MemberData(nameof(Networks))]
    public void Gradients_are_the_differences_of_the_loss(string name, int[] sample, LayerSpec[] layers)
    {
        const int Samples = 5;
        var shape = new Shape(sample);
        var network = new TrainableNetwork(shape, layers, Samples, seed: 11);
        var inputs = Graphs.Draw(new Random(12), Samples, shape.Count).Values.ToArray();
        int[] labels = [0, 1, 2, 3, 1];
        var gradients = new float[Samples * 4];
        network.Forward(inputs, labels, Step, gradients);
        network.Backward(inputs, gradients, Samples, Step);
        var scratch = new float[Samples * 4];
        var differences = new List<double>();
        foreach (var parameter in network.Parameters)
        {
            for (var i = 0; i < parameter.Values.Length; i++)
            {
                const float Distance = 3e-4f;
                var value = parameter.Values[i];
                parameter.Values[i] = value + Distance;
                var above = network.Forward(inputs, labels, Step, scratch);
                parameter.Values[i] = value - Distance;
                var below = network.Forward(inputs, labels, Step, scratch);
                parameter.Values[i] = value;
                differences.Add(Math.Abs(((above - below) / (2 * Distance)) - parameter.Gradients[i]));
            }
        }

        // A step over a kink of Relu or MaxPool makes a few differences wrong, a mistake makes many.
        differences.Sort();
        Assert.True(differences[(int)(differences.Count * 0.97)] < 1e-3, $"{name}: 3 % of {differences.Count} gradients are off by more than {differences[(int)(differences.Count * 0.97)]}");
        Assert.True(differences[^1] < 2e-2, $"{name}: a gradient is off by {differences[^1]}");
    }
}
