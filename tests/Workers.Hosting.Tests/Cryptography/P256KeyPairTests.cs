using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Tests.Cryptography;

public sealed class P256KeyPairTests
{
    // Order of the curve and prime of its field, SEC 2, section 2.4.2.
    private const string Order = "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551";
    private const string Prime = "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff";

    [Fact]
    public void A_key_pair_survives_export_and_import()
    {
        using var made = P256KeyPair.Generate();
        using var privateKey = made.ExportPrivateKey();
        using var restored = P256KeyPair.FromPrivateKey(privateKey.Reveal());
        Assert.Equal(32, privateKey.Length);
        Assert.Equal(65, made.PublicKey.Length);
        Assert.True(made.PublicKey.SequenceEqual(restored.PublicKey));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData(Order)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000001")]
    public void A_private_key_out_of_range_or_of_another_length_is_refused(string hex) =>
        Assert.Throws<HpkeException>(() => P256KeyPair.FromPrivateKey(Convert.FromHexString(hex)).Dispose());

    [Fact]
    public void The_largest_private_key_is_accepted()
    {
        var largest = Convert.FromHexString(Order);
        largest[^1]--;
        using var pair = P256KeyPair.FromPrivateKey(largest);
        P256KeyPair.CheckPublicKey(pair.PublicKey);
    }

    [Fact]
    public void Public_keys_that_are_no_uncompressed_point_of_the_curve_are_refused()
    {
        using var pair = P256KeyPair.Generate();
        var valid = pair.PublicKey.ToArray();
        P256KeyPair.CheckPublicKey(valid);

        byte[] compressed = [(byte)(2 + (valid[64] & 1)), .. valid[1..33]];
        byte[] hybrid = [(byte)(6 + (valid[64] & 1)), .. valid[1..]];
        byte[] infinity = [0];
        byte[] paddedInfinity = new byte[65];
        byte[] zeroPoint = [4, .. new byte[64]];
        byte[] offCurve = [.. valid];
        offCurve[64] ^= 1;
        byte[] swapped = [4, .. valid[33..], .. valid[1..33]];
        byte[] longer = [.. valid, 0];
        // x = p is not a field element, though x mod p = 0 would be on the curve with this y (SEC 2: y² = b).
        byte[] unreduced = [4, .. Convert.FromHexString(Prime), .. Convert.FromHexString("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4")];

        Assert.All(
            new[] { [], compressed, hybrid, infinity, paddedInfinity, zeroPoint, offCurve, swapped, longer, unreduced, valid[..64] },
            key => Assert.Throws<HpkeException>(() => P256KeyPair.CheckPublicKey(key)));
    }

    [Fact]
    public void The_refused_point_with_x_equal_to_the_prime_is_on_the_curve_once_reduced() =>
        P256KeyPair.CheckPublicKey([4, .. new byte[32], .. Convert.FromHexString("66485c780e2f83d72433bd5d84a06bb6541c2af31dae871728bf856a174f93f4")]);
}
