using System.Text;
using Ethereum.Transactions;

namespace Ethereum.Tests.Transactions;

public class KeystoreTests
{
    private const string Secret = "0x7a28b5ba57c53603b0b07b56bba752f7784bf506fa95edc395f5cf6c7514fe9d";

    // Web3 Secret Storage Definition, "Test Vectors": PBKDF2-SHA-256.
    private const string Pbkdf2 = """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"6087dab2f9fdbbfaddc31a909735c1e6"},
        "ciphertext":"5318b4d5bcd28de64ee5559e671353e16f075ecae9f99c7a79a38af5f869aa46","kdf":"pbkdf2",
        "kdfparams":{"c":262144,"dklen":32,"prf":"hmac-sha256","salt":"ae3cd4e7013836a3df6bd7241b12db061dbe2c6785853cce422d148a624ce0bd"},
        "mac":"517ead924a9d0dc3124507e3393d175ce3ff7c1e96529c6c555ce9e51205e9b2"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    // The same, Scrypt.
    private const string ScryptVector = """
        {"crypto":{"cipher":"aes-128-ctr","cipherparams":{"iv":"83dbcc02d8ccb40e466191a123791e0e"},
        "ciphertext":"d172bf743a674da9cdad04534d56926ef8358534d458fffccd4e6ad2fbde479c","kdf":"scrypt",
        "kdfparams":{"dklen":32,"n":262144,"r":1,"p":8,"salt":"ab0c7876052600dd703518d6fc3fe8984592145b591fc8fb5c6d43190334ba19"},
        "mac":"2103ac29920d71da29f15d75b4a16dbe95cfd7ff8faea1056c33131d846e3097"},"id":"3198bc9c-6672-5ab3-d995-4942343ae5b6","version":3}
        """;

    // RFC 7914, section 12; its fourth vector takes 1 GiB and is left out.
    [Theory]
    [InlineData("", "", 16, 1, 1, "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [InlineData("password", "NaCl", 1024, 8, 16, "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    [InlineData("pleaseletmein", "SodiumChloride", 16384, 8, 1, "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887")]
    public void Scrypt_derives_what_its_RFC_says(string password, string salt, int n, int r, int p, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(Scrypt.Derive(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), n, r, p, 64)));

    [Theory]
    [InlineData(Pbkdf2)]
    [InlineData(ScryptVector)]
    public void Published_keystore_opens_with_its_password(string json) =>
        Assert.Equal(Secret, Hex.ToString(Keystore.Decrypt(Encoding.UTF8.GetBytes(json), "testpassword")));

    [Fact]
    public void Own_keystore_opens_with_its_password_alone()
    {
        var json = Keystore.Create(Hex.Parse(Secret), "pässword", cost: 1024);
        Assert.Equal(Secret, Hex.ToString(Keystore.Decrypt(json, "pässword")));
        using var signer = Keystore.Open(json, "pässword");
        Assert.Contains(signer.Address.ToString()[2..], Encoding.UTF8.GetString(json), StringComparison.Ordinal);
        var wrong = Assert.Throws<InvalidDataException>(() => Keystore.Open(json, "passwort"));
        Assert.Contains("password does not open", wrong.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"c\":262144", "\"c\":2000000000", "iterations")]
    [InlineData("\"c\":262144", "\"c\":0", "iterations")]
    [InlineData("\"version\":3", "\"version\":1", "version 3")]
    [InlineData("aes-128-ctr", "aes-128-cbc", "aes-128-ctr")]
    [InlineData("hmac-sha256", "hmac-md5", "neither scrypt nor PBKDF2")]
    [InlineData("\"dklen\":32", "\"dklen\":16", "16 bytes")]
    [InlineData("\"mac\":\"51", "\"mac\":\"", "mac has 31 bytes")]
    [InlineData("\"mac\":\"51", "\"mac\":\"zz", "malformed")]
    [InlineData("{\"crypto\"", "{\"krypto\"", "malformed")]
    [InlineData("\"version\":3}", "", "malformed")]
    public void Keystore_that_is_malformed_or_too_costly_is_refused_with_the_reason(string before, string after, string reason)
    {
        Assert.Contains(before, Pbkdf2, StringComparison.Ordinal);
        var json = Encoding.UTF8.GetBytes(Pbkdf2.Replace(before, after, StringComparison.Ordinal));
        Assert.Contains(reason, Assert.Throws<InvalidDataException>(() => Keystore.Open(json, "testpassword")).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"n\":262144", "\"n\":16777216")]
    [InlineData("\"n\":262144", "\"n\":262143")]
    [InlineData("\"r\":1", "\"r\":1000000")]
    [InlineData("\"p\":8", "\"p\":100000")]
    public void Keystore_cannot_take_all_memory_or_time(string before, string after)
    {
        var costly = before.StartsWith("\"n\":262144", StringComparison.Ordinal) && after.Contains("16777216", StringComparison.Ordinal) ? ScryptVector.Replace("\"r\":1", "\"r\":8", StringComparison.Ordinal) : ScryptVector;
        var json = Encoding.UTF8.GetBytes(costly.Replace(before, after, StringComparison.Ordinal));
        Assert.Contains("beyond 1 GiB", Assert.Throws<InvalidDataException>(() => Keystore.Open(json, "testpassword")).Message, StringComparison.Ordinal);
    }
}
