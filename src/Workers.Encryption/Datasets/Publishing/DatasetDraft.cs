using System.Numerics;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Mechanisms.Trifork;

namespace Workers.Encryption.Datasets.Publishing;

/// <summary>What becomes of a dataset that somebody asks to publish; docs/dataset-metadata.md says what of it everybody can read.</summary>
/// <param name="Name">1 to 120 characters.</param>
/// <param name="Format"><c>blocks</c>, <c>lines</c> or <c>csv</c>.</param>
/// <param name="File">The uploaded file's name; for a source its own by default.</param>
/// <param name="Source">A file's or folder's name in <c>Datasets:SourceFolder</c>, in place of an upload. A folder becomes a tar file.</param>
/// <param name="Description">At most 4,000 characters.</param>
/// <param name="Tags">At most 16 of 1 to 40 characters.</param>
/// <param name="BlockSize">Of the format <c>blocks</c>: bytes, 1 to 1 MiB. Default 4,096.</param>
/// <param name="Offer">Offers the token with its publication; null keeps it.</param>
public sealed record DatasetDraft(
    string Name, string Format, string? File = null, string? Source = null, string? Description = null, IReadOnlyList<string>? Tags = null, int BlockSize = 4096, DatasetOffer? Offer = null)
{
    private const int MaxName = 120, MaxDescription = 4_000, MaxTags = 16, MaxTag = 40;

    /// <summary>The name of what is delivered.</summary>
    public string FileName => File ?? Source!;

    /// <summary>Refuses what could not be published.</summary>
    /// <returns>What is wrong, as a sentence; null when nothing is.</returns>
    public string? Problem() => this switch
    {
        _ when !IsText(Name, MaxName) => $"A dataset's name has 1 to {MaxName} characters.",
        { Description.Length: > MaxDescription } => $"A description has at most {MaxDescription} characters.",
        { Tags: { } tags } when tags.Count > MaxTags || !tags.All(t => IsText(t, MaxTag)) => $"A dataset has at most {MaxTags} tags of 1 to {MaxTag} characters.",
        { Format: not ("blocks" or "lines" or "csv") } => $"'{Format}' is no format; blocks, lines and csv are.",
        { BlockSize: < 1 or > UnitFormat.MaxUnit } => $"Blocks have 1 to {UnitFormat.MaxUnit} bytes.",
        { File: null, Source: null } => "Name the file to upload, or a source.",
        { Source: { } source } when !IsFileName(source) => $"'{source}' is not the name of a file or folder in Datasets:SourceFolder.",
        _ when !IsFileName(FileName) => $"'{FileName}' is not a file name of 1 to {MaxName} characters.",
        _ => Offer?.Problem(),
    };

    /// <summary>Whether a text can name a file in some folder and none outside.</summary>
    internal static bool IsFileName(string name) => IsText(name, MaxName) && name is not ("." or "..") && name.AsSpan().IndexOfAny('/', '\\') < 0;

    private static bool IsText(string? text, int max) => text is { Length: > 0 } && text.Length <= max && !text.Any(char.IsControl) && !string.IsNullOrWhiteSpace(text);
}

/// <summary>How a token is offered: see IDatasetMarket.Offer. With a duration it is an auction.</summary>
/// <param name="Price">Of a sale; of an auction the reserve. In the smallest unit of the currency, or of the unit of account.</param>
/// <param name="Step">Auction: least raise.</param>
/// <param name="Unit">Sale in a unit of account: its name, 32 bytes as hexadecimal.</param>
/// <param name="RateOf">Sale in a unit of account: whose rate counts.</param>
/// <param name="MaxRateAge">Sale in a unit of account: seconds.</param>
/// <param name="Duration">Auction: seconds.</param>
/// <param name="Extension">Auction: seconds that remain at least after a bid.</param>
public sealed record DatasetOffer(decimal Price, decimal Step = 0, string? Unit = null, string? RateOf = null, uint MaxRateAge = 0, uint Duration = 0, uint Extension = 0)
{
    /// <inheritdoc cref="DatasetDraft.Problem"/>
    internal string? Problem() => this switch
    {
        { Price: < 1 } => "An offer's price is at least 1, in the smallest unit.",
        _ when Price != decimal.Truncate(Price) || Step != decimal.Truncate(Step) || Step < 0 => "Prices and steps are whole numbers, in the smallest unit.",
        { Unit: { } unit } when !Hash32.TryParse(unit, null, out _) => $"'{unit}' is not a unit of account: 32 bytes as hexadecimal.",
        { RateOf: { } account } when !Address.TryParse(account, null, out _) => $"'{account}' is not an address.",
        _ => null,
    };

    /// <summary>As the data of the transfer that offers a token: abi.encode(Offer).</summary>
    internal byte[] Encode()
    {
        var offer = ToCall();
        return AbiCodec.Encode(
            AbiType.Parse("(uint128,uint128,bytes32,address,uint32,uint32,uint32)"),
            [offer.Price, offer.Step, offer.Unit.ToArray(), offer.RateOf, new BigInteger(offer.MaxRateAge), new BigInteger(offer.Duration), new BigInteger(offer.Extension)]);
    }

    /// <summary>As the contract takes it; the contract refuses what contradicts itself.</summary>
    internal DatasetMarket.Offer ToCall() => new(
        new(Price), new(Step), Unit is null ? default : Hash32.Parse(Unit), RateOf is null ? Address.Zero : Address.Parse(RateOf), MaxRateAge, Duration, Extension);
}
