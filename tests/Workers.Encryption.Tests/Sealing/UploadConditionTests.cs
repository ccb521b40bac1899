using Workers.Encryption.Sealing;

namespace Workers.Encryption.Tests.Sealing;

public sealed class UploadConditionTests
{
    private static readonly DateTimeOffset Since = new(2026, 11, 21, 12, 0, 0, TimeSpan.Zero);
    private static readonly UploadCondition All = new() { MinBytes = 1000, MaxAge = TimeSpan.FromHours(6), Cron = "0 0 15 * * ?" };

    [Theory]
    [InlineData(999, 2.9, false)]
    [InlineData(1000, 0, true)]
    [InlineData(1, 3, true)]
    public void The_first_condition_that_is_met_decides(long bytes, double hours, bool met) =>
        Assert.Equal(met, All.IsMet(new SpaceState(1, bytes, Since), Since.AddHours(hours)));

    [Fact]
    public void The_age_counts_without_the_others()
    {
        var condition = new UploadCondition { MaxAge = TimeSpan.FromHours(6) };
        Assert.False(condition.IsMet(new SpaceState(1, long.MaxValue, Since), Since.AddHours(5.99)));
        Assert.True(condition.IsMet(new SpaceState(1, 0, Since), Since.AddHours(6)));
    }

    [Fact]
    public void A_cron_time_that_passed_before_the_first_file_came_does_not_count()
    {
        var condition = new UploadCondition { Cron = "0 0 11 * * ?" };
        Assert.False(condition.IsMet(new SpaceState(1, 1, Since), Since.AddHours(1)));
        Assert.True(condition.IsMet(new SpaceState(1, 1, Since), Since.AddHours(23)));
    }

    [Fact]
    public void An_empty_space_is_skipped_whatever_the_time() =>
        Assert.False(All.IsMet(new SpaceState(0, 0, Since), Since.AddYears(1)));

    [Fact]
    public void Without_any_condition_nothing_is_sealed_by_itself() =>
        Assert.False(new UploadCondition().IsMet(new SpaceState(1, long.MaxValue, Since), Since.AddYears(1)));

    [Fact]
    public void A_malformed_cron_expression_is_an_error() =>
        Assert.Throws<FormatException>(() => new UploadCondition { Cron = "every day" }.IsMet(new SpaceState(1, 1, Since), Since));
}
