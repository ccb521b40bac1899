using Mechanisms.Datasets;

namespace Mechanisms.Tests.Datasets;

public sealed class NpzFileTests
{
    private static readonly DatasetLimits Limits = new(MaxNumbers: 1_000);

    private static byte[] Bytes(int count) => FileBytes.Npy(FileBytes.Dictionary("|u1", $"({count},)"), new byte[count]);

    [Fact]
    public void Arrays_are_found_by_their_names()
    {
        var arrays = NpzFile.Read("d.npz", FileBytes.Zip(("x.npy", Bytes(3)), ("y.npy", Bytes(2))), Limits);
        Assert.Equal([3], arrays["x"].Shape);
        Assert.Equal([2], arrays["y"].Shape);
    }

    [Fact]
    public void What_is_no_archive_of_arrays_is_refused_by_name()
    {
        Refused("d.npz, byte 0: this is no zip archive", [1, 2, 3]);
        Refused("d.npz/a.txt, byte 0: an archive of arrays holds", FileBytes.Zip(("a.txt", [1])));
        Refused("d.npz/x.npy, byte 0: the archive holds two arrays", FileBytes.Zip(("x.npy", Bytes(1)), ("x.npy", Bytes(1))));
        Refused("d.npz/x.npy, byte 0: an NPY file begins with", FileBytes.Zip(("x.npy", [1])));
        Refused("d.npz/c.npy, byte 0: all arrays together", FileBytes.Zip(("a.npy", Bytes(1_000)), ("b.npy", Bytes(1_000)), ("c.npy", Bytes(1))));
        Refused("1001 arrays", FileBytes.Zip([.. Enumerable.Range(0, 1_001).Select(i => ($"{i}.npy", Bytes(0)))]));
    }

    /// <summary>The limit holds for what comes out, whatever the archive says of its lengths.</summary>
    [Fact]
    public void A_zip_bomb_stops_at_the_limit()
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        Refused("unpacks to more than", FileBytes.Zip(("x.npy", Bytes(1 << 20))));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 16 << 20);
    }

    private static void Refused(string reason, byte[] archive) =>
        Assert.Contains(reason, Assert.Throws<DatasetFileException>(() => NpzFile.Read("d.npz", archive, Limits)).Message, StringComparison.Ordinal);
}
