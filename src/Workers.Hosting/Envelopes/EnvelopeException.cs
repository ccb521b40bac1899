namespace Workers.Hosting.Envelopes;

/// <summary>What is wrong when a member did not answer.</summary>
public enum EnvelopeFault
{
    /// <summary>Its entry on chain is of no use: another endpoint or key is needed.</summary>
    BadEntry,

    /// <summary>It cannot be reached, or has no time. Later may be better.</summary>
    Unavailable,

    /// <summary>Somebody at its endpoint refuses the envelope; nobody signed that.</summary>
    Rejected,

    /// <summary>The member refuses, and signed so.</summary>
    Refused,

    /// <summary>What came back is not its answer to this.</summary>
    BadReply,
}

/// <summary>A member did not answer. The message holds nothing of what was sent; of a refusal it shows the other's sentence.</summary>
public sealed class EnvelopeException(EnvelopeFault fault, string message) : Exception(message)
{
    /// <summary>What is wrong.</summary>
    public EnvelopeFault Fault { get; } = fault;
}
