using System.Security.Cryptography;
using Mechanisms.PrivacyGame;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Solving;
using Workers.Oracle.Tests.Terms;

namespace Workers.Oracle.Tests.Solving;

public sealed class GatheredGameTests
{
    [Fact]
    public void What_was_counted_comes_back_to_the_last_bit_for_its_own_request_alone()
    {
        var terms = TermsSamples.Terms;
        using var master = MasterKey.Generate();
        var vault = new KeyVault(master);
        double[] prior = [0.1, 0.2, 0.05, 0.15, 0.125, 0.125, 0.2, 0.05], prediction = [0, 1 / 3.0, 1 / 6.0, 0, 0.5, 0, 0, 0];
        var wrapped = GatheredGame.Wrap(GroupGame.From(terms.Cells(), 2, prior, prediction, terms.ToOptions()), "0x01", vault);
        var game = GatheredGame.Unwrap(wrapped, terms, "0x01", vault);
        Assert.Equal(prior, game.Prior);
        Assert.Equal(prediction, game.Prediction);
        Assert.ThrowsAny<CryptographicException>(() => GatheredGame.Unwrap(wrapped, terms, "0x02", vault));
    }
}
