using System.Security.Cryptography;
using Ethereum;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Retrieval;

/// <summary>What the bytes of a source are worth, without any I/O.</summary>
internal static class EnvelopeCheck
{
    /// <summary>Signature first: a stranger's envelope is no evidence against the member. Then what was signed, then when, then what opens.</summary>
    public static (SourceFinding Finding, ProfileContent? Content) Judge(ProfileSource source, byte[] bytes, ProfileRequest request, ProfileReader reader, DateTimeOffset now)
    {
        var finding = new SourceFinding(source, SourceOutcome.Malformed, null, new Hash32(SHA256.HashData(bytes)), null, "");
        try
        {
            var envelope = ProfileEnvelope.Read(bytes);
            var header = envelope.Header;
            finding = finding with { Content = header.Content };
            if (header.Member != request.Member)
            {
                return (finding with { Outcome = SourceOutcome.OtherMember, Sentence = $"It delivered the profile of {header.Member}." }, null);
            }

            finding = finding with { Evidence = header.IsSignedFor(reader.Oracle) ? header : null };
            if (finding.Evidence is not null && header.Content != request.Content)
            {
                return (finding with { Outcome = SourceOutcome.OtherContent, Sentence = $"Its member signed {header.Content}; the request pins {request.Content}." }, null);
            }

            var content = envelope.Open(reader.Node, reader.Pair, reader.Oracle, now, request.MaxAge);
            return (finding with { Outcome = SourceOutcome.Agreed, Sentence = "It delivered the pinned content." }, content);
        }
        catch (ProfileException e)
        {
            return (finding with { Outcome = Outcome(e.Problem), Sentence = e.Message }, null);
        }
    }

    private static SourceOutcome Outcome(ProfileProblem problem) => problem switch
    {
        ProfileProblem.MalformedEnvelope or ProfileProblem.MalformedContent => SourceOutcome.Malformed,
        ProfileProblem.TooLarge => SourceOutcome.TooLarge,
        ProfileProblem.BadSignature => SourceOutcome.BadSignature,
        ProfileProblem.NotYetValid => SourceOutcome.NotYetValid,
        ProfileProblem.Expired => SourceOutcome.Expired,
        ProfileProblem.TooOld => SourceOutcome.TooOld,
        ProfileProblem.NotForThisNode => SourceOutcome.NotForThisNode,
        ProfileProblem.DoesNotOpen or ProfileProblem.NotAsSigned => SourceOutcome.DoesNotOpen,
        _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, "No such problem."),
    };
}
