using System.CommandLine;

namespace Experiments;

/// <summary>The options that the experiments have in common.</summary>
internal static class RunOptions
{
    /// <summary><c>--seeds</c>.</summary>
    /// <param name="what">What is done so often, as in "How many draws of users to run".</param>
    public static Option<int> Seeds(string what, int most, int usual) =>
        Limits.Add(new Option<int>("--seeds") { Description = $"{what}, 1 to {most}.", DefaultValueFactory = _ => usual }, 1, most);

    /// <summary><c>--seed</c>, the first of them.</summary>
    public static Option<int> FirstSeed() => Limits.Add(
        new Option<int>("--seed") { Description = "The first seed, 0 to 1000000; the others follow it. The same seeds give the same files.", DefaultValueFactory = _ => 1 }, 0, 1_000_000);

    /// <summary><c>--out</c>.</summary>
    /// <param name="experiment">The command's name.</param>
    public static Option<string> Folder(string experiment) => new("--out")
    {
        Description = "The folder for figures and tables; made if it is not there.",
        DefaultValueFactory = _ => Path.Combine("artifacts", "experiments", experiment),
    };
}
