namespace Workers.Encryption.Api;

/// <summary>The house's HTTP API: paper 0, Table 3, and paper 1's datasets.</summary>
internal static class EncryptionApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        ApplicationsApi.Map(api);
        LocalStorageApi.Map(api);
        RemoteApi.Map(api);
        TradingApi.Map(api);
        DatasetsApi.Map(api);
        DatasetMarketApi.Map(api);
    }
}
