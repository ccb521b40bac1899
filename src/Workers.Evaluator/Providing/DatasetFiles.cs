using Mechanisms.Datasets;

namespace Workers.Evaluator.Providing;

/// <summary>Reads an offered dataset from the provider's own files, by their formats.</summary>
public static class DatasetFiles
{
    /// <exception cref="DatasetFileException">A file is malformed or contradicts another; the message names file and byte.</exception>
    public static async Task<Dataset> ReadAsync(OfferedDataset offered, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(offered);
        var limits = new DatasetLimits();
        var bytes = await File.ReadAllBytesAsync(offered.Samples, cancellationToken);
        switch (Path.GetExtension(offered.Samples).ToLowerInvariant())
        {
            case ".npz":
                var arrays = NpzFile.Read(offered.Samples, bytes, limits);
                return Dataset.Of(Named("samples"), Named("labels"), offered.Classes);

                NumericArray Named(string name) => arrays.TryGetValue(name, out var array)
                    ? array
                    : throw new DatasetFileException(offered.Samples, 0, $"there is no array '{name}' in it; it has {string.Join(", ", arrays.Keys)}.");
            case ".bin":
                return CifarFile.Read(offered.Samples, bytes, limits);
            default:
                var labels = offered.Labels ?? throw new DatasetFileException(offered.Samples, 0, "the labels of this file are in another one: set Labels.");
                return Dataset.Of(Array(offered.Samples, bytes, limits), Array(labels, await File.ReadAllBytesAsync(labels, cancellationToken), limits), offered.Classes);
        }
    }

    private static NumericArray Array(string file, byte[] bytes, DatasetLimits limits) =>
        file.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? NpyFile.Read(file, bytes, limits) : IdxFile.Read(file, bytes, limits);
}
