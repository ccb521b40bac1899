using Workers.Dashboard.Datasets;
using Workers.Dashboard.Facts;
using F = Workers.Dashboard.Tests.Market.Facts;

namespace Workers.Dashboard.Tests.Datasets;

public sealed class DatasetStateTests
{
    [Fact]
    public void A_token_without_a_publication_is_no_dataset() =>
        Assert.Equal(DatasetStatus.None, DatasetState.Of(new F().Add(new MarketFact.Moved(F.Token, F.Nobody, F.Alice)).Rows).Status);

    [Fact]
    public void What_is_offered_belongs_to_its_seller_and_what_was_sold_to_its_buyer()
    {
        var facts = F.Published();
        AssertIs(facts, DatasetStatus.Held, F.Alice, null);
        AssertIs(facts.Offered(7, F.Sale), DatasetStatus.Sale, F.Alice, 7);
        AssertIs(facts.Add(new MarketFact.Sold(7, F.Token, F.Bob, F.Alice, 100), new MarketFact.Moved(F.Token, F.Market, F.Bob)), DatasetStatus.Held, F.Bob, null);
        AssertIs(facts.Offered(8, F.Auction, F.Bob), DatasetStatus.Auction, F.Bob, 8);
        AssertIs(facts.Add(new MarketFact.Unlisted(8, F.Token, F.Bob), new MarketFact.Moved(F.Token, F.Market, F.Bob)), DatasetStatus.Held, F.Bob, null);
    }

    [Fact]
    public void A_token_that_its_buyer_did_not_take_is_kept_until_it_is_collected()
    {
        var facts = F.Published().Offered(7, F.Auction).Add(new MarketFact.Sold(7, F.Token, F.Bob, F.Alice, 100), new MarketFact.Kept(F.Token, F.Bob));
        AssertIs(facts, DatasetStatus.Kept, F.Bob, null);
        AssertIs(facts.Add(new MarketFact.Collected(F.Token, F.Bob, F.Alice), new MarketFact.Moved(F.Token, F.Market, F.Alice)), DatasetStatus.Held, F.Alice, null);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Facts_add_up_to_the_same_in_whatever_order_they_come(int seed)
    {
        var facts = F.Published().Offered(7, F.Sale).Add(new MarketFact.Sold(7, F.Token, F.Bob, F.Alice, 100), new MarketFact.Moved(F.Token, F.Market, F.Bob)).Offered(8, F.Auction, F.Bob);
        AssertIs(facts.Shuffled(seed), DatasetStatus.Auction, F.Bob, 8);
    }

    private static void AssertIs(F facts, DatasetStatus status, string owner, long? listing) => AssertIs(facts.Rows, status, owner, listing);

    private static void AssertIs(IEnumerable<FactRow> facts, DatasetStatus status, string owner, long? listing)
    {
        var state = DatasetState.Of(facts);
        Assert.Equal((status, owner, listing), (state.Status, state.Owner, state.ListingId));
    }
}
