namespace Workers.Encryption.Api;

/// <summary>The owner's HTTP API: paper 0, Table 3.</summary>
internal static class EncryptionApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        ApplicationsApi.Map(api);
        LocalStorageApi.Map(api);
        RemoteApi.Map(api);
        TradingApi.Map(api);
    }
}
