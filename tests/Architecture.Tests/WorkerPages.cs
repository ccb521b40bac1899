namespace Architecture.Tests;

/// <summary>The rule for docs/workers: one page per worker, named after it in kebab case.</summary>
internal static class WorkerPages
{
    /// <summary>Workers.ChainListener has chain-listener.md.</summary>
    public static string PageOf(string worker) => string.Concat(worker["Workers.".Length..].Select((letter, i) =>
        char.IsUpper(letter) && i > 0 ? $"-{char.ToLowerInvariant(letter)}" : char.ToLowerInvariant(letter).ToString())) + ".md";

    /// <summary>A sentence for every worker without a page and every page without a worker.</summary>
    /// <param name="workers">Project names.</param>
    /// <param name="pages">File names and texts of docs/workers.</param>
    public static IEnumerable<string> Violations(IReadOnlyCollection<string> workers, IReadOnlyCollection<(string Name, string Text)> pages)
    {
        foreach (var worker in workers)
        {
            var page = pages.FirstOrDefault(page => string.Equals(page.Name, PageOf(worker), StringComparison.Ordinal));
            if (string.IsNullOrWhiteSpace(page.Text))
            {
                yield return $"{worker} has no page docs/workers/{PageOf(worker)}, or an empty one.";
            }
        }

        foreach (var (name, _) in pages.Where(page => !workers.Select(PageOf).Append("README.md").Contains(page.Name, StringComparer.Ordinal)))
        {
            yield return $"docs/workers/{name} describes no worker under src/.";
        }
    }
}
