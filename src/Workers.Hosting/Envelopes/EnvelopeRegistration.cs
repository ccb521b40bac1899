using System.Net;
using Ethereum.Transactions;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Configuration;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Data;
using Workers.Hosting.Health;
using Workers.Hosting.Http;
using Workers.Hosting.Transactions;

namespace Workers.Hosting.Envelopes;

/// <summary>Registers envelopes.</summary>
public static class EnvelopeRegistration
{
    /// <summary>Name of the contract that an envelope's market has, as <c>Chain:Contracts</c> knows it.</summary>
    private const string Market = "Conduct";

    /// <summary>
    /// Registers <see cref="EnvelopeClient"/> once per process, with section <c>Envelopes</c>. Unless somebody registered another <see cref="EnvelopeIdentity"/>, its
    /// account is the worker's main one, and its key pair is in <see cref="EnvelopeOptions.KeyFile"/>.
    /// </summary>
    public static void AddEnvelopeClient(this WebApplicationBuilder builder)
    {
        if (builder.Services.Any(s => s.ServiceType == typeof(EnvelopeClient)))
        {
            return;
        }

        builder.AddValidatedOptions<ChainOptions>("Chain");
        builder.AddValidatedOptions<EnvelopeOptions>("Envelopes");
        Fleet.Of(builder).Contracts.Add(Market);
        builder.Services.TryAddSingleton<ResolveHost>(Dns.GetHostAddressesAsync);
        builder.Services.TryAddSingleton(MakeIdentity);
        builder.Services.AddSingleton(MakeRules);
        builder.Services.AddSingleton<EnvelopeClient>();
    }

    /// <summary>Has the process answer envelopes of one kind. The first worker that asks for it remembers in its database which envelopes came.</summary>
    internal static void AddHandler<TDb>(WebApplicationBuilder builder, string worker, string kind, Type handler)
        where TDb : WorkerDbContext
    {
        if (!EnvelopeHeader.IsKind(kind))
        {
            throw new ArgumentException($"'{kind}' is not 1 to {EnvelopeHeader.MaxKindLength} characters a-z and hyphen.", nameof(kind));
        }

        if (builder.Services.Any(s => s.ImplementationInstance is EnvelopeKind known && string.Equals(known.Kind, kind, StringComparison.Ordinal)))
        {
            throw new InvalidOperationException($"Two handlers want envelopes of kind {kind}.");
        }

        builder.Services.TryAddScoped(handler);
        builder.Services.AddSingleton(new EnvelopeKind(kind, handler));
        if (builder.Services.Any(s => s.ServiceType == typeof(EnvelopeServer)))
        {
            return;
        }

        builder.AddEnvelopeClient();
        builder.Services.AddSingleton<EnvelopeLimits>();
        builder.Services.AddSingleton<EnvelopeCertificate>();
        builder.Services.AddSingleton<IReceivedEnvelopes, ReceivedEnvelopes<TDb>>();
        builder.Services.AddSingleton<EnvelopeReceiver>();
        builder.Services.AddSingleton<EnvelopeServer>();
        builder.Services.AddHostedService(services => services.GetRequiredService<EnvelopeServer>());
        builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<ReceivedEnvelopePurge<TDb>>(services, worker));
    }

    private static EnvelopeIdentity MakeIdentity(IServiceProvider services)
    {
        var directory = Path.GetFullPath(services.GetRequiredService<IOptions<DataOptions>>().Value.Directory);
        using var key = SecretFile.LoadOrCreate(Path.GetFullPath(services.GetRequiredService<IOptions<EnvelopeOptions>>().Value.KeyFile, directory), P256KeyPair.PrivateKeyLength);
        return new EnvelopeIdentity(services.GetRequiredService<MainAccount>().Signer, P256KeyPair.FromPrivateKey(key.Reveal()));
    }

    private static EnvelopeRules MakeRules(IServiceProvider services)
    {
        var options = services.GetRequiredService<IOptions<EnvelopeOptions>>().Value;
        var chain = services.GetRequiredService<IOptions<ChainOptions>>().Value;
        return new EnvelopeRules(
            new TypedDataDomain("Envelope", "1", (ulong)chain.ChainId, chain.Contract(Market)),
            services.GetRequiredService<EnvelopeIdentity>().Account,
            options.MaxBody,
            options.MaxLifetime,
            options.ClockTolerance);
    }
}
