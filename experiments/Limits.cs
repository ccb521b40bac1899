using System.CommandLine;

namespace Experiments;

/// <summary>Ranges of a command's numbers.</summary>
internal static class Limits
{
    /// <summary>Refuses a number out of range with a sentence that says the range.</summary>
    public static Option<int> Add(Option<int> option, int low, int high)
    {
        option.Validators.Add(result =>
        {
            // Text that is no number at all has been reported by the parser already.
            if (result.Tokens.Count == 1 && int.TryParse(result.Tokens[0].Value, out var value) && (value < low || value > high))
            {
                result.AddError($"{option.Name} is {value}; it must be between {low} and {high}.");
            }
        });
        return option;
    }
}
