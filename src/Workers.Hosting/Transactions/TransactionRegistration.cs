using Ethereum;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Configuration;
using Workers.Hosting.Data;

namespace Workers.Hosting.Transactions;

/// <summary>Gives a worker the sender of the transactions that it queues.</summary>
public static class TransactionRegistration
{
    /// <summary>Registers the main account and this worker's sender.</summary>
    public static WorkerModule<TDb> SendTransactions<TDb>(this WorkerModule<TDb> worker)
        where TDb : WorkerDbContext
    {
        worker.Builder.AddChain();
        worker.Builder.AddValidatedOptions<TransactionOptions>("Transactions");
        worker.Services.AddSingleton(services => new MainAccount(LoadSigner(
            services.GetRequiredService<IOptions<TransactionOptions>>().Value,
            services.GetRequiredService<IOptions<DataOptions>>().Value,
            services.GetRequiredService<EthereumRpc>())));
        worker.Services.AddSingleton<SenderChain>();
        worker.Services.AddHostedService<TransactionSender<TDb>>();
        worker.MapApi(TransactionEndpoints.Map<TDb>);
        return worker;
    }

    private static ISigner LoadSigner(TransactionOptions options, DataOptions data, EthereumRpc rpc)
    {
        var (kind, rest) = options.Account.Split(':', 2) is [var k, var r] ? (k, r) : throw new InvalidOperationException($"Transactions:Account = '{options.Account}' is malformed.");
        return kind switch
        {
            "node" => new NodeSigner(rpc, Address.Parse(rest)),
            "keystore" => Keystore.Open(File.ReadAllBytes(PathOf(rest)), options.Passphrase),
            _ => MainAccount.Open(data.Directory, rest).Signer,
        };

        string PathOf(string path) => Path.GetFullPath(path, Path.GetFullPath(data.Directory));
    }
}
