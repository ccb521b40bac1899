using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Cryptography;

/// <summary>Section <c>Vault</c>: the master key under which secrets are kept.</summary>
public sealed class VaultOptions
{
    /// <summary>File of 32 random bytes, made at first start with mode 0600. Default: <c>master.key</c> in the data directory.</summary>
    [Required]
    public string MasterKeyFile { get; set; } = "master.key";

    /// <summary>The master key itself in base64, in place of the file; for a secret that the platform hands to the process.</summary>
    [Secret]
    public string? MasterKey { get; set; }
}

/// <summary>Registers the vault.</summary>
public static class VaultRegistration
{
    /// <summary>Registers <see cref="KeyVault"/> once per process.</summary>
    public static void AddKeyVault(this WebApplicationBuilder builder)
    {
        if (builder.Services.Any(s => s.ServiceType == typeof(KeyVault)))
        {
            return;
        }

        builder.AddValidatedOptions<VaultOptions>("Vault");
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<VaultOptions>>().Value;
            var directory = Path.GetFullPath(services.GetRequiredService<IOptions<DataOptions>>().Value.Directory);
            return new KeyVault(options.MasterKey is { } key
                ? MasterKey.FromBase64("Vault:MasterKey", key)
                : MasterKey.FromFile(Path.GetFullPath(options.MasterKeyFile, directory)));
        });
    }
}
