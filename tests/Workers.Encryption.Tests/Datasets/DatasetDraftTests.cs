using Workers.Encryption.Datasets.Publishing;

namespace Workers.Encryption.Tests.Datasets;

public sealed class DatasetDraftTests
{
    private static readonly DatasetDraft Good = new("Turbines", "csv", "turbines.csv");

    public static TheoryData<DatasetDraft, string> Bad() => new()
    {
        { Good with { Name = "" }, "name" },
        { Good with { Name = " " }, "name" },
        { Good with { Name = "a\nb" }, "name" },
        { Good with { Name = new string('x', 121) }, "name" },
        { Good with { Description = new string('x', 4_001) }, "description" },
        { Good with { Tags = [.. Enumerable.Repeat("tag", 17)] }, "tags" },
        { Good with { Tags = [""] }, "tags" },
        { Good with { Tags = [new string('x', 41)] }, "tags" },
        { Good with { Format = "xml" }, "'xml'" },
        { Good with { Format = "blocks", BlockSize = 0 }, "Blocks" },
        { Good with { Format = "blocks", BlockSize = (1 << 20) + 1 }, "Blocks" },
        { Good with { File = null }, "Name the file" },
        { Good with { File = "../turbines.csv" }, "file name" },
        { Good with { File = "a\\b" }, "file name" },
        { Good with { File = ".." }, "file name" },
        { Good with { Source = "../keys" }, "SourceFolder" },
        { Good with { Source = "." }, "SourceFolder" },
        { Good with { Offer = new DatasetOffer(0) }, "at least 1" },
        { Good with { Offer = new DatasetOffer(1.5m) }, "whole" },
        { Good with { Offer = new DatasetOffer(1, -1) }, "whole" },
        { Good with { Offer = new DatasetOffer(1, Unit: "0x12") }, "unit of account" },
        { Good with { Offer = new DatasetOffer(1, RateOf: "nobody") }, "address" },
    };

    [Theory]
    [MemberData(nameof(Bad))]
    public void What_could_not_be_published_is_refused_in_a_sentence(DatasetDraft draft, string about) =>
        Assert.Contains(about, draft.Problem(), StringComparison.Ordinal);

    [Fact]
    public void What_everybody_can_read_and_sell_is_taken()
    {
        Assert.Null(Good.Problem());
        Assert.Null((Good with { File = null, Source = "hall 3" }).Problem());
        Assert.Null((Good with { Name = "Türme", Tags = ["energy"], Description = "…", Offer = new DatasetOffer(100, Duration: 3_600, Step: 1) }).Problem());
        Assert.Equal("hall 3", (Good with { File = null, Source = "hall 3" }).FileName);
    }
}
