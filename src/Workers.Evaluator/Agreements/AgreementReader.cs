using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Evaluator.Sessions;
using Workers.Hosting.Messaging;

namespace Workers.Evaluator.Agreements;

/// <summary>Fetches what a session's terms name by hash. Content that is not there yet puts the message back for later.</summary>
public sealed class AgreementReader(IContentStore content, IOptions<EvaluatorOptions> options)
{
    /// <summary>The agreement, checked.</summary>
    /// <exception cref="AgreementException">It is not what the terms name, or nobody should join it.</exception>
    public async Task<SessionAgreement> AgreementAsync(SessionTerms terms, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return SessionAgreement.Read(await ReadAsync(SessionAgreement.CidOf(Hash32.Parse(terms.Agreement)), SessionAgreement.MaxBytes, cancellationToken));
    }

    /// <summary>The extractor of an agreement, checked against the terms.</summary>
    /// <inheritdoc cref="AgreementAsync"/>
    public async Task<Extractor> ExtractorAsync(SessionTerms terms, SessionAgreement agreement, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(terms);
        ArgumentNullException.ThrowIfNull(agreement);
        var file = await ReadAsync(Cid.Parse(agreement.ExtractorCid), agreement.ExtractorBytes, cancellationToken);
        return file.Length == agreement.ExtractorBytes && new Hash32(SHA256.HashData(file)) == Hash32.Parse(terms.Extractor)
            ? Extractor.Read(file, agreement.Shards)
            : throw new AgreementException("The extractor is not the file whose hash stands in the session's terms.");
    }

    /// <summary>All bytes of some content.</summary>
    /// <exception cref="AgreementException">It is too large or no such file.</exception>
    /// <exception cref="TooEarlyException">It cannot be had now.</exception>
    public async Task<byte[]> ReadAsync(Cid cid, long maxBytes, CancellationToken cancellationToken)
    {
        try
        {
            await using var stream = await content.OpenAsync(cid, maxBytes, cancellationToken);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, cancellationToken);
            return bytes;
        }
        catch (Exception e) when (e is ContentTooLargeException or ContentMalformedException)
        {
            throw new AgreementException($"{cid} cannot be used: {e.Message}", e);
        }
        catch (ContentStoreException e)
        {
            throw new TooEarlyException($"{e.Message} {cid} is asked for again", options.Value.FetchInterval);
        }
    }
}
