using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Http;

/// <summary>
/// The bearer token of this process's APIs: 32 random bytes in a file with mode 0600, made and printed once at first start.
/// </summary>
public sealed class ApiToken(IOptions<HttpOptions> http, IOptions<DataOptions> data)
{
    private byte[]? _digest;

    /// <summary>Where the token is kept.</summary>
    public string File => Path.GetFullPath(http.Value.TokenFile ?? Path.Combine(data.Value.Directory, "api-token"));

    /// <summary>Makes the token unless it is there; a new one is printed to the standard output, never to the log.</summary>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        if (!System.IO.File.Exists(File))
        {
            var token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
            if (await PrivateFiles.TryCreateAsync(File, Encoding.ASCII.GetBytes(token), cancellationToken) && http.Value.ShowToken)
            {
                await Console.Out.WriteLineAsync($"API token (shown once, kept in {File}): {token}");
            }
        }

        var kept = (await System.IO.File.ReadAllTextAsync(File, cancellationToken)).Trim();
        if (kept.Length < 32)
        {
            throw new InvalidOperationException($"{File} does not hold a token of at least 32 characters. Delete it to get a new one.");
        }

        _digest = Digest(kept);
    }

    /// <summary>Compares in constant time.</summary>
    public bool IsValid(string? candidate) =>
        _digest is { } digest && candidate is not null && CryptographicOperations.FixedTimeEquals(digest, Digest(candidate));

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>Makes or reads the token before anything answers.</summary>
internal sealed class ApiTokenAtStart(ApiToken token) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken) => token.EnsureAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>Guards routes with the token.</summary>
public static class ApiTokenGuard
{
    private const string Scheme = "Bearer ";

    /// <summary>Answers 401 unless the request carries <c>Authorization: Bearer &lt;token&gt;</c>, before anything else of it is read.</summary>
    public static TBuilder RequireApiToken<TBuilder>(this TBuilder routes)
        where TBuilder : IEndpointConventionBuilder => routes.WithMetadata(Required.Instance);

    /// <summary>Puts the guard before the routes. A filter of theirs would come too late: they bind a stranger's body first.</summary>
    internal static void UseApiToken(this WebApplication app) => app.Use(async (http, next) =>
    {
        if (http.GetEndpoint()?.Metadata.GetMetadata<Required>() is null || app.Services.GetRequiredService<ApiToken>().IsValid(TokenOf(http.Request)))
        {
            await next(http);
            return;
        }

        http.Response.Headers.WWWAuthenticate = "Bearer";
        await TypedResults.Problem("Send the header 'Authorization: Bearer <token>' with the token from the token file.", statusCode: StatusCodes.Status401Unauthorized)
            .ExecuteAsync(http);
    });

    private static string? TokenOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        return header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) ? header[Scheme.Length..].Trim() : null;
    }

    private sealed class Required
    {
        public static readonly Required Instance = new();
    }
}
