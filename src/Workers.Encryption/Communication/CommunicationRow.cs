namespace Workers.Encryption.Communication;

/// <summary>Kinds of the communication record; the numbers are the contract's (ICommunicationLog.Kind).</summary>
public enum CommunicationKind
{
    RemoteCompute = 0,
    RemoteStore = 1,
    RemoteFetch = 2,
}

/// <summary>A remote call or remote storage request of an application, which is recorded on chain.</summary>
public sealed class CommunicationRow
{
    public required Guid Id { get; init; }

    public required string ApplicationId { get; init; }

    public required string Pseudonym { get; init; }

    public required CommunicationKind Kind { get; init; }

    /// <summary>SHA-256 of what was sent or fetched, 0x hex.</summary>
    public required string ContentHash { get; init; }

    public required DateTimeOffset At { get; init; }
}
