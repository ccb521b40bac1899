using Ethereum;
using Ethereum.Contracts;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;

namespace Testing;

/// <summary>The attestors' verdict on an account, where the operator is the only one. Compiled into the tests of the workers that ask who is locked.</summary>
internal static class Lockout
{
    public static async Task LockAsync(EthereumRpc rpc, MarketContracts contracts, LocalKeySigner attestor, Address offender, CancellationToken cancellationToken)
    {
        var market = new ConductReference(await rpc.ChainIdAsync(cancellationToken), contracts.Conduct);
        var (evidence, time) = (Keccak256.Hash($"of {offender}"), (await rpc.GetBlockHeaderAsync(BlockTag.Latest, cancellationToken))!.Timestamp);
        var signature = PersonalMessage.ToBytes(await attestor.SignTypedDataAsync(Statements.Verdict(market, offender, Offence.ExpiredQuery, evidence, time), cancellationToken));
        await new AccountSender(rpc, attestor).SendAsync(contracts.Conduct, new Conduct.PenaliseCall(offender, (byte)Offence.ExpiredQuery, evidence, time, [signature]).Encode(), value: 0, cancellationToken);
    }
}
