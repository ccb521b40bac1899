namespace Workers.Encryption.Spaces;

/// <summary>Where the data of one tag of one installed application arrives.</summary>
public sealed class SpaceRow
{
    public required Guid Id { get; init; }

    public required string ApplicationId { get; init; }

    public required string Tag { get; init; }

    public required string Description { get; init; }

    /// <summary>Absolute path of the folder.</summary>
    public required string Folder { get; init; }
}
