using System.Collections.Immutable;
using System.Numerics;
using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Models;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Profiles;
using Workers.Oracle.Requests;
using Workers.Oracle.Solving;
using Workers.Standalone.Chain;

namespace Workers.Standalone.Oracle;

/// <summary>
/// A node of the oracle that is no worker: it takes each step when it is told to, honestly or not. The workers have no way to cheat, so cheats are played with this.
/// </summary>
internal sealed class ScriptedNode(string name, EthereumRpc rpc, ISigner signer, IContentStore content, MarketContracts contracts) : IDisposable
{
    private readonly AccountSender _sender = new(rpc, signer);
    private readonly P256KeyPair _pair = P256KeyPair.Generate();

    public string Name => name;

    public Address Account => signer.Address;

    /// <summary>Of all its transactions.</summary>
    public ulong GasUsed => _sender.GasUsed;

    /// <summary>As members seal profiles to it.</summary>
    public ProfileRecipient Recipient => new(Account, _pair.PublicKey.ToArray());

    /// <summary>Registers with a stake.</summary>
    public async Task RegisterAsync(BigInteger stake, CancellationToken cancellationToken)
    {
        await _sender.SendAsync(contracts.MarketToken, new MarketToken.ApproveCall(contracts.PrivacyOracle, stake).Encode(), value: 0, cancellationToken);
        await SendAsync(new PrivacyOracle.RegisterCall(_pair.PublicKey.ToArray(), stake).Encode(), cancellationToken);
    }

    /// <summary>Opens an envelope as a node does.</summary>
    public async Task<ProfileContent> OpenAsync(byte[] envelope, DateTimeOffset now, CancellationToken cancellationToken) =>
        ProfileEnvelope.Read(envelope).Open(Account, _pair, new OracleReference(await rpc.ChainIdAsync(cancellationToken), contracts.PrivacyOracle), now, TimeSpan.FromDays(1));

    /// <summary>Marks whatever digest it is told to.</summary>
    public Task SubmitAsync(Hash32 requestId, Hash32 digest, CancellationToken cancellationToken) =>
        SendAsync(new PrivacyOracle.SubmitProfilesCall(requestId, ProfileDigest.Mark(requestId, Account, digest)).Encode(), cancellationToken);

    /// <summary>Seals and proposes whatever model it is told to.</summary>
    /// <param name="solution">Of the game that it wants to have solved.</param>
    public async Task ProposeAsync(
        Hash32 requestId, Hash32 digest, CollaborativeGame game, Certificate solution, RequestTerms terms, IEnumerable<ProfileRecipient> committee, CancellationToken cancellationToken)
    {
        var head = await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken);
        var expires = DateTimeOffset.FromUnixTimeSeconds((long)head!.Timestamp) + terms.SolveWindow + terms.VoteWindow + terms.Validity;
        using var watermarkKey = Secret.Random(Watermark.KeyLength);
        var watermark = new Watermark(watermarkKey.Reveal());
        var model = PrivacyModelFile.Write(PrivacyModel.From(game, solution, new ModelTerms([.. requestId.ToArray()], expires, [.. watermark.Commitment]), watermark));
        var reference = new ModelReference(await rpc.ChainIdAsync(cancellationToken), contracts.PrivacyOracle, requestId);
        ImmutableArray<ModelRecipient> recipients = [new(SealedModel.Group, terms.GroupKey), .. committee.Select(n => new ModelRecipient(n.Node, n.PublicKey))];
        var sealedModel = await SealedModel.SealAsync(reference, model, watermarkKey, recipients, body => PutAsync(body, cancellationToken));
        await PutAsync(sealedModel.Head, cancellationToken);
        var proposal = new Proposal(digest.ToString(), new Hash32(SHA256.HashData(model)).ToString(), new Hash32(SHA256.HashData(sealedModel.Head)).ToString(), expires, IsRefusal: false);
        await SendAsync(new PrivacyOracle.ProposeCall(requestId, proposal.ToCall()).Encode(), cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _pair.Dispose();

    private Task<Address?> SendAsync(byte[] data, CancellationToken cancellationToken) => _sender.SendAsync(contracts.PrivacyOracle, data, value: 0, cancellationToken);

    private async Task<Cid> PutAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return (await content.PutAsync(stream, cancellationToken)).Root;
    }
}
