using System.Text;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Tests.Sealing;

public sealed class CompressionProbeTests
{
    [Fact]
    public void Random_bytes_look_random_at_every_size_and_text_and_base64_do_not()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var bytes = new byte[4096 + (seed * 1000)];
            new Random(seed).NextBytes(bytes);
            Assert.True(CompressionProbe.LooksRandom(bytes), $"seed {seed}");
            Assert.False(CompressionProbe.LooksRandom(Encoding.ASCII.GetBytes(Convert.ToBase64String(bytes))), $"seed {seed}");
        }

        Assert.False(CompressionProbe.LooksRandom(new byte[100_000]));
    }
}
