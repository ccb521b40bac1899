using Workers.Dashboard.Facts;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Dashboard.Requests;

/// <summary>A request for a dataset's data, and its answer.</summary>
public sealed class RequestRow : IVersioned
{
    public required long RequestId { get; init; }

    /// <summary>Empty while the request itself has not come, or has vanished.</summary>
    public string TokenId { get; set; } = "";

    public string Requester { get; set; } = "";

    /// <summary>Uncompressed P-256 point, 0x hex.</summary>
    public string PublicKey { get; set; } = "";

    public DateTimeOffset RequestedAt { get; set; }

    /// <summary>Of the data, sealed to the key; null until it is delivered. 0x hex where the bytes on chain are no CID that is read here.</summary>
    public string? Cid { get; set; }

    /// <summary>Hash of the publisher's signed receipt.</summary>
    public string? Receipt { get; set; }

    public DateTimeOffset? DeliveredAt { get; set; }

    public int Version { get; set; }

    /// <summary>Adds up a request's facts; a later request under the same number starts anew.</summary>
    internal void Take(IEnumerable<FactRow> facts)
    {
        (TokenId, Requester, PublicKey, Cid, Receipt, DeliveredAt) = ("", "", "", null, null, null);
        foreach (var row in facts.InChainOrder())
        {
            switch (row.Content())
            {
                case MarketFact.Requested f:
                    (TokenId, Requester, PublicKey, RequestedAt) = (f.TokenId, f.Requester, CidText.Hex(f.PublicKey), row.BlockTime);
                    (Cid, Receipt, DeliveredAt) = (null, null, null);
                    break;
                case MarketFact.Delivered f when TokenId.Length > 0:
                    (Cid, Receipt, DeliveredAt) = (CidText.Of(f.Cid), f.Receipt, row.BlockTime);
                    break;
            }
        }
    }
}
