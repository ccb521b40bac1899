using System.Collections.Concurrent;
using System.Numerics;
using System.Text;
using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Tests.Profiles;

public sealed class ProfileEnvelopeTests
{
    // SEC 2, version 2, section 2.4.1: the order of secp256k1.
    private static readonly BigInteger Order = BigInteger.Parse("0fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", System.Globalization.NumberStyles.HexNumber);

    [Fact]
    public async Task Each_node_opens_what_was_sealed_to_it_after_it_lay_on_a_server()
    {
        var content = Samples.Content(3);
        var read = ProfileEnvelope.Read((await Samples.SealAsync(content)).Write());
        Assert.Equal(content.Hash, Samples.Open(read).Hash);
        Assert.Equal(content.Bytes, read.Open(Samples.OtherNode, Samples.OtherPair, Samples.Oracle, Samples.Now, Samples.MaxAge).Bytes, Bytes);
        Assert.Equal(Samples.Member.Address, read.Header.Member);
        Assert.Equal([Samples.Node, Samples.OtherNode], read.Keys.Select(k => k.Node));
    }

    [Fact]
    public async Task The_largest_profile_for_the_most_nodes_fits_the_limit()
    {
        var content = ProfileContent.Read(Samples.Content().Bytes.ToArray().Concat(Enumerable.Repeat((byte)' ', ProfileContent.MaxBytes)).Take(ProfileContent.MaxBytes).ToArray());
        var nodes = Enumerable.Range(1, ProfileEnvelope.MaxKeys).Select(i => new ProfileRecipient(new Address([.. new byte[18], 1, (byte)i]), Samples.Pair.PublicKey.ToArray()));
        var bytes = (await Samples.SealAsync(content, nodes: nodes)).Write();
        Assert.InRange(bytes.Length, ProfileContent.MaxBytes, ProfileEnvelope.MaxBytes);
        Assert.Equal(content.Hash, ProfileEnvelope.Read(bytes).Open(new Address([.. new byte[18], 1, 128]), Samples.Pair, Samples.Oracle, Samples.Now, Samples.MaxAge).Hash);
        Problem(ProfileProblem.TooLarge, () => ProfileEnvelope.Read(new byte[ProfileEnvelope.MaxBytes + 1]));
    }

    [Fact]
    public async Task An_envelope_with_any_bit_changed_is_never_accepted()
    {
        var bytes = (await Samples.SealAsync()).Write();
        Samples.Open(ProfileEnvelope.Read(bytes));
        var problems = new ConcurrentBag<ProfileProblem>();
        Parallel.For(0, bytes.Length * 8, bit =>
        {
            var changed = bytes.ToArray();
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            problems.Add(Assert.Throws<ProfileException>(() => Samples.Open(ProfileEnvelope.Read(changed))).Problem);
        });
        Assert.True(problems.Count > 7_000);
        Assert.Equal([ProfileProblem.MalformedEnvelope, ProfileProblem.BadSignature, ProfileProblem.NotForThisNode, ProfileProblem.DoesNotOpen], problems.Distinct().Order());
    }

    [Fact]
    public async Task An_envelope_that_is_cut_off_anywhere_or_has_more_behind_it_is_refused()
    {
        var bytes = (await Samples.SealAsync()).Write();
        for (var length = 0; length < bytes.Length; length++)
        {
            Problem(ProfileProblem.MalformedEnvelope, () => ProfileEnvelope.Read(bytes.AsSpan(0, length)));
        }

        Problem(ProfileProblem.MalformedEnvelope, () => ProfileEnvelope.Read([.. bytes, (byte)'\n']));
        Problem(ProfileProblem.MalformedEnvelope, () => ProfileEnvelope.Read([.. bytes, .. bytes]));
    }

    [Theory]
    [InlineData("{\"version\":1,", "{\"version\":2,", "of version 2")]
    [InlineData("{\"version\":1,", "{ \"version\":1,", "one encoding")]
    [InlineData("{\"version\":1,", "{\"version\":1,\"version\":1,", "stands twice")]
    [InlineData("\"keys\":[{", "\"keys\":[],\"more\":[{", "1 to 128 nodes")]
    [InlineData("\"keys\":[{", "\"keys\":[{},{", "'node'")]
    [InlineData("\"keys\":[{", "\"keys\":[[{", "an entry of 'keys'")]
    [InlineData("\"key\":\"", "\"key\":\"AAAA", "not 113 bytes")]
    [InlineData("\"content\":\"0x", "\"content\":\"0x00", "'content' is not 32 bytes")]
    [InlineData("\"content\":\"0x", "\"content\":\"\\u0030x", "'content' is not 32 bytes")]
    [InlineData("\"issuedAt\":1", "\"issuedAt\":-1", "no whole number")]
    [InlineData("\"issuedAt\":1", "\"issuedAt\":9", "expires before")]
    public async Task An_envelope_of_another_form_is_refused_by_name(string old, string replacement, string reason)
    {
        var envelope = await Samples.SealAsync();
        var refused = Assert.Throws<ProfileException>(() => Samples.Edited(envelope, old, replacement));
        Assert.Equal(ProfileProblem.MalformedEnvelope, refused.Problem);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nodes_that_stand_twice_or_out_of_order_or_are_too_many_are_refused()
    {
        var envelope = await Samples.SealAsync();
        Problem(ProfileProblem.MalformedEnvelope, () => Samples.Edited(envelope, "a1\",\"key", "a2\",\"key"));
        Problem(ProfileProblem.MalformedEnvelope, () => Samples.Edited(envelope, "a1\",\"key", "a3\",\"key"));
        await Assert.ThrowsAsync<ArgumentException>(() => Samples.SealAsync(nodes: [Samples.Nodes[0], Samples.Nodes[0]]));
        await Assert.ThrowsAsync<ArgumentException>(() => Samples.SealAsync(nodes: []));
        var entry = $"{{\"node\":\"{Samples.Node}\",\"key\":\"{Convert.ToBase64String(new byte[113])}\"}}";
        Problem(ProfileProblem.MalformedEnvelope, () => Samples.Edited(envelope, "\"keys\":[", $"\"keys\":[{string.Concat(Enumerable.Repeat(entry + ",", 200))}"));
    }

    [Fact]
    public async Task A_profile_counts_on_no_other_chain_and_for_no_other_contract()
    {
        var envelope = await Samples.SealAsync();
        foreach (var other in (OracleReference[])[Samples.Oracle with { ChainId = 1 }, Samples.Oracle with { Contract = Samples.Node }])
        {
            Problem(ProfileProblem.BadSignature, () => envelope.Open(Samples.Node, Samples.Pair, other, Samples.Now, Samples.MaxAge));

            // Signed anew for the other oracle, what was sealed for this one does not open there.
            var resigned = await ResignedAsync(envelope, Samples.Member, other);
            Problem(ProfileProblem.DoesNotOpen, () => resigned.Open(Samples.Node, Samples.Pair, other, Samples.Now, Samples.MaxAge));
        }
    }

    [Fact]
    public async Task Another_members_profile_is_not_taken_over_by_signing_it()
    {
        var envelope = await Samples.SealAsync();
        Problem(ProfileProblem.BadSignature, () => Samples.Open(Samples.Edited(envelope, $"{Samples.Member.Address}", $"{Samples.Stranger.Address}")));
        var stolen = await ResignedAsync(envelope, Samples.Stranger, Samples.Oracle);
        Assert.True(stolen.Header.IsSignedFor(Samples.Oracle));
        Problem(ProfileProblem.DoesNotOpen, () => Samples.Open(stolen));
    }

    [Fact]
    public async Task A_signature_in_another_form_is_refused()
    {
        var envelope = await Samples.SealAsync();
        var signature = PersonalMessage.FromBytes(envelope.Header.Signature.Span);
        var high = PersonalMessage.ToBytes(signature with { S = Order - signature.S, YParity = !signature.YParity });
        var old = Hex.ToString(envelope.Header.Signature.Span);
        Problem(ProfileProblem.BadSignature, () => Samples.Open(Samples.Edited(envelope, old, Hex.ToString(high))));
        byte[] zeroBased = [.. envelope.Header.Signature.Span[..64], (byte)(envelope.Header.Signature.Span[64] - 27)];
        Problem(ProfileProblem.BadSignature, () => Samples.Open(Samples.Edited(envelope, old, Hex.ToString(zeroBased))));
        Problem(ProfileProblem.BadSignature, () => Samples.Open(Samples.Edited(envelope, old, Hex.ToString(new byte[65]))));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(11)]
    [InlineData(27)]
    [InlineData(28)]
    public async Task A_body_without_room_for_nonce_tag_and_content_is_malformed(int length)
    {
        var envelope = await Samples.SealAsync();
        var body = System.Text.Json.JsonDocument.Parse(envelope.Write()).RootElement.GetProperty("sealed").GetString()!;
        Problem(ProfileProblem.MalformedEnvelope, () => Samples.Edited(envelope, body, Convert.ToBase64String(new byte[length])));
    }

    [Fact]
    public async Task Times_are_kept_to_the_second()
    {
        var envelope = await Samples.SealAsync(issuedAt: Samples.Now, expiresAt: Samples.Now.AddDays(60));
        Samples.Open(envelope, Samples.Now - ProfileHeader.ClockTolerance);
        Problem(ProfileProblem.NotYetValid, () => Samples.Open(envelope, Samples.Now - ProfileHeader.ClockTolerance - TimeSpan.FromSeconds(1)));
        Samples.Open(envelope, Samples.Now + Samples.MaxAge);
        Problem(ProfileProblem.TooOld, () => Samples.Open(envelope, Samples.Now + Samples.MaxAge + TimeSpan.FromSeconds(1)));
        var brief = await Samples.SealAsync(issuedAt: Samples.Now, expiresAt: Samples.Now.AddDays(2));
        Samples.Open(brief, Samples.Now.AddDays(2).AddSeconds(-1));
        Problem(ProfileProblem.Expired, () => Samples.Open(brief, Samples.Now.AddDays(2)));
        await Assert.ThrowsAsync<ArgumentException>(() => Samples.SealAsync(issuedAt: Samples.Now, expiresAt: Samples.Now));
    }

    [Fact]
    public async Task Only_the_nodes_that_it_names_open_it_each_with_its_own_key()
    {
        var envelope = await Samples.SealAsync(nodes: [Samples.Nodes[0]]);
        Problem(ProfileProblem.NotForThisNode, () => Samples.Open(envelope));
        Problem(ProfileProblem.DoesNotOpen, () => envelope.Open(Samples.OtherNode, Samples.Pair, Samples.Oracle, Samples.Now, Samples.MaxAge));

        // A key that was copied to another node's name does not open even with the right private key.
        Problem(ProfileProblem.DoesNotOpen, () => Samples.Edited(envelope, $"{Samples.OtherNode}", $"{Samples.Node}").Open(Samples.Node, Samples.OtherPair, Samples.Oracle, Samples.Now, Samples.MaxAge));
    }

    [Fact]
    public async Task A_member_that_seals_another_content_than_it_signs_is_named()
    {
        var (signed, other) = (Samples.Content(), Samples.Content());
        var envelope = await ProfileForger.SealAsync(signed.Hash, other.Bytes.ToArray());
        Problem(ProfileProblem.NotAsSigned, () => Samples.Open(envelope));
        var malformed = await ProfileForger.SealAsync(null, "{\"version\":1}"u8.ToArray());
        Problem(ProfileProblem.MalformedContent, () => Samples.Open(malformed));
        var large = await ProfileForger.SealAsync(null, new byte[ProfileContent.MaxBytes + 1]);
        Problem(ProfileProblem.TooLarge, () => Samples.Open(large));
    }

    [Fact]
    public async Task A_public_key_that_is_no_point_is_not_sealed_to() =>
        await Assert.ThrowsAsync<HpkeException>(() => Samples.SealAsync(nodes: [new(Samples.Node, new byte[65])]));

    private static async Task<ProfileEnvelope> ResignedAsync(ProfileEnvelope envelope, LocalKeySigner signer, OracleReference oracle)
    {
        var header = envelope.Header;
        var signature = await signer.SignTypedDataAsync(ProfileHeader.SignedData(oracle, signer.Address, header.Content, header.IssuedAt, header.ExpiresAt), Samples.Cancellation);
        var text = Encoding.UTF8.GetString(envelope.Write())
            .Replace(Hex.ToString(header.Signature.Span), Hex.ToString(PersonalMessage.ToBytes(signature)), StringComparison.Ordinal)
            .Replace(header.Member.ToString(), signer.Address.ToString(), StringComparison.Ordinal);
        return ProfileEnvelope.Read(Encoding.UTF8.GetBytes(text));
    }

    private static void Problem(ProfileProblem expected, Action action) => Assert.Equal(expected, Assert.Throws<ProfileException>(action).Problem);

    private static bool Bytes(ReadOnlyMemory<byte> one, ReadOnlyMemory<byte> other) => one.Span.SequenceEqual(other.Span);
}
