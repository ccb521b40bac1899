using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.Registry;
using Polly.Retry;
using Polly.Timeout;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Resilience;

/// <summary>Names of the pipelines in the <see cref="ResiliencePipelineRegistry{TKey}"/>.</summary>
public static class Pipelines
{
    /// <summary>For calls of a chain's node.</summary>
    public const string Rpc = "rpc";

    /// <summary>For calls of the content network.</summary>
    public const string Content = "content";

    /// <summary>A pipeline of the same form for a dependency with options of its own.</summary>
    public static ResiliencePipeline Of(DependencyOptions options, TimeProvider clock)
    {
        var pipeline = new ResiliencePipelineBuilder();
        ResilienceSetup.Configure(pipeline, options, clock);
        return pipeline.Build();
    }
}

/// <summary>
/// A pipeline per dependency: retry with back-off and jitter, around a circuit breaker, around a time-out for each attempt.
/// Retried are failures of the way there; what the dependency answered is the caller's to judge.
/// </summary>
internal static class ResilienceSetup
{
    public static void AddResilience(this WebApplicationBuilder builder)
    {
        builder.AddValidatedOptions<ResilienceOptions>("Resilience");
        builder.Services.AddSingleton(services =>
        {
            var options = services.GetRequiredService<IOptions<ResilienceOptions>>().Value;
            var clock = services.GetRequiredService<TimeProvider>();
            var registry = new ResiliencePipelineRegistry<string>();
            registry.TryAddBuilder(Pipelines.Rpc, (pipeline, _) => Configure(pipeline, options.Rpc, clock));
            registry.TryAddBuilder(Pipelines.Content, (pipeline, _) => Configure(pipeline, options.Content, clock));
            return registry;
        });
        builder.Services.AddSingleton<ResiliencePipelineProvider<string>>(services => services.GetRequiredService<ResiliencePipelineRegistry<string>>());
    }

    internal static void Configure(ResiliencePipelineBuilder pipeline, DependencyOptions options, TimeProvider clock)
    {
        var transient = new PredicateBuilder().Handle<HttpRequestException>().Handle<IOException>().Handle<TimeoutRejectedException>();
        pipeline.TimeProvider = clock;
        if (options.Retries > 0)
        {
            pipeline.AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<HttpRequestException>().Handle<IOException>().Handle<TimeoutRejectedException>().Handle<BrokenCircuitException>(),
                MaxRetryAttempts = options.Retries,
                Delay = options.FirstDelay,
                MaxDelay = options.MaximumDelay,
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            });
        }

        pipeline
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions
            {
                ShouldHandle = transient,
                FailureRatio = options.FailureRatio,
                MinimumThroughput = options.MinimumThroughput,
                SamplingDuration = options.SamplingDuration,
                BreakDuration = options.BreakDuration,
            })
            .AddTimeout(options.AttemptTimeout);
    }
}
