using ContentStore;

namespace Workers.Dashboard;

/// <summary>CIDs as they stand in events, which anybody can write.</summary>
internal static class CidText
{
    /// <summary>The text form; 0x hex of bytes that are no CID that is read here.</summary>
    public static string Of(byte[] bytes) => Cid.TryReadBinary(bytes, out var cid) ? cid.ToString() : Hex(bytes);

    public static string Hex(byte[] bytes) => "0x" + Convert.ToHexStringLower(bytes);
}
