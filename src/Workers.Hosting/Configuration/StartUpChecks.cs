using Microsoft.Extensions.Options;
using Workers.Hosting.Messaging;

namespace Workers.Hosting.Configuration;

/// <summary>Checks of what the modules need from the configuration beyond their options: schedules and contracts' addresses.</summary>
internal sealed class StartUpChecks
{
    internal sealed class Validator(Fleet fleet, IConfiguration configuration, ContractAddresses contracts) : IValidateOptions<StartUpChecks>
    {
        public ValidateOptionsResult Validate(string? name, StartUpChecks options)
        {
            var problems = fleet.Schedules.Select(s => s.Problem(configuration))
                .Concat(fleet.Contracts.Select(contracts.Problem))
                .OfType<string>()
                .ToArray();
            return problems.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
        }
    }
}
