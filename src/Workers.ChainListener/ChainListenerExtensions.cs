using Ethereum.Rpc;
using Workers.ChainListener.Following;
using Workers.ChainListener.Node;
using Workers.ChainListener.Running;
using Workers.ChainListener.Storage;
using Workers.Hosting;
using Workers.Hosting.Chain;
using Workers.Hosting.Configuration;

namespace Workers.ChainListener;

/// <summary>Adds the chain listener to a process.</summary>
public static class ChainListenerExtensions
{
    internal const string Name = "listener";

    /// <summary>Follows the chain of section <c>Chain</c> and publishes its events. Options: sections <c>Chain</c> and <c>Listener</c>.</summary>
    public static WebApplicationBuilder AddChainListener(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddValidatedOptions<ChainOptions>("Chain");
        builder.AddValidatedOptions<ListenerOptions>("Listener");
        var services = builder.AddWorker<ListenerDbContext>(Name).Services;
        services.AddHttpClient(Endpoints.Client, client => client.Timeout = Timeout.InfiniteTimeSpan).ConfigurePrimaryHttpMessageHandler(EthereumRpc.CreateHandler).RemoveAllLoggers();
        services.AddOptions<ChainOptions>().Validate(
            o => o.Contracts.Count > 0,
            "Chain:Contracts (empty): the listener needs the contracts whose events it publishes, e.g. Chain:Contracts:DataTrades = 0x…");
        services.AddSingleton<Endpoints>();
        services.AddSingleton<IChainNode, RpcChainNode>();
        services.AddSingleton<ChainStore>();
        services.AddSingleton<ListenerStatus>();
        services.AddHostedService<Listener>();
        services.AddHealthChecks().AddCheck<ListenerCheck>("chain");
        return builder;
    }
}
