using System.Text;
using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Tests.Cryptography;

public sealed class KeyVaultTests : IDisposable
{
    private const string Purpose = "period key/app/pseudonym/mail/7";
    private readonly MasterKey _master = MasterKey.Generate();
    private readonly Secret _secret = Secret.CopyOf("0123456789abcdef0123456789abcdef"u8);

    public void Dispose()
    {
        _master.Dispose();
        _secret.Dispose();
    }

    [Fact]
    public void A_wrapped_secret_opens_again_and_does_not_contain_the_secret()
    {
        var vault = new KeyVault(_master);
        var wrapped = vault.Wrap(_secret, Purpose);
        Assert.Equal(-1, wrapped.AsSpan().IndexOf(_secret.Reveal()));
        using var opened = vault.Unwrap(wrapped, Purpose);
        Assert.True(opened.FixedTimeEquals(_secret));
    }

    [Fact]
    public void Wrapping_twice_never_reuses_a_nonce()
    {
        var vault = new KeyVault(_master);
        Assert.NotEqual(vault.Wrap(_secret, Purpose), vault.Wrap(_secret, Purpose));
    }

    [Fact]
    public void A_secret_moved_to_another_purpose_does_not_open()
    {
        var vault = new KeyVault(_master);
        var wrapped = vault.Wrap(_secret, Purpose);
        Assert.Throws<KeyVaultException>(() => vault.Unwrap(wrapped, "period key/app/pseudonym/mail/8"));
    }

    [Fact]
    public void Every_changed_byte_and_every_cut_is_refused_without_key_material_in_the_error()
    {
        var vault = new KeyVault(_master);
        var wrapped = vault.Wrap(_secret, Purpose);
        for (var i = 0; i < wrapped.Length; i++)
        {
            var changed = (byte[])wrapped.Clone();
            changed[i] ^= 0x80;
            var error = Assert.Throws<KeyVaultException>(() => vault.Unwrap(changed, Purpose));
            Assert.DoesNotContain(Encoding.ASCII.GetString(_secret.Reveal()), error.ToString(), StringComparison.Ordinal);
            Assert.DoesNotContain(Convert.ToHexString(_secret.Reveal()), error.ToString(), StringComparison.OrdinalIgnoreCase);
            Assert.Throws<KeyVaultException>(() => vault.Unwrap(wrapped.AsSpan(0, i), Purpose));
        }
    }

    [Fact]
    public void After_a_rotation_old_secrets_open_are_named_and_move_to_the_new_master_key()
    {
        var wrapped = new KeyVault(_master).Wrap(_secret, Purpose);
        using var next = MasterKey.Generate();
        var vault = new KeyVault(next, _master);
        Assert.True(vault.NeedsRewrap(wrapped));
        var rewrapped = vault.Rewrap(wrapped, Purpose);
        Assert.False(vault.NeedsRewrap(rewrapped));

        using var opened = new KeyVault(next).Unwrap(rewrapped, Purpose);
        Assert.True(opened.FixedTimeEquals(_secret));
        var error = Assert.Throws<KeyVaultException>(() => new KeyVault(next).Unwrap(wrapped, Purpose));
        Assert.Contains(_master.Id, error.Message, StringComparison.Ordinal);
    }
}
