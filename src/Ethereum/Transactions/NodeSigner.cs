using System.Text.Json;
using Ethereum.Rpc;

namespace Ethereum.Transactions;

/// <summary>Has a node (or a remote signer that speaks eth_signTransaction) sign, and checks that it signed what was asked with the right key.</summary>
/// <param name="rpc">The node.</param>
/// <param name="address">An account that it holds.</param>
public sealed class NodeSigner(EthereumRpc rpc, Address address) : ISigner
{
    /// <inheritdoc/>
    public Address Address => address;

    /// <inheritdoc/>
    /// <exception cref="RpcException">The node does not answer or refuses.</exception>
    /// <exception cref="InvalidDataException">The node signed something else, or with another key.</exception>
    /// <exception cref="NotSupportedException">Not a transaction of type 2.</exception>
    public async Task<SignedTransaction> SignAsync(Transaction transaction, CancellationToken cancellation)
    {
        if (transaction is not Eip1559Transaction { AccessList.Count: 0 } asked)
        {
            throw new NotSupportedException("A node is asked only for signatures of type 2 transactions without an access list.");
        }

        var raw = await rpc.SignTransactionAsync(
            new TransactionRequest
            {
                From = address,
                To = asked.To,
                Data = asked.Data,
                Value = asked.Value,
                Gas = asked.GasLimit,
                Nonce = asked.Nonce,
                MaxFeePerGas = asked.MaxFeePerGas,
                MaxPriorityFeePerGas = asked.MaxPriorityFeePerGas,
                ChainId = asked.ChainId,
            },
            cancellation);
        try
        {
            var signed = SignedTransaction.Decode(raw);
            return signed.Sender == address && signed.Transaction.SignsTheSame(asked)
                ? signed
                : throw new InvalidDataException($"The node signed another transaction than asked, or not with the key of {address}.");
        }
        catch (FormatException e)
        {
            throw new InvalidDataException("The node's signed transaction is malformed.", e);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="RpcException">The node does not answer or refuses.</exception>
    /// <exception cref="InvalidDataException">The node signed with another key.</exception>
    public async Task<Signature> SignMessageAsync(byte[] message, CancellationToken cancellation) =>
        Checked(await rpc.RequestAsync("personal_sign", [Hex.ToString(message), address.ToString()], cancellation), PersonalMessage.Hash(message));

    /// <inheritdoc/>
    /// <exception cref="RpcException">The node does not answer or refuses.</exception>
    /// <exception cref="InvalidDataException">The node signed with another key.</exception>
    public async Task<Signature> SignTypedDataAsync(TypedData data, CancellationToken cancellation) =>
        Checked(await rpc.RequestAsync("eth_signTypedData_v4", [address.ToString(), data.ToJson()], cancellation), data.Hash());

    private Signature Checked(JsonElement signed, Hash32 hash)
    {
        try
        {
            var signature = PersonalMessage.FromBytes(Hex.Parse(signed.GetString() ?? ""));
            return signature.Recover(hash) == address
                ? signature
                : throw new InvalidDataException($"The node did not sign with the key of {address}.");
        }
        catch (FormatException e)
        {
            throw new InvalidDataException("The node's signature is malformed.", e);
        }
    }
}
