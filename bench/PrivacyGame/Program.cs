using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Bench.PrivacyGame;
using Mechanisms.PrivacyGame;
using Mechanisms.PrivacyGame.Linear;

// Our solvers and generic ones on the same games, each solve in a process of its own.
// Arguments: seconds that a generic solver gets (default 120), then numbers of states (default 100 200 300).
if (args is ["one", ..])
{
    Console.WriteLine(JsonSerializer.Serialize(One(args[1], Instance.Make(int.Parse(args[2], CultureInfo.InvariantCulture), args[3] == "yes"), double.Parse(args[4], CultureInfo.InvariantCulture))));
    return 0;
}

// Generic tolerances are absolute and the paper's program is not scaled: its costs are right to four digits.
var limit = args.Length > 0 ? args[0] : "120";
string[] sizes = args.Length > 1 ? args[1..] : ["100", "200", "300"];
string[] ours = ["first-order 3%", "first-order 1%", "hybrid 1e-6"];
Console.WriteLine($"{TimeProvider.System.GetUtcNow():yyyy-MM-dd} | {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}, load average {LoadAverage()}");
Console.WriteLine("| states | mobility | " + string.Join(" | ", ours) + " | certificate checked | program in K: Clp | paper's program: Clp | paper's program: HiGHS | cost |");
Console.WriteLine("|---:|---|" + string.Concat(Enumerable.Repeat("---:|", ours.Length + 5)));
foreach (var states in sizes)
{
    foreach (var mobility in new[] { "no", "yes" })
    {
        var results = new List<Result?>();
        foreach (var solver in (string[])[.. ours, "Clp", "textbook Clp", "HiGHS"])
        {
            results.Add(await RunAsync(solver, states, mobility, limit));
        }

        var (exact, cells) = (results[2]!, results.Select(Cell).ToList());
        if (results.Skip(3).Any(r => r is { Solved: true } && Math.Abs(r.Cost - exact.Cost) > 1e-4 * exact.Cost))
        {
            Console.Error.WriteLine($"The costs differ: {string.Join(", ", results)}.");
            return 1;
        }

        cells.Insert(3, $"{exact.Checking:0.0} ms");
        Console.WriteLine($"| {states} | {mobility} | {string.Join(" | ", cells)} | {exact.Cost:0.00000} |");
    }
}

Console.WriteLine($"load average at the end {LoadAverage()}");
return 0;

string Cell(Result? result) => result is null ? $"> {limit} s" : result.Peak == 0 ? "too large" : string.Create(CultureInfo.InvariantCulture, $"{(result.Solved ? "" : "> ")}{(result.Solved ? result.Seconds : double.Parse(limit, CultureInfo.InvariantCulture)):0.00} s, {result.Peak / 1e6:0} MB");

static string LoadAverage() => OperatingSystem.IsLinux() ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown";

static async Task<Result?> RunAsync(string solver, string states, string mobility, string limit)
{
    if (solver == "Clp" && int.Parse(states, CultureInfo.InvariantCulture) > ClpSolver.MaxStates)
    {
        return new Result(0, Solved: false, 0, 0, 0);
    }

    var highs = solver == "HiGHS";
    var start = new ProcessStartInfo(highs ? "/usr/bin/python3" : Environment.ProcessPath!, highs ? [Path.Combine(AppContext.BaseDirectory, "highs.py")] : ["one", solver, states, mobility, limit])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
    };
    using var process = Process.Start(start)!;
    var made = Instance.Make(int.Parse(states, CultureInfo.InvariantCulture), mobility == "yes");
    await process.StandardInput.WriteAsync(highs ? made.ToJson(double.Parse(limit, CultureInfo.InvariantCulture)) : "");
    process.StandardInput.Close();

    // A solver that looks at its clock seldom is ended; making the program is not counted.
    using var patience = new CancellationTokenSource(TimeSpan.FromSeconds((1.5 * double.Parse(limit, CultureInfo.InvariantCulture)) + 60));
    try
    {
        var line = await process.StandardOutput.ReadToEndAsync(patience.Token);
        await process.WaitForExitAsync(patience.Token);
        return JsonSerializer.Deserialize<Result>(line);
    }
    catch (OperationCanceledException)
    {
        process.Kill();
        return null;
    }
}

static Result One(string solver, Instance instance, double limit)
{
    var game = instance.Game();
    if (solver == "textbook Clp")
    {
        using var program = Textbook.Program(game);
        var solving = Stopwatch.StartNew();
        var solved = program.Minimise(ClpMethod.Initial, int.MaxValue, CancellationToken.None, TimeSpan.FromSeconds(limit));
        return new Result(solving.Elapsed.TotalSeconds, solved, program.Objective, 0, Peak());
    }

    var (which, gap) = solver switch { "first-order 3%" => ((IGameSolver)new FirstOrderSolver(), 0.03), "first-order 1%" => (new FirstOrderSolver(), 0.01), "Clp" => (new ClpSolver(), 1e-6), _ => (new HybridSolver(), 1e-6) };
    which.Solve(Instance.Make(50, instance.Mobility).Game(), new SolverLimits(gap)).Check(game: Instance.Make(50, instance.Mobility).Game());
    using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(limit));
    var clock = Stopwatch.StartNew();
    try
    {
        var certificate = which.Solve(game, new SolverLimits(gap, int.MaxValue), cancellationToken: patience.Token);
        var seconds = clock.Elapsed.TotalSeconds;
        clock.Restart();
        var found = certificate.Check(game);
        var checking = clock.Elapsed.TotalMilliseconds;
        return found.Holds(game.Beta, 1.001 * gap * found.Cost, 1e-9) ? new Result(seconds, Solved: true, found.Cost, checking, Peak()) : throw new InvalidOperationException($"The certificate of {solver} does not hold: {found}.");
    }
    catch (OperationCanceledException)
    {
        return new Result(limit, Solved: false, 0, 0, Peak());
    }
}

static long Peak()
{
    using var process = Process.GetCurrentProcess();
    return process.PeakWorkingSet64;
}
