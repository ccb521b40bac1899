using System.Collections.Immutable;
using Mechanisms.Learning.Numerics;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Training;

/// <summary>Which step of a training it is, and who may work on it.</summary>
/// <param name="Training">False when nothing is dropped.</param>
/// <param name="Number">The step, from 0; decides what is dropped.</param>
/// <param name="Seed">The recipe's seed.</param>
/// <param name="Threads">How many threads may work; no result depends on it.</param>
internal readonly record struct Step(bool Training, uint Number, ulong Seed, int Threads);

/// <summary>Weights with what one step says about them.</summary>
internal sealed class Parameter(Shape shape)
{
    /// <summary>The extents, as ONNX wants them.</summary>
    public Shape Shape { get; } = shape;

    /// <summary>The weights.</summary>
    public float[] Values { get; } = new float[shape.Count];

    /// <summary>The derivative of the loss by each weight.</summary>
    public float[] Gradients { get; } = new float[shape.Count];

    /// <summary>Adam's running mean of the gradients.</summary>
    public float[] First { get; } = new float[shape.Count];

    /// <summary>Adam's running mean of their squares.</summary>
    public float[] Second { get; } = new float[shape.Count];

    /// <summary>Draws weights evenly from ±√(6 / inputs) (He et al., ICCV 2015): no function that machines round differently.</summary>
    public void Initialise(RandomStream random, int inputs)
    {
        var bound = MathF.Sqrt(6f / inputs);
        foreach (ref var value in Values.AsSpan())
        {
            value = bound * random.Symmetric();
        }
    }
}

/// <summary>A layer of a network in training, with memory for a batch.</summary>
/// <param name="input">The extents of a sample that it takes.</param>
/// <param name="output">The extents of a sample that it gives.</param>
/// <param name="batch">Samples at most.</param>
internal abstract class Layer(Shape input, Shape output, int batch)
{
    /// <summary>The extents of a sample that it takes.</summary>
    public Shape Input { get; } = input;

    /// <summary>The extents of a sample that it gives.</summary>
    public Shape Output { get; } = output;

    /// <summary>Results of the last forward pass, samples first.</summary>
    public virtual float[] Results { get; } = new float[checked(batch * output.Count)];

    /// <summary>Derivatives of the loss by the inputs, of the last backward pass.</summary>
    public virtual float[] InputGradients { get; } = new float[checked(batch * input.Count)];

    /// <summary>What is trained.</summary>
    public virtual ImmutableArray<Parameter> Parameters => [];

    /// <summary>Computes <see cref="Results"/>.</summary>
    public abstract void Forward(float[] inputs, int samples, Step step);

    /// <summary>Computes the parameters' gradients and, unless nobody asks, <see cref="InputGradients"/>.</summary>
    /// <param name="inputs">What the forward pass took.</param>
    /// <param name="gradients">Derivatives of the loss by the results.</param>
    /// <param name="samples">How many samples.</param>
    /// <param name="step">The step of the forward pass.</param>
    /// <param name="first">True for a layer that stands on the samples themselves.</param>
    public abstract void Backward(float[] inputs, float[] gradients, int samples, Step step, bool first);

    /// <summary>Adds this layer to a graph and gives the name of its result; by default it does nothing after training.</summary>
    public virtual string Export(string value, List<OnnxNode> nodes, Dictionary<string, Tensor> weights) => value;

    /// <summary>Adds a node with its weights to a graph.</summary>
    protected string Export(string type, string value, List<OnnxNode> nodes, Dictionary<string, Tensor> weights, params ReadOnlySpan<(string Name, object Value)> attributes)
    {
        var name = $"layer{nodes.Count}";
        var inputs = ImmutableArray.Create(value);
        foreach (var parameter in Parameters)
        {
            var weight = $"{name}.{(inputs.Length == 1 ? "weight" : "bias")}";
            weights.Add(weight, new Tensor(parameter.Shape, [.. parameter.Values]));
            inputs = inputs.Add(weight);
        }

        var node = new OnnxNode(type, inputs, [name]) { Name = $"{name}.{type}" };
        foreach (var (attribute, setting) in attributes)
        {
            node = node with { Attributes = node.Attributes.Add(attribute, setting) };
        }

        nodes.Add(node);
        return name;
    }
}
