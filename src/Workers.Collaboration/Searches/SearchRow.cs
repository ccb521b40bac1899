using Ethereum;
using Workers.Hosting.Data;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Searches;

/// <summary>Where a search stands.</summary>
public enum SearchState
{
    /// <summary>The zone is formed, then the service is asked.</summary>
    Searching,

    /// <summary>The service answered.</summary>
    Found,

    /// <summary>There was no zone, or no answer.</summary>
    Failed,
}

/// <summary>What this member's people look for, from behind a zone.</summary>
public sealed class SearchRow : IVersioned
{
    /// <summary>The caller's id, which is its zone's, too.</summary>
    public required Guid SearchId { get; init; }

    /// <summary>The location service.</summary>
    public required Address Service { get; init; }

    public required DateTimeOffset OrderedAt { get; init; }

    public string? Category { get; init; }

    public int? Nearest { get; init; }

    public double? Radius { get; init; }

    public SearchState State { get; set; }

    /// <summary>What is near to this member's own place: <see cref="NearPlace"/>s as JSON, nearest first; empty until found.</summary>
    public byte[] Found { get; set; } = [];

    /// <summary>Known places in the whole answer, of which <see cref="Found"/> are the own ones.</summary>
    public int Answered { get; set; }

    /// <summary>Why it failed.</summary>
    public string? Problem { get; set; }

    public int Version { get; set; }
}
