using Workers.Dashboard.Datasets;

namespace Workers.Dashboard.Tests.Datasets;

public sealed class SearchWordsTests
{
    [Theory]
    [InlineData("Turbine vibration, hall 3", "turbine vibration hall 3")]
    [InlineData("Übermäßig—café CAFÉ", "ubermaßig cafe")]
    [InlineData("turbines.csv", "turbines csv")]
    [InlineData("cafe\u0301", "cafe")]
    [InlineData("温度センサー", "温度センサー")]
    [InlineData(" \t--'; DROP TABLE words; %_*", "drop table words")]
    [InlineData("", "")]
    [InlineData(null, "")]
    public void Case_accents_and_signs_do_not_count(string? text, string words) => Assert.Equal(words, string.Join(' ', SearchWords.Of(text)));

    [Fact]
    public void Half_a_surrogate_pair_neither_throws_nor_counts() => Assert.Equal(["a", "b"], SearchWords.Of("a\ud83d b".Replace("\ud83d", " ", StringComparison.Ordinal)));

    [Fact]
    public void A_search_has_few_words_and_none_is_endless()
    {
        Assert.Equal(SearchWords.MaxPerSearch, SearchWords.OfSearch("a b c d e f g h i j k").Count);
        Assert.Equal(66, Assert.Single(SearchWords.OfSearch(new string('x', 5_000))).Length);
    }

    [Fact]
    public void Only_words_that_begin_so_are_within_the_range()
    {
        string[] words = ["tur", "turbine", "turbines", "tus", "tuq", "tur\U0001F600", "tu"];
        Assert.Equal(["tur", "turbine", "turbines", "tur\U0001F600"], words.Where(w => Ordinal(w, "tur") >= 0 && Ordinal(w, SearchWords.EndOf("tur")) < 0));

        // As SQLite and PostgreSQL's collation C compare: by the bytes of UTF-8.
        static int Ordinal(string a, string b) => System.Text.Encoding.UTF8.GetBytes(a).AsSpan().SequenceCompareTo(System.Text.Encoding.UTF8.GetBytes(b));
    }

    [Fact]
    public void A_long_description_does_not_fill_the_index()
    {
        var metadata = new DatasetMetadata("name", string.Join(' ', Enumerable.Range(0, 900)), "f.csv", "csv", 1, 1, ["tag"], ["column"], null);
        var words = SearchWords.OfDataset(metadata, "0x01", "0x02");
        Assert.Equal(SearchWords.MaxPerDataset, words.Count);
        Assert.Equal(["0x01", "0x02", "name", "tag", "csv", "f", "column", "0"], words.Take(8));
    }
}
