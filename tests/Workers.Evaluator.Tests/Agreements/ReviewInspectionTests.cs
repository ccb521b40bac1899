using System.Security.Cryptography;
using ContentStore;
using ContentStore.Embedded;
using ContentStore.UnixFs;
using Ethereum;
using Glyphs;
using Mechanisms.Datasets;
using Mechanisms.Learning.Extraction;
using Mechanisms.Learning.Training;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Features;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Tests.Agreements;

/// <summary>What a review leads to is hostile, whatever lies behind its retrieval keys.</summary>
public sealed class ReviewInspectionTests : IDisposable
{
    private static readonly Address Provider = Address.Parse("0x00000000000000000000000000000000000000a1");

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("inspection-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_review_whose_shard_is_as_submitted_has_no_problem_and_one_whose_block_is_too_large_is_a_problem_and_no_failure()
    {
        Assert.Null(await ProblemAsync(content => content));
        Assert.StartsWith("Shard 0 is no sealed shard", await ProblemAsync(content => new TooLarge(content)), StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Delete(recursive: true);

    private async Task<string?> ProblemAsync(Func<IContentStore, IContentStore> seen)
    {
        IContentStore store = new EmbeddedStore(_directory.FullName);
        LayerSpec[] layers = [new LayerSpec.Conv2D(2, 3, 1, 1), new LayerSpec.Relu(), new LayerSpec.Flatten(), new LayerSpec.Dense(10)];
        var model = Trainer.Train(Images.Digits(20, 1), layers, new TrainingRecipe { Epochs = 1 }, 1, Cancellation).Graph;
        var extractor = LayerCut.Extractor(model, 1).Write();
        using var pair = P256KeyPair.Generate();
        var key = pair.PublicKey.ToArray();
        var document = new SessionAgreement(
            1, "digits", await PutAsync(store, extractor), extractor.Length, key, key, new AgreedShards(10, [1, 20, 20], 10), "none", new AgreedRecipe(1, 16, 1e-3f, 0, [], 1), 1e-3).Write();
        await PutAsync(store, document);
        var terms = Sessions.SessionFoldTests.Terms with
        {
            SampleShare = 10_000,
            Extractor = new Hash32(SHA256.HashData(extractor)).ToString(),
            Agreement = SessionAgreement.HashOf(document).ToString(),
        };

        var session = new SessionReference(31337, Address.Zero, terms.Id());
        using var sessionKey = Secret.Random(32);
        var salt = ShardKeys.Salt(new byte[32], 0);
        using var content = ShardKeys.ContentKey(sessionKey, salt, session, Provider);
        var shard = Images.Digits(10, 2);
        var block = SealedShard.Seal(ShardFile.Write(shard), content, 0, 1);
        await PutAsync(store, block);
        var at = new BlockPosition(1, "0x01");
        var participant = new Participant(
            new(new SessionFact.Registered(Provider.ToString(), 1, "c"), at), new(new SessionFact.Sampled(Provider.ToString(), 1), at), Submission: null,
            new(new SessionFact.Reviewed(Provider.ToString(), [new Hash32(SHA256.HashData(block)).ToString()], [salt.ToString()], [], terms.Expiry), at));

        var options = Options.Create(new EvaluatorOptions());
        var features = Extractor.Read(extractor, new AgreedShards(10, [1, 20, 20], 10)).Extract(shard, 1, Cancellation);
        return await new ReviewInspection(new AgreementReader(seen(store), options), options).ProblemAsync(
            session, terms, participant, sessionKey, new FeatureBundle(features, shard.Labels).Write(), Cancellation);
    }

    private static async Task<string> PutAsync(IContentStore store, byte[] bytes)
    {
        using var stream = new MemoryStream(bytes);
        return (await store.PutAsync(stream, Cancellation)).Root.ToString();
    }

    /// <summary>A store whose third content, the shard, is more than its reader allows, as a node of IPFS can have it.</summary>
    private sealed class TooLarge(IContentStore store) : IContentStore
    {
        private int _opened;

        public Task<FileDag> PutAsync(Stream content, CancellationToken cancellationToken) => store.PutAsync(content, cancellationToken);

        public Task<FileDag> PutFileAsync(string path, PutFileOptions options, CancellationToken cancellationToken) => store.PutFileAsync(path, options, cancellationToken);

        public Task<bool> HasAsync(Cid cid, CancellationToken cancellationToken) => store.HasAsync(cid, cancellationToken);

        public Task<Stream> OpenAsync(Cid cid, long maxBytes, CancellationToken cancellationToken) => store.OpenAsync(cid, ++_opened == 3 ? 1 : maxBytes, cancellationToken);

        public Task<long> VerifyAsync(Cid cid, IProgress<long>? progress, CancellationToken cancellationToken) => store.VerifyAsync(cid, progress, cancellationToken);
    }
}
