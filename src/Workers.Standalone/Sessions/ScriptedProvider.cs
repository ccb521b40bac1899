using System.Numerics;
using ContentStore;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Mechanisms.Datasets;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Features;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;
using Workers.Standalone.Chain;

namespace Workers.Standalone.Sessions;

/// <summary>
/// A provider that is no worker: it takes each step when it is told to, honestly or not. The daemons have no way to cheat, so cheats are played with this.
/// </summary>
internal sealed class ScriptedProvider(EthereumRpc rpc, ISigner signer, IContentStore content, MarketContracts contracts, SessionTerms terms) : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);
    private readonly AccountSender _sender = new(rpc, signer);
    private readonly Secret _claimKey = Secret.Random(ShardKeys.Length);
    private readonly Secret _sessionKey = Secret.Random(ShardKeys.Length);
    private List<Hash32> _retrievalKeys = [];

    public Address Account => signer.Address;

    /// <summary>Of all its transactions.</summary>
    public ulong GasUsed => _sender.GasUsed;

    public Hash32 SessionId { get; } = terms.Id();

    /// <summary>What the other parties' blocks are bound to.</summary>
    public SessionReference Reference { get; private set; }

    /// <summary>The retrieval keys, in order.</summary>
    public IReadOnlyList<Hash32> RetrievalKeys => _retrievalKeys;

    /// <summary>Reads the agreement as any provider does.</summary>
    public async Task<SessionAgreement> AgreementAsync(CancellationToken cancellationToken) =>
        SessionAgreement.Read(await ReadAsync(SessionAgreement.CidOf(Hash32.Parse(terms.Agreement)), SessionAgreement.MaxBytes, cancellationToken));

    /// <summary>Reads the extractor as any provider does.</summary>
    public async Task<Extractor> ExtractorAsync(SessionAgreement agreement, CancellationToken cancellationToken) =>
        Extractor.Read(await ReadAsync(Cid.Parse(agreement.ExtractorCid), agreement.ExtractorBytes, cancellationToken), agreement.Shards);

    /// <summary>Seals and stores shards, pays the deposit and commits to them.</summary>
    /// <param name="shards">Plaintexts.</param>
    /// <param name="spoil">What is stored in place of a sealed shard; null stores all as they are.</param>
    public async Task RegisterAsync(IReadOnlyList<byte[]> shards, Func<int, byte[], byte[]>? spoil, CancellationToken cancellationToken)
    {
        Reference = new SessionReference(await rpc.ChainIdAsync(cancellationToken), contracts.TradingSessions, SessionId);
        var keys = new List<Hash32>();
        for (var i = 0; i < shards.Count; i++)
        {
            using var key = ShardKeys.ContentKey(_sessionKey, Salt(i), Reference, Account);
            var block = SealedShard.Seal(shards[i], key, i, shards.Count);
            keys.Add(new Hash32((await PutAsync(spoil?.Invoke(i, block) ?? block, cancellationToken)).Digest));
        }

        _retrievalKeys = [.. keys.Order()];
        await SendAsync(contracts.MarketToken, new MarketToken.ApproveCall(contracts.TradingSessions, new BigInteger(terms.Deposit)).Encode(), cancellationToken);
        var commitment = ShardTree.Commitment(OrderedTree.Root(Leaves()), SessionId, Account);
        await SendAsync(contracts.TradingSessions, new TradingSessions.RegisterCall(terms.ToCall(), checked((ushort)shards.Count), commitment).Encode(), cancellationToken);
    }

    /// <summary>Waits until the collector has drawn the sample.</summary>
    /// <returns>The positions.</returns>
    public async Task<IReadOnlyList<int>> SampleAsync(CancellationToken cancellationToken)
    {
        var me = await UntilAsync(new TradingSessions.ProviderCall(SessionId, Account), me => me.Seed != 0, "its sample", cancellationToken);
        return ShardTree.Sample(me.Shards, terms.SampleShare, me.Seed);
    }

    /// <summary>Seals, stores and announces features.</summary>
    public async Task SubmitAsync(FeatureBundle features, CancellationToken cancellationToken)
    {
        var agreement = await AgreementAsync(cancellationToken);
        var bundle = features.Write();
        var stored = await PutAsync(SealedFeatures.SealBundle(agreement.FeaturesKey, bundle, Reference, Account), cancellationToken);
        await AnnounceAsync(SealedFeatures.Announce(agreement.FeaturesKey, bundle, stored, Reference, Account), cancellationToken);
    }

    /// <summary>Announces whatever it is told to.</summary>
    public Task AnnounceAsync(byte[] announcement, CancellationToken cancellationToken) =>
        SendAsync(contracts.TradingSessions, new TradingSessions.SubmitFeaturesCall(terms.ToCall(), announcement).Encode(), cancellationToken);

    /// <summary>Waits until this provider is the candidate.</summary>
    public Task CandidacyAsync(CancellationToken cancellationToken) =>
        UntilAsync(new TradingSessions.SessionCall(SessionId), s => s.Candidate == Account, "its candidacy", cancellationToken);

    /// <summary>Opens the sample to the collector.</summary>
    public async Task ShowAsync(CancellationToken cancellationToken)
    {
        var agreement = await AgreementAsync(cancellationToken);
        var sample = await SampleAsync(cancellationToken);
        var call = new TradingSessions.SubmitReviewCall(
            terms.ToCall(), [.. sample.Select(i => _retrievalKeys[i])], [.. sample.Select(Salt)], [.. OrderedTree.Proof(Leaves(), sample)],
            SealedSessionKey.Seal(agreement.ReviewKey, _sessionKey, Reference, Account));
        await SendAsync(contracts.TradingSessions, call.Encode(), cancellationToken);
    }

    /// <summary>Takes the reward.</summary>
    public Task ClaimAsync(CancellationToken cancellationToken) =>
        SendAsync(contracts.TradingSessions, new TradingSessions.ClaimRewardCall(terms.ToCall(), new Hash32(_claimKey.Reveal()), [.. _retrievalKeys]).Encode(), cancellationToken);

    /// <summary>Ends the session by the contract's rules.</summary>
    public Task CloseAsync(CancellationToken cancellationToken) =>
        SendAsync(contracts.TradingSessions, new TradingSessions.CloseCall(terms.ToCall()).Encode(), cancellationToken);

    /// <inheritdoc/>
    public void Dispose()
    {
        _claimKey.Dispose();
        _sessionKey.Dispose();
    }

    /// <summary>Cuts data as an honest provider does.</summary>
    public static List<byte[]> Cut(SessionAgreement agreement, Dataset data, int seed) => [.. agreement.Shards.ToConfiguration().Split(data, seed).Select(ShardFile.Write)];

    private async Task<T> UntilAsync<T>(ICall<T> call, Func<T, bool> wanted, string what, CancellationToken cancellationToken)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            var now = await rpc.CallAsync(contracts.TradingSessions, call, cancellationToken);
            if (wanted(now))
            {
                return now;
            }

            if (clock.Elapsed > Patience)
            {
                throw new TimeoutException($"The provider {Account} waited {Patience} for {what} in session {SessionId}; the contract says {now}.");
            }

            await Task.Delay(Pause, cancellationToken);
        }
    }

    private Hash32 Salt(int shard) => ShardKeys.Salt(_claimKey.Reveal(), shard);

    private List<Hash32> Leaves() => [.. _retrievalKeys.Select((key, i) => ShardTree.Leaf(key, Salt(i)))];

    private Task<Address?> SendAsync(Address to, byte[] data, CancellationToken cancellationToken) => _sender.SendAsync(to, data, value: 0, cancellationToken);

    private async Task<Cid> PutAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return (await content.PutAsync(stream, cancellationToken)).Root;
    }

    private async Task<byte[]> ReadAsync(Cid cid, long maxBytes, CancellationToken cancellationToken)
    {
        await using var stream = await content.OpenAsync(cid, maxBytes, cancellationToken);
        var bytes = new byte[stream.Length];
        await stream.ReadExactlyAsync(bytes, cancellationToken);
        return bytes;
    }
}
