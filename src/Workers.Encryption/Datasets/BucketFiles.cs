using Mechanisms.Trifork;

namespace Workers.Encryption.Datasets;

/// <summary>Where units wait between being dealt and being shuffled: in memory when there is one bucket, else in files that vanish when they are closed.</summary>
public static class BucketFiles
{
    private const int LeastBuffer = 4 << 10, AllBuffers = 16 << 20;

    /// <summary>Opens buckets.</summary>
    /// <param name="folder">A folder of this worker's alone; units lie in it unsealed while a dataset is mixed or recovered.</param>
    /// <param name="bits">How many buckets there are: 2^bits.</param>
    public static Func<int, Stream> In(string folder, int bits)
    {
        if (bits == 0)
        {
            return _ => new MemoryStream();
        }

        var options = new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.ReadWrite,
            Options = FileOptions.DeleteOnClose,
            BufferSize = Math.Max(LeastBuffer, AllBuffers >> bits),
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return bucket => new FileStream(Path.Combine(folder, $"{bucket:x3}.bucket"), options);
    }

    /// <summary>The bits for a dataset of some length with its decoys.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The dataset is too long.</exception>
    public static int BitsFor(long length, double decoyShare) => MixPlan.BucketBitsFor(checked((long)Math.Ceiling(length * (1 + decoyShare))));
}
