using System.Runtime.InteropServices;

namespace Ethereum.Abi;

/// <summary>Where an <see cref="AbiReader"/> or <see cref="AbiWriter"/> goes on after the tail that it entered.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct AbiFrame
{
    internal AbiFrame(int start, int cursor) => (Start, Cursor) = (start, cursor);

    /// <summary>First byte of the tuple or array from which offsets count.</summary>
    internal int Start { get; }

    /// <summary>Next byte of its head.</summary>
    internal int Cursor { get; }
}
