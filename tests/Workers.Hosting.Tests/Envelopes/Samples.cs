using System.Security.Cryptography;
using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Tests.Envelopes;

/// <summary>Two members, a market and a moment.</summary>
internal static class Samples
{
    public const int MaxBody = 4_096;

    public static readonly LocalKeySigner Ann = new(Enumerable.Repeat((byte)0x11, 32).ToArray()), Bob = new(Enumerable.Repeat((byte)0x22, 32).ToArray()), Eve = new(Enumerable.Repeat((byte)0x33, 32).ToArray());
    public static readonly P256KeyPair AnnsPair = P256KeyPair.Generate(), BobsPair = P256KeyPair.Generate();
    public static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_795_000_000);
    public static readonly TypedDataDomain Domain = new("Envelope", "1", 31337, Address.Parse("0x5FbDB2315678afecb367f032d93F642f64180aa3"));
    public static readonly EnvelopeRules Bobs = new(Domain, Bob.Address, MaxBody, TimeSpan.FromMinutes(2), TimeSpan.FromSeconds(30));
    public static readonly byte[] Body = [.. "where I was: 48.137154, 11.576124"u8];

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static EnvelopeHeader Header(long sentIn = 0, long lifetime = 60) => new(
        Ann.Address, Bob.Address, "zone-request", Now.ToUnixTimeSeconds() + sentIn, Now.ToUnixTimeSeconds() + sentIn + lifetime, EnvelopeNonce.Random(), EnvelopeNonce.None);

    public static Task<Envelope> SealAsync(EnvelopeHeader header, ISigner? signer = null, TypedDataDomain? domain = null, byte[]? body = null, P256KeyPair? to = null) =>
        Envelope.SealAsync(header, body ?? Body, (to ?? BobsPair).PublicKey.ToArray(), signer ?? Ann, domain ?? Domain, Cancellation);

    /// <summary>What Bob says to these bytes; nothing when he takes them.</summary>
    public static EnvelopeProblem? Judge(ReadOnlySpan<byte> wire, EnvelopeHeader? asked = null, DateTimeOffset? now = null, EnvelopeRules? rules = null)
    {
        if (!(rules ?? Bobs).TryVerify(wire, asked, now ?? Now, out var envelope, out var refusal))
        {
            return refusal.Problem;
        }

        if (!(rules ?? Bobs).TryOpen(envelope, BobsPair, out var opened, out refusal))
        {
            return refusal.Problem;
        }

        using (opened)
        {
            Assert.True(CryptographicOperations.FixedTimeEquals(opened.Body.Reveal(), Body));
            return null;
        }
    }
}
