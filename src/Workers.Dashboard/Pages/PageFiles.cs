using Microsoft.AspNetCore.StaticFiles;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Options;

namespace Workers.Dashboard.Pages;

/// <summary>The browser pages as Vite built them. Every path that is no file and no API is the page itself, which reads its address.</summary>
public sealed class PageFiles : IDisposable
{
    private const string Index = "index.html";

    private static readonly string[] Apis = ["/api", "/market/api", "/openapi", "/health", "/metrics"];
    private static readonly FileExtensionContentTypeProvider Types = new();

    private readonly PhysicalFileProvider? _files;
    private readonly string _policy;

    public PageFiles(IOptions<DashboardOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var directory = Path.GetFullPath(options.Value.PagesDirectory);
        _files = Directory.Exists(directory) ? new PhysicalFileProvider(directory) : null;
        _policy = SecurityHeaders.Policy(options.Value.WalletRpc);
    }

    /// <summary>Answers what no other route does.</summary>
    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapFallback("{**path}", (HttpContext http, PageFiles pages) => pages.Answer(http)).ExcludeFromDescription();

    private IResult Answer(HttpContext http)
    {
        if (Apis.Any(prefix => http.Request.Path.StartsWithSegments(prefix, StringComparison.OrdinalIgnoreCase)) || !(HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method)))
        {
            return Results.Problem("There is nothing at this address.", statusCode: StatusCodes.Status404NotFound);
        }

        SecurityHeaders.Add(http.Response, _policy);
        var path = http.Request.Path.Value!.TrimStart('/');
        if (path.StartsWith("assets/", StringComparison.Ordinal))
        {
            // Their names hold a hash of their content.
            http.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
            return File(path) ?? Results.NotFound();
        }

        http.Response.Headers.CacheControl = "no-cache";
        return (path.Length > 0 ? File(path) : null) ?? File(Index)
            ?? Results.Text("The market's pages were not built: run ./run or ./test, or npm ci --ignore-scripts and npm run build in src/Workers.Dashboard/web, then start this again.\n");
    }

    private IResult? File(string path) =>
        _files?.GetFileInfo(path) is { Exists: true, IsDirectory: false, PhysicalPath: { } file } && Types.TryGetContentType(path, out var type)
            ? Results.File(file, type)
            : null;

    /// <inheritdoc/>
    public void Dispose() => _files?.Dispose();
}
