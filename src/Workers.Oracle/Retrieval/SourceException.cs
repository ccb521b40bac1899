namespace Workers.Oracle.Retrieval;

/// <summary>A source that is not asked again at once; the message is its finding's sentence.</summary>
internal sealed class SourceException(SourceOutcome outcome, string message) : Exception(message)
{
    public SourceOutcome Outcome { get; } = outcome;
}
