using Ethereum;
using Ethereum.Contracts;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Zones;

/// <summary>What an answer is worth.</summary>
/// <param name="Problem">Why it is not used; null when it is.</param>
/// <param name="Evidence">That its signer lied.</param>
public sealed record AnswerFinding(string? Problem, Evidence? Evidence);

/// <summary>Whether an answer is believed (Wang et al. 2021, §4.4, step 3): signature, radio range, speed against what the same member said before. Pure.</summary>
public static class AnswerInspection
{
    /// <summary>Looks at an answer before its place is opened.</summary>
    /// <param name="asked">Who was asked.</param>
    /// <returns>Why it is none; null when it is one.</returns>
    public static string? Problem(ConductReference market, Conduct.ZoneRequest request, Address asked, AnswerBody body, Hash32 sealedHash, DateTimeOffset now, TimeSpan clockTolerance)
    {
        ArgumentNullException.ThrowIfNull(body);
        var answer = body.Answer;
        if (answer.Collaborator != asked || answer.Request != Statements.Of(market, request).StructHash || answer.SealedPlace != sealedHash)
        {
            return "it answers something else";
        }

        // What is signed for another time could not be told from a replay, nor compared with what was said before.
        var apart = Math.Abs((decimal)answer.Time - now.ToUnixTimeSeconds());
        return apart > (decimal)clockTolerance.TotalSeconds ? $"its time is {apart} s off"
            : !Statements.Of(market, answer).IsSignedBy(asked, body.Signature) ? "its signature is not the member's"
            : null;
    }

    /// <summary>Looks at an answer whose place is opened.</summary>
    /// <param name="earlier">Answers of the same member that were believed.</param>
    public static AnswerFinding Inspect(Measure measure, Conduct.ZoneRequest request, OpenedAnswer opened, IEnumerable<OpenedAnswer> earlier)
    {
        ArgumentNullException.ThrowIfNull(measure);
        ArgumentNullException.ThrowIfNull(opened);
        ArgumentNullException.ThrowIfNull(earlier);
        if (opened.Answer.Place != Statements.Of(measure.Conduct, opened.Place).StructHash)
        {
            // It could say afterwards that it had told another place; but nothing that it signed shows this one.
            return new AnswerFinding("it does not open to the place that it is signed for", Evidence: null);
        }

        if (OutsideAreaEvidence.IsOutside(request, opened.Place, measure.Slack))
        {
            return new AnswerFinding("its place is out of the radio's reach", new OutsideAreaEvidence(request, opened.Answer, opened.Signature, opened.Place));
        }

        return earlier.FirstOrDefault(e => ImpossibleSpeedEvidence.IsTooFar(e, opened, measure)) is { } before
            ? new AnswerFinding("its place is too far from where the member was before", new ImpossibleSpeedEvidence(before, opened))
            : new AnswerFinding(Problem: null, Evidence: null);
    }
}
