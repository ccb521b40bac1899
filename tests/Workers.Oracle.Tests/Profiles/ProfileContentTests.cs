using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Ethereum;
using Mechanisms.Mobility;
using Workers.Oracle.Profiles;

namespace Workers.Oracle.Tests.Profiles;

public sealed class ProfileContentTests
{
    private static readonly string Salt = "0x" + new string('5', 64);

    [Fact]
    public void What_was_written_is_read_with_the_same_hash_times_and_places()
    {
        Fix[] fixes = [new(Samples.Now, new Position(-89.999999999999, 180)), new(Samples.Now.AddSeconds(1.9), new Position(0.1 + 0.2, -0.0000001))];
        var written = ProfileContent.Create(fixes);
        var read = ProfileContent.Read(written.Bytes.Span);
        Assert.Equal(written.Hash, read.Hash);
        Assert.Equal(new Hash32(SHA256.HashData(written.Bytes.Span)), read.Hash);
        Assert.Equal("member", read.ToTrajectory("member").Name);
        Assert.Equal([fixes[0], fixes[1] with { Time = Samples.Now.AddSeconds(1) }], read.ToTrajectory().Fixes);
    }

    [Fact]
    public void The_same_way_never_has_the_same_hash_twice() => Assert.NotEqual(Samples.Content().Hash, Samples.Content().Hash);

    [Fact]
    public void White_space_and_every_notation_of_numbers_are_read() =>
        Assert.Equal(
            new Position(39.9, -0.5),
            Assert.Single(Read($"\n{{ \"version\": 1, \"salt\": \"{Salt}\",\t\"positions\": [ [7, 3.99e1, -5E-1] ] }} ").ToTrajectory().Fixes).Position);

    [Theory]
    [InlineData("[[1,0,90],[1,0,91]]", "position 1 is not later")]
    [InlineData("[[2,0,90],[1,0,91]]", "position 1 is not later")]
    [InlineData("[[-1,0,0]]", "no whole number")]
    [InlineData("[[1.5,0,0]]", "no whole number")]
    [InlineData("[[253402300800,0,0]]", "no whole number")]
    [InlineData("[[9223372036854775808,0,0]]", "no whole number")]
    [InlineData("[[1,90.0000001,0]]", "position 0 is not on the earth")]
    [InlineData("[[1,-91,0]]", "position 0 is not on the earth")]
    [InlineData("[[1,0,180.1]]", "position 0 is not on the earth")]
    [InlineData("[[1,0,1e999]]", "position 0 is not on the earth")]
    [InlineData("[[1,0,NaN]]", "no JSON")]
    [InlineData("[[1,0,\"0\"]]", "a longitude is a String")]
    [InlineData("[[1,0,null]]", "a longitude is a Null")]
    [InlineData("[[1,0]]", "a longitude is a EndArray")]
    [InlineData("[[1,0,0,0]]", "what comes after a longitude")]
    [InlineData("[[1,0,0.000000000000000000000000000000001]]", "at most 32 characters")]
    [InlineData("[[[1,0,0]]]", "nests too deeply")]
    [InlineData("[[1,0,0],]", "no JSON")]
    [InlineData("[null]", "a position is a Null")]
    [InlineData("[]", "it has no position")]
    [InlineData("{}", "'positions' is a StartObject")]
    [InlineData("[[1,0,0]", "no JSON")]
    public void Positions_that_break_a_rule_are_refused_by_name(string positions, string reason) =>
        Refused($"{{\"version\":1,\"salt\":\"{Salt}\",\"positions\":{positions}}}", reason);

    [Theory]
    [InlineData("""{"version":2,"salt":"SALT","positions":[[1,0,0]]}""", "of version 2")]
    [InlineData("""{"version":1,"version":1,"salt":"SALT","positions":[[1,0,0]]}""", "'salt' belongs, or one stands twice")]
    [InlineData("""{"version":1,"salt":"SALT","salt":"SALT","positions":[[1,0,0]]}""", "'positions' belongs, or one stands twice")]
    [InlineData("""{"version":1,"salt":"SALT","positions":[[1,0,0]],"positions":[[1,0,0]]}""", "after the last property")]
    [InlineData("""{"version":1,"salt":"SALT","positions":[[1,0,0]],"more":1}""", "after the last property")]
    [InlineData("""{"version":1,"positions":[[1,0,0]]}""", "'salt' belongs")]
    [InlineData("""{"version":1,"salt":"0x55","positions":[[1,0,0]]}""", "'salt' is not 32 bytes")]
    [InlineData("""{"version":1,"salt":"SALT","positions":[[1,0,0]]}{}""", "no JSON")]
    [InlineData("""{"version":1,"salt":"SALT","positions":[[1,0,0]]} x""", "no JSON")]
    [InlineData("""{"version":1,/**/"salt":"SALT","positions":[[1,0,0]]}""", "no JSON")]
    [InlineData("[1]", "the document is a StartArray")]
    [InlineData("\ufeff{}", "no JSON")]
    [InlineData("", "no JSON")]
    public void A_document_of_another_form_is_refused_by_name(string text, string reason) =>
        Refused(text.Replace("SALT", Salt, StringComparison.Ordinal), reason);

    [Fact]
    public void Bytes_that_are_no_text_are_refused_and_do_not_break_the_reader()
    {
        var random = new Random(20261122);
        var content = Samples.Content().Bytes.ToArray();
        for (var i = 0; i < 2_000; i++)
        {
            var changed = content.ToArray();
            changed[random.Next(changed.Length)] = (byte)random.Next(128, 256);
            Assert.Equal(ProfileProblem.MalformedContent, Assert.Throws<ProfileException>(() => ProfileContent.Read(changed)).Problem);
        }
    }

    [Fact]
    public void The_most_positions_are_read_and_one_more_is_refused()
    {
        Assert.Equal(ProfileContent.MaxPositions, Read(Positions(ProfileContent.MaxPositions)).ToTrajectory().Fixes.Length);
        var refused = Assert.Throws<ProfileException>(() => Read(Positions(ProfileContent.MaxPositions + 1)));
        Assert.Equal(ProfileProblem.TooLarge, refused.Problem);

        static string Positions(int count) =>
            $"{{\"version\":1,\"salt\":\"{Salt}\",\"positions\":[{string.Join(',', Enumerable.Range(0, count).Select(i => $"[{i},1,2]"))}]}}";
    }

    [Fact]
    public void A_content_of_the_most_bytes_is_read_and_one_byte_more_is_refused_before_it_is_parsed()
    {
        var text = $"{{\"version\":1,\"salt\":\"{Salt}\",\"positions\":[[1,2,3]]}}";
        Read(text.PadRight(ProfileContent.MaxBytes));
        Assert.Equal(ProfileProblem.TooLarge, Assert.Throws<ProfileException>(() => Read(new string('x', ProfileContent.MaxBytes + 1))).Problem);
    }

    [Fact]
    public void A_refusal_and_the_text_form_show_no_position()
    {
        var refused = Assert.Throws<ProfileException>(() => Read($"{{\"version\":1,\"salt\":\"{Salt}\",\"positions\":[[1,77.123,116.2],[1,66.321,200.5]]}}"));
        var shown = refused.ToString() + Samples.Content(latitude: 77.123).ToString();
        foreach (var secret in (double[])[77.123, 66.321, 200.5, 116.2])
        {
            Assert.DoesNotContain(secret.ToString(CultureInfo.InvariantCulture), shown, StringComparison.Ordinal);
        }
    }

    private static ProfileContent Read(string text) => ProfileContent.Read(Encoding.UTF8.GetBytes(text));

    private static void Refused(string text, string reason)
    {
        var refused = Assert.Throws<ProfileException>(() => Read(text));
        Assert.Equal(ProfileProblem.MalformedContent, refused.Problem);
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }
}
