using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace Mechanisms.Tests.Datasets;

/// <summary>Files made byte by byte, as their formats' descriptions have them.</summary>
internal static class FileBytes
{
    public static byte[] Idx(byte type, int[] dimensions, params byte[] numbers)
    {
        var header = new byte[4 + (4 * dimensions.Length)];
        (header[2], header[3]) = (type, (byte)dimensions.Length);
        for (var i = 0; i < dimensions.Length; i++)
        {
            BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4 + (4 * i)), dimensions[i]);
        }

        return [.. header, .. numbers];
    }

    /// <summary>As numpy.save writes it: the header is padded with spaces and a line feed to a multiple of 64 bytes.</summary>
    public static byte[] Npy(string dictionary, byte[] numbers, byte major = 1)
    {
        var width = major == 1 ? 2 : 4;
        var length = ((8 + width + dictionary.Length + 1 + 63) / 64 * 64) - 8 - width;
        var text = Encoding.Latin1.GetBytes(dictionary.PadRight(length - 1) + '\n');
        var lengthBytes = new byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(lengthBytes, length);
        return [0x93, .. "NUMPY"u8, major, 0, .. lengthBytes.AsSpan(0, width), .. text, .. numbers];
    }

    public static string Dictionary(string descr, string shape, string order = "False") => $"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}";

    public static byte[] Zip(params (string Name, byte[] Content)[] entries)
    {
        using var bytes = new MemoryStream();
        using (var archive = new ZipArchive(bytes, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in entries)
            {
                using var entry = archive.CreateEntry(name).Open();
                entry.Write(content);
            }
        }

        return bytes.ToArray();
    }
}
