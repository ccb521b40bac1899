using Workers.Standalone;

namespace EndToEnd.Tests.Operating;

public sealed class RunDirectoryTests
{
    [Fact]
    public void Two_runs_never_share_keys_and_databases_neither_at_once_nor_one_after_the_other()
    {
        var directory = Path.Combine(Path.GetTempPath(), $"run-{Guid.NewGuid():N}");
        try
        {
            using (var first = RunDirectory.TryHold(directory, out var none))
            {
                Assert.NotNull(first);
                Assert.Null(none);
                Assert.Null(RunDirectory.TryHold(directory, out var held));
                Assert.Contains("Another ./run works", held, StringComparison.Ordinal);
            }

            using (var next = RunDirectory.TryHold(directory, out _))
            {
                Assert.NotNull(next);
                Directory.CreateDirectory(Path.Combine(directory, "owner"));
            }

            Assert.Null(RunDirectory.TryHold(directory, out var used));
            Assert.Contains("is not empty", used, StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
