using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;
using Testing;

namespace Architecture.Tests;

/// <summary>What the rules are applied to: the projects under src/, their project files and their built assemblies.</summary>
internal static class SourceTree
{
    private static readonly Dictionary<string, string> Files = Directory.GetDirectories(RepositoryFiles.At("src"))
        .SelectMany(folder => Directory.GetFiles(folder, "*.csproj"))
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), StringComparer.Ordinal);

    /// <summary>The names of the projects under src/.</summary>
    public static IReadOnlyList<string> Projects { get; } = [.. Files.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The projects that the project file of <paramref name="project"/> refers to, however it refers to them.</summary>
    public static IEnumerable<Dependency> ReferencesInProjectFile(string project) =>
        from element in XDocument.Load(Files[project]).Descendants("ProjectReference")
        let path = (string?)element.Attribute("Include") ?? ""
        select new Dependency(project, Path.GetFileNameWithoutExtension(path.Replace('\\', '/')));

    /// <summary>The projects under src/ that the built assembly of <paramref name="project"/> uses a type of.</summary>
    /// <exception cref="FileNotFoundException">The assembly is not beside the tests.</exception>
    public static IEnumerable<Dependency> ReferencesInAssembly(string project) =>
        AssemblyReferences(Path.Combine(AppContext.BaseDirectory, $"{project}.dll"))
            .Where(name => Projects.Contains(name, StringComparer.Ordinal))
            .Select(name => new Dependency(project, name));

    /// <summary>The simple names of all assemblies that an assembly file refers to.</summary>
    public static IReadOnlyList<string> AssemblyReferences(string file)
    {
        using var stream = File.OpenRead(file);
        using var image = new PEReader(stream);
        var metadata = image.GetMetadataReader();
        return [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];
    }
}
