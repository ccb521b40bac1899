using Workers.Encryption.Arbitration;

namespace Workers.Encryption.Tests.Arbitration;

public sealed class RulingTests
{
    [Theory]
    [InlineData(Finding.EvidenceIsNotTheTradesKey, false)]
    [InlineData(Finding.AnswerDoesNotOpen, true)]
    [InlineData(Finding.KeyIsNotTheCommittedOne, true)]
    [InlineData(Finding.BlobDoesNotOpen, true)]
    [InlineData(Finding.AnswerIsGood, false)]
    public void Only_what_the_owner_failed_to_deliver_gives_the_price_back(Finding finding, bool refund)
    {
        var ruling = Ruling.On(finding);
        Assert.Equal(refund, ruling!.RefundBuyer);
        Assert.NotEmpty(ruling.Reason);
    }

    [Theory]
    [InlineData(Finding.BlobIsMissing)]
    [InlineData(Finding.BlobIsTooLarge)]
    public void What_the_arbiters_own_nodes_or_limits_hide_is_not_ruled_on(Finding finding) => Assert.Null(Ruling.On(finding));

    [Fact]
    public void Every_ruling_has_a_reason_of_its_own_and_every_finding_is_thought_of()
    {
        var reasons = Enum.GetValues<Finding>().Select(Ruling.On).OfType<Ruling>().Select(r => r.Reason).ToList();
        Assert.Equal(reasons.Count, reasons.Distinct(StringComparer.Ordinal).Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => Ruling.On((Finding)99));
    }
}
