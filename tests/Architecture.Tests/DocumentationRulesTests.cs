namespace Architecture.Tests;

public sealed class DocumentationRulesTests
{
    private const string Dated = "# Title\n\nDate: 2026-11-21\n";

    [Fact]
    public void Records_that_are_numbered_and_dated_pass() =>
        Assert.Empty(DecisionRecords.Violations([("0002-second.md", Dated), ("README.md", "all of them"), ("0001-first-one.md", Dated)]));

    [Theory]
    [InlineData("0003-gap.md", Dated, "where 2 follows")]
    [InlineData("0001-twice.md", Dated, "where 2 follows")]
    [InlineData("2-short.md", Dated, "is not named like")]
    [InlineData("0002-Shouted.md", Dated, "is not named like")]
    [InlineData("0002-notes.txt", Dated, "is not named like")]
    [InlineData("0002-undated.md", "# Title\n", "has no date")]
    [InlineData("0002-no-such-day.md", "2026-02-30", "has no date")]
    [InlineData("0002-dated-at-the-end.md", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n2026-11-21", "has no date")]
    public void A_record_that_breaks_a_rule_is_named(string name, string text, string reason)
    {
        var violation = Assert.Single(DecisionRecords.Violations([("0001-first.md", Dated), (name, text)]));
        Assert.Contains(name, violation, StringComparison.Ordinal);
        Assert.Contains(reason, violation, StringComparison.Ordinal);
    }

    [Fact]
    public void A_worker_without_a_page_and_a_page_without_a_worker_are_named()
    {
        Assert.Empty(WorkerPages.Violations(["Workers.ChainListener"], [("chain-listener.md", "# Chain listener")]));
        Assert.Contains("chain-listener.md", Assert.Single(WorkerPages.Violations(["Workers.ChainListener"], [])), StringComparison.Ordinal);
        Assert.Contains("empty", Assert.Single(WorkerPages.Violations(["Workers.Oracle"], [("oracle.md", " \n")])), StringComparison.Ordinal);
        Assert.Contains("old.md", Assert.Single(WorkerPages.Violations([], [("old.md", "# Old")])), StringComparison.Ordinal);
    }
}
