using Testing;

namespace Architecture.Tests;

public sealed class WorkerProgramTests
{
    private const int LineLimit = 20;

    [Fact]
    public void Every_worker_starts_in_fewer_than_twenty_lines()
    {
        var workers = SourceTree.Projects.Where(Layers.IsWorker).ToList();
        Assert.NotEmpty(workers);
        Rule.Holds(workers.SelectMany(worker => Violations(worker, RepositoryFiles.At("src", worker, "Program.cs"))));
    }

    [Fact]
    public void A_long_program_and_a_missing_one_are_named()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllLines(file, Enumerable.Repeat("// line", LineLimit - 1));
            Assert.Empty(Violations("Workers.Some", file));
            File.WriteAllLines(file, Enumerable.Repeat("// line", LineLimit));
            Assert.Contains("has 20 lines", Assert.Single(Violations("Workers.Some", file)), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }

        Assert.Contains("no Program.cs", Assert.Single(Violations("Workers.Some", file)), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Violations(string worker, string file)
    {
        if (!File.Exists(file))
        {
            yield return $"{worker} has no Program.cs.";
        }
        else if (File.ReadAllLines(file).Length is var lines and >= LineLimit)
        {
            yield return $"{worker}'s Program.cs has {lines} lines; it must have fewer than {LineLimit}: move the wiring into the worker's folders.";
        }
    }
}
