using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Scores;
using Mechanisms.Learning.Training;

namespace Mechanisms.Tests.Learning.Scores;

public class EvaluationTests
{
    private static readonly TrainingRecipe Recipe = new() { Epochs = 30, BatchSize = 16, LearningRate = 5e-3f, Seed = 9 };

    private static readonly OnnxLimits Limits = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void Restored_features_are_what_the_layer_behind_the_extractor_takes_in_the_plain_model()
    {
        var random = new Random(11);
        var graph = new Graphs(random, null, 4, 6, 6);
        graph.Node("Conv", ["x", graph.Weight(6, 2, 3, 3), graph.Weight(6)], ("group", 2L)).Node("Relu").Node("Flatten").Dense(96, 5);
        var model = graph.Build();
        var extractor = LayerCut.Extractor(model, 1);
        var key = new ObfuscationKey(-0.02f, 0.03f);
        var input = Graphs.Draw(random, 5, 4, 6, 6);
        var published = Network.Create(Obfuscation.Apply(extractor, key), Limits).Run(input, 1, Cancellation);
        var restored = Evaluation.Restore(published, key, Obfuscation.Groups(extractor), Network.Create(LayerCut.Activation(model, 1), Limits), 1, Cancellation);
        var plain = Network.Create(model with { Output = model.Nodes[^1].Inputs[0] }, Limits).Run(input, 1, Cancellation);
        Assert.Equal(plain.Shape, restored.Shape);
        Assert.Contains(0f, restored.Values.ToArray());
        Assert.All(plain.Values.ToArray().Zip(restored.Values.ToArray()), pair => Assert.Equal(pair.First, pair.Second, 1e-4f));
        Assert.Throws<OnnxException>(() => Evaluation.Restore(Graphs.Draw(random, 5, 6, 4, 4), key, 2, Network.Create(LayerCut.Activation(model, 1), Limits), 1, Cancellation));
    }

    [Fact]
    public void Wrong_labels_cost_score_and_the_score_is_the_same_again()
    {
        var validation = Clusters(200, wrong: 0, seed: 1);
        var scores = new[] { 0, 12, 24 }.Select(wrong => Evaluation.Score(Clusters(60, wrong, seed: 2), validation, null, Recipe, 1, Cancellation)).ToList();
        Assert.True(scores[0].Value > 0.9 && scores[0].Value > scores[1].Value && scores[1].Value > scores[2].Value, string.Join(' ', scores.Select(score => score.Value)));
        Assert.Equal(scores[1], Evaluation.Score(Clusters(60, 12, seed: 2), validation, null, Recipe, 3, Cancellation));
    }

    [Fact]
    public void A_head_is_tuned_from_its_weights_and_not_trained_anew()
    {
        var random = new Random(3);
        var (training, validation) = (Clusters(60, wrong: 0, seed: 2), Clusters(200, wrong: 0, seed: 1));
        // All that the dead layer lets through is its bias: steps as small as these cannot wake it, whatever the samples are.
        var head = new Graphs(random, null, 4);
        head.Node("Gemm", ["x", head.Weight(new Tensor(new Shape(4, 3))), head.Weight(3)]).Node("Relu").Dense(3, 2);
        var still = Recipe with { LearningRate = 1e-20f };
        var dead = Evaluation.Score(training, validation, head.Build(), still, 1, Cancellation);
        Assert.Contains(dead.Correct, new[] { validation.Labels.Count(label => label == 0), validation.Labels.Count(label => label == 1) });
        Assert.True(Evaluation.Score(training, validation, new Graphs(random, null, 4).Dense(4, 8).Node("Relu").Dense(8, 2).Build(), Recipe, 1, Cancellation).Value > 0.9);
    }

    [Fact]
    public void Features_that_cannot_be_compared_with_the_validation_samples_are_refused()
    {
        var training = Clusters(20, wrong: 0, seed: 1);
        void Refused(Dataset validation) => Assert.Contains("cannot be scored", Assert.Throws<TrainingException>(() => Evaluation.Score(training, validation, null, Recipe, 1, Cancellation)).Message, StringComparison.Ordinal);
        Refused(new Dataset(new Tensor(new Shape(2, 3)), [0, 1], 2));
        Refused(new Dataset(new Tensor(new Shape(2, 4)), [0, 1], 3));
        Assert.Contains("of class 1", Assert.Throws<TrainingException>(() => Evaluation.Score(new Dataset(new Tensor(new Shape(2, 4)), [1, 1], 2), training, null, Recipe, 1, Cancellation)).Message, StringComparison.Ordinal);
    }

    /// <summary>Two clouds in four dimensions; the first labels are of the other cloud.</summary>
    private static Dataset Clusters(int count, int wrong, int seed)
    {
        var random = new Random(seed);
        var samples = Graphs.Draw(random, count, 4);
        var labels = new int[count];
        for (var i = 0; i < count; i++)
        {
            labels[i] = random.Next(2);
            samples.Values[4 * i] += labels[i] == 0 ? -0.9f : 0.9f;
            labels[i] = i < wrong ? 1 - labels[i] : labels[i];
        }

        return new Dataset(samples, labels, 2);
    }
}
