using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Bench.PrivacyGame;
using Mechanisms.PrivacyGame;

// How long the first-order solver takes to prove a release within 10, 3 and 1 percent of the least cost, and how long checking the proof takes.
// Arguments: numbers of states (default 100 200 300), each ten members in a tenth as many cells.
const int Members = 10, Seed = 1;
const double Alpha = 0.5, Wish = 0.7;
double[] gaps = [0.1, 0.03, 0.01];
int[] sizes = args.Length > 0 ? [.. args.Select(a => int.Parse(a, CultureInfo.InvariantCulture))] : [100, 200, 300];
if (OperatingSystem.IsLinux())
{
    Process.GetCurrentProcess().ProcessorAffinity = 1;
}

Console.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd} | one of {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}");
Console.WriteLine("| states | mobility | " + string.Join(" | ", gaps.Select(g => $"to {g:0%}")) + " | iterations | certificate checked | cost |");
Console.WriteLine("|---:|---|" + string.Concat(gaps.Select(_ => "---:|")) + "---:|---:|---:|");
foreach (var states in sizes)
{
    foreach (var mobility in new[] { false, true })
    {
        var game = Game(states / Members, mobility);
        var (clock, times, iterations) = (Stopwatch.StartNew(), new double[gaps.Length], 0);
        var certificate = new FirstOrderSolver().Solve(game, new SolverLimits(gaps[^1]), new Told(p =>
        {
            iterations = p.Iterations;
            for (var i = 0; i < gaps.Length; i++)
            {
                times[i] = times[i] == 0 && p.Cost - p.LowerBound <= gaps[i] * p.Cost ? clock.Elapsed.TotalSeconds : times[i];
            }
        }));
        clock.Restart();
        var found = certificate.Check(game);
        var checking = clock.Elapsed.TotalMilliseconds;
        if (!found.Holds(game.Beta, 1.001 * gaps[^1] * found.Cost, 1e-9))
        {
            Console.Error.WriteLine($"The certificate does not hold: {found}.");
            return 1;
        }

        Console.WriteLine($"| {states} | {(mobility ? "yes" : "no")} | " + string.Join(" | ", times.Select(t => $"{t:0.00} s")) + $" | {iterations:n0} | {checking:0.0} ms | {found.Cost:0.00000} |");
    }
}

return 0;

// Cells at random places of a unit square; guesses err, and sending costs, by distance and by a part for another member.
static CollaborativeGame Game(int cells, bool mobility)
{
    var random = new Random(Seed);
    var places = Enumerable.Range(0, cells).Select(_ => (X: random.NextDouble(), Y: random.NextDouble())).ToArray();
    var same = places.SelectMany(a => places.Select(b => Math.Sqrt(Math.Pow(a.X - b.X, 2) + Math.Pow(a.Y - b.Y, 2)))).ToArray();
    var distance = new PairMatrix(Members, same, [.. same.Select(d => d + 0.3)]);
    var cost = new PairMatrix(Members, same, [.. same.Select(d => (0.7 * d) + 0.2)]);
    var (prior, prediction) = (Distribution(random, Members * cells), Distribution(random, Members * cells));
    var highest = new CollaborativeGame(prior, [], distance, cost, Alpha, 0).HighestPrivacy;
    return new CollaborativeGame(prior, mobility ? prediction : [], distance, cost, Alpha, Wish * highest);
}

static double[] Distribution(Random random, int length)
{
    var values = Enumerable.Range(0, length).Select(_ => -Math.Log(1 - random.NextDouble())).ToArray();
    var sum = values.Sum();
    return [.. values.Select(v => v / sum)];
}
