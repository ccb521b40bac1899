using Mechanisms.Datasets;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Training;

namespace Mechanisms.Learning.Scores;

/// <summary>What the collector makes of a provider's features (Li et al., §3.2): the features themselves, then a score.</summary>
public static class Evaluation
{
    /// <summary>B = f_actv[(B̂ − σ·Σf(x)) / δ], Eq. 3: what the first layer behind the extractor takes.</summary>
    /// <param name="features">B̂, as the published extractor gives them, samples first.</param>
    /// <param name="key">δ and σ of that extractor.</param>
    /// <param name="groups"><see cref="Obfuscation.Groups"/> of the extractor before it was obfuscated.</param>
    /// <param name="activation">f_actv, as <see cref="LayerCut.Activation"/> cuts it out.</param>
    /// <param name="threads">How many threads may work.</param>
    /// <param name="cancellation">Stops the run.</param>
    /// <exception cref="OnnxException">The features are not of the shape that this extractor gives.</exception>
    public static Tensor Restore(Tensor features, ObfuscationKey key, int groups, Network activation, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(activation);
        return activation.Run(Obfuscation.Undo(features, key, groups), threads, cancellation);
    }

    /// <summary>Trains a classifier on a provider's features (Eq. 4) and counts what it gets right on the collector's own.</summary>
    /// <param name="training">The provider's features and labels; at least two classes among them.</param>
    /// <param name="validation">The collector's, of the same shape.</param>
    /// <param name="head">The pre-trained layers behind the extractor, to be fine-tuned; null trains the recipe's layers from scratch.</param>
    /// <param name="recipe">The same for every provider, seed included, so that scores can be compared and computed again.</param>
    /// <param name="threads">How many threads may work; the score does not depend on it.</param>
    /// <param name="cancellation">Looked at before each step of the training.</param>
    /// <exception cref="TrainingException">The two differ in shape or classes, or the training is impossible or diverged.</exception>
    public static Accuracy Score(Dataset training, Dataset validation, OnnxGraph? head, TrainingRecipe recipe, int threads, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(training);
        ArgumentNullException.ThrowIfNull(validation);
        if (!training.SampleShape.Equals(validation.SampleShape) || training.Classes != validation.Classes)
        {
            throw new TrainingException($"Samples of {training.SampleShape} in {training.Classes} classes cannot be scored on validation samples of {validation.SampleShape} in {validation.Classes} classes.");
        }

        var trained = head is null
            ? Trainer.Train(training, recipe, threads, cancellation)
            : Trainer.FineTune(training, head, recipe, threads, cancellation);
        return Accuracy.Of(Network.Create(trained.Graph, new OnnxLimits()), validation, threads, cancellation);
    }
}
