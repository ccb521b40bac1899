namespace Workers.Encryption.Applications;

/// <summary>Packages as they come over HTTP and from the content store.</summary>
internal static class PackageStream
{
    /// <summary>Reads and checks a package of bounded size.</summary>
    /// <exception cref="ApplicationPackageException">The package is refused.</exception>
    public static async Task<PackedApplication> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        using var bytes = new MemoryStream();
        var buffer = new byte[64 << 10];
        while (await stream.ReadAsync(buffer, cancellationToken) is var read and > 0)
        {
            if (bytes.Length + read > PackedApplication.MaxPackageBytes)
            {
                throw new ApplicationPackageException($"The package has more than the {PackedApplication.MaxPackageBytes} bytes that are allowed.");
            }

            bytes.Write(buffer, 0, read);
        }

        return await PackedApplication.ReadAsync(bytes.ToArray(), cancellationToken);
    }
}
