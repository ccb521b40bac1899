namespace Workers.Hosting.Health;

/// <summary>The <c>--healthcheck</c> switch, for a container that has no other HTTP client.</summary>
internal static class HealthProbe
{
    public static bool IsAsked => Environment.GetCommandLineArgs().Contains("--healthcheck", StringComparer.Ordinal);

    /// <returns>0 when the worker at this address is ready, otherwise 1.</returns>
    public static async Task<int> RunAsync(string url)
    {
        var target = new UriBuilder(url.Replace("//*", "//127.0.0.1", StringComparison.Ordinal).Replace("//+", "//127.0.0.1", StringComparison.Ordinal)) { Path = "/health/ready" };
        if (target.Host is "0.0.0.0" or "[::]")
        {
            target.Host = "127.0.0.1";
        }

        using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            using var answer = await client.GetAsync(target.Uri);
            await Console.Out.WriteLineAsync(await answer.Content.ReadAsStringAsync());
            return answer.IsSuccessStatusCode ? 0 : 1;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException)
        {
            await Console.Error.WriteLineAsync($"{target.Uri}: {e.Message}");
            return 1;
        }
    }
}
