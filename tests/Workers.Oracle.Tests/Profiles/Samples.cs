using System.Text;
using Ethereum;
using Ethereum.Transactions;
using Mechanisms.Mobility;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Tests.Profiles;

/// <summary>A member, two nodes, an oracle and a moment.</summary>
internal static class Samples
{
    public static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan MaxAge = TimeSpan.FromDays(30);
    public static readonly OracleReference Oracle = new(31337, Address.Parse("0x5fbdb2315678afecb367f032d93f642f64180aa3"));
    public static readonly LocalKeySigner Member = new(Key(1));
    public static readonly LocalKeySigner Stranger = new(Key(2));
    public static readonly Address Node = Address.Parse("0x00000000000000000000000000000000000000a1");
    public static readonly Address OtherNode = Address.Parse("0x00000000000000000000000000000000000000a2");
    public static readonly P256KeyPair Pair = P256KeyPair.Generate();
    public static readonly P256KeyPair OtherPair = P256KeyPair.Generate();

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static ProfileRecipient[] Nodes => [new(OtherNode, OtherPair.PublicKey.ToArray()), new(Node, Pair.PublicKey.ToArray())];

    public static ProfileContent Content(int positions = 1, double latitude = 39.984702) =>
        ProfileContent.Create(Enumerable.Range(0, positions).Select(i => new Fix(Now.AddMinutes(i - positions), new Position(latitude, 116.318417))));

    public static Task<ProfileEnvelope> SealAsync(
        ProfileContent? content = null,
        ISigner? member = null,
        IEnumerable<ProfileRecipient>? nodes = null,
        OracleReference? oracle = null,
        DateTimeOffset? issuedAt = null,
        DateTimeOffset? expiresAt = null) =>
        ProfileEnvelope.SealAsync(
            content ?? Content(), member ?? Member, nodes ?? Nodes, issuedAt ?? Now.AddDays(-1), expiresAt ?? Now.AddDays(1), oracle ?? Oracle, Cancellation);

    public static ProfileContent Open(ProfileEnvelope envelope, DateTimeOffset? now = null) => envelope.Open(Node, Pair, Oracle, now ?? Now, MaxAge);

    public static ProfileEnvelope Edited(ProfileEnvelope envelope, string old, string replacement)
    {
        var text = Encoding.UTF8.GetString(envelope.Write());
        Assert.Contains(old, text, StringComparison.Ordinal);
        return ProfileEnvelope.Read(Encoding.UTF8.GetBytes(text.Replace(old, replacement, StringComparison.Ordinal)));
    }

    private static byte[] Key(byte last)
    {
        var key = new byte[32];
        key[^1] = last;
        return key;
    }
}

/// <summary>The samples' moment, with timers of the real clock.</summary>
internal sealed class At12 : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => Samples.Now;
}
