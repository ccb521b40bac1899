using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Timeout;
using Workers.Hosting.Resilience;

namespace Workers.Hosting.Tests;

/// <summary>The pipelines as a worker's code gets them, with times short enough to wait for.</summary>
public sealed class ResilienceTests : IAsyncDisposable
{
    private readonly WebApplication _app;
    private int _attempts;

    public ResilienceTests()
    {
        var builder = Worker.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Resilience:Rpc:Retries"] = "3",
            ["Resilience:Rpc:FirstDelay"] = "00:00:00.010",
            ["Resilience:Rpc:MaximumDelay"] = "00:00:00.020",
            ["Resilience:Rpc:AttemptTimeout"] = "00:00:00.100",
            ["Resilience:Content:Retries"] = "0",
            ["Resilience:Content:FailureRatio"] = "0.5",
            ["Resilience:Content:MinimumThroughput"] = "4",
            ["Resilience:Content:BreakDuration"] = "00:00:03",
        });
        _app = builder.Build();
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_fails_on_its_way_is_tried_again()
    {
        Assert.Equal("answer", await CallAsync(Pipelines.Rpc, attempt => attempt < 4 ? throw new HttpRequestException("refused") : "answer"));
        Assert.Equal(4, _attempts);
    }

    [Fact]
    public async Task What_keeps_failing_is_given_up_after_the_configured_repetitions_with_its_own_error()
    {
        var failure = await Assert.ThrowsAsync<IOException>(() => CallAsync(Pipelines.Rpc, _ => throw new IOException("broken pipe")));
        Assert.Equal("broken pipe", failure.Message);
        Assert.Equal(4, _attempts);
    }

    [Fact]
    public async Task What_the_dependency_answered_is_not_asked_again()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => CallAsync(Pipelines.Rpc, _ => throw new InvalidOperationException("execution reverted")));
        Assert.Equal(1, _attempts);
    }

    [Fact]
    public async Task An_attempt_that_hangs_is_cut_off_and_tried_again()
    {
        var pipeline = Pipeline(Pipelines.Rpc);
        await Assert.ThrowsAsync<TimeoutRejectedException>(async () => await pipeline.ExecuteAsync(
            async token =>
            {
                _attempts++;
                await Task.Delay(Timeout.Infinite, token);
            },
            Cancellation));
        Assert.Equal(4, _attempts);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_kept_in_repetitions()
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Pipeline(Pipelines.Rpc).ExecuteAsync(
            async token =>
            {
                _attempts++;
                await giveUp.CancelAsync();
                token.ThrowIfCancellationRequested();
            },
            giveUp.Token));
        Assert.Equal(1, _attempts);
    }

    [Fact]
    public async Task A_circuit_opens_when_most_calls_fail_spares_the_dependency_and_closes_when_it_answers_again()
    {
        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(Pipelines.Content, _ => throw new HttpRequestException("down")));
        }

        await Assert.ThrowsAsync<BrokenCircuitException>(() => CallAsync(Pipelines.Content, _ => "spared"));
        Assert.Equal(4, _attempts);

        await Task.Delay(TimeSpan.FromMilliseconds(3_200), Cancellation);
        await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(Pipelines.Content, _ => throw new HttpRequestException("still down")));
        await Assert.ThrowsAsync<BrokenCircuitException>(() => CallAsync(Pipelines.Content, _ => "spared"));

        await Task.Delay(TimeSpan.FromMilliseconds(3_200), Cancellation);
        Assert.Equal("up", await CallAsync(Pipelines.Content, _ => "up"));
        Assert.Equal("up", await CallAsync(Pipelines.Content, _ => "up"));
        Assert.Equal(7, _attempts);
    }

    [Fact]
    public async Task An_open_circuit_of_one_dependency_leaves_the_other_alone()
    {
        for (var i = 0; i < 4; i++)
        {
            await Assert.ThrowsAsync<HttpRequestException>(() => CallAsync(Pipelines.Content, _ => throw new HttpRequestException("down")));
        }

        Assert.Equal("chain", await CallAsync(Pipelines.Rpc, _ => "chain"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private ResiliencePipeline Pipeline(string name) => _app.Services.GetRequiredService<ResiliencePipelineProvider<string>>().GetPipeline(name);

    private async Task<string> CallAsync(string name, Func<int, string> dependency) =>
        await Pipeline(name).ExecuteAsync(_ => ValueTask.FromResult(dependency(++_attempts)), Cancellation);
}
