using System.Security.Cryptography;
using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

namespace Bench.Zones;

/// <summary>A member with its keys.</summary>
internal sealed class Side : IDisposable
{
    private readonly LocalKeySigner _signer;
    private readonly EnvelopeRules _rules;

    public Side(ConductReference market, string name)
    {
        _signer = new LocalKeySigner(SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(name)));
        Domain = market.Domain;
        _rules = new EnvelopeRules(Domain, Account, 256 << 10, TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(1));
    }

    public P256KeyPair Pair { get; } = P256KeyPair.Generate();

    public Address Account => _signer.Address;

    public ReadOnlyMemory<byte> PublicKey => Pair.PublicKey.ToArray();

    private TypedDataDomain Domain { get; }

    public async Task<byte[]> SignAsync(TypedData data) => PersonalMessage.ToBytes(await _signer.SignTypedDataAsync(data, CancellationToken.None));

    public async Task<(byte[] Wire, EnvelopeHeader Header)> SealAsync(Side to, string kind, byte[] body, DateTimeOffset now, EnvelopeNonce? replyTo)
    {
        var time = now.ToUnixTimeSeconds();
        var header = new EnvelopeHeader(Account, to.Account, kind, time, time + 60, EnvelopeNonce.Random(), replyTo ?? EnvelopeNonce.None);
        return ((await Envelope.SealAsync(header, body, to.PublicKey, _signer, Domain, CancellationToken.None)).Write(), header);
    }

    public byte[] Open(byte[] wire, EnvelopeHeader? asked, DateTimeOffset now)
    {
        if (!_rules.TryVerify(wire, asked, now, out var envelope, out var refusal) || !_rules.TryOpen(envelope, Pair, out var opened, out refusal))
        {
            throw new InvalidOperationException(refusal.Reason);
        }

        using (opened)
        {
            return opened.Body.Reveal().ToArray();
        }
    }

    public void Dispose()
    {
        _signer.Dispose();
        Pair.Dispose();
    }
}
