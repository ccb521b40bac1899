using System.Diagnostics.Metrics;
using Ethereum.Rpc;
using Ethereum.Transactions;
using Microsoft.Extensions.Options;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Data;

namespace Workers.Hosting.Envelopes;

/// <summary>What a sender gets: a reply, or a status and a sentence that nobody signed.</summary>
internal sealed record EnvelopeOutcome(int Status, string Reason, byte[]? Reply = null);

/// <summary>Takes envelopes: verifies, lets each sender have its turn, refuses what came before, opens, has it handled, and seals the reply.</summary>
internal sealed partial class EnvelopeReceiver(
    EnvelopeIdentity own,
    EnvelopeRules rules,
    EnvelopeLimits limits,
    IReceivedEnvelopes received,
    IMemberDirectory members,
    IEnumerable<EnvelopeKind> kinds,
    IServiceScopeFactory scopes,
    IOptions<EnvelopeOptions> options,
    IMeterFactory meters,
    TimeProvider clock,
    ILogger<EnvelopeReceiver> logger)
{
    private readonly Dictionary<string, Type> _handlers = kinds.ToDictionary(k => k.Kind, k => k.Handler, StringComparer.Ordinal);
    private readonly Counter<long> _outcomes = meters.Create("DataMarket.envelopes").CreateCounter<long>("market.envelopes", null, "Envelopes that came, by the status that was answered.");

    /// <summary>Never throws but for a cancellation.</summary>
    public async Task<EnvelopeOutcome> ReceiveAsync(ReadOnlyMemory<byte> wire, CancellationToken cancellationToken)
    {
        var outcome = await JudgeAsync(wire, cancellationToken);
        _outcomes.Add(1, new KeyValuePair<string, object?>("status", outcome.Status));
        return outcome;
    }

    private async Task<EnvelopeOutcome> JudgeAsync(ReadOnlyMemory<byte> wire, CancellationToken cancellationToken)
    {
        if (!rules.TryVerify(wire.Span, asked: null, clock.GetUtcNow(), out var envelope, out var refusal))
        {
            return Refused(refusal);
        }

        try
        {
            var (turn, isSenders) = await limits.TakeTurnAsync(envelope.Header.From, cancellationToken);
            using (turn)
            {
                return turn is not null ? await TakeAsync(envelope, cancellationToken)
                    : isSenders ? new(StatusCodes.Status429TooManyRequests, "You send more than is taken from one member. Come later.")
                    : new(StatusCodes.Status503ServiceUnavailable, "All members together send more than is taken. Come later.");
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return Failed(e, envelope.Header);
        }
    }

    private async Task<EnvelopeOutcome> TakeAsync(Envelope envelope, CancellationToken cancellationToken)
    {
        var header = envelope.Header;
        if (await members.FindAsync(header.From, cancellationToken) is not { } sender)
        {
            return new(StatusCodes.Status403Forbidden, $"{header.From} is no member, or joined too short a time ago.");
        }

        if (!IsPoint(sender.PublicKey.Span))
        {
            return new(StatusCodes.Status403Forbidden, "The public key of your entry is no P-256 point, so no answer can be sealed to you.");
        }

        if (!await received.TryAddAsync(header, cancellationToken))
        {
            return Refused(EnvelopeRules.Replayed(header));
        }

        if (!rules.TryOpen(envelope, own.KeyPair, out var opened, out var refusal))
        {
            return Refused(refusal);
        }

        using (opened)
        {
            return await ReplyAsync(header, sender, await HandleAsync(opened, cancellationToken), cancellationToken);
        }
    }

    private async Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken)
    {
        if (!_handlers.TryGetValue(envelope.Header.Kind, out var type))
        {
            return EnvelopeAnswer.Refuse($"Nothing is answered here that is called {envelope.Header.Kind}.");
        }

        using var tooLong = new CancellationTokenSource(options.Value.HandlerTimeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(tooLong.Token, cancellationToken);
        await using var scope = scopes.CreateAsyncScope();
        return await ((IEnvelopeHandler)scope.ServiceProvider.GetRequiredService(type)).HandleAsync(envelope, either.Token);
    }

    private async Task<EnvelopeOutcome> ReplyAsync(EnvelopeHeader asked, MemberEntry sender, EnvelopeAnswer answer, CancellationToken cancellationToken)
    {
        if (answer.Body.Length == 0 || answer.Body.Length > rules.MaxBody)
        {
            throw new InvalidOperationException($"The handler of {asked.Kind} answers with {answer.Body.Length} bytes, and 1 to {rules.MaxBody} are sent.");
        }

        var now = clock.GetUtcNow().ToUnixTimeSeconds();
        var header = new EnvelopeHeader(own.Account, asked.From, answer.Kind, now, now + (long)options.Value.Lifetime.TotalSeconds, EnvelopeNonce.Random(), asked.Nonce);
        var reply = await Envelope.SealAsync(header, answer.Body, sender.PublicKey, own.Signer, rules.Domain, cancellationToken);
        return new(StatusCodes.Status200OK, "", reply.Write());
    }

    private static bool IsPoint(ReadOnlySpan<byte> publicKey)
    {
        try
        {
            P256KeyPair.CheckPublicKey(publicKey);
            return true;
        }
        catch (HpkeException)
        {
            return false;
        }
    }

    /// <summary>The text of an exception may hold what was in the envelope, so none is logged or told.</summary>
    private EnvelopeOutcome Failed(Exception e, EnvelopeHeader header)
    {
        if (DatabaseFaults.Classify(e) != DatabaseFault.None || e is RpcException)
        {
            return new(StatusCodes.Status503ServiceUnavailable, "This member cannot answer now. Come later with a new envelope.");
        }

        if (e is OperationCanceledException)
        {
            Log.TooSlow(logger, header.Kind, header.From, options.Value.HandlerTimeout);
            return new(StatusCodes.Status503ServiceUnavailable, "The answer takes too long. Come later with a new envelope.");
        }

        Log.Failed(logger, header.Kind, header.From, e.GetType().Name, e.StackTrace);
        return new(StatusCodes.Status500InternalServerError, "This member could not answer; its operator has to look into it.");
    }

    private static EnvelopeOutcome Refused(EnvelopeRefusal refusal) => new(
        refusal.Problem switch
        {
            EnvelopeProblem.NotForMe => StatusCodes.Status421MisdirectedRequest,
            EnvelopeProblem.BadSignature => StatusCodes.Status401Unauthorized,
            EnvelopeProblem.Replayed => StatusCodes.Status409Conflict,
            EnvelopeProblem.DoesNotOpen => StatusCodes.Status422UnprocessableEntity,
            _ => StatusCodes.Status400BadRequest,
        },
        refusal.Reason);

    private static partial class Log
    {
        [LoggerMessage(Level = LogLevel.Warning, Message = "The answer to {Kind} of {From} took longer than {Limit}")]
        public static partial void TooSlow(ILogger logger, string kind, Ethereum.Address from, TimeSpan limit);

        [LoggerMessage(Level = LogLevel.Error, Message = "Answering {Kind} of {From} failed: {Exception}{Stack}")]
        public static partial void Failed(ILogger logger, string kind, Ethereum.Address from, string exception, string? stack);
    }
}
