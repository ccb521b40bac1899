using Ethereum;
using Ethereum.Rpc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;

namespace Workers.Evaluator.Sessions;

/// <summary>What the handlers of sessions ask the chain and the facts that came from it.</summary>
public sealed class SessionChain(EthereumRpc rpc, IOptions<ChainOptions> options, EvaluatorDb db)
    : WorkerChain(rpc, options, db)
{
    /// <summary>The sessions' contract.</summary>
    public Address Contract => ContractAt("TradingSessions");

    /// <summary>Where accusations are recorded.</summary>
    public Address Log => ContractAt("CommunicationLog");

    /// <summary>Binds keys and sealed messages to one session.</summary>
    public SessionReference Reference(string sessionId) => new(ChainId, Contract, Hash32.Parse(sessionId));

    /// <summary>A session as its facts stand now.</summary>
    public async Task<Session> SessionAsync(string sessionId, CancellationToken cancellationToken) =>
        Session.Of(sessionId, await db.SessionFacts.AsNoTracking().Where(f => f.SessionId == sessionId).ToListAsync(cancellationToken));

    /// <summary>Whether a fact can no longer vanish; false when there is none.</summary>
    public async Task<bool> IsFinalAsync<TFact>(At<TFact>? fact, CancellationToken cancellationToken)
        where TFact : SessionFact =>
        fact is not null && await IsFinalAsync(fact.Block.Number, fact.Block.Hash, cancellationToken);
}
