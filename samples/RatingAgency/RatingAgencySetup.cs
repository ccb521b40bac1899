using Ethereum;
using Microsoft.Extensions.Options;
using Workers.Hosting;
using Workers.Hosting.Configuration;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace RatingAgency;

/// <summary>A party outside the market, with an account of its own, that tells houses which credit rating a member has with it.</summary>
public static class RatingAgencySetup
{
    /// <summary>Adds everything; section <c>RatingAgency</c> says where the ratings and the customers are.</summary>
    public static WebApplicationBuilder AddRatingAgency(this WebApplicationBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.AddValidatedOptions<RatingAgencyOptions>("RatingAgency");
        builder.Services.AddSingleton(services => MainAccount.Open(
            services.GetRequiredService<IOptions<DataOptions>>().Value.Directory, services.GetRequiredService<IOptions<RatingAgencyOptions>>().Value.AccountKey));
        builder.Services.AddSingleton<IMemberDirectory, Customers>();

        // Before the server of envelopes: what is added first is started first.
        builder.Services.AddSingleton<KnownRatings>();
        builder.Services.AddHostedService(services => services.GetRequiredService<KnownRatings>());
        builder.AddWorker<RatingAgencyDb>("agency").HandleEnvelope<CreditQueryHandler>(CreditQuery.Kind);
        return builder;
    }

    /// <summary>The houses that the operator lists. They ask and are never asked.</summary>
    private sealed class Customers(IOptions<RatingAgencyOptions> options) : IMemberDirectory
    {
        private readonly Dictionary<Address, MemberEntry> _entries = options.Value.Customers.Select(c => c.Value.ToEntry(c.Key)).ToDictionary(e => e.Account);

        public ValueTask<MemberEntry?> FindAsync(Address account, CancellationToken cancellationToken) => new(_entries.GetValueOrDefault(account));
    }
}
