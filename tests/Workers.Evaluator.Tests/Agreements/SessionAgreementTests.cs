using System.Text;
using ContentStore;
using Glyphs;
using Workers.Evaluator.Agreements;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Tests.Agreements;

public sealed class SessionAgreementTests
{
    private static readonly byte[] Key = P256KeyPair.Generate().PublicKey.ToArray();

    private static SessionAgreement Agreement => new(
        1, "digits", Cid.Of(CidCodec.Raw, [1]).ToString(), 1_000, Key, Key, new AgreedShards(10, [1, 20, 20], 10), "none", new AgreedRecipe(10, 16, 1e-3f, 0, [], 1), 1e-3);

    public static TheoryData<string, Func<SessionAgreement, SessionAgreement>> Unacceptable => new()
    {
        { "version 2", a => a with { Version = 2 } },
        { "title", a => a with { Title = "" } },
        { "title", a => a with { Title = new string('x', 201) } },
        { "where the extractor is", a => a with { ExtractorCid = "bafy" } },
        { "an extractor of", a => a with { ExtractorBytes = SessionAgreement.MaxExtractorBytes + 1 } },
        { "P-256 public key", a => a with { FeaturesKey = [4, .. new byte[64]] } },
        { "P-256 public key", a => a with { ReviewKey = [] } },
        { "fit one block", a => a with { Shards = new AgreedShards(1_000, [1, 20, 20], 10) } },
        { "cannot be kept", a => a with { Shards = new AgreedShards(0, [1, 20, 20], 10) } },
        { "cannot be kept", a => a with { Shards = new AgreedShards(10, [], 10) } },
        { "cannot be kept", a => a with { Shards = new AgreedShards(10, [1_000_000, 1_000_000], 10) } },
        { "Epochs", a => a with { Recipe = a.Recipe with { Epochs = 1_000_000 } } },
        { "tolerance", a => a with { FeatureTolerance = double.NaN } },
    };

    [Fact]
    public void What_is_written_is_read_again() => Assert.Equal(Encoding.UTF8.GetString(Agreement.Write()), Encoding.UTF8.GetString(SessionAgreement.Read(Agreement.Write()).Write()));

    [Theory, MemberData(nameof(Unacceptable))]
    public void What_cannot_be_kept_is_refused_by_name(string why, Func<SessionAgreement, SessionAgreement> change) =>
        Assert.Contains(why, Assert.Throws<AgreementException>(() => SessionAgreement.Read(Unchecked(change(Agreement)))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"version":1}""")]
    [InlineData("""{"version":1,"surprise":true}""")]
    public void What_is_no_agreement_is_refused(string document) =>
        Assert.Throws<AgreementException>(() => SessionAgreement.Read(Encoding.UTF8.GetBytes(document)));

    [Fact]
    public void An_extractor_that_does_not_take_the_samples_or_is_none_is_refused()
    {
        var model = PretrainedModelOf(1);
        Assert.Throws<AgreementException>(() => Extractor.Read([1, 2, 3], Agreement.Shards));
        Assert.Throws<AgreementException>(() => Extractor.Read(model, new AgreedShards(10, [3, 20, 20], 10)));
        Assert.Equal([1, 4, 20, 20], Extractor.Read(model, Agreement.Shards).FeaturesOfOne.Extents);
    }

    private static byte[] PretrainedModelOf(int layers)
    {
        Mechanisms.Learning.Training.LayerSpec[] specs =
            [new Mechanisms.Learning.Training.LayerSpec.Conv2D(4, 3, 1, 1), new Mechanisms.Learning.Training.LayerSpec.Relu(), new Mechanisms.Learning.Training.LayerSpec.Flatten(), new Mechanisms.Learning.Training.LayerSpec.Dense(10)];
        var recipe = new Mechanisms.Learning.Training.TrainingRecipe { Epochs = 1 };
        var graph = Mechanisms.Learning.Training.Trainer.Train(Images.Digits(20, 1), specs, recipe, 1, TestContext.Current.CancellationToken).Graph;
        return Mechanisms.Learning.Extraction.LayerCut.Extractor(graph, layers).Write();
    }

    /// <summary>As somebody would write it who does not check.</summary>
    private static byte[] Unchecked(SessionAgreement agreement) =>
        double.IsNaN(agreement.FeatureTolerance) ? Encoding.UTF8.GetBytes(Encoding.UTF8.GetString((agreement with { FeatureTolerance = 7 }).Write())) : agreement.Write();
}
