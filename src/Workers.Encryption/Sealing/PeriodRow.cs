using Workers.Hosting.Data;

namespace Workers.Encryption.Sealing;

/// <summary>How far a period has come. Each step is one commit, so a kill between two of them repeats at most one step.</summary>
public enum PeriodState
{
    /// <summary>The space's present period: its key is made, its files are still arriving.</summary>
    Open,

    /// <summary>Its files are listed; they are being sealed.</summary>
    Sealing,

    /// <summary>The sealed blob is on this machine; CID and hash are known.</summary>
    Sealed,

    /// <summary>The blob was uploaded and read back; the record is on its way to the chain.</summary>
    Uploaded,

    /// <summary>The record is final.</summary>
    Recorded,

    /// <summary>None of its files could be sealed, or its record was refused; <see cref="PeriodRow.Problem"/> says why.</summary>
    Abandoned,
}

/// <summary>One entry of the key system (Fig. 16): application, pseudonym, tag, period → key, CID and hash.</summary>
public sealed class PeriodRow : IVersioned
{
    public required Guid Id { get; init; }

    public required Guid SpaceId { get; init; }

    public required string ApplicationId { get; init; }

    /// <summary>The owner's address in this period.</summary>
    public required string Pseudonym { get; init; }

    public required string Tag { get; init; }

    /// <summary>t of the period (t, t+1], counted per application, pseudonym and tag from 0.</summary>
    public required long Number { get; init; }

    /// <summary>PW, wrapped by the master key.</summary>
    public required byte[] WrappedKey { get; init; }

    public required string SealId { get; init; }

    /// <summary>When the period began.</summary>
    public required DateTimeOffset From { get; init; }

    /// <summary>When its files were listed.</summary>
    public DateTimeOffset? To { get; set; }

    public PeriodState State { get; set; }

    public string? Cid { get; set; }

    /// <summary>SHA-256 of the sealed blob (Eq. 1), 0x hex.</summary>
    public string? ContentHash { get; set; }

    public int Files { get; set; }

    public long PlainBytes { get; set; }

    public long SealedBytes { get; set; }

    public string? Problem { get; set; }

    public int Version { get; set; }
}

/// <summary>A file that was listed into a period, as it looked then: changed later, it belongs to a later period again.</summary>
public sealed class SealedFileRow
{
    public long Id { get; init; }

    public required Guid SpaceId { get; init; }

    public required Guid PeriodId { get; init; }

    /// <summary>Relative to the space, with '/'.</summary>
    public required string Path { get; init; }

    public required long Size { get; init; }

    /// <summary>UTC ticks (100 ns), exactly: databases keep moments in microseconds, and a file is recognised by this.</summary>
    public required long ModifiedTicks { get; init; }

    /// <summary>Whether the local file was removed after its record became final.</summary>
    public bool Removed { get; set; }

    public SpaceFile ToSpaceFile() => new(Path, Size, new DateTimeOffset(ModifiedTicks, TimeSpan.Zero));
}
