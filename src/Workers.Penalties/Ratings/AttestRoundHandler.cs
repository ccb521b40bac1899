using System.Security.Cryptography;
using ContentStore;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Members;
using Workers.Hosting.Messaging;
using Workers.Hosting.Transactions;
using Workers.Penalties.Attesting;

namespace Workers.Penalties.Ratings;

/// <summary>Signs computed standings, stores their document and queues the attestation: the last two are one commit with the round's new state.</summary>
public sealed class AttestRoundHandler(PenaltiesDb db, ConductChain chain, MainAccount account, IContentStore content, IOptions<RatingOptions> options, IOptions<AttestingOptions> attesting, TimeProvider clock) : IHandler<AttestRound>
{
    /// <inheritdoc/>
    public async Task HandleAsync(AttestRound message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (await db.Rounds.FindAsync([message.Round], cancellationToken) is not { State: RoundState.Computed } row || RatingRules.RoundOf(clock.GetUtcNow(), options.Value.Round) != row.Round)
        {
            return;
        }

        var document = StandingsDocument.Read(row.Document);
        var (root, latest) = await chain.LatestAttestationAsync(cancellationToken);
        if (RatingRules.RoundOf(DateTimeOffset.FromUnixTimeSeconds((long)latest.Time), options.Value.Round) >= row.Round)
        {
            // Somebody attested in this round. Whether that stays is seen when the round is over.
            return;
        }

        if (root == document.Root && latest.Least == document.Least)
        {
            (row.State, row.Report) = (RoundState.Unchanged, $"{row.Report} The standings are those of attestation {latest.Number}; nothing is sent.");
            return;
        }

        var (attestors, threshold, _) = await chain.ReadAsync(chain.Contract, new Conduct.AttestorsCall(), cancellationToken);
        if (!attestors.Contains(account.Address) || clock.GetUtcNow() < TurnOf(row.Round, attestors))
        {
            return;
        }

        var number = latest.Number + 1;
        var hash = new Hash32(SHA256.HashData(row.Document!));
        var data = Statements.Attestation(chain.Market, document.Root, (uint)document.Standings.Count, document.Least, hash, number);
        var signature = PersonalMessage.ToBytes(await account.Signer.SignTypedDataAsync(data, cancellationToken));
        var signatures = await SignaturesAsync(row.Round, data.Hash(), attestors, signature, cancellationToken);
        if (signatures.Count < threshold)
        {
            foreach (var other in attestors.Where(a => a != account.Address && !signatures.ContainsKey(a)))
            {
                db.Publish(new AskSignature(row.Round, other.ToString()));
            }

            return;
        }

        using var stream = new MemoryStream(row.Document!, writable: false);
        await content.PutAsync(stream, cancellationToken);
        var call = new Conduct.AttestCall(document.Root, (uint)document.Standings.Count, document.Least, hash, [.. signatures.OrderBy(s => s.Key.ToTopic()).Take(threshold).Select(s => s.Value)]);
        // A number of which this house's transaction failed can come again where a node lags behind: it is not sent twice, and the next number will do.
        if (await db.SubmitAsync(Key(row.Round, (long)number), account.Address, chain.Contract, call.Encode(), cancellationToken))
        {
            (row.State, row.Number) = (RoundState.Sent, (long)number);
        }
    }

    /// <summary>Each round another attestor's turn comes first, and after a while of silence the next one's.</summary>
    private DateTimeOffset TurnOf(long round, Address[] attestors)
    {
        var place = Array.IndexOf(attestors, account.Address);
        var after = (int)((place - (round % attestors.Length) + attestors.Length) % attestors.Length);
        return after == 0 ? DateTimeOffset.MinValue : RatingRules.StartOf(round, options.Value.Round) + options.Value.AskingTime + (after * attesting.Value.Patience);
    }

    private async Task<Dictionary<Address, byte[]>> SignaturesAsync(long round, Hash32 digest, Address[] attestors, byte[] own, CancellationToken cancellationToken)
    {
        var signatures = (await db.RoundSignatures.AsNoTracking().Where(s => s.Round == round && s.Digest == digest && s.Signature != null).ToListAsync(cancellationToken))
            .Where(s => attestors.Contains(s.Attestor)).ToDictionary(s => s.Attestor, s => s.Signature!);
        signatures[account.Address] = own;
        return signatures;
    }

    /// <summary>The transaction with the attestation.</summary>
    internal static string Key(long round, long number) => $"round/{round}/attest/{number}";
}

/// <summary>Follows attestations to finality.</summary>
public sealed class AttestOutcomeHandler(PenaltiesDb db, ConductChain chain) : IHandler<TransactionOutcome>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TransactionOutcome message, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(message);
        if (message.Key.Split('/') is not ["round", var text, "attest", var number] || !long.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var round)
            || await db.Rounds.FindAsync([round], cancellationToken) is not { State: RoundState.Sent } row || row.Number.ToString(System.Globalization.CultureInfo.InvariantCulture) != number)
        {
            return;
        }

        row.TransactionHash = message.TransactionHash;
        if (message.State == TransactionState.Final)
        {
            row.State = RoundState.Attested;
        }
        else if (message.State == TransactionState.Reverted)
        {
            // Where somebody else's attestation took the number, another is signed with the next one.
            var isOvertaken = (await chain.LatestAttestationAsync(cancellationToken)).Attested.Number >= (ulong)row.Number;
            (row.State, row.Report) = isOvertaken ? (RoundState.Computed, row.Report) : (RoundState.Failed, $"{row.Report} The contract did not take the attestation: {message.Error}.");
        }
    }
}
