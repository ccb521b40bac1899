using System.Text;
using Ethereum;
using Ethereum.Transactions;
using Workers.Hosting.Cryptography;

namespace Workers.Hosting.Envelopes;

/// <summary>
/// Answers envelopes of one kind. The sender is a member and signed this. Who does not get the answer asks again in a new envelope, so asking for the same twice has to
/// do no more than once.
/// </summary>
public interface IEnvelopeHandler
{
    /// <param name="envelope">Disposed when the answer is there.</param>
    /// <param name="cancellationToken">The sender gave up, the time is over, or this worker stops.</param>
    Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken);
}

/// <summary>What a handler says to a sender, which gets it signed and sealed.</summary>
public sealed class EnvelopeAnswer
{
    /// <summary>Kind of the envelope that brings an answer.</summary>
    public const string AnswerKind = "answer";

    /// <summary>Kind of the envelope that brings a refusal: its body is a sentence.</summary>
    public const string RefusalKind = "refusal";

    private EnvelopeAnswer(string kind, ReadOnlyMemory<byte> body) => (Kind, Body) = (kind, body);

    internal string Kind { get; }

    internal ReadOnlyMemory<byte> Body { get; }

    /// <summary>An answer.</summary>
    /// <param name="body">At least one byte.</param>
    public static EnvelopeAnswer Of(ReadOnlyMemory<byte> body) => new(AnswerKind, body);

    /// <summary>A refusal.</summary>
    /// <param name="reason">A sentence for the sender's operator, whose log may show it.</param>
    public static EnvelopeAnswer Refuse(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        return new(RefusalKind, Encoding.UTF8.GetBytes(reason));
    }
}

/// <summary>Who this worker is among the members.</summary>
/// <param name="signer">Of its account.</param>
/// <param name="keyPair">What it is sent is sealed to it.</param>
public sealed class EnvelopeIdentity(ISigner signer, P256KeyPair keyPair)
{
    /// <summary>The account.</summary>
    public Address Account => signer.Address;

    /// <summary>Of its account.</summary>
    public ISigner Signer => signer;

    /// <summary>What it is sent is sealed to it.</summary>
    public P256KeyPair KeyPair => keyPair;
}

/// <summary>Which kinds a process answers, and by which handler.</summary>
internal sealed record EnvelopeKind(string Kind, Type Handler);
