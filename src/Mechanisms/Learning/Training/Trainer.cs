using System.Collections.Immutable;
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
    /// <inheritdoc cref="Train(LabelledSamples, IReadOnlyList{LayerSpec}, TrainingRecipe, int, CancellationToken)"/>
    public static TrainedClassifier Train(LabelledSamples samples, TrainingRecipe recipe, int threads, CancellationToken cancellation)
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
    public static TrainedClassifier Train(LabelledSamples samples, IReadOnlyList<LayerSpec> layers, TrainingRecipe recipe, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(samples);
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(recipe);
        recipe.Check();
        if (samples.Labels.Distinct().Count() < 2)
        {
            throw new TrainingException($"All {samples.Count} samples are of class {samples.Labels[0]}: there is nothing to tell apart.");
        }

        var batch = Math.Min(recipe.BatchSize, samples.Count);
        var network = new TrainableNetwork(samples.SampleShape, layers, batch, recipe.Seed);
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
                    samples.Features.Values.Slice(order[start + i] * size, size).CopyTo(inputs.AsSpan(i * size));
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
