using System.Text.Json;
using Workers.Encryption.Market;

namespace Workers.Encryption.Tests.Market;

public sealed class TradeHistoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);

    public static TheoryData<int> Seeds => [1, 2, 3, 4, 5, 6, 7, 8];

    [Theory, MemberData(nameof(Seeds))]
    public void Facts_in_any_order_add_up_to_the_same_trade(int seed)
    {
        var facts = Life("buyer", "A");
        var expected = Show(Fold(facts));
        var random = new Random(seed);
        for (var i = 0; i < 50; i++)
        {
            var order = facts.ToArray();
            random.Shuffle(order);
            Assert.True(expected == Show(Fold(order)), $"seed {seed}, shuffle {i}");
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Two_chains_facts_in_any_order_add_up_to_the_same_trade(int seed)
    {
        // Same heights and log indices on both sides of a reorganisation: only the blocks' hashes tell them apart.
        var facts = Life("buyer", "A").Concat(Life("another", "B")).ToArray();
        var random = new Random(seed);
        var expected = Show(Fold(facts));
        for (var i = 0; i < 50; i++)
        {
            random.Shuffle(facts);
            Assert.True(expected == Show(Fold(facts)), $"seed {seed}, shuffle {i}");
        }
    }

    [Theory, MemberData(nameof(Seeds))]
    public void Coming_and_vanishing_facts_leave_no_trace_in_a_row_that_is_folded_again(int seed)
    {
        var random = new Random(seed);
        var facts = Life("buyer", "A");
        var row = new TradeRow { TradeId = 1 };
        for (var i = 0; i < 100; i++)
        {
            var some = facts.Where(_ => random.Next(3) > 0).ToArray();
            TradeHistory.Fold(row, some);
            Assert.True(Show(Fold(some)) == Show(row) || row.Status == TradeStatus.None, $"seed {seed}, step {i}");
            Assert.Equal(some.Any(f => f.BlockNumber == 10), row.Status != TradeStatus.None);
        }
    }

    [Fact]
    public void Without_its_request_a_trade_stands_nowhere()
    {
        var trade = Fold(Life("buyer", "A").Skip(1));
        Assert.Equal((TradeStatus.None, "", 0L), (trade.Status, trade.BlockHash, trade.BlockNumber));
        Assert.Null(trade.EncryptedKey);
        Assert.False(trade.IsOpen);
    }

    [Fact]
    public void Each_fact_gives_the_trade_its_status_and_the_block_that_has_to_become_final()
    {
        var facts = Life("buyer", "A");
        (int Count, TradeStatus Status, long Block)[] expected =
        [
            (1, TradeStatus.Requested, 10), (2, TradeStatus.Requested, 10), (3, TradeStatus.Answered, 12), (4, TradeStatus.Disputed, 13),
            (5, TradeStatus.Disputed, 13), (6, TradeStatus.Disputed, 13), (7, TradeStatus.Split, 16),
        ];
        foreach (var (count, status, block) in expected)
        {
            var trade = Fold(facts.Take(count));
            Assert.Equal((status, block, $"0xA{block}"), (trade.Status, trade.BlockNumber, trade.BlockHash));
        }

        var done = Fold(facts);
        Assert.Equal((40m, 60m), (done.BuyerProposal, done.OwnerProposal));
        Assert.Equal((50m, 30m, 20m), (done.ToBuyer, done.ToOwner, done.ToProvider));
        Assert.Equal(Start.AddHours(2), done.AnswerBy);
    }

    [Fact]
    public void A_retracted_fact_takes_back_what_it_said_and_no_more()
    {
        var facts = Life("buyer", "A");
        Assert.Equal(Start.AddHours(1), Fold(facts.Where(f => f.BlockNumber != 11)).AnswerBy);

        var withoutAnswer = Fold(facts.Take(3).Where(f => f.BlockNumber != 12));
        Assert.Equal((TradeStatus.Requested, "0xA10"), (withoutAnswer.Status, withoutAnswer.BlockHash));
        Assert.Null(withoutAnswer.EncryptedKey);
        Assert.Null(withoutAnswer.ConfirmBy);

        var withoutDispute = Fold(facts.Take(4).Where(f => f.BlockNumber != 13));
        Assert.Equal(TradeStatus.Answered, withoutDispute.Status);
        Assert.Null(withoutDispute.Evidence);
        Assert.Null(withoutDispute.Arbiter);
        Assert.Null(withoutDispute.RulingBy);

        Assert.Null(Fold(facts.Take(6).Where(f => f.BlockNumber != 14)).BuyerProposal);
        Assert.Null(Fold(facts.Take(6).Where(f => f.BlockNumber != 15)).OwnerProposal);
        Assert.Equal(0, Fold(facts.Take(6)).ToBuyer);
    }

    /// <summary>
    /// The owner answers whoever the trade names once the trade's block is final: a vanished block's buyer beside a final block's
    /// hash would hand the key to somebody who has paid nothing.
    /// </summary>
    [Theory]
    [InlineData(10, 11)]
    [InlineData(11, 10)]
    [InlineData(10, 10)]
    public void A_number_given_anew_never_mixes_one_requests_buyer_with_the_other_requests_block(long vanished, long present)
    {
        TradeFactRow[] facts = [Row("A", vanished, Request("vanished")), Row("B", present, Request("present"))];
        foreach (var order in new[] { facts, [facts[1], facts[0]] })
        {
            var trade = Fold(order);
            Assert.Contains((trade.Buyer, trade.BlockHash), new[] { ("vanished", $"0xA{vanished}"), ("present", $"0xB{present}") });
        }
    }

    [Fact]
    public void A_later_request_under_the_same_number_inherits_nothing_of_the_earlier_one()
    {
        var trade = Fold([.. Life("buyer", "A"), Row("B", 20, Request("another"))]);
        Assert.Equal((TradeStatus.Requested, "another", "0xB20"), (trade.Status, trade.Buyer, trade.BlockHash));
        Assert.Null(trade.EncryptedKey);
        Assert.Null(trade.Evidence);
        Assert.Null(trade.BuyerProposal);
        Assert.Equal(0, trade.ToBuyer);
    }

    [Theory]
    [InlineData("paid", TradeStatus.Paid, 0, 70)]
    [InlineData("refunded", TradeStatus.Refunded, 100, 0)]
    public void A_payment_or_refund_ends_the_trade(string how, TradeStatus status, int toBuyer, int toOwner)
    {
        TradeFact end = how == "paid" ? new TradeFact.Paid("provider", 70, 30) : new TradeFact.Refunded(100);
        var trade = Fold([Row("A", 10, Request("buyer")), Row("A", 11, end)]);
        Assert.Equal((status, (decimal)toBuyer, (decimal)toOwner), (trade.Status, trade.ToBuyer, trade.ToOwner));
        Assert.False(trade.IsOpen);
    }

    [Fact]
    public void Facts_of_one_block_count_in_the_order_of_their_logs()
    {
        var proposals = new[]
        {
            Row("A", 10, Request("buyer")),
            Row("A", 11, new TradeFact.SplitProposed("buyer", 2), log: 10),
            Row("A", 11, new TradeFact.SplitProposed("buyer", 1), log: 9),
        };
        Assert.Equal(2, Fold(proposals).BuyerProposal);
    }

    internal static TradeFact.Requested Request(string buyer) =>
        new(buyer, "owner", "seal", "application", "tag", 3, [4, 1], 100, Start.AddHours(1));

    private static TradeFactRow[] Life(string buyer, string chain) =>
    [
        Row(chain, 10, Request(buyer)),
        Row(chain, 11, new TradeFact.CancelNoticed(Start.AddHours(2))),
        Row(chain, 12, new TradeFact.Answered([1, 2], [3], Start.AddHours(3))),
        Row(chain, 13, new TradeFact.Disputed("arbiter", [9], Start.AddHours(4))),
        Row(chain, 14, new TradeFact.SplitProposed(buyer, 40)),
        Row(chain, 15, new TradeFact.SplitProposed("owner", 60)),
        Row(chain, 16, new TradeFact.SplitAgreed(50, 30, 20)),
    ];

    private static TradeFactRow Row(string chain, long block, TradeFact fact, long log = 0) => new()
    {
        TradeId = 1,
        BlockNumber = block,
        BlockHash = $"0x{chain}{block}",
        LogIndex = log,
        Fact = JsonSerializer.Serialize(fact),
    };

    private static TradeRow Fold(IEnumerable<TradeFactRow> facts)
    {
        var trade = new TradeRow { TradeId = 1 };
        TradeHistory.Fold(trade, facts);
        return trade;
    }

    private static string Show(TradeRow trade) => JsonSerializer.Serialize(trade);
}
