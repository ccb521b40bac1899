namespace Architecture.Tests;

/// <summary>One project of src/ that uses another.</summary>
internal readonly record struct Dependency(string From, string To);

/// <summary>Who may use whom: dependencies point down only (docs/architecture.md).</summary>
internal static class Layers
{
    private const string Hosting = "Workers.Hosting";
    private const string Standalone = "Workers.Standalone";

    private static readonly HashSet<string> Foundations = new(StringComparer.Ordinal)
    {
        "ContentStore", "Contracts.Messages", "Ethereum", "Ethereum.Bindings", "Mechanisms",
    };

    /// <summary>True for a project that runs as a worker or as all of them.</summary>
    public static bool IsWorker(string project) =>
        project.StartsWith("Workers.", StringComparison.Ordinal) && !string.Equals(project, Hosting, StringComparison.Ordinal);

    /// <summary>A sentence for every dependency that does not point down.</summary>
    public static IEnumerable<string> Violations(IEnumerable<Dependency> dependencies) =>
        from dependency in dependencies
        where !Allows(dependency)
        select $"{dependency.From} uses {dependency.To}: {Rule(dependency.From)}";

    private static bool Allows(Dependency dependency) => dependency.From switch
    {
        Standalone => true,
        Hosting => Foundations.Contains(dependency.To),
        _ when IsWorker(dependency.From) => Foundations.Contains(dependency.To) || string.Equals(dependency.To, Hosting, StringComparison.Ordinal),
        _ => false,
    };

    private static string Rule(string project) => project switch
    {
        Hosting => $"it may stand only on {string.Join(", ", Foundations.Order(StringComparer.Ordinal))}",
        _ when IsWorker(project) => $"a worker may stand only on {Hosting} and what is below it, never on another worker",
        _ => "it must stand on no other project",
    };
}
