using Workers.Encryption.Arbitration;

namespace Workers.Encryption.Tests.Arbitration;

public sealed class RulingTests
{
    [Theory]
    [InlineData(Finding.EvidenceIsNotTheTradesKey, false)]
    [InlineData(Finding.AnswerDoesNotOpen, true)]
    [InlineData(Finding.KeyIsNotTheCommittedOne, true)]
    [InlineData(Finding.BlobIsMissing, true)]
    [InlineData(Finding.BlobDoesNotOpen, true)]
    [InlineData(Finding.AnswerIsGood, false)]
    public void Only_what_the_owner_failed_to_deliver_gives_the_price_back(Finding finding, bool refund)
    {
        var ruling = Ruling.On(finding);
        Assert.Equal(refund, ruling.RefundBuyer);
        Assert.NotEmpty(ruling.Reason);
    }

    [Fact]
    public void Every_finding_has_a_ruling_with_a_reason_of_its_own()
    {
        var reasons = Enum.GetValues<Finding>().Select(f => Ruling.On(f).Reason).ToList();
        Assert.Equal(reasons.Count, reasons.Distinct(StringComparer.Ordinal).Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => Ruling.On((Finding)99));
    }
}
