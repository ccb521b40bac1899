using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ContentStore.Tests;

/// <summary>An HTTP server on a loopback port that answers as the test says, and keeps what was asked.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication _application;

    private StubServer(WebApplication application) => _application = application;

    public List<string> Requests { get; } = [];

    public Uri Address => new(_application.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<StubServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        var application = builder.Build();
        var server = new StubServer(application);
        application.Run(context =>
        {
            lock (server.Requests)
            {
                server.Requests.Add($"{context.Request.Path}{context.Request.QueryString} {context.Request.Headers.Authorization}");
            }

            return answer(context);
        });
        await application.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.Zero);
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }
}
