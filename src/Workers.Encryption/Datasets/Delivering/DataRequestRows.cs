using System.Text.Json.Serialization;
using Workers.Hosting.Chain;
using Workers.Hosting.Data;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>One thing that the market of datasets said about a request. Numbers of tokens, addresses and hashes are lower-case 0x hex.</summary>
[JsonDerivedType(typeof(Requested), "requested")]
[JsonDerivedType(typeof(Delivered), "delivered")]
public abstract record DataRequestFact
{
    public sealed record Requested(string TokenId, string Requester, byte[] PublicKey) : DataRequestFact;

    public sealed record Delivered(byte[] Cid, string Receipt) : DataRequestFact;
}

/// <summary>An event about a request, by the block that it stands in.</summary>
public sealed class DataRequestFactRow : IFactRow
{
    public required long RequestId { get; init; }

    public required string BlockHash { get; init; }

    public required long LogIndex { get; init; }

    public required long BlockNumber { get; init; }

    /// <summary>JSON of <see cref="DataRequestFact"/>.</summary>
    public required string Fact { get; init; }
}

/// <summary>A request for a dataset, as its facts add up.</summary>
public sealed class DataRequestRow : IVersioned
{
    public required long RequestId { get; init; }

    /// <summary>Empty while the request's own event is not there.</summary>
    public string TokenId { get; set; } = "";

    public string Requester { get; set; } = "";

    /// <summary>65 bytes.</summary>
    public byte[] PublicKey { get; set; } = [];

    /// <summary>Of the request.</summary>
    public long BlockNumber { get; set; }

    public string BlockHash { get; set; } = "";

    /// <summary>Of the delivered file; null until then.</summary>
    public byte[]? Cid { get; set; }

    /// <summary>The receipt's hash; null until then.</summary>
    public string? Receipt { get; set; }

    public int Version { get; set; }

    /// <summary>Writes what the facts add up to.</summary>
    public void Fold(IEnumerable<(DataRequestFactRow Row, DataRequestFact Fact)> facts)
    {
        ArgumentNullException.ThrowIfNull(facts);
        (TokenId, Requester, PublicKey, BlockNumber, BlockHash, Cid, Receipt) = ("", "", [], 0, "", null, null);
        foreach (var (row, fact) in facts)
        {
            switch (fact)
            {
                case DataRequestFact.Requested requested:
                    (TokenId, Requester, PublicKey) = (requested.TokenId, requested.Requester, requested.PublicKey);
                    (BlockNumber, BlockHash) = (row.BlockNumber, row.BlockHash);
                    break;
                case DataRequestFact.Delivered delivered:
                    (Cid, Receipt) = (delivered.Cid, delivered.Receipt);
                    break;
            }
        }
    }
}
