using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Workers.Standalone.Oracle;

/// <summary>An HTTPS server on 127.0.0.1 where members keep their profiles, with a certificate of its own authority.</summary>
internal sealed class ProfileServer : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private WebApplication? _application;

    /// <summary>PEM file of the authority's certificate.</summary>
    public required string AuthorityFile { get; init; }

    /// <summary><c>localhost:port</c>.</summary>
    public string Host { get; private set; } = "";

    /// <summary>While it is closed, everybody is told to come later.</summary>
    public bool IsOpen { get; set; }

    /// <summary>Starts on a free port.</summary>
    public static async Task<ProfileServer> StartAsync(string directory, TimeProvider clock, CancellationToken cancellationToken)
    {
        var (certificate, authority) = Certify(clock);
        var file = Path.Combine(directory, "profile-server-authority.pem");
        await File.WriteAllTextAsync(file, authority.ExportCertificatePem(), cancellationToken);
        var server = new ProfileServer { AuthorityFile = file };
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, l => l.UseHttps(certificate)));
        server._application = builder.Build();
        server._application.Run(server.AnswerAsync);
        await server._application.StartAsync(cancellationToken);
        server.Host = $"localhost:{new Uri(server._application.Urls.First()).Port}";
        return server;
    }

    /// <summary>Where a file can be had from now on.</summary>
    public string Put(string name, byte[] bytes)
    {
        _files[$"/{name}"] = bytes;
        return $"https://{Host}/{name}";
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_application is { } application)
        {
            await application.StopAsync();
            await application.DisposeAsync();
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        if (!IsOpen || !_files.TryGetValue(context.Request.Path.Value ?? "", out var bytes))
        {
            context.Response.StatusCode = IsOpen ? StatusCodes.Status404NotFound : StatusCodes.Status503ServiceUnavailable;
            return;
        }

        context.Response.ContentType = "application/json";
        context.Response.ContentLength = bytes.Length;
        await context.Response.Body.WriteAsync(bytes, context.RequestAborted);
    }

    private static (X509Certificate2 Server, X509Certificate2 Authority) Certify(TimeProvider clock)
    {
        var (from, to) = (clock.GetUtcNow().AddDays(-1), clock.GetUtcNow().AddDays(30));
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest("CN=profiles of this demonstration", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        rootRequest.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, critical: true));
        using var root = rootRequest.CreateSelfSigned(from, to);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        using var issued = request.Create(root, from, to, RandomNumberGenerator.GetBytes(12));
        using var withKey = issued.CopyWithPrivateKey(key);

        // Kestrel takes keys from PKCS #12 alone on every platform.
        return (X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null), X509CertificateLoader.LoadCertificate(root.Export(X509ContentType.Cert)));
    }
}
