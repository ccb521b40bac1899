using System.ComponentModel.DataAnnotations;

namespace ContentStore.Kubo;

/// <summary>Where the IPFS nodes are and how long to wait for them.</summary>
public sealed class KuboStoreOptions
{
    /// <summary>
    /// RPC addresses, e.g. http://kubo:5001. The first one stores and pins; all are asked in order when reading. User and
    /// password in an address are sent as HTTP basic authentication and never shown.
    /// </summary>
    [MinLength(1)]
    public IList<Uri> Nodes { get; init; } = [];

    /// <summary>Trustless HTTP gateways (specs.ipfs.tech/http-gateways/trustless-gateway) to read from when no node has a block.</summary>
    public IList<Uri> Gateways { get; init; } = [];

    /// <summary>How long one source may take for one block when reading, finding it in the network included. Default 30 s.</summary>
    public TimeSpan BlockTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the storing node may take to say whether it holds a block or a pin. Too short only costs sending again. Default 2 s.</summary>
    public TimeSpan LocalTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long one upload request or the pinning of a whole file may take. Default 5 min.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Leaves per upload request (1 MiB each). Default 16.</summary>
    [Range(1, 1024)]
    public int LeavesPerRequest { get; init; } = 16;

    /// <summary>Blocks fetched at the same time. Default 4; memory is this many times 1 to 2 MiB.</summary>
    [Range(1, 64)]
    public int Parallelism { get; init; } = 4;

    /// <summary>Where streams are kept on disk while their CID is computed and they are sent. Default: the system's temporary directory.</summary>
    public string SpoolDirectory { get; init; } = Path.GetTempPath();

    /// <summary>Told about every source that failed or lied although another one could serve the read.</summary>
    public Action<ContentStoreException>? OnSourceFailure { get; init; }
}
