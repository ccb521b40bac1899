using System.Collections.Immutable;
using Mechanisms.Datasets;
using Mechanisms.Learning.Numerics;
using Mechanisms.Learning.Onnx;

namespace Mechanisms.Learning.Training;

/// <summary>A trained classifier.</summary>
/// <param name="Graph">Takes features, samples first, and gives a logit for each class.</param>
/// <param name="Losses">The mean softmax cross-entropy of each epoch, in nats, as seen by its steps.</param>
public sealed record TrainedClassifier(OnnxGraph Graph, ImmutableArray<double> Losses);

/// <summary>Fits networks to labelled samples by Adam on the softmax cross-entropy of mini-batches (Li et al., Eq. 4).</summary>
public static class Trainer
{
    private const uint ShufflePurpose = 0;

    /// <summary>Trains the dense network of a recipe.</summary>
    /// <inheritdoc cref="Train(Dataset, IReadOnlyList{LayerSpec}, TrainingRecipe, int, CancellationToken)"/>
    public static TrainedClassifier Train(Dataset samples, TrainingRecipe recipe, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(recipe);
        return Train(samples, recipe.Layers(samples.Classes), recipe, threads, cancellation);
    }

    /// <summary>Trains a network of any layers.</summary>
    /// <param name="samples">At least two classes must be among them.</param>
    /// <param name="layers">The layers, which stand in place of the recipe's hidden layers and dropout.</param>
    /// <param name="recipe">Epochs, batch size, learning rate and seed.</param>
    /// <param name="threads">How many threads may work; the result does not depend on it.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <exception cref="TrainingException">All samples are of one class, the layers do not fit, the recipe is out of range, or the training diverged.</exception>
    public static TrainedClassifier Train(Dataset samples, IReadOnlyList<LayerSpec> layers, TrainingRecipe recipe, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(layers);
        var batch = Check(samples, recipe);
        return Fit(new TrainableNetwork(samples.SampleShape, layers, batch, recipe.Seed), samples, recipe, batch, threads, cancellation);
    }

    /// <summary>
    /// Trains the layers that a pre-trained model has behind its extractor, from the weights that they have (Li et al., §3.2: fine-tuning). The last
    /// linear layer is made anew for the task's classes; each of the other linear layers is followed by the recipe's dropout.
    /// </summary>
    /// <param name="samples">At least two classes must be among them; features as the head takes them.</param>
    /// <param name="head">Nodes in one row: Conv, Gemm, MatMul, Relu, MaxPool, Flatten, Dropout, Identity, and a Softmax at the end, which is left out.</param>
    /// <param name="recipe">Epochs, batch size, learning rate, dropout and seed; the hidden layers are the head's.</param>
    /// <param name="threads">How many threads may work; the result does not depend on it.</param>
    /// <param name="cancellation">Looked at before each step.</param>
    /// <exception cref="TrainingException">As for training from scratch, or the head cannot be trained; the message names the node.</exception>
    public static TrainedClassifier FineTune(Dataset samples, OnnxGraph head, TrainingRecipe recipe, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(head);
        var batch = Check(samples, recipe);
        var layers = HeadReader.Read(head);
        var last = layers.LastOrDefault(layer => layer.Spec is LayerSpec.Dense) ?? throw new TrainingException("The head has no linear layer that could tell classes apart.");
        var stack = ImmutableArray.CreateBuilder<PretrainedLayer>();
        foreach (var layer in layers)
        {
            stack.Add(ReferenceEquals(layer, last) ? new PretrainedLayer(new LayerSpec.Dense(samples.Classes)) : layer);
            var hidden = layer.Spec is LayerSpec.Relu && stack.Count > 1 && stack[^2].Spec is LayerSpec.Dense;
            if (hidden && recipe.Dropout > 0)
            {
                stack.Add(new PretrainedLayer(new LayerSpec.Dropout(recipe.Dropout)));
            }
        }

        var network = new TrainableNetwork(samples.SampleShape, [.. stack.Select(layer => layer.Spec)], batch, recipe.Seed);
        for (var i = 0; i < stack.Count; i++)
        {
            network.Load(i, stack[i]);
        }

        return Fit(network, samples, recipe, batch, threads, cancellation);
    }

    /// <summary>Refuses what cannot be trained with, and gives the samples of a step.</summary>
    private static int Check(Dataset samples, TrainingRecipe recipe)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(recipe);
        recipe.Check();
        if (samples.Labels.Distinct().Count() < 2)
        {
            throw new TrainingException($"All {samples.Count} samples are of class {samples.Labels[0]}: there is nothing to tell apart.");
        }

        return Math.Min(recipe.BatchSize, samples.Count);
    }

    private static TrainedClassifier Fit(TrainableNetwork network, Dataset samples, TrainingRecipe recipe, int batch, int threads, CancellationToken cancellation)
    {
        if (network.Outputs != samples.Classes)
        {
            throw new TrainingException($"The last layer has {network.Outputs} outputs for {samples.Classes} classes.");
        }

        var size = samples.SampleShape.Count;
        var (inputs, labels, gradients) = (new float[batch * size], new int[batch], new float[batch * samples.Classes]);
        var order = Enumerable.Range(0, samples.Count).ToArray();
        var losses = ImmutableArray.CreateBuilder<double>(recipe.Epochs);
        var adam = new Adam(recipe.LearningRate);
        var number = 0u;
        for (var epoch = 0; epoch < recipe.Epochs; epoch++)
        {
            Shuffle(order, new RandomStream(recipe.Seed, ShufflePurpose, (uint)epoch));
            var total = 0.0;
            for (var start = 0; start < order.Length; start += batch)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = Math.Min(batch, order.Length - start);
                for (var i = 0; i < count; i++)
                {
                    samples.Samples.Values.Slice(order[start + i] * size, size).CopyTo(inputs.AsSpan(i * size));
                    labels[i] = samples.Labels[order[start + i]];
                }

                var step = new Step(Training: true, number++, recipe.Seed, threads);
                var loss = network.Forward(inputs, labels.AsSpan(0, count), step, gradients);
                if (!double.IsFinite(loss))
                {
                    throw new TrainingException($"The training diverged in epoch {epoch + 1}: the loss is {loss}. Lower the learning rate ({recipe.LearningRate}) or scale the features down.");
                }

                total += loss * count;
                network.Backward(inputs, gradients, count, step);
                adam.Advance();
                foreach (var parameter in network.Parameters)
                {
                    adam.Update(parameter, threads);
                }
            }

            losses.Add(total / order.Length);
        }

        if (network.Parameters.Any(parameter => !parameter.Values.All(float.IsFinite)))
        {
            throw new TrainingException($"The training diverged: a weight is no longer finite. Lower the learning rate ({recipe.LearningRate}) or scale the features down.");
        }

        return new TrainedClassifier(network.Export(), losses.ToImmutable());
    }

    /// <summary>Fisher and Yates' shuffle.</summary>
    private static void Shuffle(int[] order, RandomStream random)
    {
        for (var i = order.Length - 1; i > 0; i--)
        {
            var j = random.Below(i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
    }
}
