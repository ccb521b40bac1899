using Ethereum.Contracts;
using Workers.Collaboration.Zones;

namespace Workers.Collaboration.Tests.Zones;

public sealed class CollaboratorPolicyTests : IDisposable
{
    private static readonly OwnPlace Near = new(Signed.Latitude + 1_000, Signed.Longitude);
    private readonly Signed _signed = new();

    [Fact]
    public void Who_is_trusted_and_near_is_told() => Assert.Equal((Help.Answer, ""), Decide());

    [Fact]
    public void A_claim_that_the_named_root_does_not_bear_is_accused_whatever_else_is_wrong()
    {
        var request = _signed.Request(r => r with { Reputation = 700_001 });
        Assert.Equal(Help.Accuse, Decide(request, k => k with { IsAllowed = false, IsLatest = false, Place = null }).Help);
        Assert.Equal(Help.Accuse, Decide(_signed.Request(r => r with { Zones = 4 })).Help);
    }

    [Fact]
    public void What_is_not_known_is_no_evidence() => Assert.Equal(Help.Refuse, Decide(_signed.Request(r => r with { Zones = 4 }), k => k with { Standing = null }).Help);

    [Theory]
    [InlineData(61)]
    [InlineData(-61)]
    public void A_request_of_another_time_is_refused(int seconds)
    {
        Assert.Equal(Help.Refuse, Decide(age: TimeSpan.FromSeconds(seconds)).Help);
        Assert.Equal(Help.Answer, Decide(age: TimeSpan.FromSeconds(seconds - Math.Sign(seconds))).Help);
    }

    [Fact]
    public void An_area_that_is_none_is_refused()
    {
        Assert.Equal(Help.Refuse, Decide(_signed.Request(r => r with { Size = 1 })).Help);
        Assert.Equal(Help.Refuse, Decide(_signed.Request(r => r with { Size = 101 })).Help);
        Assert.Equal(Help.Refuse, Decide(_signed.Request(r => r with { Radius = 501 })).Help);
        Assert.Equal(Help.Refuse, Decide(_signed.Request(r => r with { Latitude = 90_000_001 })).Help);
    }

    [Fact]
    public void Who_is_locked_or_comes_with_old_standings_is_refused()
    {
        Assert.Equal(Help.Refuse, Decide(change: k => k with { IsAllowed = false }).Help);
        Assert.Equal(Help.Refuse, Decide(change: k => k with { IsLatest = false }).Help);
    }

    /// <summary>λ at a mean of ½, a sensitivity of ½ and K = 8 is between 0.45 and 0.5.</summary>
    [Fact]
    public void Refusals_that_would_tell_something_all_read_the_same()
    {
        var poor = new Conduct.Standing(_signed.Requester.Address, 450_000, 3);
        (Help Help, string Reason)[] refusals =
        [
            Decide(_signed.Request(r => r with { Reputation = poor.Reputation }), k => k with { Standing = poor }),
            Decide(change: k => k with { Place = null }),
            Decide(change: k => k with { Place = new OwnPlace(Signed.Latitude + 5_000, Signed.Longitude) }), // 556 m
            Decide(change: k => k with { Told = 60 }),
        ];
        Assert.All(refusals, r => Assert.Equal((Help.Refuse, CollaboratorPolicy.NoPart), r));
        Assert.Equal(Help.Answer, Decide(change: k => k with { Place = new OwnPlace(Signed.Latitude + 4_400, Signed.Longitude), Told = 59 }).Help); // 489 m
    }

    public void Dispose() => _signed.Dispose();

    private (Help Help, string Reason) Decide(Conduct.ZoneRequest? request = null, Func<RequestKnowledge, RequestKnowledge>? change = null, TimeSpan age = default)
    {
        var known = new RequestKnowledge(new Conduct.Standing(_signed.Requester.Address, 700_000, 3), 0.5, IsLatest: true, IsAllowed: true, Near, Told: 0);
        return CollaboratorPolicy.Decide(request ?? _signed.Request(), change is null ? known : change(known), age, TimeSpan.FromMinutes(1), sensitivity: 0.5, radius: 500, limit: 60);
    }
}
