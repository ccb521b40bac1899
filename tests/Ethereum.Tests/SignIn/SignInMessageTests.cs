using System.Globalization;
using System.Text;
using System.Text.Json;
using Ethereum.SignIn;
using Ethereum.Transactions;

namespace Ethereum.Tests.SignIn;

public sealed class SignInMessageTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);
    private static readonly SignInRequest Request = new("market.example.com:8443", 31337, "A1b2C3d4");

    /// <summary>The example of EIP-4361, its account with the checksum that it has now.</summary>
    private const string Example =
        "https://example.com wants you to sign in with your Ethereum account:\n0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2\n\n" +
        "I accept the ExampleOrg Terms of Service: https://example.com/tos\n\nURI: https://example.com/login\nVersion: 1\nChain ID: 1\nNonce: 32891756\n" +
        "Issued At: 2021-09-30T16:25:24Z\nResources:\n- ipfs://bafybeiemxf5abjwjbikoz4mc3a3dla6ual3jsgpdr4cjr3oz3evfyavhwq/\n- https://example.com/my-web2-claim.json";

    [Fact]
    public void The_standards_example_is_read()
    {
        var message = SignInMessage.Parse(Example);
        Assert.Equal(("https", "example.com", "I accept the ExampleOrg Terms of Service: https://example.com/tos", 1ul, "32891756"), (message.Scheme, message.Domain, message.Statement, message.ChainId, message.Nonce));
        Assert.Equal(new DateTimeOffset(2021, 9, 30, 16, 25, 24, TimeSpan.Zero), message.IssuedAt);
        Assert.Equal(2, message.Resources.Length);
        Assert.Null(SignInMessage.Parse(Example.Replace("I accept the ExampleOrg Terms of Service: https://example.com/tos\n", "", StringComparison.Ordinal)).Statement);
    }

    /// <summary>Messages and signatures that viem made, from <see cref="ViemTests"/>.</summary>
    internal static void Compare(JsonElement item)
    {
        string? Text(string name) => item.TryGetProperty(name, out var value) ? value.GetString() : null;
        DateTimeOffset? Time(string name) => Text(name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;
        var (text, signature) = (Text("message")!, Hex.Parse(Text("signature")!));
        var message = SignInMessage.Parse(text);
        Assert.Equal(
            (Text("scheme"), Text("domain")!, Text("address")!, Text("statement"), new Uri(Text("uri")!), item.GetProperty("chainId").GetUInt64(), Text("nonce")!, Time("issuedAt")!.Value, Time("expirationTime"), Time("notBefore"), Text("requestId")),
            (message.Scheme, message.Domain, message.Account.ToChecksumString(), message.Statement, message.Uri, message.ChainId, message.Nonce, message.IssuedAt, message.ExpiresAt, message.NotBefore, message.RequestId));
        Assert.Equal(item.TryGetProperty("resources", out var resources) ? resources.EnumerateArray().Select(r => new Uri(r.GetString()!)) : [], message.Resources);

        var (start, end) = (message.NotBefore > message.IssuedAt ? message.NotBefore.Value : message.IssuedAt, message.ExpiresAt ?? DateTimeOffset.MaxValue);
        if (start < end)
        {
            var request = new SignInRequest(message.Domain, message.ChainId, message.Nonce);
            Assert.Equal(message.Account, SignInMessage.Verify(text, signature, request, start).Account);
            signature[10] ^= 1;
            Assert.Throws<SignInException>(() => SignInMessage.Verify(text, signature, request, start));
        }
    }

    [Fact]
    public async Task A_signed_message_signs_its_account_in()
    {
        using var signer = Signer(1);
        var text = Message(signer.Address);
        Assert.Equal(signer.Address, SignInMessage.Verify(text, await SignAsync(signer, text), Request, Now).Account);
    }

    [Fact]
    public async Task A_message_for_another_site_chain_or_sign_in_is_refused()
    {
        using var signer = Signer(1);
        var text = Message(signer.Address);
        var signature = await SignAsync(signer, text);
        foreach (var (request, why) in ((SignInRequest, string)[])[(Request with { Domain = "evil.example.com" }, "not to evil"), (Request with { Domain = "example.com:8443" }, "not to example"), (Request with { Domain = "market.example.com" }, "not to market"), (Request with { ChainId = 1 }, "switch the wallet"), (Request with { Nonce = "A1b2C3d5" }, "another nonce")])
        {
            Assert.Contains(why, Assert.Throws<SignInException>(() => SignInMessage.Verify(text, signature, request, Now)).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Times_are_kept_with_two_minutes_for_clocks_that_differ()
    {
        using var signer = Signer(1);
        var text = Message(signer.Address, "\nExpiration Time: 2026-11-22T12:10:00Z\nNot Before: 2026-11-22T12:05:00+00:00");
        var signature = await SignAsync(signer, text);
        Address At(int seconds) => SignInMessage.Verify(text, signature, Request, Now.AddSeconds(seconds)).Account;
        Assert.Throws<SignInException>(() => At(179));
        At(180);
        At(599);
        Assert.Throws<SignInException>(() => At(600));

        var plain = Message(signer.Address);
        var signed = await SignAsync(signer, plain);
        Assert.Throws<SignInException>(() => SignInMessage.Verify(plain, signed, Request, Now.AddSeconds(-121)));
        SignInMessage.Verify(plain, signed, Request, Now.AddSeconds(-120));
    }

    [Fact]
    public async Task Another_accounts_signature_is_refused_and_so_is_one_of_another_text()
    {
        using var signer = Signer(1);
        using var other = Signer(2);
        var text = Message(signer.Address);
        var foreign = await SignAsync(other, text);
        Assert.Throws<SignInException>(() => SignInMessage.Verify(text, foreign, Request, Now));
        var signature = await SignAsync(signer, text);
        Assert.Throws<SignInException>(() => SignInMessage.Verify(text.Replace("Sign in.", "Sign it.", StringComparison.Ordinal), signature, Request, Now));
        Assert.Throws<SignInException>(() => SignInMessage.Verify(text, signature.AsSpan(1), Request, Now));
        Assert.Throws<SignInException>(() => SignInMessage.Verify(text, new byte[65], Request, Now));
        signature[64] = 5;
        Assert.Throws<SignInException>(() => SignInMessage.Verify(text, signature, Request, Now));
    }

    public static TheoryData<string, string> Departures => new()
    {
        { "https://example.com wants", "https://example.com/path wants" }, { "https://example.com wants", "https:// wants" }, { "https://example.com wants", "https://user@example.com wants" },
        { "wants you", "wants  you" }, { "account:", "account" }, { "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "0xc02aaa39b223fe8d0a0e5c4f27ead9083c756cc2" },
        { "0xC02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2", "C02aaA39b223FE8D0A0e5C4F27eAD9083C756Cc2" }, { "\n\nI accept", "\nI accept" }, { "/tos\n\n", "/tos\n" }, { "/tos\n\n", "/tos\nmore\n" }, { "I accept", "I aççept" },
        { "URI: https://example.com/login", "URI: login" }, { "URI: https://example.com/login", "URI: https://example.com/log in" }, { "Version: 1", "Version: 2" }, { "Chain ID: 1", "Chain ID: -1" },
        { "Chain ID: 1", "Chain ID: 0x1" }, { "Nonce: 32891756", "Nonce: 3289175" }, { "Nonce: 32891756", "Nonce: 3289-1756" }, { "2021-09-30T16:25:24Z", "2021-09-30T16:25:24" },
        { "2021-09-30T16:25:24Z", "2021-09-30 16:25:24Z" }, { "2021-09-30T16:25:24Z", "2021-13-30T16:25:24Z" }, { "\nIssued At: 2021-09-30T16:25:24Z", "" }, { "- ipfs", "ipfs" },
        { "Resources:", "Request ID: 1\nNot Before: 2021-09-30T16:25:24Z\nResources:" }, { "claim.json", "claim.json\n" }, { "Nonce: 32891756\n", "Nonce: 32891756\r\n" },
    };

    [Theory]
    [MemberData(nameof(Departures))]
    public void A_message_that_departs_from_the_grammar_is_refused(string from, string to)
    {
        var departed = Example.Replace(from, to, StringComparison.Ordinal);
        Assert.NotEqual(Example, departed);
        Assert.Throws<SignInException>(() => SignInMessage.Parse(departed));
    }

    [Fact]
    public void Cut_and_overlong_messages_are_refused()
    {
        for (var lines = 0; lines < Example.Split('\n').Length - 3; lines++)
        {
            var cut = string.Join('\n', Example.Split('\n')[..lines]);
            Assert.True(lines == 10 || Refused(cut), $"{lines} lines");
        }

        Assert.True(Refused(Example + "\n- https://example.com/" + new string('a', SignInMessage.MaxLength)));

        static bool Refused(string text)
        {
            Assert.Throws<SignInException>(() => SignInMessage.Parse(text));
            return true;
        }
    }

    private static LocalKeySigner Signer(byte key) => new(Enumerable.Repeat(key, 32).ToArray());

    private static async Task<byte[]> SignAsync(LocalKeySigner signer, string text) =>
        PersonalMessage.ToBytes(await signer.SignMessageAsync(Encoding.UTF8.GetBytes(text), TestContext.Current.CancellationToken));

    private static string Message(Address account, string more = "") =>
        $"market.example.com:8443 wants you to sign in with your Ethereum account:\n{account.ToChecksumString()}\n\nSign in.\n\n" +
        $"URI: https://market.example.com:8443/\nVersion: 1\nChain ID: 31337\nNonce: A1b2C3d4\nIssued At: 2026-11-22T12:00:00.000Z{more}";
}
