using System.Collections.Immutable;
using System.Security.Cryptography;
using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Models;

namespace Mechanisms.Tests.PrivacyGame.Models;

/// <summary>Solved games as models, with what a checker knows of them.</summary>
internal sealed record SolvedModel(CollaborativeGame Game, PrivacyModel Model)
{
    public static readonly byte[] Request = SHA256.HashData("a request"u8);
    public static readonly byte[] Key = SHA256.HashData("a watermark's key"u8);
    public static readonly DateTimeOffset Expires = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);

    public static Watermark Watermark => new(Key);

    public static ModelTerms Terms => new([.. Request], Expires, Watermark.Commit(Key));

    public static SolvedModel Of(CollaborativeGame game, double gap = 0.01) =>
        new(game, PrivacyModel.From(game, new FirstOrderSolver().Solve(game, new SolverLimits(gap), cancellationToken: TestContext.Current.CancellationToken), Terms, Watermark));

    /// <summary>Every kind of game: with and without mobility privacy, alone and in a group, α and β at their ends.</summary>
    public static IEnumerable<CollaborativeGame> Kinds()
    {
        var seed = 0;
        foreach (var (members, cells) in new[] { (1, 1), (1, 6), (3, 3), (4, 5) })
        {
            foreach (var (alpha, mobility) in new[] { (0.0, true), (0.3, true), (900.0, true), (0.0, false) })
            {
                foreach (var wish in new[] { 0.0, 0.4, 0.9, 1.0 })
                {
                    yield return Games.Random(++seed, members, cells, alpha, wish, mobility);
                }
            }
        }
    }

    /// <summary>The model with another release under the same terms; likewise the others.</summary>
    public PrivacyModel With(ImmutableArray<ImmutableArray<Entry<long>>> rows) =>
        new(Model.Terms, Model.Members, Model.Cells, Model.Redrawn, Model.Prediction, rows, Model.Price, Model.Attack);

    public PrivacyModel With(ImmutableArray<ImmutableArray<Entry<double>>> attack) =>
        new(Model.Terms, Model.Members, Model.Cells, Model.Redrawn, Model.Prediction, Model.Rows, Model.Price, attack);

    public PrivacyModel With(ImmutableArray<long> prediction) =>
        new(Model.Terms, Model.Members, Model.Cells, Model.Redrawn, prediction, Model.Rows, Model.Price, Model.Attack);

    public PrivacyModel With(double price) =>
        new(Model.Terms, Model.Members, Model.Cells, Model.Redrawn, Model.Prediction, Model.Rows, price, Model.Attack);

    public static ModelVerdict Check(CollaborativeGame game, PrivacyModel model) => ModelCheck.Check(model, game, Request, Expires, Watermark);
}
