namespace Workers.Standalone.PersonalData;

/// <summary>Compares what the buyer got with what the owner has.</summary>
internal static class FolderComparison
{
    /// <summary>Whether every file below <paramref name="part"/> is below <paramref name="whole"/> with the same bytes, and there is one.</summary>
    public static bool Holds(string whole, string part)
    {
        var files = Directory.GetFiles(part, "*", SearchOption.AllDirectories);
        return files.Length > 0 && files.All(file =>
        {
            var original = Path.Combine(whole, Path.GetRelativePath(part, file));
            return File.Exists(original) && File.ReadAllBytes(original).AsSpan().SequenceEqual(File.ReadAllBytes(file));
        });
    }
}
