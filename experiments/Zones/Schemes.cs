using Mechanisms.Reputation;

namespace Experiments.Zones;

/// <summary>The schemes that the paper compares (§6).</summary>
internal enum Scheme
{
    /// <summary>The paper's own, as this project builds it.</summary>
    Emcs,

    /// <summary>[19]: participants choose a bookkeeper among themselves each time, whose own messages are free.</summary>
    Bookkeepers,

    /// <summary>[20]: every message passes a perception network, an obfuscation mechanism and a blockchain.</summary>
    ThreeParts,

    /// <summary>[21]: places go to several private chains, from which the requester reads them.</summary>
    PrivateChains,
}

/// <summary>What became of one request.</summary>
/// <param name="Told">Who told its place.</param>
/// <param name="Response">Until the requester has what it needs, or knows that it does not get it.</param>
/// <param name="Processor">Of all together.</param>
internal sealed record Attempt(bool IsFormed, IReadOnlyList<int> Told, double Response, double Processor, int Messages, long Bytes);

/// <summary>Forms zones.</summary>
internal static class Schemes
{
    /// <summary>In the legend.</summary>
    public static string Name(Scheme scheme) => scheme switch
    {
        Scheme.Emcs => "EMCS",
        Scheme.Bookkeepers => "scheme [19]",
        Scheme.ThreeParts => "scheme [20]",
        _ => "scheme [21]",
    };

    /// <summary>A request for a zone of <paramref name="size"/>.</summary>
    /// <param name="reputation">The requester's; only EMCS asks for it.</param>
    public static Attempt Form(Scheme scheme, Town town, int requester, double reputation, int size, Random random)
    {
        var candidates = town.HeardBy(requester).ToArray();
        random.Shuffle(candidates);
        var hops = scheme == Scheme.ThreeParts ? Setting.Parts : 1;
        var (told, now, processor, messages, bytes) = (new List<int>(), Setting.Sign, Setting.Sign, 0, 0L);
        for (var next = 0; told.Count < size - 1 && next < candidates.Length;)
        {
            var wave = candidates.AsSpan(next, Math.Min(Math.Min(size - 1 - told.Count, Setting.Parallelism), candidates.Length - next)).ToArray();
            next += wave.Length;
            var arrivals = new List<(double At, bool Helps)>();
            foreach (var (member, i) in wave.Select((m, i) => (m, i)))
            {
                var helps = scheme != Scheme.Emcs || reputation >= TrustThreshold.Of(town.MeanReputation, town.People[member].Sensitivity, size);
                if (helps)
                {
                    told.Add(member);
                }

                // Between two parts each message is opened and sealed again.
                var work = (helps ? Setting.Answer : Setting.Verify + Setting.Seal) + (2 * (hops - 1) * Setting.Seal);
                arrivals.Add((now + ((i + 1) * Setting.Seal) + RoundTrip(random, hops) + work, helps));
                processor += Setting.Seal + work + Setting.CheckAnswer;
                messages += 2 * hops;
                bytes += hops * (Setting.RequestBytes + (helps ? Setting.AnswerBytes : Setting.RefusalBytes));
            }

            // One device, one core: answers are checked one after the other.
            foreach (var (at, _) in arrivals.OrderBy(a => a.At))
            {
                now = Math.Max(now, at) + Setting.CheckAnswer;
            }
        }

        var attempt = new Attempt(told.Count >= size - 1, told, now, processor, messages, bytes);
        return scheme switch
        {
            Scheme.Emcs => Billed(attempt),
            Scheme.Bookkeepers => Booked(attempt, random),
            Scheme.PrivateChains => Chained(attempt, random),
            _ => attempt,
        };
    }

    /// <summary>A bill for each answer, after the requester has what it needs. Which bookkeeper posts an epoch's bills follows from reputations, without a message.</summary>
    private static Attempt Billed(Attempt attempt) => attempt with
    {
        Processor = attempt.Processor + (attempt.Told.Count * (Setting.Bill + Setting.Verify)),
        Messages = attempt.Messages + attempt.Told.Count,
        Bytes = attempt.Bytes + (attempt.Told.Count * Setting.BillBytes),
    };

    /// <summary>Each of K participants signs whom it wants and tells all others, who check it; then the block goes round. The bookkeeper's own messages are free.</summary>
    private static Attempt Booked(Attempt attempt, Random random)
    {
        var others = attempt.Told.Count;
        return attempt with
        {
            Response = attempt.Response + (others * Setting.Seal) + RoundTrip(random, hops: 1) + (others * Setting.Verify),
            Processor = attempt.Processor + ((others + 1) * (Setting.Sign + (others * (Setting.Seal + Setting.Verify)))),
            Messages = attempt.Messages + (others * others),
            Bytes = attempt.Bytes + ((long)others * others * Setting.RefusalBytes),
        };
    }

    /// <summary>Each collaborator seals its place for each chain, each chain makes a block, and the requester reads all.</summary>
    private static Attempt Chained(Attempt attempt, Random random)
    {
        var more = Setting.PrivateChains - 1;
        var reading = attempt.Told.Count * more * Setting.CheckAnswer;
        return attempt with
        {
            Response = attempt.Response + (more * Setting.Seal) + RoundTrip(random, hops: 2) + reading,
            Processor = attempt.Processor + (attempt.Told.Count * more * Setting.Seal) + (Setting.PrivateChains * (Setting.Sign + Setting.Verify)) + reading,
            Messages = attempt.Messages + (2 * attempt.Told.Count * Setting.PrivateChains),
            Bytes = attempt.Bytes + (2L * attempt.Told.Count * Setting.PrivateChains * Setting.AnswerBytes),
        };
    }

    private static double RoundTrip(Random random, int hops)
    {
        var total = 0.0;
        for (var i = 0; i < hops; i++)
        {
            total += Setting.LeastRoundTrip - (Setting.MeanDelay * Math.Log(1 - random.NextDouble()));
        }

        return total;
    }
}
