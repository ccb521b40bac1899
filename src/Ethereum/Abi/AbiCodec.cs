using System.Numerics;

namespace Ethereum.Abi;

/// <summary>
/// Encodes and decodes values whose type is known only at run time. Integers are <see cref="BigInteger"/>, addresses
/// <see cref="Address"/>, bytes and bytesN <c>byte[]</c>, arrays and tuples <c>object[]</c>. Contracts known at compile time have generated bindings.
/// </summary>
public static class AbiCodec
{
    /// <summary>Encodes arguments of the members' types.</summary>
    /// <param name="type">A tuple type.</param>
    /// <param name="values">One value per member.</param>
    /// <param name="selector">What stands before the encoding, usually a selector.</param>
    /// <exception cref="AbiException">A value has another .NET type than described above, or does not fit.</exception>
    public static byte[] Encode(AbiType type, object[] values, ReadOnlySpan<byte> selector = default)
    {
        var writer = new AbiWriter(type.InlineBytes, selector);
        WriteMembers(writer, type, values);
        return writer.ToArray();
    }

    /// <summary>Decodes a tuple; all of the data must belong to it.</summary>
    /// <param name="type">A tuple type.</param>
    /// <param name="data">The encoding, without a selector.</param>
    /// <exception cref="AbiException">The data is not the canonical encoding of such a tuple.</exception>
    public static object[] Decode(AbiType type, ReadOnlySpan<byte> data)
    {
        var reader = new AbiReader(data, type.InlineBytes);
        var values = ReadMembers(ref reader, type, type.Members.Count);
        reader.End();
        return values;
    }

    private static void WriteMembers(AbiWriter writer, AbiType type, object[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            Write(writer, type.Kind == AbiKind.Tuple ? type.Members[i] : type.Members[0], values[i]);
        }
    }

    private static void Write(AbiWriter writer, AbiType type, object value)
    {
        switch (type.Kind, value)
        {
            case (AbiKind.UInt, BigInteger number):
                writer.BigUInt(number, type.Size);
                break;
            case (AbiKind.Int, BigInteger number):
                writer.BigInt(number, type.Size);
                break;
            case (AbiKind.Address, Address address):
                writer.Address(address);
                break;
            case (AbiKind.Bool, bool flag):
                writer.Bool(flag);
                break;
            case (AbiKind.FixedBytes, byte[] bytes):
                writer.FixedBytes(bytes, type.Size);
                break;
            case (AbiKind.Bytes, byte[] bytes):
                writer.Bytes(bytes);
                break;
            case (AbiKind.String, string text):
                writer.String(text);
                break;
            case (AbiKind.Array, object[] elements):
                var array = writer.EnterArray(type.Members[0].HeadBytes, elements.Length);
                WriteMembers(writer, type, elements);
                writer.Leave(array);
                break;
            case (AbiKind.FixedArray, object[] elements) when elements.Length == type.Size:
            case (AbiKind.Tuple, object[] members) when members.Length == type.Members.Count:
                if (type.IsDynamic)
                {
                    var frame = writer.Enter(type.InlineBytes);
                    WriteMembers(writer, type, (object[])value);
                    writer.Leave(frame);
                }
                else
                {
                    WriteMembers(writer, type, (object[])value);
                }

                break;
            default:
                throw new AbiException($"A value of type {value?.GetType().Name ?? "null"} cannot be encoded as {type}, or has another number of elements.");
        }
    }

    private static object[] ReadMembers(ref AbiReader reader, AbiType type, int count)
    {
        var values = new object[count];
        for (var i = 0; i < count; i++)
        {
            values[i] = Read(ref reader, type.Kind == AbiKind.Tuple ? type.Members[i] : type.Members[0]);
        }

        return values;
    }

    private static object Read(ref AbiReader reader, AbiType type) => type.Kind switch
    {
        AbiKind.UInt => reader.BigUInt(type.Size),
        AbiKind.Int => reader.BigInt(type.Size),
        AbiKind.Address => reader.Address(),
        AbiKind.Bool => reader.Bool(),
        AbiKind.FixedBytes => reader.FixedBytes(type.Size),
        AbiKind.Bytes => reader.Bytes(),
        AbiKind.String => reader.String(),
        _ => ReadComposite(ref reader, type),
    };

    private static object[] ReadComposite(ref AbiReader reader, AbiType type)
    {
        var count = type.Kind == AbiKind.Tuple ? type.Members.Count : type.Size;
        if (!type.IsDynamic)
        {
            return ReadMembers(ref reader, type, count);
        }

        var frame = type.Kind == AbiKind.Array ? reader.EnterArray(type.Members[0].HeadBytes, out count) : reader.Enter(type.InlineBytes);
        var values = ReadMembers(ref reader, type, count);
        reader.Leave(frame);
        return values;
    }
}
