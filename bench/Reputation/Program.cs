using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Mechanisms.Reputation;

// Reputations of many users from several agencies' ratings, on one core. Arguments: users (default 100000), agencies (default 10), rounds (default 9).
var users = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 100_000;
var agencies = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 10;
var rounds = args.Length > 2 ? int.Parse(args[2], CultureInfo.InvariantCulture) : 9;
var random = new Random(1);
var values = new double[users * agencies];
for (var i = 0; i < values.Length; i++)
{
    values[i] = random.NextInt64(1_000_000_000);
}

ImmutableArray<RatingDirection> directions = [.. Enumerable.Range(0, agencies).Select(a => a % 2 == 0 ? RatingDirection.HigherIsBetter : RatingDirection.LowerIsBetter)];
var seconds = new List<double>();
for (var round = 0; round <= rounds; round++)
{
    var clock = Stopwatch.StartNew();
    var reputations = EntropyWeights.Of(new CreditRatings(users, directions, values)).Reputations;
    seconds.Add(clock.Elapsed.TotalSeconds);
    if (reputations.Length != users)
    {
        return 1;
    }
}

// The first round compiles the code.
var sorted = seconds.Skip(1).Order().ToList();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{users} users, {agencies} agencies: {sorted[sorted.Count / 2] * 1000:0} ms (median of {rounds}; {sorted[0] * 1000:0} to {sorted[^1] * 1000:0})"));
return 0;
