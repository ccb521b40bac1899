using System.Security.Cryptography;
using Ethereum;
using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Models;
using Workers.Oracle.Requests;
using Workers.Oracle.Terms;
using Workers.Oracle.Tests.Terms;

namespace Workers.Oracle.Tests.Asking;

/// <summary>A solved model of <see cref="TermsSamples"/>, and what the chain says of it.</summary>
internal static class ModelSamples
{
    public static readonly Hash32 Request = Keccak256.Hash("request");
    public static readonly DateTimeOffset Expires = new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero);
    public static readonly byte[] Key = SHA256.HashData("a watermark's key"u8);

    public static byte[] Model { get; } = Solve(TermsSamples.Terms);

    public static RequestFact.Finalised OnChain(byte[] model) => new("0xa1", new Hash32(SHA256.HashData(model)).ToString(), Hash32.Zero.ToString(), Expires);

    public static byte[] Solve(GameTerms terms)
    {
        var random = new Random(1);
        var counted = GroupGame.From(terms.Cells(), terms.Members.Length, Distribution(), Distribution(), terms.ToOptions());
        var game = counted.For(terms.Alpha, 0.7 * counted.HighestPrivacy);
        var solution = new FirstOrderSolver().Solve(game, new SolverLimits(0.01), cancellationToken: TestContext.Current.CancellationToken);
        return PrivacyModelFile.Write(PrivacyModel.From(game, solution, new ModelTerms([.. Request.ToArray()], Expires, Watermark.Commit(Key)), new Watermark(Key)));

        double[] Distribution()
        {
            var values = Enumerable.Range(0, terms.Members.Length * terms.Cells().Count).Select(_ => 0.1 + random.NextDouble()).ToArray();
            return [.. values.Select(v => v / values.Sum())];
        }
    }
}
