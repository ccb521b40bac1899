using System.ComponentModel.DataAnnotations;
using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Transactions;

namespace Workers.Encryption.Applications;

/// <summary>A provider's terms for the trades of its application. Durations are whole seconds on chain.</summary>
/// <param name="OwnerShare">α in basis points: the owner's part of each price, 0..10,000.</param>
/// <param name="Arbiter">Who rules on disputes; the provider itself when left out.</param>
public sealed record ApplicationTerms(
    [Range(0, 10_000)] int OwnerShare,
    TimeSpan AnswerWindow,
    TimeSpan CancelNotice,
    TimeSpan ConfirmWindow,
    TimeSpan DisputeWindow,
    string? Arbiter = null);

/// <summary>The provider's part: put a package on IPFS and commission it on chain.</summary>
public sealed class PublishApplication(EncryptionDb db, IContentStore content, IOptions<ChainOptions> chain, MainAccount account)
{
    /// <summary>Stores the package and queues its commission. The same package with the same terms is one commission.</summary>
    /// <returns>The package's CID, which is the application's id.</returns>
    /// <exception cref="ApplicationPackageException">The package is refused; the message says what is wrong with it.</exception>
    public async Task<Cid> RunAsync(Stream package, ApplicationTerms terms, CancellationToken cancellationToken)
    {
        var packed = await PackageStream.ReadAsync(package, cancellationToken);
        if (packed.Package.Provider is { } provider && provider != account.Address)
        {
            throw new ApplicationPackageException($"The package names {provider} as its provider; this worker's account is {account.Address}.");
        }

        using var bytes = new MemoryStream(packed.Bytes.ToArray(), writable: false);
        var dag = await content.PutAsync(bytes, cancellationToken);
        await content.VerifyAsync(dag.Root, progress: null, cancellationToken);

        var arbiter = terms.Arbiter is null ? account.Address : Address.Parse(terms.Arbiter);
        var call = new DataTrades.CommissionCall(
            dag.Root.ToArray(),
            new DataTrades.Terms(
                checked((ushort)terms.OwnerShare), Seconds(terms.AnswerWindow), Seconds(terms.CancelNotice),
                Seconds(terms.ConfirmWindow), Seconds(terms.DisputeWindow), arbiter)).Encode();
        var key = $"commission/{dag.Root}/{Keccak256.Hash(call)}";
        await db.SubmitAsync(key, account.Address, chain.Value.Contract("DataTrades"), call, cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        return dag.Root;
    }

    private static uint Seconds(TimeSpan window) => checked((uint)window.TotalSeconds);
}
