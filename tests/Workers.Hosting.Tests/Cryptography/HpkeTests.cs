using System.Security.Cryptography;
using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Tests.Cryptography;

public sealed class HpkeTests
{
    [Theory]
    [MemberData(nameof(HpkeVectors.BaseMode), MemberType = typeof(HpkeVectors))]
    public void Sealing_with_the_specifications_ephemeral_key_gives_its_ciphertext_and_opens_again(HpkeVector vector)
    {
        var aead = vector.AeadId == 1 ? Hpke.Aead.Aes128Gcm : Hpke.Aead.Aes256Gcm;
        using var ephemeral = P256KeyPair.FromPrivateKey(Convert.FromHexString(vector.EphemeralPrivateKey));
        using var recipient = P256KeyPair.FromPrivateKey(Convert.FromHexString(vector.RecipientPrivateKey));
        Assert.Equal(vector.Enc, Convert.ToHexStringLower(ephemeral.PublicKey));
        Assert.Equal(vector.RecipientPublicKey, Convert.ToHexStringLower(recipient.PublicKey));

        var info = Convert.FromHexString(vector.Info);
        var aad = Convert.FromHexString(vector.Aad);
        var message = Hpke.Seal(ephemeral, aead, recipient.PublicKey, info, aad, Convert.FromHexString(vector.Plaintext));
        Assert.Equal(vector.Enc + vector.Ciphertext, Convert.ToHexStringLower(message));

        using var opened = Hpke.Open(recipient, aead, info, aad, message);
        Assert.Equal(vector.Plaintext, Convert.ToHexStringLower(opened.Reveal()));
    }

    [Fact]
    public void Two_seals_of_the_same_message_share_no_ephemeral_key()
    {
        using var recipient = P256KeyPair.Generate();
        var first = Hpke.Seal(recipient.PublicKey, [], [], "x"u8);
        var second = Hpke.Seal(recipient.PublicKey, [], [], "x"u8);
        Assert.NotEqual(first[..65], second[..65]);
    }

    [Fact]
    public void Any_changed_byte_of_a_sealed_message_is_refused()
    {
        using var recipient = P256KeyPair.Generate();
        var message = Hpke.Seal(recipient.PublicKey, "info"u8, "aad"u8, RandomNumberGenerator.GetBytes(32));
        for (var i = 0; i < message.Length; i++)
        {
            var changed = (byte[])message.Clone();
            changed[i] ^= 1;
            Assert.Throws<HpkeException>(() => Hpke.Open(recipient, "info"u8, "aad"u8, changed));
        }
    }

    [Fact]
    public void A_message_does_not_open_with_another_key_info_or_aad_or_when_cut()
    {
        using var recipient = P256KeyPair.Generate();
        using var stranger = P256KeyPair.Generate();
        var message = Hpke.Seal(recipient.PublicKey, "info"u8, "aad"u8, "key"u8);
        Assert.Throws<HpkeException>(() => Hpke.Open(stranger, "info"u8, "aad"u8, message));
        Assert.Throws<HpkeException>(() => Hpke.Open(recipient, "inf"u8, "aad"u8, message));
        Assert.Throws<HpkeException>(() => Hpke.Open(recipient, "info"u8, "aa"u8, message));
        for (var length = 0; length < message.Length; length++)
        {
            Assert.Throws<HpkeException>(() => Hpke.Open(recipient, "info"u8, "aad"u8, message.AsSpan(0, length)));
        }
    }
}
