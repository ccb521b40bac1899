using Testing;

namespace Architecture.Tests;

public sealed class LayersTests
{
    /// <summary>Runs in the compiler, so its assembly is not beside the tests; its project file is checked as the others'.</summary>
    private const string Generator = "Ethereum.Bindings";

    [Fact]
    public void No_project_file_refers_to_a_project_that_is_not_below_it()
    {
        var dependencies = SourceTree.Projects.SelectMany(SourceTree.ReferencesInProjectFile).ToList();
        Assert.NotEmpty(dependencies);
        Rule.Holds(Layers.Violations(dependencies));
    }

    [Fact]
    public void No_built_assembly_uses_a_project_that_is_not_below_it()
    {
        var dependencies = SourceTree.Projects.Where(project => !string.Equals(project, Generator, StringComparison.Ordinal)).SelectMany(SourceTree.ReferencesInAssembly).ToList();
        // An assembly that is missing throws; one that is read wrongly would show nothing at all.
        Assert.NotEmpty(dependencies);
        Rule.Holds(Layers.Violations(dependencies));
    }

    [Fact]
    public void The_assembly_reader_sees_what_this_very_assembly_uses()
    {
        var references = SourceTree.AssemblyReferences(typeof(LayersTests).Assembly.Location);
        Assert.Contains(typeof(RepositoryFiles).Assembly.GetName().Name!, references, StringComparer.Ordinal);
        Assert.Contains("xunit.v3.assert", references, StringComparer.Ordinal);
    }

    [Fact]
    public void The_known_projects_are_found()
    {
        string[] known = ["ContentStore", "Contracts.Messages", "Ethereum", Generator, "Mechanisms", "Workers.Hosting", "Workers.Standalone"];
        Assert.All(known, project => Assert.Contains(project, SourceTree.Projects, StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("Ethereum", "ContentStore")]
    [InlineData("Mechanisms", "Contracts.Messages")]
    [InlineData("Contracts.Messages", "Workers.Hosting")]
    [InlineData("Workers.Hosting", "Workers.Encryption")]
    [InlineData("Workers.Hosting", "Workers.Standalone")]
    [InlineData("Workers.Encryption", "Workers.ChainListener")]
    [InlineData("Workers.Encryption", "Workers.Standalone")]
    [InlineData("Workers.Encryption", "Helpers")]
    [InlineData("Helpers", "Ethereum")]
    public void A_dependency_that_does_not_point_down_is_named(string from, string to) =>
        Assert.StartsWith($"{from} uses {to}:", Assert.Single(Layers.Violations([new Dependency(from, to)])), StringComparison.Ordinal);

    [Theory]
    [InlineData("Workers.Hosting", "Ethereum")]
    [InlineData("Workers.Encryption", "Workers.Hosting")]
    [InlineData("Workers.Encryption", "Mechanisms")]
    [InlineData("Workers.Standalone", "Workers.Encryption")]
    public void A_dependency_that_points_down_is_allowed(string from, string to) =>
        Assert.Empty(Layers.Violations([new Dependency(from, to)]));
}
