using System.Text;
using Mechanisms.Mobility;

namespace Mechanisms.Tests.Mobility;

internal static class Seeded
{
    /// <summary>A generator whose seed the test's output names.</summary>
    public static Random Random(ITestOutputHelper output)
    {
        var seed = System.Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        return new Random(seed);
    }

    public static Stream Utf8(string text) => new MemoryStream(Encoding.UTF8.GetBytes(text));

    public static readonly MobilityLimits Limits = new(MaxBytes: 20_000, MaxLineBytes: 200, MaxPoints: 50);

    /// <summary>Asserts that reading names the file, the line and the reason.</summary>
    public static async Task RefusedAsync(string file, int line, string reason, Func<Task> read)
    {
        var error = await Assert.ThrowsAsync<MobilityFileException>(read);
        Assert.StartsWith($"{file}, line {line}: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
        Assert.True(error.Message.Length < 400, error.Message);
    }
}

/// <summary>A file that never ends: a beginning, and then the same bytes again and again.</summary>
internal sealed class EndlessStream(string begin, string repeat) : Stream
{
    private readonly byte[] first = Encoding.UTF8.GetBytes(begin);
    private readonly byte[] again = Encoding.UTF8.GetBytes(repeat);

    public long Given { get; private set; }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => Given; set => throw new NotSupportedException(); }

    public override int Read(byte[] buffer, int offset, int count)
    {
        for (var i = 0; i < count; i++, Given++)
        {
            buffer[offset + i] = Given < first.Length ? first[Given] : again[(Given - first.Length) % again.Length];
        }

        return count;
    }

    public override void Flush() => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
