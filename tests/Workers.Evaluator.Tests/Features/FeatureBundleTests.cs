using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Mechanisms.Learning;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Features;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Tests.Features;

public sealed class FeatureBundleTests
{
    private static readonly SessionReference Session = new(31337, Address.Parse("0x00000000000000000000000000000000000000c1"), Keccak256.Hash("session"));
    private static readonly Address Provider = Address.Parse("0x00000000000000000000000000000000000000a1");
    private static readonly Shape Expected = new(2, 3);

    private static FeatureBundle Bundle => new(new Tensor(Expected, [1, 2, 3, 4, 5, 6]), [0, 1]);

    [Fact]
    public void What_is_written_is_read_again_and_its_hash_says_nothing()
    {
        var bytes = Bundle.Write();
        var read = FeatureBundle.Read(bytes, Expected, 2);
        Assert.Equal(Bundle.Features.Values.ToArray(), read.Features.Values.ToArray());
        Assert.Equal([0, 1], read.Labels);
        Assert.Equal(FeatureBundle.LengthOf(Expected), bytes.Length);
        Assert.NotEqual(SHA256.HashData(bytes), SHA256.HashData(Bundle.Write()));
    }

    [Fact]
    public void Bytes_that_are_other_than_expected_are_refused_wherever_they_differ()
    {
        var bytes = Bundle.Write();
        Assert.Throws<FeatureException>(() => FeatureBundle.Read(bytes.AsSpan(1), Expected, 2));
        Assert.Throws<FeatureException>(() => FeatureBundle.Read(bytes, new Shape(3, 2), 2));
        Assert.Throws<FeatureException>(() => FeatureBundle.Read(bytes, Expected, 1));
        foreach (var at in new[] { 0, 40, 44, 48 })
        {
            var changed = bytes.ToArray();
            changed[at] ^= 1;
            Assert.Throws<FeatureException>(() => FeatureBundle.Read(changed, Expected, 2));
        }

        BitConverter.GetBytes(float.PositiveInfinity).CopyTo(bytes, bytes.Length - 4);
        Assert.Contains("Number 2 of sample 1", Assert.Throws<FeatureException>(() => FeatureBundle.Read(bytes, Expected, 2)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Sealed_features_open_for_the_collector_alone_in_this_session_from_this_provider()
    {
        using var pair = P256KeyPair.Generate();
        using var other = P256KeyPair.Generate();
        var bundle = Bundle.Write();
        var stored = SealedFeatures.SealBundle(pair.PublicKey, bundle, Session, Provider);
        var cid = Cid.Of(CidCodec.Raw, stored);
        var announced = SealedFeatures.Read(SealedFeatures.Announce(pair.PublicKey, bundle, cid, Session, Provider));
        Assert.Equal(cid, announced.OpenCid(pair, Session, Provider));
        Assert.Equal(bundle, announced.OpenBundle(pair, stored, Session, Provider));
        Assert.Throws<FeatureException>(() => announced.OpenCid(other, Session, Provider));
        Assert.Throws<FeatureException>(() => announced.OpenCid(pair, Session, Address.Zero));
        Assert.Throws<FeatureException>(() => announced.OpenBundle(pair, stored, Session with { SessionId = Keccak256.Hash("another") }, Provider));
        var swapped = SealedFeatures.SealBundle(pair.PublicKey, Bundle.Write(), Session, Provider);
        Assert.Contains("not the one whose hash", Assert.Throws<FeatureException>(() => announced.OpenBundle(pair, swapped, Session, Provider)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Recomputed_features_may_differ_by_the_tolerance_and_labels_not_at_all()
    {
        var off = Bundle with { Features = new Tensor(Expected, [1, 2, 3, 4, 5.005f, 6]) };
        Assert.Null(ReviewInspection.Difference(off, Bundle, 1e-3));
        Assert.Contains("Feature 1 of sample 1", ReviewInspection.Difference(off, Bundle, 5e-4), StringComparison.Ordinal);
        Assert.Contains("with label 1", ReviewInspection.Difference(Bundle with { Labels = [1, 1] }, Bundle, 1), StringComparison.Ordinal);
    }
}
