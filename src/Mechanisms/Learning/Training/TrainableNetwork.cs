using System.Collections.Immutable;
using Mechanisms.Learning.Numerics;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Operators;

namespace Mechanisms.Learning.Training;

/// <summary>Layers with weights, that learn by steps.</summary>
internal sealed class TrainableNetwork
{
    /// <summary>Floats of weights and activations that a training may take, each with its gradient.</summary>
    private const long MaxFloats = 64L << 20;

    /// <summary>Purposes of random streams: layers have theirs from here on.</summary>
    private const uint FirstLayerPurpose = 16;

    private readonly ImmutableArray<Layer> layers;
    private readonly Shape sample;

    /// <summary>Makes layers with initial weights.</summary>
    /// <param name="sample">The extents of one sample.</param>
    /// <param name="specs">The layers; the last gives a row with a number for each class.</param>
    /// <param name="batch">Samples of a step at most.</param>
    /// <param name="seed">Decides the weights.</param>
    /// <exception cref="TrainingException">A layer does not fit the one before it, or all take too much memory.</exception>
    public TrainableNetwork(Shape sample, IReadOnlyList<LayerSpec> specs, int batch, ulong seed)
    {
        this.sample = sample;
        var made = ImmutableArray.CreateBuilder<Layer>();
        var shape = sample;
        long floats = 0;
        for (var i = 0; i < specs.Count; i++)
        {
            var output = LayerFit.Check(i, specs[i], shape, out var parameters);
            floats += parameters + ((long)batch * output.Count);
            if (floats > MaxFloats)
            {
                throw new TrainingException($"Layer {i} ({specs[i]}) on samples of {shape} brings the network to {floats} floats; at most {MaxFloats} are allowed.");
            }

            var purpose = FirstLayerPurpose + (uint)i;
            made.Add(specs[i] switch
            {
                LayerSpec.Dense dense => new DenseLayer(shape, dense.Units, batch, new RandomStream(seed, purpose, 0)),
                LayerSpec.Conv2D conv => new ConvLayer(shape, conv, batch, new RandomStream(seed, purpose, 0)),
                LayerSpec.Relu => new ReluLayer(shape, batch),
                LayerSpec.MaxPool pool => new MaxPoolLayer(shape, pool.Size, batch),
                LayerSpec.Dropout dropout => new DropoutLayer(shape, dropout.Rate, batch, purpose),
                _ => new FlattenLayer(shape),
            });
            shape = output;
        }

        if (made.Count == 0 || shape.Rank != 1)
        {
            throw new TrainingException($"The layers end in {shape}; the last must give a row with a number for each class.");
        }

        layers = made.ToImmutable();
    }

    /// <summary>Everything that is trained.</summary>
    public IEnumerable<Parameter> Parameters => layers.SelectMany(layer => layer.Parameters);

    /// <summary>Numbers that the last layer gives for a sample.</summary>
    public int Outputs => layers[^1].Output[0];

    /// <summary>Gives a layer the weights that it had before.</summary>
    /// <exception cref="TrainingException">They are for inputs of another size.</exception>
    public void Load(int layer, PretrainedLayer pretrained)
    {
        if (pretrained is not { Weights: { } weights, Bias: { } bias })
        {
            return;
        }

        var parameters = layers[layer].Parameters;
        if (weights.Length != parameters[0].Values.Length)
        {
            throw new TrainingException($"Layer {layer} ({pretrained.Spec}) has {weights.Length} weights; on samples of {layers[layer].Input} it would have {parameters[0].Values.Length}. Give it the features of the extractor that it was trained behind.");
        }

        weights.CopyTo(parameters[0].Values, 0);
        bias.CopyTo(parameters[1].Values, 0);
    }

    /// <summary>The mean softmax cross-entropy of a batch, in nats.</summary>
    /// <param name="inputs">Samples, one after the other.</param>
    /// <param name="labels">Their classes.</param>
    /// <param name="step">The step.</param>
    /// <param name="gradients">Takes the derivatives of the loss by the outputs.</param>
    public double Forward(float[] inputs, ReadOnlySpan<int> labels, Step step, Span<float> gradients)
    {
        var values = inputs;
        foreach (var layer in layers)
        {
            layer.Forward(values, labels.Length, step);
            values = layer.Results;
        }

        var loss = 0.0;
        for (var i = 0; i < labels.Length; i++)
        {
            loss += CrossEntropy(values.AsSpan(i * Outputs, Outputs), labels[i], labels.Length, gradients.Slice(i * Outputs, Outputs));
        }

        return loss / labels.Length;
    }

    /// <summary>Computes every parameter's gradient from the derivatives that <see cref="Forward"/> gave.</summary>
    public void Backward(float[] inputs, float[] gradients, int samples, Step step)
    {
        for (var i = layers.Length - 1; i >= 0; i--)
        {
            // Below the first layer with weights nobody asks for gradients.
            var first = layers.Take(i).All(layer => layer.Parameters.IsEmpty);
            layers[i].Backward(i == 0 ? inputs : layers[i - 1].Results, gradients, samples, step, first);
            if (first && !layers[i].Parameters.IsEmpty)
            {
                return;
            }

            gradients = layers[i].InputGradients;
        }
    }

    /// <summary>The network as it stands, for any number of samples; its output are the logits of the classes.</summary>
    public OnnxGraph Export()
    {
        var nodes = new List<OnnxNode>();
        var weights = new Dictionary<string, Tensor>(StringComparer.Ordinal);
        var output = layers.Aggregate("features", (value, layer) => layer.Export(value, nodes, weights));
        return new OnnxGraph
        {
            Name = "classifier",
            Input = new OnnxInput("features", [null, .. sample.Extents.Select(extent => (int?)extent)]),
            Output = output,
            Nodes = [.. nodes],
            Weights = weights.ToImmutableDictionary(StringComparer.Ordinal),
        };
    }

    private static double CrossEntropy(ReadOnlySpan<float> logits, int label, int samples, Span<float> gradients)
    {
        var max = double.NegativeInfinity;
        foreach (var logit in logits)
        {
            max = Math.Max(max, logit);
        }

        var sum = 0.0;
        Span<double> powers = logits.Length <= 256 ? stackalloc double[logits.Length] : new double[logits.Length];
        for (var i = 0; i < logits.Length; i++)
        {
            powers[i] = Exponential.Of(logits[i] - max);
            sum += powers[i];
        }

        for (var i = 0; i < logits.Length; i++)
        {
            gradients[i] = (float)(((powers[i] / sum) - (i == label ? 1 : 0)) / samples);
        }

        return Math.Log(sum) + max - logits[label];
    }
}
