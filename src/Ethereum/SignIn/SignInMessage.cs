using System.Buffers;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Ethereum.Transactions;

namespace Ethereum.SignIn;

/// <summary>What a sign-in has to be for.</summary>
/// <param name="Domain">The authority that asks: host, and port if it is not the scheme's.</param>
/// <param name="ChainId">EIP-155 id of the chain.</param>
/// <param name="Nonce">What this server gave out for one sign-in.</param>
public sealed record SignInRequest(string Domain, ulong ChainId, string Nonce);

/// <summary>Sign-In with Ethereum, the message that a wallet shows and signs (EIP-4361), version 1.</summary>
/// <param name="Scheme">Of the origin; null when the message does not say.</param>
/// <param name="Domain">The authority that asks.</param>
/// <param name="Account">Who signs in.</param>
/// <param name="Statement">What the wallet shows; null for nothing.</param>
/// <param name="Uri">What is signed in to.</param>
/// <param name="Nonce">At least eight letters and digits.</param>
/// <param name="ExpiresAt">Null for never; likewise <paramref name="NotBefore"/>.</param>
public sealed record SignInMessage(
    string? Scheme,
    string Domain,
    Address Account,
    string? Statement,
    Uri Uri,
    ulong ChainId,
    string Nonce,
    DateTimeOffset IssuedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? NotBefore,
    string? RequestId,
    ImmutableArray<Uri> Resources)
{
    /// <summary>Longest message that is read, in characters.</summary>
    public const int MaxLength = 4_096;

    /// <summary>How far the clocks of server and browser may differ.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(2);

    private static readonly SearchValues<char> Alphanumeric = SearchValues.Create("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Checks a sign-in: the message's form, what it is for, its times, and that its account signed it.</summary>
    /// <param name="text">The message as it was signed.</param>
    /// <param name="signature">EIP-191 signature of an account with a key, 65 bytes; contracts' signatures (EIP-1271) are not checked here.</param>
    /// <param name="request">What it has to be for. That a nonce is taken once is the caller's to see.</param>
    /// <param name="now">The server's time.</param>
    /// <exception cref="SignInException">It is refused.</exception>
    public static SignInMessage Verify(string text, ReadOnlySpan<byte> signature, SignInRequest request, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        var message = Parse(text);
        message.Check(request, now);
        Address signer;
        try
        {
            signer = PersonalMessage.FromBytes(signature).Recover(PersonalMessage.Hash(Encoding.UTF8.GetBytes(text)));
        }
        catch (FormatException e)
        {
            throw new SignInException($"The signature is none: {e.Message}");
        }

        return signer == message.Account ? message : throw new SignInException($"The message was not signed by {message.Account.ToChecksumString()}.");
    }

    /// <summary>Reads a message strictly by the grammar.</summary>
    /// <exception cref="SignInException">It departs from the grammar.</exception>
    public static SignInMessage Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length > MaxLength)
        {
            throw new SignInException($"The message has more than {MaxLength} characters.");
        }

        var lines = new Lines(text.Split('\n'));
        var (scheme, domain) = ReadOrigin(lines.Next());
        var account = ReadAccount(lines.Next());
        lines.Expect("");
        var statement = lines.Next() is { Length: > 0 } shown ? Ascii(shown, "statement") : null;
        if (statement is not null)
        {
            lines.Expect("");
        }

        var uri = ReadUri(lines.Field("URI: "));
        lines.Expect("Version: 1");
        var chain = ulong.TryParse(lines.Field("Chain ID: "), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : throw new SignInException("The chain id is no number.");
        var nonce = lines.Field("Nonce: ");
        if (nonce.Length < 8 || nonce.AsSpan().ContainsAnyExcept(Alphanumeric))
        {
            throw new SignInException("The nonce has fewer than eight characters or others than letters and digits.");
        }

        return new SignInMessage(
            scheme, domain, account, statement, uri, chain, nonce, ReadTime(lines.Field("Issued At: ")), lines.Optional("Expiration Time: ", ReadTime), lines.Optional("Not Before: ", ReadTime),
            lines.OptionalField("Request ID: "), ReadResources(lines));
    }

    private void Check(SignInRequest request, DateTimeOffset now)
    {
        // The domain comes first: a message for somebody else's site is the theft that the standard exists against.
        if (!string.Equals(Domain, request.Domain, StringComparison.OrdinalIgnoreCase))
        {
            throw new SignInException($"The message signs in to {Domain}, not to {request.Domain}.");
        }

        if (ChainId != request.ChainId)
        {
            throw new SignInException($"The message is for chain {ChainId}; switch the wallet to chain {request.ChainId}.");
        }

        if (Nonce != request.Nonce)
        {
            throw new SignInException("The message has another nonce than the one that was given out. Sign in again.");
        }

        if (now < IssuedAt - Skew || now < NotBefore - Skew)
        {
            throw new SignInException($"The message is not valid yet; it is {now:u} here. Check this device's clock.");
        }

        if (now >= ExpiresAt)
        {
            throw new SignInException("The message has expired. Sign in again.");
        }
    }

    private static (string? Scheme, string Domain) ReadOrigin(string line)
    {
        const string Ending = " wants you to sign in with your Ethereum account:";
        var origin = line.EndsWith(Ending, StringComparison.Ordinal) ? line[..^Ending.Length] : throw new SignInException("This is no sign-in with Ethereum (EIP-4361).");
        var split = origin.IndexOf("://", StringComparison.Ordinal);
        var (scheme, domain) = split < 0 ? (null, origin) : (origin[..split], origin[(split + 3)..]);
        var absolute = $"{scheme ?? "https"}://{domain}/";
        return domain.Length > 0 && !domain.AsSpan().ContainsAny('/', '@', '?') && Uri.TryCreate(absolute, UriKind.Absolute, out var parsed) && parsed.AbsolutePath == "/"
            ? (scheme, domain)
            : throw new SignInException("The message names no domain.");
    }

    private static Address ReadAccount(string line) =>
        Address.TryParse(line, null, out var account) && account.ToChecksumString() == line ? account : throw new SignInException("The account has not the EIP-55 form.");

    private static Uri ReadUri(string text) =>
        Uri.TryCreate(Ascii(text, "URI"), UriKind.Absolute, out var uri) && !text.Contains(' ', StringComparison.Ordinal) ? uri : throw new SignInException("A URI of the message is none.");

    private static DateTimeOffset ReadTime(string text) =>
        DateTimeOffset.TryParseExact(text, "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) && (text.EndsWith('Z') || text[^6] is '+' or '-')
            ? time
            : throw new SignInException("A time of the message is not in the form of RFC 3339.");

    private static ImmutableArray<Uri> ReadResources(Lines lines)
    {
        if (lines.IsAtEnd)
        {
            return [];
        }

        lines.Expect("Resources:");
        var resources = ImmutableArray.CreateBuilder<Uri>();
        while (!lines.IsAtEnd)
        {
            resources.Add(ReadUri(lines.Field("- ")));
        }

        return resources.ToImmutable();
    }

    private static string Ascii(string text, string what) =>
        text.AsSpan().ContainsAnyExceptInRange(' ', '~') ? throw new SignInException($"The {what} has characters that the standard does not allow.") : text;

    /// <summary>The message's lines, one after the other.</summary>
    private sealed class Lines(string[] lines)
    {
        private int _next;

        public bool IsAtEnd => _next == lines.Length;

        public string Next() => IsAtEnd ? throw new SignInException("The message ends too early.") : lines[_next++];

        public void Expect(string line)
        {
            if (Next() != line)
            {
                throw new SignInException(line.Length == 0 ? $"Line {_next} of the message should be empty." : $"Line {_next} of the message should be '{line}'.");
            }
        }

        public string Field(string name) => OptionalField(name) ?? throw new SignInException($"The message lacks '{name.TrimEnd()}' in line {_next + 1}.");

        public string? OptionalField(string name) => !IsAtEnd && lines[_next].StartsWith(name, StringComparison.Ordinal) ? lines[_next++][name.Length..] : null;

        public DateTimeOffset? Optional(string name, Func<string, DateTimeOffset> read) => OptionalField(name) is { } text ? read(text) : null;
    }
}
