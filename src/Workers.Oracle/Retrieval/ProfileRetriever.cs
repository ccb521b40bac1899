using System.Net;
using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Hosting.Configuration;
using Workers.Hosting.Content;
using Workers.Hosting.Http;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Retrieval;

/// <summary>Fetches a member's profile from all of its sources and says what each of them delivered.</summary>
public sealed partial class ProfileRetriever(
    IContentStore content, IOptions<RetrievalOptions> options, ResolveHost resolve, TimeProvider clock, ILogger<ProfileRetriever> log) : IDisposable
{
    private readonly RetrievalOptions _options = options.Value;
    private readonly HttpsFetcher _https = new(options.Value, resolve, clock);

    /// <summary>
    /// Asks every source once, several at a time; lasts at most as long as <see cref="RetrievalOptions.Host"/> lets one source take, times sources by
    /// <see cref="RetrievalOptions.Parallelism"/>. What a source does is never an exception.
    /// </summary>
    public async Task<ProfileRetrieval> RetrieveAsync(ProfileRequest request, ProfileReader reader, CancellationToken cancellationToken)
    {
        var findings = new SourceFinding[request.Sources.Length];
        ProfileContent? agreed = null;
        var parallel = new ParallelOptions { MaxDegreeOfParallelism = _options.Parallelism, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, findings.Length, parallel, async (i, token) =>
        {
            (findings[i], var opened) = await AskAsync(request.Sources[i], request, reader, token);
            Interlocked.CompareExchange(ref agreed, opened, null);
        });

        var retrieval = new ProfileRetrieval(null, [.. findings], request.Quorum);
        foreach (var finding in findings.Where(f => f.Outcome != SourceOutcome.Agreed))
        {
            Log.NotAgreed(log, request.Member, finding.Source, finding.Outcome, finding.Sentence);
        }

        return retrieval.Agreed >= request.Quorum ? retrieval with { Content = agreed } : retrieval;
    }

    /// <summary>Closes the connections.</summary>
    public void Dispose() => _https.Dispose();

    private async Task<(SourceFinding Finding, ProfileContent? Content)> AskAsync(
        ProfileSource source, ProfileRequest request, ProfileReader reader, CancellationToken cancellationToken)
    {
        byte[] bytes;
        try
        {
            bytes = source.Address is { } address
                ? await _https.FetchAsync(address, cancellationToken)
                : await FetchAsync(source.Content!, cancellationToken);
        }
        catch (SourceException e)
        {
            return (new SourceFinding(source, e.Outcome, null, null, null, e.Message), null);
        }

        return EnvelopeCheck.Judge(source, bytes, request, reader, clock.GetUtcNow());
    }

    private async Task<byte[]> FetchAsync(Cid cid, CancellationToken cancellationToken)
    {
        if (!_options.Ipfs)
        {
            throw new SourceException(SourceOutcome.Refused, "Profiles are not taken from IPFS here (Retrieval:Ipfs).");
        }

        using var tooLong = new CancellationTokenSource(_options.Host.AttemptTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellationToken);
        try
        {
            await using var stream = await content.OpenAsync(cid, _options.MaxBytes, either.Token);
            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, either.Token);
            return bytes;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new SourceException(SourceOutcome.Unavailable, $"IPFS did not deliver it within {_options.Host.AttemptTimeout:c}.");
        }
        catch (ContentTooLargeException e)
        {
            throw new SourceException(SourceOutcome.TooLarge, e.Message);
        }
        catch (ContentMalformedException e)
        {
            throw new SourceException(SourceOutcome.Malformed, e.Message);
        }
        catch (ContentStoreException e)
        {
            // Also when a node of ours sent other bytes: then it lies, and not the source, which the CID fixes.
            throw new SourceException(SourceOutcome.Unavailable, e.Message);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "Profile of {Member} from {Source}: {Outcome}. {Sentence}")]
        public static partial void NotAgreed(ILogger log, Address member, ProfileSource source, SourceOutcome outcome, string sentence);
    }
}

/// <summary>Registers retrieval.</summary>
public static class RetrievalRegistration
{
    /// <summary>Registers <see cref="ProfileRetriever"/> with section <c>Retrieval</c>, and the content store if nobody did.</summary>
    public static void AddProfileRetrieval(this WebApplicationBuilder builder)
    {
        builder.AddContentStore();
        builder.AddValidatedOptions<RetrievalOptions>("Retrieval");
        builder.Services.AddSingleton<ResolveHost>(Dns.GetHostAddressesAsync);
        builder.Services.AddSingleton<ProfileRetriever>();
    }
}
