using System.Diagnostics;
using System.Runtime.InteropServices;
using Bench.Learning;
using Bench.Shared;
using Mechanisms.Datasets;
using Mechanisms.Learning;
using Mechanisms.Learning.Onnx;
using Mechanisms.Learning.Scores;
using Mechanisms.Learning.Training;

// Extraction beside onnxruntime-node and training beside @tensorflow/tfjs, the same models and data, rounds in turn, two threads each.
// Arguments: rounds (default 5), part (extraction, training, provider or sharing; default all). Before the first run: npm ci --ignore-scripts --prefix bench/Learning/node
const int Threads = 2;
const int WarmUps = 3; // until both sides' compilers have seen enough
var rounds = args.Length > 0 ? int.Parse(args[0]) : 5;
var folder = Path.Combine(SourceTree.Root(), "bench", "Learning", "node");
Console.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd} | {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, median of {rounds} rounds");
Console.WriteLine($"load: {File.ReadAllText("/proc/loadavg").Trim()}");
int[] batches = [1, 16, 256];
var met = true;
if (Wants("extraction"))
{
    Extraction("VGG's first four layers, 256 images 3×32×32", new Shape(3, 32, 32), Models.Vgg, 256);
    Extraction("two small layers, 4,096 images 1×28×28", new Shape(1, 28, 28), Models.Small, 4096);
}

if (Wants("training"))
{
    Training("dense 256-128-10, 1,000 samples, 20 epochs", new Shape(256), [new LayerSpec.Dense(128), new LayerSpec.Relu(), new LayerSpec.Dense(10)], 1000, 20, 1);
    Training("convolutional, 200 images 1×28×28, 1 epoch", new Shape(1, 28, 28), [.. Models.Small, new LayerSpec.Flatten(), new LayerSpec.Dense(10)], 200, 1, 2);
}

if (Wants("provider"))
{
    Provider();
}

if (Wants("sharing"))
{
    Sharing();
}

return met ? 0 : 1;

bool Wants(string part) => args.Length < 2 || args[1] == part;

void Extraction(string name, Shape sample, LayerSpec[] layers, int count)
{
    var graph = Models.Graph(sample, layers);
    var input = Models.Draw(new Shape([count, .. sample.Extents]), 2);
    var file = graph.Write();
    var network = Network.Create(OnnxGraph.Read(file, new OnnxLimits()), new OnnxLimits());
    using var rival = new Rival(folder, "extract.mjs", new { model = file, input = MemoryMarshal.AsBytes<float>(input.Values).ToArray(), dims = input.Shape.Extents, threads = Threads });
    List<double> ours = [], theirs = [];
    for (var round = -WarmUps; round < rounds; round++)
    {
        var own = Seconds(() => network.Run(input, Threads, CancellationToken.None));
        // The best of three batch sizes for onnxruntime: this project chooses its own.
        var other = batches.Min(batch => rival.Round($"{batch}").Seconds);
        if (round >= 0)
        {
            ours.Add(own);
            theirs.Add(other);
        }
    }

    var ratio = Figures.Median(theirs) / Figures.Median(ours);
    met &= ratio >= 0.5;
    Console.WriteLine($"extraction, {name}: {count / Figures.Median(ours):f0} images/s, onnxruntime-node {count / Figures.Median(theirs):f0}: {ratio:f2} of it (wanted: 0.50)");
}

void Training(string name, Shape sample, LayerSpec[] layers, int count, int epochs, int slowRounds)
{
    var samples = Models.Samples(count, sample, 3);
    var recipe = new TrainingRecipe { Epochs = epochs, BatchSize = 32, Seed = 4 };
    var ours = Enumerable.Range(0, rounds + 1).Select(_ => Seconds(() => Trainer.Train(samples, layers, recipe, Threads, CancellationToken.None))).Skip(1).ToList();
    var best = double.PositiveInfinity;
    foreach (var backend in (string[])["wasm", "cpu"])
    {
        using var rival = new Rival(folder, "train.mjs", new
        {
            backend,
            threads = Threads,
            sample = sample.Extents,
            layers = layers.Select(Describe),
            features = MemoryMarshal.AsBytes<float>(samples.Samples.Values).ToArray(),
            labels = samples.Labels,
            classes = 10,
            epochs,
            batch = 32,
            rate = recipe.LearningRate,
        });
        var (seconds, error) = Enumerable.Range(0, slowRounds).Select(_ => rival.Round()).MinBy(answer => answer.Error is null ? answer.Seconds : double.PositiveInfinity);
        Console.WriteLine($"training, {name}: tfjs on {backend}: {(error is null ? $"{seconds:f2} s" : $"cannot: {error}")}");
        best = error is null ? Math.Min(best, seconds) : best;
    }

    met &= Figures.Median(ours) < best;
    Console.WriteLine($"training, {name}: {Figures.Median(ours):f3} s, {best / Figures.Median(ours):f0} times as fast as tfjs on its fastest backend (wanted: above 1)");
}

void Provider()
{
    var network = Network.Create(Models.Graph(new Shape(3, 32, 32), Models.Vgg), new OnnxLimits());
    var images = Models.Samples(1000, new Shape(3, 32, 32), 5);
    var validation = Models.Samples(500, new Shape(3, 32, 32), 6);
    Dataset Features(Dataset samples) => new(network.Run(samples.Samples, Threads, CancellationToken.None), samples.Labels.AsSpan(), 10);
    Dataset features = null!, checks = null!;
    var extracting = Seconds(() => (features, checks) = (Features(images), Features(validation)));
    TrainedClassifier trained = null!;
    var training = Seconds(() => trained = Trainer.Train(features, new TrainingRecipe { HiddenLayers = [128], Dropout = 0.5f, Seed = 7 }, Threads, CancellationToken.None));
    var scoring = Seconds(() => Accuracy.Of(Network.Create(trained.Graph, new OnnxLimits()), checks, Threads, CancellationToken.None));
    var valuing = Seconds(() => KnnShapley.Values(features, checks, 5, Threads, CancellationToken.None));
    Console.WriteLine($"a provider with 1,000 images 3×32×32, 8,192 features each, 500 validation images: extracting {extracting:f2} s, training 20 epochs {training:f2} s, scoring {scoring:f2} s, KNN-Shapley {valuing:f2} s");
}

// What evaluators with Evaluator:Threads = 1 compute when they take providers from one queue; the queue itself is bench/Messaging's.
void Sharing()
{
    const int Providers = 8;
    var features = Enumerable.Range(0, Providers).Select(i => Models.Samples(1000, new Shape(512), 10 + i)).ToList();
    var checks = Models.Samples(500, new Shape(512), 9);
    double Of(int evaluators) => Seconds(() => Parallel.For(0, Providers, new ParallelOptions { MaxDegreeOfParallelism = evaluators }, i =>
    {
        var recipe = new TrainingRecipe { HiddenLayers = [64], Seed = 7 };
        Evaluation.Score(features[i], checks, head: null, recipe, threads: 1, CancellationToken.None);
        KnnShapley.Values(features[i], checks, 5, threads: 1, CancellationToken.None);
    }));
    _ = Of(1);
    var ratios = Enumerable.Range(0, rounds).Select(_ => (One: Of(1), Two: Of(2))).OrderBy(r => r.One / r.Two).ToList();
    var (one, two) = ratios[rounds / 2];
    Console.WriteLine($"{Providers} providers with 1,000 samples of 512 features: one evaluator {one:f2} s, two {two:f2} s: {one / two:f2} times as fast");
}

static object Describe(LayerSpec layer) => layer switch
{
    LayerSpec.Dense dense => new { type = "dense", units = dense.Units },
    LayerSpec.Conv2D conv => new { type = "conv", channels = conv.Channels, kernel = conv.Kernel, padding = conv.Padding },
    LayerSpec.MaxPool pool => new { type = "pool", size = pool.Size },
    LayerSpec.Relu => new { type = "relu" },
    _ => new { type = "flatten" },
};

static double Seconds(Action action)
{
    var start = Stopwatch.GetTimestamp();
    action();
    return Stopwatch.GetElapsedTime(start).TotalSeconds;
}
