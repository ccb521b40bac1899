using System.Text;
using Mechanisms.Mobility;
using Workers.Oracle.Terms;
using static Workers.Oracle.Tests.Terms.TermsSamples;

namespace Workers.Oracle.Tests.Terms;

public sealed class GameTermsTests
{
    private static string Document => Encoding.UTF8.GetString(TermsSamples.Terms.Write());

    /// <summary>By what replaces what in a good document, and the refusal's reason.</summary>
    public static TheoryData<string, string, string> BadTexts => new()
    {
        { "\"quorum\":1", "\"quorum\":1,\"quorum\":1", "quorum" },
        { "\"side\":2", "\"side\":2,\"side\":2", "side" },
        { "\"quorum\":1", "\"quorum\":1,\"colour\":1", "colour" },
        { "\"side\":2", "\"side\":2,\"colour\":1", "colour" },
        { "\"quorum\":1,", "", "quorum" },
        { "\"beta\":0.2,", "", "beta" },
        { "\"beta\":0.2", "\"beta\":NaN", "not of this form" },
        { "\"beta\":0.2", "\"beta\":\"NaN\"", "not of this form" },
        { "\"beta\":0.2", "\"beta\":\"0.2\"", "not of this form" },
        { "\"beta\":0.2", "\"beta\":null", "not of this form" },
        { "\"beta\":0.2", "\"beta\":1e999", "β" },
        { "\"alpha\":0.7", "\"alpha\":1e999", "α" },
        { "\"alpha\":0.7", "\"alpha\":-0.1", "α is at least 0" },
        { "\"beta\":0.2", "\"beta\":-0.1", "β is at least 0" },
        { "\"version\":1", "\"version\":2", "version 2 is unknown" },
        { "\"side\":2", "\"side\":2.5", "not of this form" },
        { "\"area\":{", "\"area\":{\"grid\":[[[[[[[[[[1]]]]]]]]]],", "not of this form" },
        { "\"area\":{\"grid\":[52,13,52.02,13.03],\"side\":2}", "\"area\":null", "not of this form" },
        { "\"members\":[{", "\"members\":[null,{", "no member" },
        { $"\"account\":\"{Anna}\"", "\"account\":null", "not of this form" },
        { "\"https://a.example/p\",", "null,", "sources" },
        { "\"https://a.example/p\",", "\"\\ud800\",", "" },
        { "}", "}}", "not of this form" },
    };

    /// <summary>By what is wrong with an otherwise good document, and the refusal's reason.</summary>
    public static TheoryData<string, GameTerms> BadTerms => new()
    {
        { "1 to 256 members", TermsSamples.Terms with { Members = [] } },
        { "1 to 256 members", TermsSamples.Terms with { Members = [.. Enumerable.Range(1, 257).Select(i => Member($"0x{i:x40}"))] } },
        { "twice", TermsSamples.Terms with { Members = [Member(Anna), Member(Bert), Member(Anna)] } },
        { "no address", TermsSamples.Terms with { Members = [Member(Anna.Replace('c', 'C'))] } },
        { "no address", TermsSamples.Terms with { Members = [Member(Anna[2..])] } },
        { "no SHA-256", TermsSamples.Terms with { Members = [Member(Anna) with { Profile = Anna }] } },
        { "no SHA-256", TermsSamples.Terms with { Members = [Member(Anna) with { Profile = "0x" + new string('A', 64) }] } },
        { "1 to 8 sources", TermsSamples.Terms with { Members = [Member(Anna) with { Sources = [] }] } },
        { "1 to 8 sources", TermsSamples.Terms with { Members = [Member(Anna, [.. Enumerable.Range(0, 9).Select(i => $"https://a.example/{i}")])] } },
        { "at most 1024 characters", TermsSamples.Terms with { Members = [Member(Anna, "https://a.example/" + new string('p', 1_024))] } },
        { "no source of profiles", TermsSamples.Terms with { Members = [Member(Anna, "http://a.example/p")] } },
        { "quorum of 3", TermsSamples.Terms with { Quorum = 3 } },
        { "quorum of 0", TermsSamples.Terms with { Quorum = 0 } },
        { "quorum of 2", TermsSamples.Terms with { Quorum = 2, Members = [Member(Anna, "https://a.example/p", "HTTPS://A.example:443/x/../p")] } },
        { "ten years", TermsSamples.Terms with { MaxProfileAge = 0 } },
        { "ten years", TermsSamples.Terms with { MaxProfileAge = 315_360_001 } },
        { "interval and gap", TermsSamples.Terms with { Interval = 0.999 } },
        { "interval and gap", TermsSamples.Terms with { Interval = 31_536_000 } },
        { "interval and gap", TermsSamples.Terms with { MaxGap = 0 } },
        { "interval and gap", TermsSamples.Terms with { MaxGap = 1e-9 } },
        { "interval and gap", TermsSamples.Terms with { MaxGap = 31_536_000 } },
        { "speed", TermsSamples.Terms with { MaxSpeed = 0 } },
        { "smoothing", TermsSamples.Terms with { Smoothing = -1 } },
        { "smoothing", TermsSamples.Terms with { Smoothing = 1_000_001 } },
        { "distances and costs", TermsSamples.Terms with { OtherMemberDistance = -1 } },
        { "distances and costs", TermsSamples.Terms with { CostPerKilometre = 1_000_001 } },
        { "distances and costs", TermsSamples.Terms with { OtherMemberCost = -1e-9 } },
        { "10000 states", TermsSamples.Terms with { Members = [Member(Anna)], Area = Grid with { Side = 100 } } },
        { "1568 states", TermsSamples.Terms with { Area = Grid with { Side = 28 } } },
        { "cannot be used", TermsSamples.Terms with { Area = Grid with { Side = 0 } } },
        { "cannot be used", TermsSamples.Terms with { Area = Grid with { Grid = [52, 13, 51, 14] } } },
        { "cannot be used", TermsSamples.Terms with { Area = Grid with { Grid = [52, 13, 91, 14] } } },
        { "neither a grid", TermsSamples.Terms with { Area = Grid with { Grid = [52, 13, 53] } } },
        { "neither a grid", TermsSamples.Terms with { Area = Grid with { Side = null } } },
        { "neither a grid", TermsSamples.Terms with { Area = Grid with { Reach = 1 } } },
        { "neither a grid", TermsSamples.Terms with { Area = Grid with { Places = [[52, 13]] } } },
        { "neither a grid", TermsSamples.Terms with { Area = new AreaTerms() } },
        { "neither a grid", TermsSamples.Terms with { Area = new AreaTerms(Places: [[52, 13]]) } },
        { "neither a grid", TermsSamples.Terms with { Area = new AreaTerms(Places: [], Reach: 1) } },
        { "neither a grid", TermsSamples.Terms with { Area = new AreaTerms(Places: [[52, 13], [52]], Reach: 1) } },
        { "cannot be used", TermsSamples.Terms with { Area = new AreaTerms(Places: [[52, 13], [52, 181]], Reach: 1) } },
        { "cannot be used", TermsSamples.Terms with { Area = new AreaTerms(Places: [[52, 13]], Reach: 0) } },
    };

    [Theory, MemberData(nameof(BadTexts))]
    public void What_is_not_exactly_of_this_form_is_refused(string good, string bad, string why)
    {
        Assert.Contains(good, Document, StringComparison.Ordinal);
        var at = Document.LastIndexOf(good, StringComparison.Ordinal);
        Refused(why, Encoding.UTF8.GetBytes(Document[..at] + bad + Document[(at + good.Length)..]));
    }

    [Theory, MemberData(nameof(BadTerms))]
    public void What_no_node_can_work_by_is_refused_by_name(string why, GameTerms terms) => Refused(why, terms.Write());

    [Fact]
    public void What_is_no_document_at_all_is_refused()
    {
        Refused("null", "null"u8.ToArray());
        Refused("not of this form", []);
        Refused("not of this form", "[]"u8.ToArray());
        Refused("not of this form", TermsSamples.Terms.Write()[..^1]);
        Refused("not of this form", [.. "{\""u8, 0xff, .. "\":1}"u8]);
    }

    [Fact]
    public void The_longest_document_is_read_and_one_byte_more_is_not()
    {
        var document = TermsSamples.Terms.Write();
        byte[] longest = [.. document, .. Enumerable.Repeat((byte)' ', GameTerms.MaxBytes - document.Length)];
        Assert.Equal(2, GameTerms.Read(longest).Members.Length);
        Refused("at most", [.. longest, (byte)' ']);
    }

    [Fact]
    public void A_good_document_is_read_as_it_was_written()
    {
        var places = new AreaTerms(Places: [[52, 13], [52.01, 13.01], [52.02, 13]], Reach: 2);
        foreach (var terms in new[] { TermsSamples.Terms, TermsSamples.Terms with { Alpha = null }, TermsSamples.Terms with { Alpha = 0, Area = places }, TermsSamples.Terms with { Quorum = 2, Interval = 1, MaxGap = 1 } })
        {
            var read = GameTerms.Read(terms.Write());
            Assert.Equal(terms.Write(), read.Write());
            Assert.Equal((terms.Alpha, terms.Beta, terms.Cells().Count), (read.Alpha, read.Beta, read.Cells().Count));
            Assert.Equal((TimeSpan.FromSeconds(terms.Interval), TimeSpan.FromSeconds(terms.MaxGap)), (read.ToOptions().Resampling.Interval, read.ToOptions().Resampling.MaxGap));
        }

        Assert.DoesNotContain("alpha", Encoding.UTF8.GetString((TermsSamples.Terms with { Alpha = null }).Write()), StringComparison.Ordinal);
        Assert.Equal((1, (int?)null), (places.ToCells().CellOf(new Position(52.009, 13.009)), places.ToCells().CellOf(new Position(53, 13))));
    }

    [Fact]
    public void As_many_states_as_are_allowed_are_allowed() =>
        Assert.Equal(1_458, GameTerms.Read((TermsSamples.Terms with { Area = Grid with { Side = 27 } }).Write()) is var terms ? terms.Members.Length * terms.Cells().Count : 0);

    private static void Refused(string why, byte[] document) => Assert.Contains(why, Assert.Throws<GameTermsException>(() => GameTerms.Read(document)).Message, StringComparison.Ordinal);
}
