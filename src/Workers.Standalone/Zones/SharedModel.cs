using System.Security.Cryptography;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Models;

namespace Workers.Standalone.Zones;

/// <summary>
/// A model of the privacy game (paper 4) over the town, put into the workers of those whom it is for. Here one of them solves the game; that a committee of oracles does it for people who trust no one of
/// themselves is what <c>./run oracle</c> shows.
/// </summary>
internal static class SharedModel
{
    private const int Side = 4;

    /// <summary>β, as a share of the most privacy there is.</summary>
    private const double Wish = 0.6;

    /// <summary>Nobody is told apart by habits: all ask equally often, from any cell alike. One who is taken for another is off by a kilometre more; asking through another costs as much as 100 m.</summary>
    public static async Task ShareAsync(IReadOnlyList<Person> group, CancellationToken cancellationToken)
    {
        var area = new AreaTerms(Grid: Town.Box, Side: Side);
        var cells = area.ToCells();
        var anywhere = Enumerable.Repeat(1.0 / (group.Count * cells.Count), group.Count * cells.Count).ToArray();
        var still = new ResamplingOptions(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), MaxSpeed: 100);
        var counted = GroupGame.From(cells, group.Count, anywhere, anywhere, new GroupGameOptions(still, Smoothing: 1, OtherMemberDistance: 1, CostPerKilometre: 1, OtherMemberCost: 0.1));
        var game = counted.For(alpha: null, Wish * counted.HighestPrivacy);
        var solution = await Task.Run(() => GameSolvers.Best(game).Solve(game, new SolverLimits(), cancellationToken: cancellationToken), cancellationToken);
        var watermark = new Watermark(RandomNumberGenerator.GetBytes(Watermark.KeyLength));
        var terms = new ModelTerms([.. RandomNumberGenerator.GetBytes(SHA256.HashSizeInBytes)], TimeProvider.System.GetUtcNow().AddDays(1), [.. watermark.Commitment]);
        var model = PrivacyModelFile.Write(PrivacyModel.From(game, solution, terms, watermark));
        var upload = new { Members = group.Select(p => p.Account.ToString()).ToArray(), Area = area, Model = model };
        foreach (var person in group)
        {
            await person.Fleet.Client.TellAsync(HttpMethod.Put, "api/model", upload, cancellationToken);
        }
    }
}
