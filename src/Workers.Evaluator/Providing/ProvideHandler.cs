using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Agreements;
using Workers.Evaluator.Sessions;
using Workers.Evaluator.Shards;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;

namespace Workers.Evaluator.Providing;

/// <summary>The provider's part of a session: judge it, join it, and take whatever step is next.</summary>
public sealed class ProvideHandler(
    EvaluatorDb db,
    SessionChain chain,
    AgreementReader agreements,
    MainAccount account,
    KeyVault vault,
    IOptions<ProvidingOptions> options,
    TimeProvider clock) : IHandler<SessionChanged>
{
    private string Me => account.Address.ToString();

    /// <inheritdoc/>
    public async Task HandleAsync(SessionChanged message, CancellationToken cancellationToken)
    {
        var session = await chain.SessionAsync(message.SessionId, cancellationToken);
        if (session.Terms is not { } terms || terms.Collector == Me)
        {
            return;
        }

        var chainTime = await chain.TimeAsync(cancellationToken);
        var row = await db.Provisions.FindAsync([session.Id], cancellationToken);
        if (row is null)
        {
            await JudgeAsync(session, terms, chainTime, cancellationToken);
            return;
        }

        var me = session.Participants.GetValueOrDefault(row.Account);
        var final = new FinalFacts(
            await chain.IsFinalAsync(me?.Sampling, cancellationToken),
            await chain.IsFinalAsync(session.Naming, cancellationToken),
            await chain.IsFinalAsync(session.Choice, cancellationToken));
        switch (ProvidingPolicy.Next(session, row.Account, row.State, final, chainTime))
        {
            case ProvisionStep.Register:
                await RegisterAsync(row, terms, cancellationToken);
                break;
            case ProvisionStep.SubmitFeatures when row.FeaturesSeed != me!.Sampling!.Fact.Seed:
                row.FeaturesSeed = me.Sampling.Fact.Seed;
                db.Publish(new ComputeFeatures(session.Id, me.Sampling.Fact.Seed));
                break;
            case ProvisionStep.ShowReview:
                await ShowAsync(row, terms, me!, cancellationToken);
                break;
            case ProvisionStep.Claim:
                await ClaimAsync(row, terms, cancellationToken);
                break;
            case ProvisionStep.Close:
                await SubmitAsync(row, "close", new TradingSessions.CloseCall(terms.ToCall()).Encode(), cancellationToken);
                break;
            case ProvisionStep.TakeDeposit:
                await SubmitAsync(row, "deposit", new TradingSessions.ClaimDepositCall(terms.ToCall()).Encode(), cancellationToken);
                break;
            default:
                break;
        }
    }

    /// <summary>Only sessions that can still be joined are worth a row.</summary>
    private async Task JudgeAsync(Session session, SessionTerms terms, DateTimeOffset chainTime, CancellationToken cancellationToken)
    {
        if (session.State != SessionState.Pending || chainTime >= terms.Expiry)
        {
            return;
        }

        var isLocked = !await chain.IsAllowedAsync(Address.Parse(terms.Collector), cancellationToken);
        var objection = ProvidingPolicy.Objection(terms, Me, isLocked, chainTime, options.Value);
        db.Provisions.Add(new ProvisionRow
        {
            SessionId = session.Id,
            Account = Me,
            State = objection is null ? ProvisionState.Preparing : ProvisionState.Declined,
            Reason = objection,
            At = clock.GetUtcNow(),
        });
        if (objection is null)
        {
            db.Publish(new PrepareShards(session.Id));
        }
    }

    private async Task RegisterAsync(ProvisionRow row, SessionTerms terms, CancellationToken cancellationToken)
    {
        var spending = new Spending(Key(row, "register"), account.Address, chain.Contract, "the sessions' contract", new BigInteger(terms.Deposit), row.At);
        if (await Allowance.SubmitAsync(db, chain, spending, () => Task.FromResult(Registration(row, terms)), cancellationToken) is { } problem)
        {
            (row.State, row.Reason) = (ProvisionState.Declined, problem);
        }
    }

    private byte[] Registration(ProvisionRow row, SessionTerms terms)
    {
        using var keys = ProvisionKeys.Of(row, vault);
        var commitment = ShardTree.Commitment(OrderedTree.Root(Leaves(row, keys)), Hash32.Parse(row.SessionId), account.Address);
        return new TradingSessions.RegisterCall(terms.ToCall(), checked((ushort)row.Shards), commitment).Encode();
    }

    private async Task ShowAsync(ProvisionRow row, SessionTerms terms, Participant me, CancellationToken cancellationToken)
    {
        var agreement = await agreements.AgreementAsync(terms, cancellationToken);
        using var keys = ProvisionKeys.Of(row, vault);
        var leaves = Leaves(row, keys);
        var sample = ShardTree.Sample(row.Shards, terms.SampleShare, me.Sampling!.Fact.Seed);
        var retrievalKeys = RetrievalKeys(row);
        var call = new TradingSessions.SubmitReviewCall(
            terms.ToCall(),
            [.. sample.Select(i => retrievalKeys[i])],
            [.. sample.Select(keys.Salt)],
            [.. OrderedTree.Proof(leaves, sample)],
            SealedSessionKey.Seal(agreement.ReviewKey, keys.SessionKey, chain.Reference(row.SessionId), account.Address));
        await SubmitAsync(row, "review", call.Encode(), cancellationToken);
    }

    private async Task ClaimAsync(ProvisionRow row, SessionTerms terms, CancellationToken cancellationToken)
    {
        using var keys = ProvisionKeys.Of(row, vault);
        var call = new TradingSessions.ClaimRewardCall(terms.ToCall(), new Hash32(keys.ClaimKey.Reveal()), [.. RetrievalKeys(row)]);
        await SubmitAsync(row, "claim", call.Encode(), cancellationToken);
    }

    private Task<bool> SubmitAsync(ProvisionRow row, string step, byte[] data, CancellationToken cancellationToken) =>
        db.SubmitAsync(Key(row, step), account.Address, chain.Contract, data, cancellationToken);

    private static string Key(ProvisionRow row, string step) => $"session/{row.SessionId}/{step}";

    private static List<Hash32> Leaves(ProvisionRow row, ProvisionKeys keys) =>
        [.. RetrievalKeys(row).Select((key, i) => ShardTree.Leaf(key, keys.Salt(i)))];

    private static List<Hash32> RetrievalKeys(ProvisionRow row) =>
        [.. row.RetrievalKeys.Chunk(Hash32.Size).Select(key => new Hash32(key))];
}
