using System.Diagnostics.CodeAnalysis;
using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Envelopes;

/// <summary>Why an envelope is not taken.</summary>
public enum EnvelopeProblem
{
    /// <summary>Not the one encoding of the format, or too long.</summary>
    Malformed,

    /// <summary>Addressed to another account.</summary>
    NotForMe,

    /// <summary>A reply where a request belongs, or to another request than the one that was sent.</summary>
    OtherReply,

    /// <summary>A reply by somebody else than the one who was asked.</summary>
    OtherSender,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Sent later than now, by more than the clocks' tolerance.</summary>
    FromTheFuture,

    /// <summary>Valid for longer than is taken.</summary>
    LivesTooLong,

    /// <summary>The sender's signature is none, is malleable, is somebody else's, or was made for another chain or market.</summary>
    BadSignature,

    /// <summary>It came before.</summary>
    Replayed,

    /// <summary>The body was sealed to another key, for another header or for another market.</summary>
    DoesNotOpen,
}

/// <summary>An envelope that is not taken.</summary>
/// <param name="Problem">Which rule it breaks.</param>
/// <param name="Reason">The same for people; nothing of the body.</param>
public sealed record EnvelopeRefusal(EnvelopeProblem Problem, string Reason);

/// <summary>An envelope that was checked and opened.</summary>
/// <param name="Header">What its sender signed.</param>
/// <param name="Body">The plain body; never shown in texts.</param>
public sealed record OpenedEnvelope(EnvelopeHeader Header, Secret Body) : IDisposable
{
    /// <summary>Zeroes the body.</summary>
    public void Dispose() => Body.Dispose();
}

/// <summary>What a member takes from others. It does no I/O: whether a nonce came before is asked between <see cref="TryVerify"/> and <see cref="TryOpen"/>.</summary>
/// <param name="Domain">Chain and market.</param>
/// <param name="Self">Whose envelopes these are.</param>
/// <param name="MaxBody">Longest body in bytes, before it is sealed.</param>
/// <param name="MaxLifetime">Longest time from sending to expiry.</param>
/// <param name="ClockTolerance">How far clocks may differ.</param>
public sealed record EnvelopeRules(TypedDataDomain Domain, Address Self, int MaxBody, TimeSpan MaxLifetime, TimeSpan ClockTolerance)
{
    /// <summary>Everything that can be checked without a key and without knowing what came before.</summary>
    /// <param name="wire">As it came.</param>
    /// <param name="asked">The envelope that this has to answer; null: it has to be a request.</param>
    /// <param name="now">This member's clock.</param>
    public bool TryVerify(
        ReadOnlySpan<byte> wire, EnvelopeHeader? asked, DateTimeOffset now, [NotNullWhen(true)] out Envelope? envelope, [NotNullWhen(false)] out EnvelopeRefusal? refusal)
    {
        envelope = null;
        try
        {
            var read = Envelope.Read(wire, MaxBody);
            refusal = AddressProblem(read.Header, asked) ?? TimeProblem(read.Header, now) ?? SignatureProblem(read);
            envelope = refusal is null ? read : null;
        }
        catch (FormatException e)
        {
            refusal = new(EnvelopeProblem.Malformed, $"The envelope is malformed: {e.Message}.");
        }

        return envelope is not null;
    }

    /// <summary>Opens an envelope that was verified and is no replay; the caller disposes it.</summary>
    public bool TryOpen(Envelope envelope, P256KeyPair own, [NotNullWhen(true)] out OpenedEnvelope? opened, [NotNullWhen(false)] out EnvelopeRefusal? refusal)
    {
        try
        {
            (opened, refusal) = (new OpenedEnvelope(envelope.Header, envelope.Open(own, Domain)), null);
        }
        catch (HpkeException)
        {
            (opened, refusal) = (null, new(EnvelopeProblem.DoesNotOpen, $"The body does not open with the key of {Self}: it was sealed to another or former key, or copied from another envelope."));
        }

        return opened is not null;
    }

    /// <summary>The refusal of an envelope that came before.</summary>
    public static EnvelopeRefusal Replayed(EnvelopeHeader header) =>
        new(EnvelopeProblem.Replayed, $"The envelope {header.Nonce} of {header.From} came before. Whoever wants to ask again sends a new one.");

    private EnvelopeRefusal? AddressProblem(EnvelopeHeader header, EnvelopeHeader? asked)
    {
        if (header.To != Self)
        {
            return new(EnvelopeProblem.NotForMe, $"The envelope is for {header.To}, and this is {Self}.");
        }

        if (asked is not null && header.From != asked.To)
        {
            return new(EnvelopeProblem.OtherSender, $"The reply is by {header.From}, and {asked.To} was asked.");
        }

        return header.ReplyTo == (asked?.Nonce ?? EnvelopeNonce.None)
            ? null
            : new(EnvelopeProblem.OtherReply, asked is null ? "The envelope is a reply, and nothing was asked." : "The reply answers another envelope.");
    }

    private EnvelopeRefusal? TimeProblem(EnvelopeHeader header, DateTimeOffset now)
    {
        var (sent, expires) = (DateTimeOffset.FromUnixTimeSeconds(header.SentAt), DateTimeOffset.FromUnixTimeSeconds(header.ExpiresAt));
        if (now - expires >= ClockTolerance)
        {
            return new(EnvelopeProblem.Expired, $"The envelope expired at {expires:u}, and it is {now:u}. Check both clocks.");
        }

        if (sent - now > ClockTolerance)
        {
            return new(EnvelopeProblem.FromTheFuture, $"The envelope is sent at {sent:u}, and it is {now:u}. Check both clocks.");
        }

        return expires - sent > MaxLifetime
            ? new(EnvelopeProblem.LivesTooLong, $"The envelope is valid for {expires - sent:c}; at most {MaxLifetime:c} is taken.")
            : null;
    }

    private EnvelopeRefusal? SignatureProblem(Envelope envelope) =>
        envelope.Header.SignedData(Domain, envelope.Body.Span).IsSignedBy(envelope.Header.From, envelope.Signature.Span)
            ? null
            : new(EnvelopeProblem.BadSignature, $"The signature is not that of {envelope.Header.From} for this envelope in the market {Domain.VerifyingContract} on chain {Domain.ChainId}.");
}
