using Ethereum.Contracts;
using Workers.Collaboration.Zones;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Tests.Zones;

public sealed class AnswerInspectionTests : IDisposable
{
    private static readonly DateTimeOffset Now = DateTimeOffset.FromUnixTimeSeconds(1_795_000_000);
    private readonly Signed _signed = new();

    [Fact]
    public async Task An_honest_answer_is_believed()
    {
        var (request, answer) = (_signed.Request(), await _signed.AnswerAsync(_signed.Request()));
        Assert.Null(Problem(request, Body(answer)));
        Assert.Equal(new AnswerFinding(null, null), AnswerInspection.Inspect(Signed.Measure(), request, answer, []));
    }

    [Fact]
    public async Task An_answer_to_something_else_or_of_another_time_or_signer_is_none()
    {
        var (request, answer) = (_signed.Request(), await _signed.AnswerAsync(_signed.Request()));
        var body = Body(answer);
        Assert.NotNull(Problem(_signed.Request(r => r with { Size = 9 }), body));
        Assert.NotNull(AnswerInspection.Problem(Signed.Market, request, _signed.Requester.Address, body, Signed.Hash("sealed"), Now, TimeSpan.FromMinutes(1)));
        Assert.NotNull(AnswerInspection.Problem(Signed.Market, request, _signed.Collaborator.Address, body, Signed.Hash("other"), Now, TimeSpan.FromMinutes(1)));
        Assert.NotNull(AnswerInspection.Problem(Signed.Market with { ChainId = 1 }, request, _signed.Collaborator.Address, body, Signed.Hash("sealed"), Now, TimeSpan.FromMinutes(1)));
        Assert.NotNull(Problem(request, body with { Signature = await Signed.SignAsync(_signed.Requester, Statements.Of(Signed.Market, answer.Answer)) }));
        Assert.NotNull(Problem(request, body with { Signature = [] }));
        foreach (var time in new[] { 1_795_000_061UL, 1_794_999_939UL, 0UL, ulong.MaxValue })
        {
            Assert.NotNull(Problem(request, Body(await _signed.AnswerAsync(request, time: time))));
        }

        Assert.Null(Problem(request, Body(await _signed.AnswerAsync(request, time: 1_795_000_060))));
    }

    [Fact]
    public async Task A_place_that_the_answer_is_not_signed_for_is_not_used_and_no_evidence()
    {
        var answer = await _signed.AnswerAsync(_signed.Request());
        var other = answer with { Place = answer.Place with { Latitude = answer.Place.Latitude + 1 } };
        var finding = AnswerInspection.Inspect(Signed.Measure(), _signed.Request(), other, []);
        Assert.NotNull(finding.Problem);
        Assert.Null(finding.Evidence);
    }

    /// <summary>Radius and slack are 750 m; 7,000 microdegrees of latitude are 774 m on the least sphere.</summary>
    [Fact]
    public async Task A_place_out_of_reach_is_evidence()
    {
        var request = _signed.Request();
        var finding = AnswerInspection.Inspect(Signed.Measure(), request, await _signed.AnswerAsync(request, north: 7_000), []);
        Assert.True(Assert.IsType<OutsideAreaEvidence>(finding.Evidence).Holds(Signed.Measure()));
        Assert.Null(AnswerInspection.Inspect(Signed.Measure(), request, await _signed.AnswerAsync(request, north: 6_000), []).Problem);
    }

    /// <summary>In 10 s one travels 700 m, and the slack is 250 m; from 5,000 microdegrees south to 5,000 north are 1,106 m.</summary>
    [Fact]
    public async Task A_place_that_cannot_be_reached_from_an_earlier_one_is_evidence()
    {
        var request = _signed.Request();
        var before = await _signed.AnswerAsync(request, north: -5_000, time: 1_794_999_990);
        var finding = AnswerInspection.Inspect(Signed.Measure(), request, await _signed.AnswerAsync(request, north: 5_000), [before]);
        Assert.True(Assert.IsType<ImpossibleSpeedEvidence>(finding.Evidence).Holds(Signed.Measure()));
        var slower = await _signed.AnswerAsync(request, north: -5_000, time: 1_794_999_980);
        Assert.Null(AnswerInspection.Inspect(Signed.Measure(), request, await _signed.AnswerAsync(request, north: 5_000), [slower]).Problem);
    }

    public void Dispose() => _signed.Dispose();

    private static AnswerBody Body(OpenedAnswer answer) => new(answer.Answer, answer.Signature, [1]);

    private string? Problem(Conduct.ZoneRequest request, AnswerBody body) =>
        AnswerInspection.Problem(Signed.Market, request, _signed.Collaborator.Address, body, Signed.Hash("sealed"), Now, TimeSpan.FromMinutes(1));
}
