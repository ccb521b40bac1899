using System.Globalization;
using Mechanisms.PrivacyGame;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Requests;
using Workers.Oracle.Terms;

namespace Workers.Oracle.Solving;

/// <summary>What a node has to answer to a request by its own account: a game, or why there can be none.</summary>
internal sealed record RequestedGame(CollaborativeGame? Game, RefusalDocument? Refusal)
{
    /// <summary>From what was gathered.</summary>
    public static async Task<RequestedGame> OfAsync(OracleRequest request, GatheringRow gathered, OracleContent content, KeyVault vault, CancellationToken cancellationToken)
    {
        if (gathered.Refusal is { } refusal)
        {
            return new RequestedGame(null, new RefusalDocument(1, request.Id, RefusalReason.UnusableTerms, refusal));
        }

        var terms = await content.TermsAsync(request, cancellationToken);
        return For(request.Id, GatheredGame.Unwrap(gathered.WrappedGame!, terms, request.Id, vault), terms);
    }

    /// <summary>As a pure function.</summary>
    public static RequestedGame For(string requestId, GroupGame game, GameTerms terms)
    {
        var highest = game.HighestPrivacy;
        return terms.Beta <= highest
            ? new RequestedGame(game.For(terms.Alpha, terms.Beta), null)
            : new RequestedGame(null, new RefusalDocument(
                1, requestId, RefusalReason.InfeasibleWish,
                string.Create(CultureInfo.InvariantCulture, $"β = {terms.Beta:G6} km is wanted; these profiles allow no more than {highest:G6} km, whatever is sent."), highest));
    }
}
