using ContentStore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Messaging;
using Workers.Oracle.Requests;
using Workers.Oracle.Terms;

namespace Workers.Oracle.Solving;

/// <summary>What requests and proposals name by hash. Content that is not there yet puts the message back for later.</summary>
public sealed class OracleContent(IContentStore content, IOptions<OracleOptions> options)
{
    /// <summary>The document of a request.</summary>
    /// <exception cref="GameTermsException">No node can work by it.</exception>
    public async Task<GameTerms> TermsAsync(OracleRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        return await ReadAsync(PublicJson.CidOf(request.Terms.Document), GameTerms.MaxBytes, cancellationToken) is { } document
            ? GameTerms.Read(document)
            : throw new GameTermsException("The document is larger than one block, or no raw block.");
    }

    /// <summary>The sealed model that a proposal names; null when it names something else.</summary>
    public async Task<SealedModel?> SealedModelAsync(string hash, CancellationToken cancellationToken)
    {
        if (await ReadAsync(SealedModel.CidOf(hash), SealedModel.MaxHeadBytes, cancellationToken) is not { } head)
        {
            return null;
        }

        try
        {
            return await ReadAsync(SealedModel.BodyOf(head), SealedModel.MaxBodyBytes, cancellationToken) is { } body ? new SealedModel(head, body) : null;
        }
        catch (SealedModelException)
        {
            return null;
        }
    }

    /// <summary>All bytes of some content; null when it is larger than allowed or no such file.</summary>
    /// <exception cref="TooEarlyException">It cannot be had now.</exception>
    public async Task<byte[]?> ReadAsync(Cid cid, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            return await content.ReadAllAsync(cid, maxBytes, cancellationToken);
        }
        catch (ContentStoreException e)
        {
            throw new TooEarlyException($"{e.Message} {cid} is asked for again", options.Value.FetchInterval);
        }
    }

    /// <summary>Stores a document of one block, or a file.</summary>
    public async Task<Cid> PutAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return (await content.PutAsync(stream, cancellationToken)).Root;
    }
}

