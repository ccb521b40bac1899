using System.Security.Cryptography;
using System.Text;
using Workers.Evaluator.Arbitrating;
using Workers.Evaluator.Features;
using Workers.Hosting.Cryptography;

namespace Workers.Evaluator.Tests.Arbitrating;

/// <summary>A collector that accuses an honest provider has nothing to show: no other key, no other features, no other session's evidence.</summary>
public sealed class EvidenceTests
{
    private const string Session = "0x01", Provider = "0x02";

    [Fact]
    public void The_agreements_key_is_taken_for_the_accused_candidate()
    {
        using var pair = P256KeyPair.Generate();
        using var opened = Of(pair).OpenKey(Session, Provider, pair.PublicKey);
        Assert.Equal(pair.PublicKey.ToArray(), opened.PublicKey.ToArray());
    }

    [Fact]
    public void Another_key_than_the_agreements_condemns_nobody()
    {
        using var pair = P256KeyPair.Generate();
        using var agreed = P256KeyPair.Generate();
        Assert.Throws<FormatException>(() => Of(pair).OpenKey(Session, Provider, agreed.PublicKey));
        Assert.Throws<HpkeException>(() => (Of(pair) with { ReviewKey = new byte[32] }).OpenKey(Session, Provider, agreed.PublicKey));
        Assert.Throws<HpkeException>(() => (Of(pair) with { ReviewKey = [1] }).OpenKey(Session, Provider, agreed.PublicKey));
    }

    [Fact]
    public void Evidence_of_another_session_or_candidate_condemns_nobody()
    {
        using var pair = P256KeyPair.Generate();
        Assert.Throws<FormatException>(() => Of(pair).OpenKey("0x03", Provider, pair.PublicKey));
        Assert.Throws<FormatException>(() => Of(pair).OpenKey(Session, "0x03", pair.PublicKey));
    }

    [Fact]
    public void Other_features_than_the_announced_condemn_nobody()
    {
        byte[] features = [1, 2, 3];
        var announcement = new byte[SealedFeatures.Length];
        SHA256.HashData(features).CopyTo(announcement, 0);
        Evidence.CheckAnnounced(announcement, features);
        Assert.Throws<FormatException>(() => Evidence.CheckAnnounced(announcement, [1, 2, 4]));
        Assert.Throws<FeatureException>(() => Evidence.CheckAnnounced(announcement[1..], features));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("""{"version":2,"session":"0x01","provider":"0x02","reviewKey":"AA==","features":"b"}""")]
    [InlineData("""{"version":1,"provider":"0x02","reviewKey":"AA==","features":"b"}""")]
    [InlineData("""{"version":1,"session":"0x01","reviewKey":"AA==","features":"b"}""")]
    [InlineData("""{"version":1,"session":"0x01","provider":"0x02","features":"b"}""")]
    [InlineData("""{"version":1,"session":"0x01","provider":"0x02","reviewKey":"AA=="}""")]
    [InlineData("""{"version":1,"session":"0x01","provider":"0x02","reviewKey":"?","features":"b"}""")]
    public void Malformed_evidence_is_refused(string document) => Assert.Throws<FormatException>(() => Evidence.Read(Encoding.UTF8.GetBytes(document)));

    [Fact]
    public void Evidence_is_read_as_it_was_written_and_does_not_tell_its_key()
    {
        using var pair = P256KeyPair.Generate();
        var read = Evidence.Read(Of(pair).Write());
        using var opened = read.OpenKey(Session, Provider, pair.PublicKey);
        Assert.DoesNotContain(Convert.ToHexString(read.ReviewKey), read.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain(Convert.ToBase64String(read.ReviewKey), read.ToString(), StringComparison.Ordinal);
    }

    private static Evidence Of(P256KeyPair pair)
    {
        using var key = pair.ExportPrivateKey();
        return new Evidence(1, Session, Provider, key.Reveal().ToArray(), "bafk");
    }
}
