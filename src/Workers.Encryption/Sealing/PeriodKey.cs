namespace Workers.Encryption.Sealing;

/// <summary>What a period's wrapped key is bound to in the vault.</summary>
public static class PeriodKey
{
    /// <summary>A key that was moved to another period's row does not unwrap.</summary>
    public static string Purpose(PeriodRow period) => Purpose(period.SealId);

    /// <summary>The seal's id already stands for application, pseudonym, tag and period.</summary>
    public static string Purpose(string sealId) => $"period-key/{sealId}";
}
