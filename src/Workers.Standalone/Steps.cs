using System.Globalization;
using Spectre.Console;

namespace Workers.Standalone;

/// <summary>One line of a round's progress.</summary>
internal sealed class Step(Action<int, int> show)
{
    /// <summary>So many of all are done.</summary>
    public void Report(int done, int all) => show(done, all);
}

/// <summary>Shows a round's steps: bars on a terminal, a line for each change elsewhere.</summary>
internal static class Steps
{
    public static Task ShowAsync(IAnsiConsole console, Func<Func<string, Step>, Task> work) =>
        console.Profile.Capabilities.Interactive
            ? console.Progress().AutoClear(false).HideCompleted(false)
                .Columns(new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn())
                .StartAsync(progress => work(name => Bar(progress.AddTask(name, maxValue: 1))))
            : work(name => Line(console, name));

    private static Step Bar(ProgressTask task) => new((done, all) => task.Value = all == 0 ? 0 : (double)done / all);

    private static Step Line(IAnsiConsole console, string name)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var shown = 0;
        return new Step((done, all) =>
        {
            if (done == shown)
            {
                return;
            }

            shown = done;
            console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name,-36} {done} of {all} after {clock.Elapsed.TotalSeconds:0.0} s"));
        });
    }
}
