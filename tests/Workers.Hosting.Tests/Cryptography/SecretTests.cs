using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Tests.Cryptography;

public sealed class SecretTests
{
    [Fact]
    public void A_secret_shows_nothing_as_text_or_json()
    {
        using var secret = Secret.CopyOf("hunter2"u8);
        Assert.Equal("[secret]", $"{secret}");
        Assert.Equal("{\"Length\":7}", System.Text.Json.JsonSerializer.Serialize(secret));
    }

    [Fact]
    public void A_disposed_secret_is_zeroed_and_refuses_to_be_read()
    {
        var secret = Secret.CopyOf("hunter2"u8);
        var bytes = secret.Reveal();
        secret.Dispose();
        Assert.Equal(new byte[7], bytes.ToArray());
        Assert.Throws<ObjectDisposedException>(() => secret.Reveal().Length);
    }
}
