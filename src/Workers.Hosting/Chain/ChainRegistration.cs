using Ethereum.Rpc;
using Microsoft.Extensions.Options;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Chain;

/// <summary>Registers the organisation's connection to its chain.</summary>
public static class ChainRegistration
{
    /// <summary>Registers <see cref="ChainOptions"/> and <see cref="EthereumRpc"/> once per process.</summary>
    public static void AddChain(this WebApplicationBuilder builder)
    {
        if (builder.Services.Any(s => s.ServiceType == typeof(EthereumRpc)))
        {
            return;
        }

        builder.AddValidatedOptions<ChainOptions>("Chain");
        builder.Services.AddHttpClient(nameof(EthereumRpc)).ConfigurePrimaryHttpMessageHandler(EthereumRpc.CreateHandler).RemoveAllLoggers();
        builder.Services.AddSingleton(services => new EthereumRpc(
            services.GetRequiredService<IHttpClientFactory>().CreateClient(nameof(EthereumRpc)),
            new EthereumRpcOptions { Endpoints = services.GetRequiredService<IOptions<ChainOptions>>().Value.Endpoints },
            services.GetRequiredService<TimeProvider>()));
    }
}
