using ContentStore;
using ContentStore.Embedded;
using ContentStore.Kubo;
using Microsoft.Extensions.Options;
using Workers.Hosting.Configuration;

namespace Workers.Hosting.Content;

/// <summary>Registers the content store that the options name.</summary>
public static class ContentRegistration
{
    /// <summary>Registers <see cref="IContentStore"/> once per process.</summary>
    public static void AddContentStore(this WebApplicationBuilder builder)
    {
        if (builder.Services.Any(s => s.ServiceType == typeof(IContentStore)))
        {
            return;
        }

        builder.AddValidatedOptions<ContentOptions>("Content");
        builder.Services.AddSingleton<IContentStore>(services =>
        {
            var options = services.GetRequiredService<IOptions<ContentOptions>>().Value;
            return options.Kind switch
            {
                ContentKind.Embedded => new EmbeddedStore(options.Directory),
                ContentKind.Kubo => new KuboStore(options.Kubo!, services.GetRequiredService<TimeProvider>()),
                _ => throw new InvalidOperationException($"Content:Kind {options.Kind} is unknown."),
            };
        });
    }
}
