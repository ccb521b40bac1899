namespace Workers.Encryption.Arbitration;

/// <summary>What the evidence of a dispute shows. What is ruled on is what any third party can repeat.</summary>
public enum Finding
{
    /// <summary>The evidence is not the private key of the trade's public key: it proves nothing.</summary>
    EvidenceIsNotTheTradesKey,

    /// <summary>The answer was not sealed to the trade's key.</summary>
    AnswerDoesNotOpen,

    /// <summary>The answer opens to another key than the owner committed to when it sealed the period.</summary>
    KeyIsNotTheCommittedOne,

    /// <summary>The blob cannot be had from here: whether it is gone or a node of ours fails, nobody can tell.</summary>
    BlobIsMissing,

    /// <summary>The blob is larger than this arbiter fetches or opens.</summary>
    BlobIsTooLarge,

    /// <summary>The blob is not the one whose hash the owner recorded, or does not open with the committed key.</summary>
    BlobDoesNotOpen,

    /// <summary>Key and blob are what the owner promised, as far as the evidence lets anybody see.</summary>
    AnswerIsGood,
}

/// <summary>An arbiter's decision.</summary>
/// <param name="RefundBuyer">The whole price goes back; otherwise it is paid as if the buyer had confirmed.</param>
public sealed record Ruling(bool RefundBuyer, string Reason)
{
    /// <summary>Rules on a finding: the owner has to deliver what it committed to, the buyer has to prove that it did not.</summary>
    /// <returns>Null where the finding says more about the arbiter than about the owner: then the time limit decides.</returns>
    public static Ruling? On(Finding finding) => finding switch
    {
        Finding.EvidenceIsNotTheTradesKey => new(false, "the evidence is not the private key of this trade, so it proves nothing"),
        Finding.AnswerDoesNotOpen => new(true, "the answer does not open with the trade's private key"),
        Finding.KeyIsNotTheCommittedOne => new(true, "the answer holds another key than the one committed to when the period was sealed"),
        Finding.BlobIsMissing or Finding.BlobIsTooLarge => null,
        Finding.BlobDoesNotOpen => new(true, "the sealed blob does not open with the committed key, or is not the recorded one"),
        Finding.AnswerIsGood => new(false, "key and blob are what the owner committed to"),
        _ => throw new ArgumentOutOfRangeException(nameof(finding), finding, "Unknown finding."),
    };
}
