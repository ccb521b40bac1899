using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Timeout;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Http;
using Workers.Hosting.Resilience;

namespace Workers.Hosting.Envelopes;

/// <summary>Asks other members. Where they are reached is what they wrote themselves, so it is trusted with nothing but what is sealed to them.</summary>
public sealed class EnvelopeClient(EnvelopeIdentity own, EnvelopeRules rules, IOptions<EnvelopeOptions> options, ResolveHost resolve, TimeProvider clock)
{
    private const int MaxPipelines = 1_000, MaxProblemBytes = 8 << 10, MaxSentence = 300;

    private readonly EnvelopeOptions _options = options.Value;
    private readonly CheckedConnections _connections = new(resolve, [.. options.Value.TrustedNetworks.Select(IPNetwork.Parse)], clock);
    private readonly ConcurrentDictionary<string, ResiliencePipeline> _pipelines = new(StringComparer.Ordinal);

    /// <summary>
    /// Sends a body and waits for the answer. Where the way fails, a new envelope is sent, since the old one may have come and is then refused as a replay: the
    /// receiver may be asked the same more than once.
    /// </summary>
    /// <param name="to">Whom.</param>
    /// <param name="kind">What the body is.</param>
    /// <param name="body">1 to <see cref="EnvelopeOptions.MaxBody"/> bytes.</param>
    /// <returns>The body of the answer, which the member signed; the caller disposes it.</returns>
    /// <exception cref="EnvelopeException">There is no answer.</exception>
    public async Task<Secret> SendAsync(MemberEntry to, string kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        if (!EnvelopeHeader.IsKind(kind) || body.Length == 0 || body.Length > _options.MaxBody)
        {
            throw new ArgumentException($"An envelope has a kind of 1 to {EnvelopeHeader.MaxKindLength} characters a-z and hyphen, and a body of 1 to {_options.MaxBody} bytes.", nameof(kind));
        }

        if (!MemberEndpoint.TryParse(to.Endpoint, out var endpoint))
        {
            throw new EnvelopeException(EnvelopeFault.BadEntry, $"The endpoint of {to.Account} is not https://host:port/ with or without # and 64 hexadecimal digits.");
        }

        try
        {
            return await PipelineOf(to).ExecuteAsync(async token => await ExchangeAsync(to, endpoint, kind, body, token), cancellationToken);
        }
        catch (TimeoutRejectedException)
        {
            throw new EnvelopeException(EnvelopeFault.Unavailable, $"{to.Account} did not answer within {_options.Member.AttemptTimeout:c}.");
        }
        catch (BrokenCircuitException)
        {
            throw new EnvelopeException(EnvelopeFault.Unavailable, $"{to.Account} failed too often lately and is left alone for a moment.");
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new EnvelopeException(EnvelopeFault.Unavailable, $"{to.Account} cannot be reached: {Sentence(e.Message)}");
        }
        catch (HpkeException)
        {
            throw new EnvelopeException(EnvelopeFault.BadEntry, $"The public key of {to.Account}'s entry is no P-256 point.");
        }
    }

    private async Task<Secret> ExchangeAsync(MemberEntry to, MemberEndpoint endpoint, string kind, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var header = new EnvelopeHeader(own.Account, to.Account, kind, now, now + (long)_options.Lifetime.TotalSeconds, EnvelopeNonce.Random(), EnvelopeNonce.None);
        var envelope = await Envelope.SealAsync(header, body, to.PublicKey, own.Signer, rules.Domain, cancellationToken);
        var reply = await PostAsync(to, endpoint, envelope.Write(), cancellationToken);
        if (!rules.TryVerify(reply, header, clock.GetUtcNow(), out var answer, out var refusal) || !rules.TryOpen(answer, own.KeyPair, out var opened, out refusal))
        {
            throw new EnvelopeException(EnvelopeFault.BadReply, $"What came back from {to.Account} is not its answer. {refusal.Reason}");
        }

        return opened.Header.Kind switch
        {
            EnvelopeAnswer.AnswerKind => opened.Body,
            EnvelopeAnswer.RefusalKind => throw Refused(to, opened),
            _ => throw Unknown(to, opened),
        };
    }

    private static EnvelopeException Refused(MemberEntry to, OpenedEnvelope opened)
    {
        using (opened)
        {
            return new EnvelopeException(EnvelopeFault.Refused, $"{to.Account} refuses: {Sentence(Encoding.UTF8.GetString(opened.Body.Reveal()))}");
        }
    }

    private static EnvelopeException Unknown(MemberEntry to, OpenedEnvelope opened)
    {
        opened.Dispose();
        return new EnvelopeException(EnvelopeFault.BadReply, $"What came back from {to.Account} is neither an answer nor a refusal.");
    }

    private async Task<byte[]> PostAsync(MemberEntry to, MemberEndpoint endpoint, byte[] wire, CancellationToken cancellationToken)
    {
        using var http = new HttpMessageInvoker(ForeignHosts.CreateHandler(_connections, TlsFor(endpoint)));
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(endpoint.Host, EnvelopeServer.Path))
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(wire) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } },
        };
        try
        {
            using var response = await http.SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw await RejectedAsync(to, response, cancellationToken);
            }

            return await ForeignHosts.ReadAsync(response.Content, Envelope.MaxLength(_options.MaxBody), cancellationToken)
                ?? throw new EnvelopeException(EnvelopeFault.BadReply, $"{to.Account} answers with more than {Envelope.MaxLength(_options.MaxBody)} bytes.");
        }
        catch (HttpRequestException e) when (e.InnerException is ForbiddenAddressException forbidden)
        {
            throw new EnvelopeException(EnvelopeFault.BadEntry, $"The endpoint of {to.Account} is not asked. {forbidden.Message}");
        }
        catch (HttpRequestException e) when (e.InnerException is AuthenticationException)
        {
            throw new EnvelopeException(
                EnvelopeFault.BadEntry,
                endpoint.Pin is null ? $"The server of {to.Account} has no certificate that is valid for its host." : $"The server of {to.Account} has another certificate than its entry pins.");
        }
    }

    /// <summary>What may be better later is thrown as a fault of the way, and so tried again.</summary>
    private static async Task<Exception> RejectedAsync(MemberEntry to, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        if (status is 408 or 429 or >= 500)
        {
            return new HttpRequestException($"It answered with status {status}.");
        }

        return new EnvelopeException(EnvelopeFault.Rejected, $"The server of {to.Account} answered with status {status}. {await DetailAsync(response, cancellationToken)}".TrimEnd());
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var problem = JsonDocument.Parse(await ForeignHosts.ReadAsync(response.Content, MaxProblemBytes, cancellationToken) ?? []);
            return problem.RootElement.ValueKind == JsonValueKind.Object && problem.RootElement.TryGetProperty("detail", out var detail) && detail.ValueKind == JsonValueKind.String
                ? Sentence(detail.GetString()!)
                : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return "";
        }
    }

    private SslClientAuthenticationOptions TlsFor(MemberEndpoint endpoint) => endpoint.Pin is { } pin
        ? new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = (_, certificate, _, _) =>
                certificate is not null && CryptographicOperations.FixedTimeEquals(EnvelopeCertificate.PinOf(certificate).ToArray(), pin.ToArray()),
            CertificateChainPolicy = ForeignHosts.ChainPolicy(null),
        }
        : new SslClientAuthenticationOptions { CertificateChainPolicy = ForeignHosts.ChainPolicy(_options.TrustedRoots) };

    /// <summary>One for each member and endpoint, so that nobody who fails holds another back, not even one that names its host.</summary>
    private ResiliencePipeline PipelineOf(MemberEntry to)
    {
        if (_pipelines.Count >= MaxPipelines)
        {
            _pipelines.Clear();
        }

        return _pipelines.GetOrAdd($"{to.Account} {to.Endpoint}", _ => Pipelines.Of(_options.Member, clock));
    }

    /// <summary>Somebody else's text as a log may show it: on one line, and short.</summary>
    /// <summary>What somebody else wrote, in one line that can be kept and shown.</summary>
    public static string Sentence(string text)
    {
        var line = string.Concat(text.Take(MaxSentence).Select(c => char.IsControl(c) || char.GetUnicodeCategory(c) is System.Globalization.UnicodeCategory.Format
            or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator or System.Globalization.UnicodeCategory.Surrogate ? ' ' : c));
        return text.Length > MaxSentence ? line + "…" : line;
    }
}
