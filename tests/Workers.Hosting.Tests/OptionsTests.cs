using Microsoft.Extensions.Options;

namespace Workers.Hosting.Tests;

public sealed class OptionsTests
{
    [Theory]
    [InlineData("Bus:Kind", "Pigeon", "Bus:Kind = 'Pigeon' is not one of InMemory, RabbitMq.")]
    [InlineData("Bus:Concurrency", "0", "Bus:Concurrency = '0': The field Concurrency must be between 1 and 1024.")]
    [InlineData("Outbox:PollInterval", "soon", "Outbox:PollInterval = 'soon' is not a time span such as")]
    [InlineData("Outbox:PollInterval", "-00:00:01", "Outbox:PollInterval = '-00:00:01': The field PollInterval must be between 00:00:00.0100000 and 00:01:00.")]
    [InlineData("Resilience:Rpc:Retries", "99", "Resilience:Rpc:Retries = '99': The field Retries must be between 0 and 20.")]
    [InlineData("Probe:Schedule", "sometimes", "Probe:Schedule = 'sometimes' is neither a time span of at least")]
    [InlineData("Chain:Contracts:Probe", "0x12", "Chain:Contracts:Probe = '0x12' is not a contract's address")]
    [InlineData("Http:Url", "localhost", "Http:Url = 'localhost': has to be like http://127.0.0.1:8080.")]
    [InlineData("Database:Kind", "PostgreSql", "Database:ConnectionString (not shown): is needed when Database:Kind is PostgreSql")]
    public async Task A_wrong_setting_stops_the_start_with_its_key_its_value_and_what_is_allowed(string key, string value, string error)
    {
        var settings = TestFleet.Settings();
        settings[key] = value;
        var problem = await Assert.ThrowsAnyAsync<Exception>(() => TestFleet.StartAsync(settings));
        var failures = problem is AggregateException all ? all.InnerExceptions.OfType<OptionsValidationException>().SelectMany(e => e.Failures) : Assert.IsType<OptionsValidationException>(problem).Failures;
        Assert.Contains(failures, f => f.StartsWith(error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_contract_that_is_handled_but_not_configured_is_named()
    {
        var settings = TestFleet.Settings();
        settings.Remove("Chain:Contracts:Probe");
        var problem = await Assert.ThrowsAsync<OptionsValidationException>(() => TestFleet.StartAsync(settings));
        Assert.StartsWith("Chain:Contracts:Probe (not set)", Assert.Single(problem.Failures), StringComparison.Ordinal);
    }
}
