using System.Text.Json;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Workers.Hosting.Data;

namespace Workers.Hosting.Health;

/// <summary>
/// <c>/health/live</c>: the process answers. <c>/health/ready</c>: its databases, its bus and what its modules registered with
/// <c>AddHealthChecks</c> are well. Both answer JSON with the reasons.
/// </summary>
internal static class HealthSetup
{
    public static void AddHealth(this WebApplicationBuilder builder) => builder.Services.AddHealthChecks();

    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = WriteAsync });
        app.MapHealthChecks("/health/ready", new HealthCheckOptions { ResponseWriter = WriteAsync });
    }

    private static Task WriteAsync(HttpContext context, HealthReport report)
    {
        context.Response.ContentType = "application/json";
        var answer = new
        {
            status = report.Status.ToString(),
            checks = report.Entries.ToDictionary(
                e => e.Key,
                e => new { status = e.Value.Status.ToString(), reason = e.Value.Description ?? e.Value.Exception?.GetBaseException().Message },
                StringComparer.Ordinal),
        };
        return context.Response.WriteAsync(JsonSerializer.Serialize(answer), context.RequestAborted);
    }
}

/// <summary>Whether the worker's tables can be read.</summary>
internal sealed class DatabaseCheck<TDb>(IServiceScopeFactory scopes) : IHealthCheck
    where TDb : WorkerDbContext
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<TDb>();
        var dead = await db.DeadLetters.AsNoTracking().CountAsync(cancellationToken);
        return HealthCheckResult.Healthy(dead == 0 ? "answers" : $"answers; {dead} dead letters wait for an operator");
    }
}
