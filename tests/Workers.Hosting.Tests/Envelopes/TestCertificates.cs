using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Workers.Hosting.Tests.Envelopes;

internal static class TestCertificates
{
    public static X509Certificate2 SelfSigned(string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = Request(host, key).CreateSelfSigned(Now.AddHours(-1), Now.AddDays(1));
        return Loaded(certificate);
    }

    /// <summary>A host's certificate by an authority, and the authority's as PEM.</summary>
    public static (X509Certificate2 Server, string Authority) Certified(string host)
    {
        using var rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var rootRequest = new CertificateRequest($"CN=Test authority {Guid.NewGuid():n}", rootKey, HashAlgorithmName.SHA256);
        rootRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        using var root = rootRequest.CreateSelfSigned(Now.AddDays(-1), Now.AddDays(2));
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var issued = Request(host, key).Create(root, Now.AddHours(-1), Now.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using var both = issued.CopyWithPrivateKey(key);
        return (Loaded(both), root.ExportCertificatePem());
    }

    private static DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    private static CertificateRequest Request(string host, ECDsa key)
    {
        var request = new CertificateRequest("CN=" + host, key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        request.CertificateExtensions.Add(names.Build());
        return request;
    }

    private static X509Certificate2 Loaded(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
}
