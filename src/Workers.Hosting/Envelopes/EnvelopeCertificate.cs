using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Hosting.Configuration;
using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Envelopes;

/// <summary>The certificate that other members see: the operator's, or a self-signed one that is made at first start and kept.</summary>
internal sealed class EnvelopeCertificate(IOptions<EnvelopeOptions> options, IOptions<DataOptions> data, TimeProvider clock)
{
    /// <summary>Whoever pins it looks at nothing else, and another one needs another entry on chain.</summary>
    private const int SelfSignedYears = 20;

    /// <summary>Where the self-signed one is kept, with its key.</summary>
    public string SelfSignedFile => Path.Combine(Path.GetFullPath(data.Value.Directory), "envelope-certificate.pem");

    /// <summary>SHA-256 of the certificate's DER: what stands behind the # of an endpoint.</summary>
    public static Hash32 PinOf(X509Certificate certificate) => new(SHA256.HashData(certificate.GetRawCertData()));

    /// <summary>The certificate with its key, and what certifies it; the caller disposes them.</summary>
    /// <exception cref="SecretFileException">The key can be read by others, or does not belong to the certificate.</exception>
    public async Task<X509Certificate2Collection> LoadAsync(CancellationToken cancellationToken)
    {
        var file = options.Value.Certificate is { } own ? Path.GetFullPath(own, Path.GetFullPath(data.Value.Directory)) : SelfSignedFile;
        if (options.Value.Certificate is null && !File.Exists(file))
        {
            await PrivateFiles.TryCreateAsync(file, SelfSigned(), cancellationToken);
        }

        var keyFile = options.Value.CertificateKey is { } key ? Path.GetFullPath(key, Path.GetFullPath(data.Value.Directory)) : file;
        var chain = new X509Certificate2Collection();
        try
        {
            var keyText = await ReadPrivateAsync(keyFile, cancellationToken);
            chain.ImportFromPemFile(file);
            using var withKey = X509Certificate2.CreateFromPem(await File.ReadAllTextAsync(file, cancellationToken), keyText);

            // Kestrel takes keys from PKCS #12 alone on every platform.
            var server = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pkcs12), null);
            chain[0].Dispose();
            chain[0] = server;
            return chain;
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new SecretFileException($"'{file}' and '{keyFile}' do not hold a certificate in PEM, the server's own first, and its key: {e.Message}");
        }
    }

    private static async Task<string> ReadPrivateAsync(string path, CancellationToken cancellationToken)
    {
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read);
        SecretFile.RefuseOthers(file);
        using var reader = new StreamReader(file);
        return await reader.ReadToEndAsync(cancellationToken);
    }

    private byte[] SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=member of a data market", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: false, hasPathLengthConstraint: false, 0, critical: true));
        var now = clock.GetUtcNow();
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(SelfSignedYears));
        return Encoding.ASCII.GetBytes($"{certificate.ExportCertificatePem()}\n{key.ExportPkcs8PrivateKeyPem()}\n");
    }
}
