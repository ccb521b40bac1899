using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Content;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Transactions;

namespace Workers.Oracle;

/// <summary>The oracle as a map: what it listens to, what it does about it, when it looks by itself.</summary>
public static class OracleWorker
{
    public static WebApplicationBuilder AddOracle(this WebApplicationBuilder builder)
    {
        builder.AddContentStore();
        builder.AddKeyVault();
        builder.AddValidatedOptions<OracleOptions>("Oracle");
        builder.AddWorker<OracleDb>("oracle").SendTransactions();
        return builder;
    }
}
