using System.Numerics;
using Ethereum.Contracts;

namespace Workers.Dashboard.Tests.Market;

/// <summary>An offer as the data of a token's transfer: abi.encode(Offer), seven words.</summary>
internal sealed record OfferData(DatasetMarket.Offer Offer)
{
    public byte[] Encode() =>
    [
        .. Word(Offer.Price), .. Word(Offer.Step), .. Convert.FromHexString(Offer.Unit.ToString().AsSpan(2)), .. new byte[12], .. Offer.RateOf.ToArray(),
        .. Word(Offer.MaxRateAge), .. Word(Offer.Duration), .. Word(Offer.Extension),
    ];

    private static byte[] Word(BigInteger value)
    {
        var bytes = value.ToByteArray(isUnsigned: true, isBigEndian: true);
        return [.. new byte[32 - bytes.Length], .. bytes];
    }
}
