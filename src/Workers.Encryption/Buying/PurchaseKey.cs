namespace Workers.Encryption.Buying;

/// <summary>What a purchase's wrapped private key is bound to in the vault.</summary>
public static class PurchaseKey
{
    public static string Purpose(Guid purchaseId) => $"purchase-key/{purchaseId}";
}
