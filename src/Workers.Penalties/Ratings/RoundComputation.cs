using Ethereum;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Members;

namespace Workers.Penalties.Ratings;

/// <summary>Computes standings from what this house has: the same for its own round and for another house's.</summary>
public sealed class RoundComputation(PenaltiesDb db, IOptions<RatingOptions> options)
{
    /// <summary>The standings after a block.</summary>
    /// <param name="answers">What agencies signed in the round.</param>
    /// <returns>No document where too few agencies count; the report says which do not.</returns>
    /// <exception cref="FormatException">There are too many members.</exception>
    public async Task<(StandingsDocument? Document, string Report)> ComputeAsync(long block, ILookup<Address, CreditAnswer> answers, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var members = await db.MembersAtAsync(block, cancellationToken);
        var (_, zones) = await db.ZonesAtAsync(block, cancellationToken);
        var heard = options.Value.Agencies.Select(a => (Account: Address.Parse(a.Key), Options: a.Value)).Where(a => answers.Contains(a.Account)).Select(a => new AgencyRatings(a.Account, a.Options, [.. answers[a.Account]]));
        var document = RatingRules.Compute(members, heard, options.Value.LeastAgencies, m => zones.GetValueOrDefault(m), out var report);
        return (document, report);
    }

    /// <summary>What agencies signed in a round, by their hashes.</summary>
    public async Task<IReadOnlyDictionary<Hash32, CreditAnswer>> AnswersAsync(long round, CancellationToken cancellationToken) =>
        (await db.CreditAnswers.AsNoTracking().Where(a => a.Round == round).ToListAsync(cancellationToken)).ToDictionary(a => a.Id, a => MemberJson.Read<CreditAnswer>(a.Body));

    /// <summary>Keeps what an agency signed, unless it does not count or there is more of it than an honest house needs. The caller saves.</summary>
    /// <returns>Why it is not kept, as a sentence; null when it is.</returns>
    public async Task<string?> KeepAsync(long round, CreditAnswer answer, ConductReference market, DateTimeOffset latest, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (options.Value.Agencies.FirstOrDefault(a => Address.Parse(a.Key) == answer.Agency) is not { Value: { } listed })
        {
            return $"{answer.Agency} is no agency of this house.";
        }

        if (RatingRules.Problem(answer, answer.Agency, listed, market, RatingRules.StartOf(round, options.Value.Round), latest, out _) is { } problem)
        {
            return $"{listed.Name}: {problem}.";
        }

        var body = MemberJson.Write(answer);
        var id = Keccak256.Hash(body);
        var known = await db.CreditAnswers.Where(a => a.Round == round && a.Agency == answer.Agency).Select(a => a.Id).ToListAsync(cancellationToken);
        if (known.Contains(id))
        {
            return null;
        }

        if (known.Count >= MostAnswers)
        {
            return $"{known.Count} answers of {listed.Name} are here already.";
        }

        db.CreditAnswers.Add(new CreditAnswerRow { Round = round, Id = id, Agency = answer.Agency, Body = body });
        return null;
    }

    /// <summary>Four for each thousand of as many members as standings have room for.</summary>
    private const int MostAnswers = 152;
}
