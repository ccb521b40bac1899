using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using Mechanisms.Datasets;

namespace Experiments.Charts;

/// <summary>Rows of small images, each with a word about it.</summary>
internal sealed record ImageSheet(string Title, string Subtitle, IReadOnlyList<(string Name, Dataset Images)> Rows)
{
    private const double Width = 760;
    private const double Left = 216;
    private const double Top = 76;

    /// <summary>The sheet as the text of an SVG file. Of images with colours it shows the mean.</summary>
    public string ToSvg()
    {
        var most = Rows.Max(row => row.Images.Count);
        var size = (Width - Left - 24) / most;
        var svg = Svg.Open(Width, Top + (Rows.Count * (size + 4)) + 20, Title, Subtitle);
        for (var i = 0; i < Rows.Count; i++)
        {
            var y = Top + (i * (size + 4));
            var (name, images) = Rows[i];
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"24\" y=\"{y + (size / 2) + 5:0.#}\">{Svg.Escape(name)}</text>\n");
            svg.Append(CultureInfo.InvariantCulture, $"<image x=\"{Left}\" y=\"{y:0.#}\" width=\"{size * images.Count:0.#}\" height=\"{size:0.#}\" preserveAspectRatio=\"none\" style=\"image-rendering: pixelated\" href=\"data:image/png;base64,{Convert.ToBase64String(Png(images))}\"/>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    /// <summary>The images in one row, 8-bit grey (PNG, W3C, second edition).</summary>
    private static byte[] Png(Dataset images)
    {
        var (channels, height, width) = (images.SampleShape[0], images.SampleShape[1], images.SampleShape[2]);
        var lines = new byte[height * (1 + (width * images.Count))];
        for (var i = 0; i < images.Count; i++)
        {
            var sample = images.Sample(i);
            for (var p = 0; p < height * width; p++)
            {
                var sum = 0f;
                for (var channel = 0; channel < channels; channel++)
                {
                    sum += sample[(channel * height * width) + p];
                }

                lines[(p / width * (1 + (width * images.Count))) + 1 + (i * width) + (p % width)] = (byte)Math.Round(255 * Math.Clamp(sum / channels, 0, 1));
            }
        }

        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            zlib.Write(lines);
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width * images.Count);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        return [0x89, .. "PNG\r\n"u8, 0x1a, 0x0a, .. Chunk("IHDR"u8, header), .. Chunk("IDAT"u8, packed.ToArray()), .. Chunk("IEND"u8, [])];
    }

    private static byte[] Chunk(ReadOnlySpan<byte> type, byte[] data)
    {
        byte[] content = [.. type, .. data];
        var (length, check) = (new byte[4], new byte[4]);
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        BinaryPrimitives.WriteUInt32BigEndian(check, Crc32(content));
        return [.. length, .. content, .. check];
    }

    private static uint Crc32(byte[] content)
    {
        var crc = ~0u;
        foreach (var value in content)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xedb88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
