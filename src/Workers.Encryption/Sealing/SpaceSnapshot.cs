namespace Workers.Encryption.Sealing;

/// <summary>What may go into one period's blob.</summary>
public sealed record SnapshotLimits
{
    /// <summary>A file modified less than this ago may still be written to and waits. Default: 2 seconds.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Bytes of files per period; more waits for the next one. Default: 16 GiB.</summary>
    public long MaxBytes { get; init; } = 16L << 30;

    /// <summary>Files per period; more wait for the next one. Default: 100,000.</summary>
    public int MaxFiles { get; init; } = 100_000;
}

/// <summary>A file of a space that is not sealed, and why; for a warning to the owner.</summary>
/// <param name="Name">Relative to the space's folder.</param>
/// <param name="Reason">Continues a sentence that starts with the name.</param>
public sealed record RefusedFile(string Name, string Reason);

/// <summary>The files of a space that belong to the next period.</summary>
/// <param name="Files">In the order in which they are sealed: by name, ordinal.</param>
/// <param name="Bytes">Bytes of <paramref name="Files"/>.</param>
/// <param name="Waiting">Files that still settle or did not fit: a later period takes them.</param>
/// <param name="Refused">Files that can never be sealed as they are.</param>
public sealed record SpaceSelection(IReadOnlyList<SpaceFile> Files, long Bytes, IReadOnlyList<SpaceFile> Waiting, IReadOnlyList<RefusedFile> Refused)
{
    /// <summary>When the oldest of <see cref="Files"/> was modified; null when there is none.</summary>
    public DateTimeOffset? OldestModifiedAt => Files.Count == 0 ? null : Files.Min(file => file.ModifiedAt);
}

/// <summary>Chooses what of a space's folder goes into the next period.</summary>
public static class SpaceSnapshot
{
    /// <summary>Takes what is new or changed since it was last sealed and has settled, as much as the limits allow.</summary>
    /// <param name="listing">What is in the folder, from <see cref="SpaceFolder.List"/>.</param>
    /// <param name="alreadySealed">The versions that earlier periods sealed.</param>
    /// <param name="now">The time, from the same clock as the files' times.</param>
    /// <param name="limits">Settling time and sizes.</param>
    public static SpaceSelection Select(SpaceListing listing, IReadOnlySet<SpaceFile> alreadySealed, DateTimeOffset now, SnapshotLimits limits)
    {
        var files = new List<SpaceFile>();
        var waiting = new List<SpaceFile>();
        var refused = new List<RefusedFile>(listing.Refused);
        long bytes = 0;
        foreach (var file in listing.Files.OrderBy(file => file.Name, StringComparer.Ordinal))
        {
            if (alreadySealed.Contains(file))
            {
                continue;
            }

            if (file.Size > limits.MaxBytes)
            {
                refused.Add(new RefusedFile(file.Name, $"has {file.Size} bytes, more than the {limits.MaxBytes} that one period may hold"));
            }
            else if ((now - file.ModifiedAt).Duration() < limits.Settle || files.Count == limits.MaxFiles || file.Size > limits.MaxBytes - bytes)
            {
                // A time far in the future is a wrong clock, not a file being written: it does not wait for ever.
                waiting.Add(file);
            }
            else
            {
                files.Add(file);
                bytes += file.Size;
            }
        }

        return new SpaceSelection(files, bytes, waiting, refused);
    }
}
