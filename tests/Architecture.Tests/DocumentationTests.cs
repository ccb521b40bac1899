using Testing;

namespace Architecture.Tests;

public sealed class DocumentationTests
{
    [Fact]
    public void Decision_records_are_numbered_without_gaps_and_dated()
    {
        var records = FilesIn("decisions");
        Assert.NotEmpty(records);
        Rule.Holds(DecisionRecords.Violations(records));
    }

    [Fact]
    public void Every_worker_has_its_page() =>
        Rule.Holds(WorkerPages.Violations([.. SourceTree.Projects.Where(Layers.IsWorker)], FilesIn("workers")));

    private static List<(string Name, string Text)> FilesIn(string folder)
    {
        var path = RepositoryFiles.At("docs", folder);
        return Directory.Exists(path) ? [.. Directory.GetFiles(path).Select(file => (Path.GetFileName(file), File.ReadAllText(file)))] : [];
    }
}
