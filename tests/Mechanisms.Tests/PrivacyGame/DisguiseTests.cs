using Mechanisms.PrivacyGame;

namespace Mechanisms.Tests.PrivacyGame;

public sealed class DisguiseTests
{
    private const int Seed = 7, Draws = 200_000;
    private readonly CollaborativeGame _game = Games.Random(21, 2, 3, 0.5, 0.7, mobility: true);

    private double[] Release => new FirstOrderSolver().Solve(_game, new SolverLimits(1e-4), cancellationToken: TestContext.Current.CancellationToken).Release;

    [Fact]
    public void Who_sends_times_what_is_sent_is_the_release()
    {
        var release = Release;
        var disguise = new Disguise(release, 2);
        for (var o = 0; o < 6; o++)
        {
            var collaborators = disguise.Collaborators(o);
            Assert.Equal(1, collaborators.Sum(), 1e-9);
            for (var seen = 0; seen < 6; seen++)
            {
                Assert.Equal(release[(o * 6) + seen], collaborators[seen / 3] * disguise.Cells(o, seen / 3)[seen % 3], 1e-12);
            }
        }
    }

    [Fact]
    public void Draws_come_as_often_as_the_release_says_and_never_where_it_says_never()
    {
        var disguise = new Disguise(Release, 2);
        var random = new Random(Seed);
        var counts = new int[6];
        for (var i = 0; i < Draws; i++)
        {
            counts[disguise.Draw(4, random.NextDouble())]++;
        }

        for (var seen = 0; seen < 6; seen++)
        {
            var probability = disguise.Collaborators(4)[seen / 3] * disguise.Cells(4, seen / 3)[seen % 3];
            Assert.InRange((double)counts[seen] / Draws, probability - 0.006, probability + 0.006);
            Assert.True(probability > 0 || counts[seen] == 0);
        }

        var certain = new Disguise([0, 1, 1, 0], 2);
        Assert.Equal((1, 1, 0), (certain.Draw(0, 0), certain.Draw(0, Math.BitDecrement(1.0)), certain.Draw(1, 0.5)));
        Assert.Throws<ArgumentOutOfRangeException>(() => certain.Draw(0, 1));
        Assert.Throws<ArgumentException>(() => new Disguise(new double[9], 2));
    }

    [Fact]
    public void The_best_attack_errs_by_the_privacy_that_was_proved_and_no_other_one_by_less()
    {
        var release = Release;
        var privacy = new Certificate(release, Attacks.Optimal(_game, release), 0).Check(_game).Privacy;
        Assert.Equal(privacy, Attacks.ExpectedError(_game, release, Attacks.Optimal(_game, release)), 1e-12);
        var posterior = Attacks.Posterior(_game, release);
        Assert.True(Attacks.ExpectedError(_game, release, posterior) > privacy);
        for (var seen = 0; seen < 6; seen++)
        {
            Assert.Equal(1, Enumerable.Range(0, 6).Sum(guess => posterior[(guess * 6) + seen]), 1e-12);
        }
    }

    [Fact]
    public void An_observation_tells_who_had_the_prediction_no_more_than_alpha_allows()
    {
        // Eq. 11: the belief in any o after o' was seen is at least e^−α of what the prediction was.
        var release = Release;
        for (var seen = 0; seen < 6; seen++)
        {
            var evidence = Enumerable.Range(0, 6).Sum(o => _game.Prediction[o] * release[(o * 6) + seen]);
            for (var o = 0; o < 6 && evidence > 1e-12; o++)
            {
                var belief = _game.Prediction[o] * release[(o * 6) + seen] / evidence;
                Assert.True(belief >= (Math.Exp(-_game.Alpha) * _game.Prediction[o]) - 1e-9, $"after {seen} the belief in {o} is {belief}, it was {_game.Prediction[o]}");
            }
        }
    }
}
