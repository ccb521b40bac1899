using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Solving;

namespace Workers.Oracle.Tests.Solving;

public sealed class SealedModelTests : IDisposable
{
    private const int EntryLength = 20 + 65 + 32 + 16, FirstEntry = 4 + 36;

    private static readonly ModelReference Reference = new(31337, Address.Parse("0x5fbdb2315678afecb367f032d93f642f64180aa3"), Keccak256.Hash("request"));
    private static readonly Address Node = Address.Parse("0x00000000000000000000000000000000000000a1"), OtherNode = Address.Parse("0x00000000000000000000000000000000000000a2");
    private static readonly byte[] Model = [.. "a model, which nobody reads here"u8], WatermarkKey = SHA256.HashData("a watermark's key"u8);

    private readonly P256KeyPair _group = P256KeyPair.Generate(), _node = P256KeyPair.Generate(), _other = P256KeyPair.Generate();

    public void Dispose()
    {
        _group.Dispose();
        _node.Dispose();
        _other.Dispose();
    }

    [Fact]
    public async Task The_group_and_each_node_open_it()
    {
        var sealedModel = await SealAsync();
        Assert.Equal(FirstEntry + (3 * EntryLength), sealedModel.Head.Length);
        foreach (var (account, pair) in new[] { (SealedModel.Group, _group), (Node, _node), (OtherNode, _other) })
        {
            var (model, key) = sealedModel.Open(Reference, account, pair);
            using (key)
            {
                Assert.Equal(Model, model);
                Assert.Equal(WatermarkKey, key.Reveal().ToArray());
            }
        }
    }

    [Fact]
    public async Task The_head_names_the_body_and_neither_shows_what_is_sealed()
    {
        var sealedModel = await SealAsync();
        Assert.Equal(Cid.Of(CidCodec.Raw, sealedModel.Body), SealedModel.BodyOf(sealedModel.Head));
        Assert.Equal(Cid.Of(CidCodec.Raw, sealedModel.Head), SealedModel.CidOf(new Hash32(SHA256.HashData(sealedModel.Head)).ToString()));
        Assert.Equal(-1, sealedModel.Body.AsSpan().IndexOf(Model.AsSpan(0, 8)));
        Assert.Equal(-1, sealedModel.Body.AsSpan().IndexOf(WatermarkKey.AsSpan(0, 8)));
        var again = await SealAsync();
        Assert.NotEqual(sealedModel.Body, again.Body);
        Assert.NotEqual(sealedModel.Body[..12], again.Body[..12]);
    }

    [Fact]
    public async Task Nobody_else_opens_it_and_nobody_for_anything_else()
    {
        var sealedModel = await SealAsync();
        using var stranger = P256KeyPair.Generate();
        Refused("not sealed to this account", sealedModel, Reference, Reference.Contract, _node);
        Refused("does not open", sealedModel, Reference, Node, stranger);
        Refused("does not open", sealedModel, Reference, Node, _other);
        Refused("does not open", sealedModel, Reference, SealedModel.Group, _node);
        Refused("does not open", sealedModel, Reference with { ChainId = 1 }, Node, _node);
        Refused("does not open", sealedModel, Reference with { Contract = Node }, Node, _node);
        Refused("does not open", sealedModel, Reference with { RequestId = Hash32.Zero }, Node, _node);
    }

    [Fact]
    public void A_body_that_was_sealed_for_another_request_does_not_pass_for_this_one()
    {
        // Who made a model for one request knows its content key and can hand that to the nodes of another: then only the body's own binding is left.
        byte[] key = SHA256.HashData("a content key"u8), plain = [.. WatermarkKey, .. Model];
        foreach (var (reference, opens) in new[] { (Reference, true), (Reference with { RequestId = Hash32.Zero }, false), (Reference with { ChainId = 1 }, false), (Reference with { Contract = Node }, false) })
        {
            var body = new byte[12 + plain.Length + 16];
            using var gcm = new AesGcm(key, 16);
            gcm.Encrypt(body.AsSpan(0, 12), plain, body.AsSpan(12..^16), body.AsSpan(^16..), reference.Info("data-market/model/v1"));
            byte[] head =
            [
                .. "PGS1"u8, .. Cid.Of(CidCodec.Raw, body).ToArray(), .. Node.ToArray(), .. Hpke.Seal(_node.PublicKey, Reference.Info("data-market/model-key/v1", Node), aad: [], key),
            ];
            var sealedModel = new SealedModel(head, body);
            if (opens)
            {
                var (model, watermarkKey) = sealedModel.Open(Reference, Node, _node);
                watermarkKey.Dispose();
                Assert.Equal(Model, model);
            }
            else
            {
                Refused("does not open", sealedModel, Reference, Node, _node);
            }
        }
    }

    [Fact]
    public async Task One_recipients_key_does_not_serve_another()
    {
        var (head, body) = await SealAsync();
        var moved = head.ToArray();
        head.AsSpan(FirstEntry + EntryLength + 20, EntryLength - 20).CopyTo(moved.AsSpan(FirstEntry + 20));
        Refused("does not open", new SealedModel(moved, body), Reference, SealedModel.Group, _group);
        Refused("does not open", new SealedModel(moved, body), Reference, SealedModel.Group, _node);
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_recipients_part_is_seen()
    {
        var sealedModel = await SealAsync();
        var at = FirstEntry + EntryLength;
        for (var i = at; i < at + EntryLength; i++)
        {
            Refused(i < at + 20 ? "not sealed to this account" : "does not open", sealedModel with { Head = Flipped(sealedModel.Head, i) }, Reference, Node, _node);
        }

        // It is the others' no more than before.
        var (_, key) = (sealedModel with { Head = Flipped(sealedModel.Head, at) }).Open(Reference, OtherNode, _other);
        key.Dispose();
    }

    [Fact]
    public async Task A_flipped_bit_in_the_heads_beginning_makes_it_no_head_or_names_another_body()
    {
        var sealedModel = await SealAsync();
        for (var i = 0; i < FirstEntry; i++)
        {
            var head = Flipped(sealedModel.Head, i);
            if (i < 4 + 4)
            {
                NoHead(head);
                Refused("no sealed model", sealedModel with { Head = head }, Reference, Node, _node);
            }
            else
            {
                Assert.NotEqual(SealedModel.BodyOf(sealedModel.Head), SealedModel.BodyOf(head));
            }
        }
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_the_body_is_seen()
    {
        var sealedModel = await SealAsync();
        for (var i = 0; i < sealedModel.Body.Length; i++)
        {
            Refused("does not open", sealedModel with { Body = Flipped(sealedModel.Body, i) }, Reference, Node, _node);
        }
    }

    [Fact]
    public async Task What_was_cut_off_or_added_to_is_refused()
    {
        var sealedModel = await SealAsync();
        foreach (var length in new[] { 0, 3, 4, FirstEntry - 1, FirstEntry + 1, FirstEntry + EntryLength - 1, sealedModel.Head.Length - 1 })
        {
            NoHead(sealedModel.Head[..length]);
        }

        NoHead([.. sealedModel.Head, 0]);
        Refused("not sealed to this account", sealedModel with { Head = sealedModel.Head[..FirstEntry] }, Reference, Node, _node);
        foreach (var length in new[] { 0, 12, 12 + 32 + 15 })
        {
            Refused("too short", sealedModel with { Body = sealedModel.Body[..length] }, Reference, Node, _node);
        }

        Refused("does not open", sealedModel with { Body = sealedModel.Body[..(12 + 32 + 16)] }, Reference, Node, _node);
        Refused("does not open", sealedModel with { Body = sealedModel.Body[..^1] }, Reference, Node, _node);
        Refused("does not open", sealedModel with { Body = [.. sealedModel.Body, 0] }, Reference, Node, _node);
    }

    [Fact]
    public void The_largest_committee_fits_a_head() => Assert.True(FirstEntry + (16 * EntryLength) <= SealedModel.MaxHeadBytes);

    private async Task<SealedModel> SealAsync(ModelReference? reference = null)
    {
        using var key = Secret.CopyOf(WatermarkKey);
        return await SealedModel.SealAsync(
            reference ?? Reference, Model, key, [new(SealedModel.Group, _group.PublicKey.ToArray()), new(Node, _node.PublicKey.ToArray()), new(OtherNode, _other.PublicKey.ToArray())],
            body => Task.FromResult(Cid.Of(CidCodec.Raw, body)));
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        var flipped = bytes.ToArray();
        flipped[at] ^= 1;
        return flipped;
    }

    private static void NoHead(byte[] head) => Assert.Contains("no sealed model", Assert.Throws<SealedModelException>(() => SealedModel.BodyOf(head)).Message, StringComparison.Ordinal);

    private static void Refused(string why, SealedModel sealedModel, ModelReference reference, Address account, P256KeyPair pair) =>
        Assert.Contains(why, Assert.Throws<SealedModelException>(() => sealedModel.Open(reference, account, pair)).Message, StringComparison.Ordinal);
}
