using System.Numerics;
using System.Text;
using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Envelopes;

namespace Workers.Hosting.Tests.Envelopes;

public sealed class EnvelopeRulesTests
{
    private static readonly BigInteger Order = BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.HexNumber, null);

    /// <summary>Both digests and the signature by viem 2.57.20 (hashTypedData, signTypedData), with the key 0x11…11.</summary>
    [Fact]
    public void The_digests_are_those_of_another_implementation()
    {
        var header = new EnvelopeHeader(
            Samples.Ann.Address, Address.Parse("0x70997970C51812dc3A010C7d01b50e0d17dc79C8"), "zone-request", 1_795_000_000, 1_795_000_060,
            new EnvelopeNonce(Convert.FromHexString("000102030405060708090a0b0c0d0e0f")), EnvelopeNonce.None);
        var data = header.SignedData(Samples.Domain, Enumerable.Range(0, 100).Select(i => (byte)i).ToArray());
        Assert.Equal("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A", Samples.Ann.Address.ToChecksumString());
        Assert.Equal("0x455776bf012e48ad9b82bec65ef59aadd4d30e3d2848e7b41d94fe3df11f67e5", header.Digest(Samples.Domain).ToString());
        Assert.Equal("0x18834680b59347c9306272112d6d86965d959235c62b89dd10872dfb8d3da8e0", data.Hash().ToString());
        Assert.True(PersonalMessage.IsSignedBy(
            Samples.Ann.Address, data.Hash(),
            Hex.Parse("0xcd1a0b47a65a78ba711e53c09e1b114642d2eea6910d1c32b5c9e66b5e35db6c73d3d230ff10bee72e4bbd155a3ecaf8cf3e5c3b8f90194c644fa4e6d4f4c9ad1c")));
    }

    [Fact]
    public async Task An_envelope_arrives_and_its_text_is_what_the_description_says()
    {
        var header = Samples.Header();
        var wire = (await Samples.SealAsync(header)).Write();
        Assert.Null(Samples.Judge(wire));
        var text = Encoding.UTF8.GetString(wire);
        Assert.Matches(
            $$"""^\{"version":1,"from":"{{header.From}}","to":"{{header.To}}","kind":"zone-request","sentAt":{{header.SentAt}},"expiresAt":{{header.ExpiresAt}},"nonce":"{{header.Nonce}}","replyTo":"0x0{32}","body":"[A-Za-z0-9+/]+=*","signature":"0x[0-9a-f]{130}"\}$""",
            text);
        Assert.DoesNotContain("48.137154", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_longest_body_arrives_and_one_byte_more_does_not()
    {
        var longest = (await Samples.SealAsync(Samples.Header() with { Kind = new string('k', EnvelopeHeader.MaxKindLength) }, body: new byte[Samples.MaxBody])).Write();
        Assert.True(longest.Length <= Envelope.MaxLength(Samples.MaxBody));
        Assert.True(Samples.Bobs.TryVerify(longest, null, Samples.Now, out _, out _));
        Assert.Equal(EnvelopeProblem.Malformed, Samples.Judge((await Samples.SealAsync(Samples.Header(), body: new byte[Samples.MaxBody + 1])).Write()));
        var tooLong = new byte[Envelope.MaxLength(Samples.MaxBody) + 1];
        Assert.Contains("are allowed", Reason(tooLong), StringComparison.Ordinal);
        Assert.DoesNotContain("are allowed", Reason(tooLong.AsSpan(1).ToArray()), StringComparison.Ordinal);
        Assert.Equal(EnvelopeProblem.Malformed, Samples.Judge((await Samples.SealAsync(Samples.Header(), body: [])).Write()));

        static string Reason(byte[] wire) => Samples.Bobs.TryVerify(wire, null, Samples.Now, out _, out var refusal) ? "" : refusal.Reason;
    }

    [Fact]
    public async Task Every_flipped_bit_is_refused()
    {
        var wire = (await Samples.SealAsync(Samples.Header())).Write();
        for (var i = 0; i < wire.Length; i++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                var flipped = wire.ToArray();
                flipped[i] ^= (byte)(1 << bit);
                Assert.True(Samples.Judge(flipped) is not null, $"bit {bit} of byte {i}");
            }
        }
    }

    [Fact]
    public async Task Every_truncation_insertion_and_piece_of_nonsense_is_refused()
    {
        var wire = (await Samples.SealAsync(Samples.Header())).Write();
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var i = 0; i < wire.Length; i++)
        {
            Assert.Equal(EnvelopeProblem.Malformed, Samples.Judge(wire.AsSpan(0, i)));
            byte[] longer = [.. wire.AsSpan(0, i), (byte)random.Next(256), .. wire.AsSpan(i)];
            Assert.True(Samples.Judge(longer) is not null, $"a byte before {i}, seed {seed}");
            byte[] shorter = [.. wire.AsSpan(0, i), .. wire.AsSpan(i + 1)];
            Assert.True(Samples.Judge(shorter) is not null, $"without byte {i}");
            var mixed = wire.ToArray();
            random.NextBytes(mixed.AsSpan(i, Math.Min(8, wire.Length - i)));
            Assert.True(Samples.Judge(mixed) is not null, $"eight bytes from {i}, seed {seed}");
            random.NextBytes(mixed);
            Assert.Equal(EnvelopeProblem.Malformed, Samples.Judge(mixed));
        }
    }

    [Theory]
    [InlineData("\"version\":1", "\"version\":2")]
    [InlineData("\"version\":1", "\"version\":1.0")]
    [InlineData("\"version\":1,", "")]
    [InlineData("\"version\":1", "\"version\":1,\"version\":1")]
    [InlineData("{\"version\"", "{\"extra\":1,\"version\"")]
    [InlineData("{\"version\"", "{ \"version\"")]
    [InlineData("\"kind\":\"zone-request\"", "\"kind\":\"Zone\"")]
    [InlineData("\"kind\":\"zone-request\"", "\"kind\":\"\"")]
    [InlineData("\"kind\":\"zone-request\"", "\"kind\":\"zone\\u002drequest\"")]
    [InlineData("\"kind\":\"zone-request\"", "\"kind\":\"zone_request\"")]
    [InlineData("\"kind\":\"zone-request\"", "\"kind\":\"zöne-request\"")]
    [InlineData("\"kind\":\"zone-request\"", "\"kind\":\"kkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkkk\"")]
    [InlineData("\"kind\":\"zone-request\"", "\"kind\":[\"zone-request\"]")]
    [InlineData("\"sentAt\":", "\"sentAt\":-")]
    [InlineData("\"replyTo\":\"0x", "\"replyTo\":\"0X")]
    [InlineData("\"nonce\":\"0x", "\"nonce\":\"")]
    [InlineData("\"from\":\"0x19e7", "\"from\":\"0x19E7")]
    [InlineData("\"body\":\"", "\"body\":\" ")]
    [InlineData("\"}", "\",\"extra\":1}")]
    [InlineData("\"}", "\"}\n")]
    [InlineData("\"}", "\"}{}")]
    public async Task Another_way_to_write_it_is_refused(string part, string other)
    {
        var text = Encoding.UTF8.GetString((await Samples.SealAsync(Samples.Header())).Write());
        Assert.Contains(part, text, StringComparison.Ordinal);
        Assert.Equal(EnvelopeProblem.Malformed, Samples.Judge(Encoding.UTF8.GetBytes(text.Replace(part, other, StringComparison.Ordinal))));
    }

    [Theory]
    [InlineData(0, 60, null)]
    [InlineData(0, 120, null)]
    [InlineData(0, 121, EnvelopeProblem.LivesTooLong)]
    [InlineData(0, 1, null)]
    [InlineData(0, 0, EnvelopeProblem.Malformed)]
    [InlineData(0, -1, EnvelopeProblem.Malformed)]
    [InlineData(30, 60, null)]
    [InlineData(31, 60, EnvelopeProblem.FromTheFuture)]
    [InlineData(-89, 60, null)]
    [InlineData(-90, 60, EnvelopeProblem.Expired)]
    [InlineData(31, 121, EnvelopeProblem.FromTheFuture)]
    [InlineData(-1000, 121, EnvelopeProblem.Expired)]
    [InlineData(-60, 121, EnvelopeProblem.LivesTooLong)]
    [InlineData(30, 120, null)]
    public async Task Times_count_within_the_clocks_tolerance(int sentIn, int lifetime, EnvelopeProblem? problem) =>
        Assert.Equal(problem, Samples.Judge((await Samples.SealAsync(Samples.Header(sentIn, lifetime))).Write()));

    [Fact]
    public async Task What_breaks_several_rules_is_refused_by_the_first()
    {
        var bad = Samples.Header(-1000);
        var forOther = await Samples.SealAsync(bad with { To = Samples.Eve.Address, ReplyTo = EnvelopeNonce.Random() }, Samples.Eve, to: Samples.AnnsPair);
        Assert.Equal(EnvelopeProblem.NotForMe, Samples.Judge(forOther.Write()));
        Assert.Equal(EnvelopeProblem.OtherReply, Samples.Judge((await Samples.SealAsync(bad with { ReplyTo = EnvelopeNonce.Random() }, Samples.Eve, to: Samples.AnnsPair)).Write()));
        Assert.Equal(EnvelopeProblem.Expired, Samples.Judge((await Samples.SealAsync(bad, Samples.Eve, to: Samples.AnnsPair)).Write()));
        Assert.Equal(EnvelopeProblem.BadSignature, Samples.Judge((await Samples.SealAsync(Samples.Header(), Samples.Eve, to: Samples.AnnsPair)).Write()));
        Assert.Equal(EnvelopeProblem.DoesNotOpen, Samples.Judge((await Samples.SealAsync(Samples.Header(), to: Samples.AnnsPair)).Write()));
    }

    [Fact]
    public async Task A_signature_counts_for_one_chain_one_market_and_one_protocol()
    {
        foreach (var other in (TypedDataDomain[])
        [
            Samples.Domain with { ChainId = 1 }, Samples.Domain with { VerifyingContract = Samples.Eve.Address }, Samples.Domain with { Name = "Conduct" }, Samples.Domain with { Version = "2" },
        ])
        {
            Assert.Equal(EnvelopeProblem.BadSignature, Samples.Judge((await Samples.SealAsync(Samples.Header(), domain: other)).Write()));
        }
    }

    [Fact]
    public async Task A_sealed_body_is_of_no_use_under_another_header_sender_or_market()
    {
        var header = Samples.Header();
        var sealedBody = (await Samples.SealAsync(header)).Body;
        foreach (var (stolen, signer) in ((EnvelopeHeader, LocalKeySigner)[])
        [
            (header with { From = Samples.Eve.Address }, Samples.Eve),
            (header with { Kind = "bill" }, Samples.Ann),
            (header with { SentAt = header.SentAt + 1 }, Samples.Ann),
            (header with { ExpiresAt = header.ExpiresAt + 1 }, Samples.Ann),
            (header with { Nonce = EnvelopeNonce.Random() }, Samples.Ann),
        ])
        {
            Assert.Equal(EnvelopeProblem.DoesNotOpen, Samples.Judge(Signed(stolen, sealedBody, signer)));
        }

        Assert.Null(Samples.Judge(Signed(header, sealedBody, Samples.Ann)));
        var elsewhere = (await Samples.SealAsync(header, domain: Samples.Domain with { ChainId = 1 })).Body;
        Assert.Equal(EnvelopeProblem.DoesNotOpen, Samples.Judge(Signed(header, elsewhere, Samples.Ann)));

        static byte[] Signed(EnvelopeHeader header, ReadOnlyMemory<byte> body, LocalKeySigner signer) =>
            new Envelope(header, body, PersonalMessage.ToBytes(signer.Sign(header.SignedData(Samples.Domain, body.Span).Hash()))).Write();
    }

    [Fact]
    public async Task A_signature_has_one_form()
    {
        var envelope = await Samples.SealAsync(Samples.Header());
        var signature = PersonalMessage.FromBytes(envelope.Signature.Span);
        var high = PersonalMessage.ToBytes(new Signature(signature.R, Order - signature.S, !signature.YParity));
        Assert.Equal(EnvelopeProblem.BadSignature, Samples.Judge((envelope with { Signature = high }).Write()));
        var low = envelope.Signature.ToArray();
        low[64] -= 27;
        Assert.Equal(EnvelopeProblem.BadSignature, Samples.Judge((envelope with { Signature = low }).Write()));
        Assert.Equal(EnvelopeProblem.BadSignature, Samples.Judge((envelope with { Signature = new byte[65] }).Write()));
        Assert.Equal(EnvelopeProblem.BadSignature, Samples.Judge((envelope with { Body = envelope.Body.ToArray().Reverse().ToArray() }).Write()));
        Assert.Null(Samples.Judge(envelope.Write()));
    }

    [Fact]
    public async Task A_reply_is_by_the_one_who_was_asked_to_what_was_asked()
    {
        var asked = new EnvelopeHeader(Samples.Bob.Address, Samples.Ann.Address, "zone-request", 1, 2, EnvelopeNonce.Random(), EnvelopeNonce.None);
        var reply = Samples.Header() with { Kind = "answer", ReplyTo = asked.Nonce };
        Assert.Null(Samples.Judge((await Samples.SealAsync(reply)).Write(), asked));
        Assert.Equal(EnvelopeProblem.OtherSender, Samples.Judge((await Samples.SealAsync(reply with { From = Samples.Eve.Address }, Samples.Eve)).Write(), asked));
        Assert.Equal(EnvelopeProblem.BadSignature, Samples.Judge((await Samples.SealAsync(reply, Samples.Eve)).Write(), asked));
        Assert.Equal(EnvelopeProblem.OtherReply, Samples.Judge((await Samples.SealAsync(reply with { ReplyTo = EnvelopeNonce.Random() })).Write(), asked));
        Assert.Equal(EnvelopeProblem.OtherReply, Samples.Judge((await Samples.SealAsync(reply with { ReplyTo = EnvelopeNonce.None })).Write(), asked));
        Assert.Equal(EnvelopeProblem.OtherReply, Samples.Judge((await Samples.SealAsync(reply)).Write()));
        var elsewhere = await Samples.SealAsync(reply with { ReplyTo = EnvelopeNonce.Random() });
        Assert.Equal(EnvelopeProblem.BadSignature, Samples.Judge((elsewhere with { Header = elsewhere.Header with { ReplyTo = asked.Nonce } }).Write(), asked));
    }

    [Fact]
    public async Task What_does_not_open_with_a_disposed_or_other_key_says_nothing_of_the_body()
    {
        var envelope = await Samples.SealAsync(Samples.Header());
        Assert.False(Samples.Bobs.TryOpen(envelope, Samples.AnnsPair, out _, out var refusal));
        Assert.DoesNotContain(Convert.ToBase64String(envelope.Body.Span)[..16], refusal.Reason, StringComparison.Ordinal);
        Assert.True(Samples.Bobs.TryOpen(envelope, Samples.BobsPair, out var opened, out _));
        Assert.DoesNotContain("48.137154", opened.ToString(), StringComparison.Ordinal);
        opened.Dispose();
        Assert.Throws<ObjectDisposedException>(() => opened.Body.Reveal().Length);
    }

    [Fact]
    public async Task No_reason_shows_a_piece_of_a_malformed_envelope()
    {
        var text = Encoding.UTF8.GetString((await Samples.SealAsync(Samples.Header())).Write());
        foreach (var secret in (string[])
        [
            text.Replace("\"kind\":\"zone-request\"", "\"kind\":\"SECRET\"", StringComparison.Ordinal),
            text.Replace("\"body\":\"", "\"body\":\"SECRET!", StringComparison.Ordinal),
            text.Replace("\"body\"", "\"SECRET\"", StringComparison.Ordinal),
            text.Replace("\"version\":1", "\"version\":SECRET", StringComparison.Ordinal),
            text + "SECRET",
            text.Replace("\"nonce\":\"0x", "\"nonce\":\"SECRET", StringComparison.Ordinal),
        ])
        {
            Assert.False(Samples.Bobs.TryVerify(Encoding.UTF8.GetBytes(secret), null, Samples.Now, out _, out var refusal));
            Assert.Equal(EnvelopeProblem.Malformed, refusal.Problem);
            Assert.DoesNotContain("SECRET", refusal.ToString(), StringComparison.OrdinalIgnoreCase);
        }
    }

    [Theory]
    [InlineData("https://member.example:8443/", "https://member.example:8443/", false)]
    [InlineData("https://member.example:8443", "https://member.example:8443/", false)]
    [InlineData("https://member.example/#0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20", "https://member.example/", true)]
    [InlineData("https://[2001:db8::1]:8443/#0102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F20", "https://[2001:db8::1]:8443/", true)]
    public void An_endpoint_is_read(string text, string host, bool pinned)
    {
        Assert.True(MemberEndpoint.TryParse(text, out var endpoint));
        Assert.Equal(host, endpoint.Host.ToString());
        Assert.Equal(pinned ? "0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20" : null, endpoint.Pin?.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("http://member.example/")]
    [InlineData("ftp://member.example/")]
    [InlineData("member.example:8443")]
    [InlineData("https://")]
    [InlineData("https://member.example:0/")]
    [InlineData("https://user@member.example/")]
    [InlineData("https://member.example/path")]
    [InlineData("https://member.example/?query")]
    [InlineData("https://member.example\\@127.0.0.1/")]
    [InlineData(" https://member.example/")]
    [InlineData("https://mémber.example/")]
    [InlineData("https://member.example/#")]
    [InlineData("https://member.example/#01")]
    [InlineData("https://member.example/#0x0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20")]
    [InlineData("https://member.example/#0x02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20")]
    [InlineData("https://member.example/#zz02030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20")]
    [InlineData("https://member.example/#0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20#")]
    public void What_is_no_endpoint_is_refused(string text)
    {
        Assert.False(MemberEndpoint.TryParse(text, out _));
        Assert.False(MemberEndpoint.TryParse("https://" + new string('a', 60) + "." + new string('b', 60) + "." + new string('c', 60) + "." + new string('d', 60) + ".example:8443/", out _));
    }
}
