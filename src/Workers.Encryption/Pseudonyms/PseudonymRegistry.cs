using System.Security.Cryptography;
using Ethereum;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Pseudonyms;

/// <summary>Makes pseudonyms and signs in their names: each is a chain account of its own.</summary>
public sealed class PseudonymRegistry(EncryptionDb db, KeyVault vault, MainAccount main, IOptions<PseudonymOptions> options, TimeProvider clock)
    : ISignerSource
{
    /// <summary>The pseudonym that the owner uses in an application now.</summary>
    public Task<PseudonymRow?> CurrentAsync(string applicationId, CancellationToken cancellationToken) =>
        db.Pseudonyms.SingleOrDefaultAsync(p => p.ApplicationId == applicationId && p.ExpiredAt == null, cancellationToken);

    /// <summary>Makes a key pair and pays its account's first fees from the main account. The caller commits.</summary>
    public async Task<PseudonymRow> CreateAsync(string applicationId, CancellationToken cancellationToken)
    {
        using var key = NewPrivateKey();
        using var signer = new LocalKeySigner(key.Reveal());
        var row = new PseudonymRow
        {
            Address = signer.Address.ToString(),
            ApplicationId = applicationId,
            WrappedPrivateKey = vault.Wrap(key, Purpose(signer.Address)),
            EnabledAt = clock.GetUtcNow(),
        };
        db.Pseudonyms.Add(row);
        if (options.Value.FundingWei > 0)
        {
            await db.SubmitAsync($"fund/{row.Address}", main.Address, signer.Address, [], cancellationToken, options.Value.FundingWei);
        }

        return row;
    }

    /// <inheritdoc/>
    public async ValueTask<ISigner?> FindAsync(Address account, CancellationToken cancellationToken)
    {
        var text = account.ToString();
        var row = await db.Pseudonyms.AsNoTracking().SingleOrDefaultAsync(p => p.Address == text, cancellationToken);
        if (row is null)
        {
            return null;
        }

        using var key = vault.Unwrap(row.WrappedPrivateKey, Purpose(account));
        return new LocalKeySigner(key.Reveal());
    }

    private static Secret NewPrivateKey()
    {
        using var pair = ECDsa.Create(Secp256k1.Curve);
        var parameters = pair.ExportParameters(includePrivateParameters: true);
        try
        {
            return Secret.CopyOf(parameters.D);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(parameters.D);
        }
    }

    private static string Purpose(Address address) => $"pseudonym-key/{address}";
}
