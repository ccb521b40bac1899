using System.Collections.Concurrent;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>How far this process is with a step.</summary>
/// <param name="Done">Bytes.</param>
/// <param name="Total">Bytes.</param>
public readonly record struct StepProgress(long Done, long Total);

/// <summary>What the steps that this process works at have done so far. It is told to whoever looks and is not kept.</summary>
public sealed class DatasetProgress
{
    private readonly ConcurrentDictionary<Guid, Func<StepProgress>> _steps = new();

    /// <summary>Tells of a step until the result is disposed.</summary>
    public IDisposable Watch(Guid dataset, Func<StepProgress> step)
    {
        _steps[dataset] = step;
        return new Watching(this, dataset, step);
    }

    /// <summary>Null when this process works at none of its steps.</summary>
    public StepProgress? Of(Guid dataset) => _steps.TryGetValue(dataset, out var step) ? step() : null;

    private sealed class Watching(DatasetProgress all, Guid dataset, Func<StepProgress> step) : IDisposable
    {
        public void Dispose() => all._steps.TryRemove(KeyValuePair.Create(dataset, step));
    }
}
