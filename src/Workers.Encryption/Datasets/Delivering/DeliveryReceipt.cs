using System.Numerics;
using Ethereum;
using Ethereum.Transactions;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>What a publisher swears to about a delivery (EIP-712), for whoever doubts later: which token's data went to whom, as of which block, sealed to which key, and where it is.</summary>
/// <param name="TokenId">0x hex; addresses and hashes likewise.</param>
/// <param name="BlockNumber">The final block at which the requester was the owner.</param>
/// <param name="PublicKey">65 bytes, 0x hex.</param>
/// <param name="Cid">The CID's bytes, 0x hex.</param>
/// <param name="Signature">Of the publisher: r ‖ s ‖ v, 0x hex.</param>
public sealed record DeliveryReceipt(
    ulong ChainId, string Contract, long RequestId, string TokenId, string Owner, ulong BlockNumber, string BlockHash, string PublicKey, string Cid, string Signature = "")
{
    /// <summary>What stands on chain: the hash of the signed struct.</summary>
    public Hash32 Hash() => ToTypedData().Hash();

    /// <summary>Signs it.</summary>
    internal async Task<DeliveryReceipt> SignAsync(ISigner signer, CancellationToken cancellationToken) =>
        this with { Signature = Hex.ToString(PersonalMessage.ToBytes(await signer.SignTypedDataAsync(ToTypedData(), cancellationToken))) };

    /// <summary>Whose signature it bears.</summary>
    /// <exception cref="FormatException">Something of it is malformed.</exception>
    public Address Signer() => PersonalMessage.FromBytes(Hex.Parse(Signature)).Recover(Hash());

    /// <summary>Delivery(uint256 requestId,uint256 tokenId,address owner,uint256 blockNumber,bytes32 blockHash,bytes publicKey,bytes cid)</summary>
    private TypedData ToTypedData() => new(
        DeliveryDomain.Of(ChainId, Address.Parse(Contract)),
        "Delivery",
        [
            new("uint256", "requestId", new BigInteger(RequestId)),
            new("uint256", "tokenId", TokenNumber.Parse(TokenId)),
            new("address", "owner", Address.Parse(Owner)),
            new("uint256", "blockNumber", new BigInteger(BlockNumber)),
            new("bytes32", "blockHash", Hash32.Parse(BlockHash)),
            new("bytes", "publicKey", Hex.Parse(PublicKey)),
            new("bytes", "cid", Hex.Parse(Cid)),
        ]);
}

/// <summary>EIP-712's domain of what publishers and requesters sign.</summary>
internal static class DeliveryDomain
{
    public static TypedDataDomain Of(ulong chainId, Address market) => new("Data market deliveries", "1", chainId, market);
}
