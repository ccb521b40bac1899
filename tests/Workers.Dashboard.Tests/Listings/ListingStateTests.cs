using System.Numerics;
using Workers.Dashboard.Facts;
using Workers.Dashboard.Listings;
using F = Workers.Dashboard.Tests.Market.Facts;

namespace Workers.Dashboard.Tests.Listings;

public sealed class ListingStateTests
{
    [Fact]
    public void The_last_bid_counts_and_extends_the_end()
    {
        var later = F.End.AddSeconds(30);
        var facts = F.Published().Offered(7, F.Auction).Add(F.Bid(7, F.Alice, 100)).Add(new MarketFact.BidPlaced(7, F.Bob, 110, later));
        var state = ListingState.Of(facts.Shuffled(4));
        Assert.Equal((ListingStatus.Auction, F.Bob, new BigInteger(110), 2, later), (state.Status, state.Bidder, state.Bid, state.Bids, state.EndsAt));
        Assert.Equal(ListingStatus.Sold, ListingState.Of(facts.Add(new MarketFact.Sold(7, F.Token, F.Bob, F.Alice, 110)).Shuffled(5)).Status);
    }

    [Fact]
    public void A_bid_that_comes_before_its_listing_waits_for_it() =>
        Assert.Equal(new ListingState(), ListingState.Of(new F().Add(F.Bid(7, F.Bob, 1)).Add(new MarketFact.Sold(7, F.Token, F.Bob, F.Alice, 1)).Rows));

    [Fact]
    public void Of_two_listings_under_one_number_the_later_one_has_none_of_the_earlier_ones_bids()
    {
        var facts = new F().Offered(7, F.Auction).Add(F.Bid(7, F.Bob, 100)).Offered(7, F.Sale);
        var state = ListingState.Of(facts.Rows);
        Assert.Equal((ListingStatus.Sale, null, 0), (state.Status, state.Bidder, state.Bids));
    }

    [Theory]
    [InlineData(100, 10, null, 100)]
    [InlineData(100, 10, 100, 110)]
    [InlineData(100, 1, 1_000, 1_010)]
    [InlineData(100, 1, 1_001, 1_012)]
    public void The_least_bid_is_the_contracts(int reserve, int step, int? highest, int minimum) =>
        Assert.Equal(minimum, ListingState.MinimumBid(reserve, step, highest));

    [Fact]
    public void A_price_in_a_unit_of_account_needs_a_fresh_rate_and_is_rounded_up()
    {
        var listing = new ListingRow { ListingId = 1, Status = ListingStatus.Sale, Price = 3, Unit = "0x01", RateOf = F.Alice, MaxRateAge = 60 };
        var rate = new RateRow { Publisher = F.Alice, Unit = "0x01", Rate = BigInteger.Pow(10, 18) / 2, SetAt = F.End };
        Assert.Equal(2, ListingPrice.Credits(listing, rate, F.End.AddSeconds(60)));
        Assert.Null(ListingPrice.Credits(listing, rate, F.End.AddSeconds(61)));
        Assert.Null(ListingPrice.Credits(listing, new RateRow { Publisher = F.Alice, Unit = "0x01", SetAt = F.End }, F.End));
        Assert.Null(ListingPrice.Credits(listing, null, F.End));
    }
}
