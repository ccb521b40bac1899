using System.Text.Json;

namespace Ethereum.Rpc;

/// <summary>A block: by number, by a name of the JSON-RPC specification, or by hash (EIP-1898).</summary>
public readonly record struct BlockTag
{
    private readonly string? _text;

    private BlockTag(string text) => _text = text;

    /// <summary>The newest block that the node knows. Also the default.</summary>
    public static BlockTag Latest => default;

    /// <summary>The newest block that cannot be undone without burning a third of the stake.</summary>
    public static BlockTag Finalized => new("finalized");

    /// <summary>The newest block that an honest majority does not undo.</summary>
    public static BlockTag Safe => new("safe");

    /// <summary>Latest, and the node's waiting transactions on top.</summary>
    public static BlockTag Pending => new("pending");

    /// <summary>The block of that number on the node's chain.</summary>
    public static BlockTag Number(ulong number) => new(Hex.Quantity(number));

    /// <summary>The block of that hash, wherever it stands.</summary>
    public static BlockTag Hash(Hash32 hash) => new(hash.ToString());

    /// <inheritdoc cref="Number(ulong)"/>
    public static implicit operator BlockTag(ulong number) => Number(number);

    /// <summary>As in requests.</summary>
    public override string ToString() => _text ?? "latest";

    internal bool IsHash => _text?.Length == 2 + (2 * Hash32.Size);

    internal void Write(Utf8JsonWriter writer)
    {
        if (!IsHash)
        {
            writer.WriteStringValue(ToString());
            return;
        }

        writer.WriteStartObject();
        writer.WriteString("blockHash"u8, _text);
        writer.WriteEndObject();
    }
}
