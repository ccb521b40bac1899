using Ethereum;

namespace Workers.Encryption.Datasets.Delivering;

/// <summary>Who gets a dataset, as pure functions.</summary>
public static class DeliveryPolicy
{
    /// <summary>Whether a request is answered now: it is one, nobody answered it, and it can no longer vanish.</summary>
    public static bool IsDue(DataRequestRow request, bool isFinal) => request is { TokenId.Length: > 0, Cid: null } && isFinal;

    /// <summary>
    /// Why nobody gets the data, as a sentence; null to deliver. Whoever asked must own the token at the newest final block: a token that was sold since has another
    /// owner, who can ask too, and one that is offered is the market's.
    /// </summary>
    public static string? Objection(DataRequestRow request, FinalOwner owner)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(owner);
        return owner.Owner == Address.Parse(request.Requester)
            ? null
            : $"{request.Requester} asked, but in the final block {owner.BlockNumber} the token {request.TokenId} is {owner.Owner}'s.";
    }
}
