using Glyphs;
using Mechanisms.Datasets;

namespace Experiments.HyperX;

/// <summary>What a session is about.</summary>
/// <param name="Training">What every provider has, until it is spoilt.</param>
/// <param name="Validation">The collector's own samples.</param>
/// <param name="Auxiliary">More samples of the task: what somebody who wants to see a provider's images might have.</param>
/// <param name="Generic">Other images with other labels, for M_init.</param>
/// <param name="GenericValidation">Images like these that M_init does not learn.</param>
/// <param name="Irrelevant">Images that have nothing to do with the task.</param>
internal sealed record LearningTask(Dataset Training, Dataset Validation, Dataset Auxiliary, Dataset Generic, Dataset GenericValidation, Dataset Irrelevant);

/// <summary>Where tasks come from.</summary>
/// <param name="Name">For titles.</param>
/// <param name="Draw">The task of a seed.</param>
internal sealed record TaskSource(string Name, Func<Setup, int, LearningTask> Draw)
{
    private static readonly DatasetLimits Limits = new();

    /// <summary>Images that this project draws.</summary>
    public static TaskSource Glyphs { get; } = new("drawn digits", (setup, seed) => new LearningTask(
        Images.Digits(setup.Whole, Part(seed, 0)),
        Images.Digits(setup.Validation, Part(seed, 1)),
        Images.Digits(4 * setup.Inverted, Part(seed, 2)),
        Images.Generic(setup.Generic, Part(seed, 3)),
        Images.Generic(setup.Validation, Part(seed, 5)),
        Images.Textures(setup.Whole, Part(seed, 4))));

    /// <summary>MNIST's files; the margin of four pixels is cut off. Generic and irrelevant images are drawn.</summary>
    /// <param name="folder">Holds train-images-idx3-ubyte, train-labels-idx1-ubyte and t10k-…, each perhaps with .gz.</param>
    /// <exception cref="FileNotFoundException">One is missing.</exception>
    /// <exception cref="DatasetFileException">One is not what it should be.</exception>
    public static TaskSource Mnist(string folder)
    {
        Dataset Read(string part)
        {
            var (images, labels) = (DataFile.Find(folder, $"{part}-images-idx3-ubyte"), DataFile.Find(folder, $"{part}-labels-idx1-ubyte"));
            return DataFile.Crop(Dataset.Of(IdxFile.Read(images, DataFile.Read(images), Limits), IdxFile.Read(labels, DataFile.Read(labels), Limits), 10), margin: 4);
        }

        var (training, test) = (Read("train"), Read("t10k"));
        return new("MNIST", (setup, seed) => Split(setup, seed, training, test) with
        {
            Generic = Images.Generic(setup.Generic, Part(seed, 3)),
            GenericValidation = Images.Generic(setup.Validation, Part(seed, 5)),
            Irrelevant = Images.Textures(setup.Whole, Part(seed, 4)),
        });
    }

    /// <summary>CIFAR-10's binary files. The first five classes are what M_init learns and what is irrelevant; the task are the other five.</summary>
    /// <param name="folder">Holds data_batch_1.bin to data_batch_5.bin and test_batch.bin, each perhaps with .gz.</param>
    /// <inheritdoc cref="Mnist"/>
    public static TaskSource Cifar10(string folder)
    {
        Dataset Read(string name)
        {
            var file = DataFile.Find(folder, name);
            return CifarFile.Read(file, DataFile.Read(file), Limits);
        }

        // Each batch is used for one thing, so nothing is seen twice.
        var batches = Enumerable.Range(1, 5).Select(number => Read($"data_batch_{number}.bin")).ToArray();
        var test = Read("test_batch.bin");
        return new("CIFAR-10", (setup, seed) => Split(setup, seed, DataFile.Classes(batches[0], 5, 5), DataFile.Classes(test, 5, 5)) with
        {
            Auxiliary = DataFile.Draw(DataFile.Classes(batches[1], 5, 5), 4 * setup.Inverted, Part(seed, 2)),
            Generic = DataFile.Draw(DataFile.Classes(batches[2], 0, 5), setup.Generic, Part(seed, 3)),
            GenericValidation = DataFile.Draw(DataFile.Classes(batches[4], 0, 5), setup.Validation, Part(seed, 5)),
            Irrelevant = DataFile.Draw(DataFile.Classes(batches[3], 0, 5), setup.Whole, Part(seed, 4)),
        });
    }

    private static LearningTask Split(Setup setup, int seed, Dataset training, Dataset test)
    {
        var drawn = DataFile.Draw(training, setup.Whole + (4 * setup.Inverted), Part(seed, 0));
        var own = Math.Min(setup.Whole, drawn.Count / 2);
        var provider = drawn.Select([.. Enumerable.Range(0, own)]);
        return new LearningTask(provider, DataFile.Draw(test, setup.Validation, Part(seed, 1)), drawn.Select([.. Enumerable.Range(own, drawn.Count - own)]), provider, provider, provider);
    }

    private static int Part(int seed, int part) => (seed * 10) + part;
}
