using Mechanisms.Datasets;
using Mechanisms.Learning.Onnx;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Agreements;

namespace Workers.Evaluator.Collecting;

/// <summary>A collector's files of one session: the model, the validation samples, the scores' files, the delivered dataset.</summary>
public sealed class CollectorFiles(IOptions<EvaluatorOptions> options)
{
    /// <summary>Keeps model and validation samples, so that later changes of the originals change nothing.</summary>
    public async Task KeepAsync(string sessionId, byte[] model, Dataset validation, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(options.Value.SessionFolder(sessionId));
        await WriteAsync(Path.Combine(options.Value.SessionFolder(sessionId), "model.onnx"), model, cancellationToken);
        await WriteAsync(Path.Combine(options.Value.SessionFolder(sessionId), "validation.shard"), ShardFile.Write(validation), cancellationToken);
    }

    /// <summary>The pre-trained model M_init.</summary>
    public async Task<OnnxGraph> ModelAsync(string sessionId, CancellationToken cancellationToken) =>
        OnnxGraph.Read(await File.ReadAllBytesAsync(Path.Combine(options.Value.SessionFolder(sessionId), "model.onnx"), cancellationToken), new OnnxLimits());

    /// <summary>The validation samples.</summary>
    public async Task<Dataset> ValidationAsync(string sessionId, AgreedShards shards, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(shards);
        var path = Path.Combine(options.Value.SessionFolder(sessionId), "validation.shard");
        var bytes = await File.ReadAllBytesAsync(path, cancellationToken);
        var count = System.Buffers.Binary.BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(8));
        return ShardFile.Read(path, bytes, new ShardConfiguration(count, shards.SampleShape, shards.Classes));
    }

    /// <summary>Where what a third party needs to compute a score again is put.</summary>
    public string ScoreFolder(string sessionId, string provider) => Path.Combine(options.Value.SessionFolder(sessionId), "scores", provider);

    /// <summary>Where the winner's samples are put.</summary>
    public string DatasetFolder(string sessionId) => Path.Combine(options.Value.SessionFolder(sessionId), "dataset");

    /// <summary>Writes files into a folder, all of them or none, in place of what was there.</summary>
    public static async Task ReplaceAsync(string folder, IReadOnlyDictionary<string, byte[]> files, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(files);
        var fresh = $"{folder}.{Guid.NewGuid():N}";
        Directory.CreateDirectory(fresh);
        foreach (var (name, bytes) in files)
        {
            await WriteAsync(Path.Combine(fresh, name), bytes, cancellationToken);
        }

        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        Directory.Move(fresh, folder);
    }

    private static async Task WriteAsync(string path, byte[] bytes, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16, FileOptions.Asynchronous);
        await file.WriteAsync(bytes, cancellationToken);
        file.Flush(flushToDisk: true);
    }
}
