using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;

namespace Workers.Oracle.Nodes;

/// <summary>A node's signed opinion of a proposal (IPrivacyOracle.Vote, EIP-712).</summary>
public static class SignedVote
{
    /// <summary>What is signed.</summary>
    public static TypedData Data(TypedDataDomain domain, PrivacyOracle.Vote vote)
    {
        ArgumentNullException.ThrowIfNull(vote);
        return new TypedData(domain, "Vote",
        [
            new("bytes32", "requestId", vote.RequestId),
            new("uint256", "attempt", vote.Attempt),
            new("bytes32", "proposalHash", vote.ProposalHash),
            new("bool", "accept", vote.Accept),
            new("bytes32", "evidence", vote.Evidence),
        ]);
    }

    /// <summary>The call that hands in one vote.</summary>
    public static async Task<byte[]> CallAsync(ISigner signer, TypedDataDomain domain, string requestId, int attempt, string proposalHash, bool accept, string evidence, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(signer);
        var vote = new PrivacyOracle.Vote(Hash32.Parse(requestId), new BigInteger(attempt), Hash32.Parse(proposalHash), accept, Hash32.Parse(evidence));
        var signature = PersonalMessage.ToBytes(await signer.SignTypedDataAsync(Data(domain, vote), cancellationToken));
        return new PrivacyOracle.VoteCall(vote.RequestId, [vote], [signature]).Encode();
    }
}
