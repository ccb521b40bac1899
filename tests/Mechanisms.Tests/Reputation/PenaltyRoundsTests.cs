using Mechanisms.Reputation;

namespace Mechanisms.Tests.Reputation;

public sealed class PenaltyRoundsTests
{
    private static readonly ZoneUtilities Usual = new(RequesterLeaks: 9, RequesterHonest: 4, Locked: 0, CollaboratorLies: 3, CollaboratorHonest: 2);

    [Theory]
    [InlineData(0.5, 0.9, 3)] // (9 − 4) / (0.5 · 4) = 2.5
    [InlineData(1, 0.05, 5)] // 0.95 · 1 / (0.05 · 4) = 4.75
    [InlineData(1, 1, 2)] // 5 / 4; a lie that is always found out earns nothing
    [InlineData(0.625, 1, 2)] // exactly 2
    public void It_is_equation_17_rounded_up(double leakFound, double lieFound, long rounds) => Assert.Equal(rounds, PenaltyRounds.Of(Usual, leakFound, lieFound));

    [Fact]
    public void Honesty_pays_at_that_number_of_rounds_and_for_somebody_not_at_one_less()
    {
        var random = new Random(6);
        for (var round = 0; round < 1_000; round++)
        {
            double Next() => random.NextDouble() * 10;
            var locked = Next() - 5;
            var honest = locked + 0.1 + Next();
            var collaborator = Next();
            var utilities = new ZoneUtilities(honest + Next(), honest, locked, collaborator + Next(), collaborator);
            var (leakFound, lieFound) = (0.05 + (0.95 * random.NextDouble()), 0.05 + (0.95 * random.NextDouble()));
            var rounds = PenaltyRounds.Of(utilities, leakFound, lieFound);
            Assert.True(Gain(rounds) <= 1e-9);
            Assert.True(rounds == 0 || Gain(rounds - 1) > -1e-9);

            // Eqs. 18 to 22: what cheating once earns above honesty; of S, who is found out, with U_S⁻ = U_S⁺ as Eq. 17 leaves it.
            double Gain(long i) => Math.Max(
                utilities.RequesterLeaks - honest - (leakFound * i * (honest - locked)),
                ((1 - lieFound) * (utilities.CollaboratorLies - collaborator)) - (lieFound * i * (honest - locked)));
        }
    }

    [Fact]
    public void Cheating_that_earns_nothing_needs_no_penalty() => Assert.Equal(0, PenaltyRounds.Of(Usual with { RequesterLeaks = 4, CollaboratorLies = 2 }, 0.5, 0.5));

    [Theory]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(double.NaN)]
    [InlineData(double.NegativeInfinity)]
    public void Where_being_locked_is_no_worse_no_number_deters(double locked) => Assert.Throws<ArgumentException>(() => PenaltyRounds.Of(Usual with { Locked = locked }, 0.5, 0.5));

    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0)]
    [InlineData(1.1, 0.5)]
    [InlineData(0.5, double.NaN)]
    public void What_is_no_probability_above_0_is_refused(double leakFound, double lieFound) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => PenaltyRounds.Of(Usual, leakFound, lieFound));

    [Fact]
    public void More_rounds_than_there_are_numbers_are_refused() => Assert.Throws<ArgumentException>(() => PenaltyRounds.Of(Usual with { RequesterLeaks = 1e300 }, 0.5, 0.5));
}
