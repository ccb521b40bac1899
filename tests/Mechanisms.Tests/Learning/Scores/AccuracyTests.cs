using Mechanisms.Learning.Scores;

namespace Mechanisms.Tests.Learning.Scores;

public class AccuracyTests
{
    /// <summary>
    /// Newcombe, Statistics in Medicine 17, 1998, Table I, method 3 (score without continuity correction): 81/263, 15/148, 0/20 and 1/29, 95 %.
    /// </summary>
    [Theory]
    [InlineData(81, 263, 0.2553, 0.3662)]
    [InlineData(15, 148, 0.0624, 0.1605)]
    [InlineData(0, 20, 0.0000, 0.1611)]
    [InlineData(1, 29, 0.0061, 0.1718)]
    [InlineData(20, 20, 0.8389, 1.0000)]
    public void The_interval_is_the_published_one(int correct, int total, double lower, double upper)
    {
        var accuracy = new Accuracy(correct, total);
        Assert.Equal((double)correct / total, accuracy.Value);
        Assert.Equal(lower, accuracy.Lower, 5e-5);
        Assert.Equal(upper, accuracy.Upper, 5e-5);
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(-1, 5)]
    [InlineData(6, 5)]
    public void Counts_that_do_not_fit_are_refused(int correct, int total) => Assert.Throws<ArgumentOutOfRangeException>(() => new Accuracy(correct, total));
}
