namespace Workers.Encryption.Sealing;

/// <summary>What a sealed blob belongs to. It is bound into every chunk, so that a blob passed off as another one does not open.</summary>
public abstract record BlobContext
{
    /// <summary>Writes 32 bytes that no other context has, as they stand in the blob's header.</summary>
    internal abstract void Hash(Span<byte> destination);

    /// <summary>What it is, for errors: "seal 0x…".</summary>
    internal abstract string Name { get; }
}
