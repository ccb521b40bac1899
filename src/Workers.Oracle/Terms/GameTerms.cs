using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Ethereum;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Terms;

/// <summary>A member of the group that asks.</summary>
/// <param name="Account">Who signs the profile; lower-case 0x hex, as all addresses and hashes here.</param>
/// <param name="Profile">SHA-256 of the profile's content: another one does not count.</param>
/// <param name="Sources">Where its envelope lies: <c>https://…</c> or <c>ipfs://…</c>.</param>
public sealed record MemberTerms(string Account, string Profile, ImmutableArray<string> Sources);

/// <summary>
/// What a group asks for: a JSON document in one raw block, whose SHA-256 stands in the request on chain. It is public; profiles are not in it.
/// </summary>
/// <param name="Version">1.</param>
/// <param name="Quorum">How many of a member's sources have to deliver its profile.</param>
/// <param name="MaxProfileAge">Seconds since a profile was issued.</param>
/// <param name="Interval">Seconds between two steps of the mobility model, as <paramref name="MaxGap"/>.</param>
/// <param name="MaxGap">The longest time between two positions that belong together.</param>
/// <param name="MaxSpeed">Kilometres per hour; who is faster was not there.</param>
/// <param name="Smoothing">See <see cref="GroupGameOptions"/>, as the next three.</param>
/// <param name="Beta">β in kilometres.</param>
/// <param name="Alpha">α; null without mobility privacy (CPGM-2, and SUPG-2 for one member).</param>
public sealed record GameTerms(
    int Version, ImmutableArray<MemberTerms> Members, AreaTerms Area, int Quorum, long MaxProfileAge, double Interval, double MaxGap, double MaxSpeed, double Smoothing, double OtherMemberDistance,
    double CostPerKilometre, double OtherMemberCost, double Beta, double? Alpha = null)
{
    /// <summary>Longest document that is read, in bytes: what fits one block of IPFS.</summary>
    public const int MaxBytes = 1 << 18;

    private const int MaxMembers = 256, MaxSources = 8, MaxSourceLength = 1_024;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        AllowDuplicateProperties = false,
        NumberHandling = JsonNumberHandling.Strict,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        MaxDepth = 8,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>The document.</summary>
    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this, Json);

    /// <summary>Reads what a group wrote.</summary>
    /// <exception cref="GameTermsException">No node can work by it; the message says why.</exception>
    public static GameTerms Read(ReadOnlySpan<byte> document)
    {
        if (document.Length > MaxBytes)
        {
            throw new GameTermsException($"The document has {document.Length} bytes; at most {MaxBytes} are read.");
        }

        GameTerms terms;
        try
        {
            terms = JsonSerializer.Deserialize<GameTerms>(document, Json) ?? throw new GameTermsException("The document is null.");
        }
        catch (JsonException e)
        {
            throw new GameTermsException($"The document is not of this form: {e.Message}");
        }

        terms.Check();
        return terms;
    }

    /// <summary>The cells.</summary>
    public ICells Cells() => Area.ToCells();

    /// <summary>How the game is made from the members' histories.</summary>
    public GroupGameOptions ToOptions() =>
        new(new ResamplingOptions(TimeSpan.FromSeconds(Interval), TimeSpan.FromSeconds(MaxGap), MaxSpeed), Smoothing, OtherMemberDistance, CostPerKilometre, OtherMemberCost);

    private void Check()
    {
        Require(Version == 1, $"version {Version} is unknown");
        Require(Members is { IsDefault: false, Length: > 0 and <= MaxMembers }, $"there are 1 to {MaxMembers} members");
        Require(Members.All(m => m is not null), "a null is no member");
        foreach (var member in Members)
        {
            Require(IsAddress(member.Account), $"'{member.Account}' is no address in lower-case hex");
            Require(IsHash(member.Profile), $"the profile of {member.Account} is no SHA-256 in lower-case hex");
            Require(
                member.Sources is { IsDefault: false, Length: > 0 and <= MaxSources } && member.Sources.All(s => s is { Length: > 0 and <= MaxSourceLength }),
                $"{member.Account} has 1 to {MaxSources} sources of at most {MaxSourceLength} characters");
            Require(Quorum >= 1 && Quorum <= member.Sources.Select(Canonical).Distinct(StringComparer.Ordinal).Count(), $"a quorum of {Quorum} is more than the sources of {member.Account}");
        }

        Require(Members.Select(m => m.Account).Distinct(StringComparer.Ordinal).Count() == Members.Length, "a member is in it twice");
        Require(MaxProfileAge is > 0 and <= 10 * (long)MaxSeconds, "a profile is at most ten years old");
        Require(Interval is >= 1 and < MaxSeconds && MaxGap is >= 1 and < MaxSeconds, $"interval and gap are 1 to {MaxSeconds} seconds");
        Require(Positive(MaxSpeed), "the speed is above 0");
        Require(double.IsFinite(Smoothing) && Smoothing is >= 0 and <= 1e6, "the smoothing is from 0 to 1,000,000");
        foreach (var number in new[] { OtherMemberDistance, CostPerKilometre, OtherMemberCost })
        {
            Require(double.IsFinite(number) && number is >= 0 and <= 1e6, "distances and costs are from 0 to 1,000,000");
        }

        Require(Alpha is null || (double.IsFinite(Alpha.Value) && Alpha >= 0), "α is at least 0");
        Require(double.IsFinite(Beta) && Beta >= 0, "β is at least 0");
        try
        {
            var states = (long)Members.Length * Cells().Count;
            Require(states <= CollaborativeGame.MaxStates, $"{Members.Length} members in {Cells().Count} cells are {states} states; at most {CollaborativeGame.MaxStates} are allowed");
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new GameTermsException($"The area cannot be used: {e.Message}");
        }
    }

    private const double MaxSeconds = 31_536_000;

    private static string Canonical(string source) => ProfileSource.TryParse(source, out var parsed)
        ? parsed.Text
        : throw new GameTermsException($"The document cannot be used: '{source}' is no source of profiles, such as https://host/path or ipfs://CID.");

    private static bool Positive(double number) => double.IsFinite(number) && number > 0;

    private static bool IsAddress(string? text) => text is not null && Address.TryParse(text, null, out var address) && address.ToString() == text;

    private static bool IsHash(string? text) => text is not null && Hash32.TryParse(text, null, out var hash) && hash.ToString() == text;

    private static void Require(bool met, string otherwise)
    {
        if (!met)
        {
            throw new GameTermsException($"The document cannot be used: {otherwise}.");
        }
    }
}

/// <summary>A document by which no node can work.</summary>
public sealed class GameTermsException(string message) : Exception(message);
