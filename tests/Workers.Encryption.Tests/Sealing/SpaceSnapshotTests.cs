using System.Diagnostics;
using Workers.Encryption.Sealing;

namespace Workers.Encryption.Tests.Sealing;

public sealed class SpaceSnapshotTests : SealingFixture
{
    private static readonly DateTimeOffset Now = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly HashSet<SpaceFile> NothingSealed = [];

    [Fact]
    public void Only_versions_that_were_not_sealed_before_are_taken()
    {
        SpaceFile[] files = [File("same"), File("longer", 11), File("newer", age: 50), File("new")];
        HashSet<SpaceFile> before = [File("same"), File("longer", 10), File("newer", age: 100), File("gone")];
        var selection = SpaceSnapshot.Select(Listing(files), before, Now, new SnapshotLimits());
        AssertNames(["longer", "new", "newer"], selection.Files);
        Assert.Equal(31, selection.Bytes);
        Assert.Equal(Now.AddSeconds(-100), selection.OldestModifiedAt);
    }

    [Fact]
    public void A_file_written_to_just_now_waits_and_one_from_a_wrong_clock_does_not()
    {
        SpaceFile[] files = [File("fresh", age: 1.9), File("ahead", age: -1), File("settled", age: 2), File("future", age: -100_000)];
        var selection = SpaceSnapshot.Select(Listing(files), NothingSealed, Now, new SnapshotLimits());
        AssertNames(["future", "settled"], selection.Files);
        AssertNames(["ahead", "fresh"], selection.Waiting);
    }

    [Fact]
    public void What_does_not_fit_waits_and_what_can_never_fit_is_named()
    {
        SpaceFile[] files = [File("a", 60), File("b", 50), File("c", 40), File("huge", 101), File("d", 0)];
        var selection = SpaceSnapshot.Select(Listing(files), NothingSealed, Now, new SnapshotLimits { MaxBytes = 100, MaxFiles = 2 });
        AssertNames(["a", "c"], selection.Files);
        AssertNames(["b", "d"], selection.Waiting);
        Assert.Equal("huge", Assert.Single(selection.Refused).Name);
    }

    [Fact]
    public void The_order_depends_on_the_names_alone()
    {
        const int seed = 11;
        var files = Enumerable.Range(0, 100).Select(i => File($"f{i}")).ToArray();
        var first = SpaceSnapshot.Select(Listing(files), NothingSealed, Now, new SnapshotLimits()).Files;
        new Random(seed).Shuffle(files);
        Assert.Equal(first, SpaceSnapshot.Select(Listing(files), NothingSealed, Now, new SnapshotLimits()).Files);
    }

    [Fact]
    public async Task Links_pipes_and_unsafe_names_in_a_folder_are_refused_by_name_and_never_opened()
    {
        Put("sub/.hidden", [1, 2, 3]);
        Put("back\\slash", [1]);
        System.IO.File.CreateSymbolicLink(Path.Combine(Space, "link"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(Space, "folder-link"), "/etc");
        System.IO.File.CreateSymbolicLink(Path.Combine(Space, "dangling"), "/nowhere");
        using (var mkfifo = Process.Start("mkfifo", Path.Combine(Space, "pipe")))
        {
            await mkfifo.WaitForExitAsync(Cancellation);
        }

        var listing = SpaceFolder.List(Space, Cancellation);
        var file = Assert.Single(listing.Files);
        Assert.Equal(("sub/.hidden", 3L), (file.Name, file.Size));
        Assert.Equal(["back\\slash", "dangling", "folder-link", "link", "pipe"], listing.Refused.Select(refused => refused.Name).Order(StringComparer.Ordinal), StringComparer.Ordinal);
    }

    [Fact]
    public void A_file_is_removed_only_while_it_is_the_version_that_was_sealed()
    {
        Put("a", [1]);
        var file = Assert.Single(SpaceFolder.List(Space, Cancellation).Files);
        Assert.True(SpaceFolder.Holds(Space, file));
        Assert.False(SpaceFolder.Holds(Space, file with { Name = "b" }));
        Put("a", [1, 2]);
        Assert.False(SpaceFolder.Holds(Space, file));
    }

    private static SpaceFile File(string name, long size = 10, double age = 100) => new(name, size, Now.AddSeconds(-age));

    private static SpaceListing Listing(params SpaceFile[] files) => new(files, []);

    private static void AssertNames(string[] expected, IEnumerable<SpaceFile> files) => Assert.Equal(expected, files.Select(file => file.Name), StringComparer.Ordinal);
}
