using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Transactions;

/// <summary>Finds the key of an account beside the main one; a worker registers one where it has such accounts.</summary>
public interface ISignerSource
{
    /// <summary>The account's signer, or null when this source does not hold it.</summary>
    ValueTask<ISigner?> FindAsync(Address account, CancellationToken cancellationToken);
}

/// <summary>The worker's main account on chain.</summary>
public sealed class MainAccount(ISigner signer)
{
    public Address Address => signer.Address;

    public ISigner Signer => signer;

    /// <summary>The account of a key file, which is made where there is none.</summary>
    /// <param name="directory">Where the path starts from, unless it is absolute.</param>
    public static MainAccount Open(string directory, string path)
    {
        var file = Path.GetFullPath(path, Path.GetFullPath(directory));
        if (File.Exists(file))
        {
            return new MainAccount(KeyFile.Read(file));
        }

        PrivateFiles.CreateDirectory(Path.GetDirectoryName(file)!);
        return new MainAccount(KeyFile.Create(file));
    }
}
