namespace Workers.Encryption.Sealing;

/// <summary>One version of a file in a space. Two are the same version when all three agree.</summary>
/// <param name="Name">Relative to the space's folder, parts separated by '/'.</param>
/// <param name="Size">Bytes.</param>
/// <param name="ModifiedAt">When its content was last written, in UTC.</param>
public sealed record SpaceFile(string Name, long Size, DateTimeOffset ModifiedAt);
