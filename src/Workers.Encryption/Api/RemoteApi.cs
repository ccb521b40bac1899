using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Ethereum.Rpc;
using Microsoft.AspNetCore.Mvc;
using Workers.Encryption.Communication;
using Workers.Encryption.Pseudonyms;

namespace Workers.Encryption.Api;

/// <summary>
/// Table 3, "remote computing" and "remote storage requests": what an application sends to the chain or to IPFS beside its
/// sealed periods. Each is recorded on chain before its result is handed out, so that flows can be traced.
/// </summary>
internal static class RemoteApi
{
    private const int MaxStoredBytes = 64 << 20;

    public static void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/applications/{applicationId}/remote").WithTags("Remote");
        group.MapPost("/storage", StoreAsync).WithMetadata(new RequestSizeLimitAttribute(MaxStoredBytes)).WithSummary("Put the body on IPFS as it is, readable by everybody");
        group.MapGet("/storage/{cid}", FetchAsync).WithSummary("Fetch and verify content from IPFS");
        group.MapPost("/compute", CallAsync).WithSummary("Run a contract's view and hand out what it returns");
        group.MapPost("/transactions", SendAsync).WithSummary("Queue a contract call in the pseudonym's name");
    }

    private static async Task<IResult> StoreAsync(
        string applicationId, HttpRequest request, EncryptionDb db, PseudonymRegistry pseudonyms, IContentStore content, CommunicationRecorder recorder, CancellationToken cancellationToken)
    {
        if (await pseudonyms.CurrentAsync(applicationId, cancellationToken) is not { } pseudonym)
        {
            return NotInstalled(applicationId);
        }

        if (request.ContentLength is not (>= 0 and <= MaxStoredBytes))
        {
            return Results.Problem($"Content-Length is required, at most {MaxStoredBytes} bytes.", statusCode: StatusCodes.Status413PayloadTooLarge);
        }

        var length = request.ContentLength.Value;
        var body = new byte[length];
        await request.Body.ReadExactlyAsync(body, cancellationToken);
        using var stream = new MemoryStream(body, writable: false);
        var dag = await content.PutAsync(stream, cancellationToken);
        await content.VerifyAsync(dag.Root, progress: null, cancellationToken);
        await RecordAsync(db, recorder, applicationId, pseudonym, CommunicationKind.RemoteStore, SHA256.HashData(body), cancellationToken);
        return Results.Created((string?)null, new { Cid = dag.Root.ToString(), Bytes = length });
    }

    private static async Task<IResult> FetchAsync(
        string applicationId, string cid, EncryptionDb db, PseudonymRegistry pseudonyms, IContentStore content, CommunicationRecorder recorder, CancellationToken cancellationToken)
    {
        if (!Cid.TryParse(cid, out var parsed))
        {
            return Results.Problem($"'{cid}' is not a CID.", statusCode: StatusCodes.Status400BadRequest);
        }

        if (await pseudonyms.CurrentAsync(applicationId, cancellationToken) is not { } pseudonym)
        {
            return NotInstalled(applicationId);
        }

        try
        {
            await using var stream = await content.OpenAsync(parsed, MaxStoredBytes, cancellationToken);
            var body = new byte[stream.Length];
            await stream.ReadExactlyAsync(body, cancellationToken);
            await RecordAsync(db, recorder, applicationId, pseudonym, CommunicationKind.RemoteFetch, SHA256.HashData(body), cancellationToken);
            return Results.Bytes(body, "application/octet-stream");
        }
        catch (ContentStoreException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status502BadGateway);
        }
    }

    private static async Task<IResult> CallAsync(
        string applicationId, ContractCall call, EncryptionDb db, PseudonymRegistry pseudonyms, EthereumRpc rpc, CommunicationRecorder recorder, CancellationToken cancellationToken)
    {
        if (!call.TryParse(out var to, out var data))
        {
            return ContractCall.Malformed;
        }

        if (await pseudonyms.CurrentAsync(applicationId, cancellationToken) is not { } pseudonym)
        {
            return NotInstalled(applicationId);
        }

        try
        {
            var result = await rpc.CallAsync(new TransactionRequest { From = Address.Parse(pseudonym.Address), To = to, Data = data }, BlockTag.Latest, cancellationToken);
            await RecordAsync(db, recorder, applicationId, pseudonym, CommunicationKind.RemoteCompute, SHA256.HashData(data), cancellationToken);
            return Results.Ok(new { Result = $"0x{Convert.ToHexStringLower(result)}" });
        }
        catch (RpcException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status502BadGateway);
        }
    }

    private static async Task<IResult> SendAsync(
        string applicationId, ContractCall call, EncryptionDb db, PseudonymRegistry pseudonyms, CommunicationRecorder recorder, CancellationToken cancellationToken)
    {
        if (!call.TryParse(out var to, out var data))
        {
            return ContractCall.Malformed;
        }

        if (await pseudonyms.CurrentAsync(applicationId, cancellationToken) is not { } pseudonym)
        {
            return NotInstalled(applicationId);
        }

        var id = Guid.NewGuid();
        await db.SubmitAsync($"remote/{id}", Address.Parse(pseudonym.Address), to, data, cancellationToken);
        await RecordAsync(db, recorder, applicationId, pseudonym, CommunicationKind.RemoteCompute, SHA256.HashData(data), cancellationToken);
        return Results.Accepted(value: new { Id = id });
    }

    private static async Task RecordAsync(
        EncryptionDb db, CommunicationRecorder recorder, string applicationId, PseudonymRow pseudonym, CommunicationKind kind, byte[] hash, CancellationToken cancellationToken)
    {
        await recorder.RecordAsync(Guid.NewGuid(), applicationId, Address.Parse(pseudonym.Address), kind, new Hash32(hash), cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
    }

    private static IResult NotInstalled(string applicationId) =>
        Results.Problem($"The application {applicationId} is not installed here.", statusCode: StatusCodes.Status404NotFound);

    /// <summary>A call of a contract: 0x address and 0x ABI-encoded data, at most 128 KiB.</summary>
    public sealed record ContractCall(string To, string Data)
    {
        private const int MaxData = 128 << 10;

        internal static IResult Malformed { get; } = Results.Problem(
            "'to' must be an address and 'data' 0x hex of at most 131072 bytes.", statusCode: StatusCodes.Status400BadRequest);

        internal bool TryParse(out Address to, out byte[] data)
        {
            data = [];
            if (!Address.TryParse(To, null, out to) || Data is null || Data.Length > 2 + (2 * MaxData) || !Data.StartsWith("0x", StringComparison.Ordinal) || Data.Length % 2 != 0)
            {
                return false;
            }

            data = new byte[(Data.Length - 2) / 2];
            return Hex.TryParse(Data, data);
        }
    }
}
