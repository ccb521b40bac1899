using System.Buffers.Binary;
using Ethereum;
using Mechanisms.PrivacyGame.Models;
using Workers.Oracle.Asking;
using Workers.Oracle.Requests;
using static Workers.Oracle.Tests.Asking.ModelSamples;

namespace Workers.Oracle.Tests.Asking;

public sealed class DeliveryCheckTests
{
    [Fact]
    public void A_group_takes_the_model_that_stands_on_chain() => DeliverHandler.Check(Model, new Watermark(Key), Request.ToString(), OnChain(Model));

    [Fact]
    public void A_group_does_not_take_another_model_than_the_chains()
    {
        Refused("digest", Model, onChain: OnChain([.. Model, 0]));
        for (var i = 0; i < Model.Length; i += 7)
        {
            var bytes = Model.ToArray();
            bytes[i] ^= 1;
            Refused("digest", bytes, onChain: OnChain(Model));
        }
    }

    [Fact]
    public void A_group_does_not_take_a_model_for_another_request_or_with_another_expiry()
    {
        Refused("another request", Model, request: Hash32.Zero);
        Refused("another expiry", Model, onChain: OnChain(Model) with { ExpiresAt = Expires.AddSeconds(1) });
        Refused("another expiry", Model, onChain: OnChain(Model) with { ExpiresAt = Expires.AddSeconds(-1) });
    }

    [Fact]
    public void A_group_does_not_take_what_is_no_model_even_if_it_stands_on_chain()
    {
        Refused("", []);
        Refused("", Model[..^1]);
        Refused("after the model", [.. Model, 0]);
    }

    [Fact]
    public void A_group_does_not_take_a_model_whose_watermark_it_cannot_show()
    {
        Refused("watermark", Model, key: new byte[32]);
        var committed = Model.ToArray();
        committed[4 + 32 + 8] ^= 1;
        Refused("watermark", committed);

        // The commitment is right, and one row lost its mark: a unit moves between its largest probability and another one.
        var model = PrivacyModelFile.Read(Model);
        Assert.True(new Watermark(Key).Inspect(Request.ToArray(), model.Rows).Marked > 0);
        var row = model.Rows[0];
        var largest = row.Index().MaxBy(e => e.Item.Value).Index;
        var marked = row.Index().First(e => e.Index != largest && e.Item.Value >= 1 << 16).Index;
        var at = 4 + 32 + 8 + 32 + 2 + 2 + 8 + (model.Prediction.Length * sizeof(long)) + sizeof(double) + sizeof(ushort);
        var bytes = Model.ToArray();
        var unit = (row[marked].Value & 1) == 0 ? 1 : -1;
        Write(marked, row[marked].Value + unit);
        Write(largest, row[largest].Value - unit);
        Refused("watermark", bytes);

        void Write(int entry, long value)
        {
            var place = bytes.AsSpan(at + (entry * (sizeof(ushort) + sizeof(long))) + sizeof(ushort));
            Assert.Equal(row[entry].Value, BinaryPrimitives.ReadInt64LittleEndian(place));
            BinaryPrimitives.WriteInt64LittleEndian(place, value);
        }
    }

    private static void Refused(string why, byte[] bytes, Hash32? request = null, byte[]? key = null, RequestFact.Finalised? onChain = null) => Assert.Contains(
        why, Assert.Throws<InvalidModelException>(() => DeliverHandler.Check(bytes, new Watermark(key ?? Key), (request ?? Request).ToString(), onChain ?? OnChain(bytes))).Message,
        StringComparison.Ordinal);
}
