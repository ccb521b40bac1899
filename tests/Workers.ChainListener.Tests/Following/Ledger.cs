using Contracts.Messages;
using Workers.ChainListener.Following;

namespace Workers.ChainListener.Tests.Following;

/// <summary>A consumer's view of what was published: handles every message id once, and complains when the stream makes no sense.</summary>
internal sealed class Ledger
{
    private readonly HashSet<Guid> _handled = [];

    public HashSet<LogPosition> Standing { get; } = [];

    public List<BlockRef> Watermarks { get; } = [];

    public void Take(Decision decision)
    {
        foreach (var retraction in decision.Retract)
        {
            Assert.True(_handled.Add(retraction.RetractionId), $"retraction of {retraction.Event.Position} has an id that was used before");
            Assert.True(Standing.Remove(retraction.Event.Position), $"{retraction.Event.Position} was retracted and did not stand");
        }

        foreach (var publication in decision.Publish)
        {
            Assert.True(_handled.Add(publication.MessageId), $"{publication.Event.Position} has an id that was used before");
            Assert.True(Standing.Add(publication.Event.Position), $"{publication.Event.Position} was published twice");
        }

        if (decision.Finalised is { } final)
        {
            Assert.True(Watermarks.Count == 0 || Watermarks[^1].Number < final.Number, "the watermark went backward");
            Watermarks.Add(final);
        }
    }
}
