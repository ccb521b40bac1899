using Ethereum;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Providing;

/// <summary>A provision's secrets, unwrapped for the length of a handler.</summary>
public sealed class ProvisionKeys : IDisposable
{
    private ProvisionKeys(Secret claimKey, Secret sessionKey) => (ClaimKey, SessionKey) = (claimKey, sessionKey);

    /// <summary>32 bytes from which the salts come.</summary>
    public Secret ClaimKey { get; }

    /// <summary>32 bytes that only the collector is given.</summary>
    public Secret SessionKey { get; }

    /// <summary>Fresh keys for one session.</summary>
    public static ProvisionKeys Generate() => new(Secret.Random(ShardKeys.Length), Secret.Random(ShardKeys.Length));

    /// <summary>Unwraps a provision's keys.</summary>
    public static ProvisionKeys Of(ProvisionRow row, KeyVault vault) =>
        new(vault.Unwrap(row.WrappedClaimKey, Purpose(row, "claim")), vault.Unwrap(row.WrappedSessionKey, Purpose(row, "session")));

    /// <summary>Wraps the keys into their row.</summary>
    public void KeepIn(ProvisionRow row, KeyVault vault) =>
        (row.WrappedClaimKey, row.WrappedSessionKey) = (vault.Wrap(ClaimKey, Purpose(row, "claim")), vault.Wrap(SessionKey, Purpose(row, "session")));

    /// <summary>The salt of one shard.</summary>
    public Hash32 Salt(int shard) => ShardKeys.Salt(ClaimKey.Reveal(), shard);

    /// <summary>The content key of one shard; the caller disposes it.</summary>
    public Secret ContentKey(int shard, SessionReference session, Address provider) => ShardKeys.ContentKey(SessionKey, Salt(shard), session, provider);

    /// <inheritdoc/>
    public void Dispose()
    {
        ClaimKey.Dispose();
        SessionKey.Dispose();
    }

    private static string Purpose(ProvisionRow row, string which) => $"{which} key of session {row.SessionId}, provider {row.Account}";
}
