using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace Workers.ChainListener.Running;

/// <summary>Ready when this listener keeps up with its node, or stands by for one that does.</summary>
internal sealed class ListenerCheck(ListenerStatus status, IOptions<ListenerOptions> options, TimeProvider clock) : IHealthCheck
{
    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(Judge(status.Now, options.Value, clock.GetUtcNow()));

    internal static HealthCheckResult Judge(ListenerStatus.Position at, ListenerOptions options, DateTimeOffset now)
    {
        if (!at.Active)
        {
            return at.Problem is null
                ? HealthCheckResult.Healthy("standing by: another listener follows the chain")
                : HealthCheckResult.Unhealthy(at.Problem);
        }

        if (at.FinalityViolated)
        {
            return HealthCheckResult.Unhealthy(at.Problem);
        }

        if (at.AnsweredAt is not { } answered || now - answered > options.MaximumSilence)
        {
            return HealthCheckResult.Unhealthy($"no endpoint gave a usable answer for more than {options.MaximumSilence}: {at.Problem ?? "none since the start"}");
        }

        return at.Lag > (ulong)options.MaximumLag
            ? HealthCheckResult.Unhealthy($"{at.Lag} blocks behind (block {at.Checkpoint} of {at.Head}); Listener:MaximumLag allows {options.MaximumLag}")
            : HealthCheckResult.Healthy($"at block {at.Checkpoint} of {at.Head}");
    }
}
