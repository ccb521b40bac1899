using System.Numerics;
using Ethereum;
using Ethereum.Abi;
using Ethereum.Contracts;
using Testing;
using Workers.Hosting.Cryptography;
using Workers.Standalone.Fleets;

namespace EndToEnd.Tests.Production;

/// <summary>Somebody without a fleet, who does with the contracts what an honest fleet would not.</summary>
internal sealed class Party(RealMarket market, int account)
{
    private static readonly BigInteger Unlimited = (BigInteger.One << 256) - 1;

    /// <summary>Account on chain.</summary>
    public Address Address { get; } = Address.Parse(AnvilNode.Accounts[account].Address);

    public static bool IsOutside(Address address) => AnvilNode.Accounts.Any(a => Address.Parse(a.Address) == address);

    public Task SendAsync(ICall call) => market.Chain.SendAsync(AnvilNode.Accounts[account], market.Chain.Contracts.DataTrades, call);

    /// <summary>Records a period whose blob is the application's package, and that opens with the key.</summary>
    /// <returns>The seal's id.</returns>
    public async Task<Hash32> RecordAsync(Application application, string tag, ulong period, Secret key)
    {
        var sealId = SealIdentity.SealId(application.Package.ApplicationId, Address, SealIdentity.Tag(tag), period);
        await SendAsync(new DataTrades.RecordSealCall(
            application.Package.ApplicationId, SealIdentity.Tag(tag), period, SealIdentity.KeyCommitment(sealId, key), Keccak256.Hash("content"), application.Package.Cid.ToArray()));
        await Patience.UntilAsync("the seal in the buyer's list", async token =>
            (await market.Buyer.Client.ListedPeriodsAsync(application.Id, token)).Any(l => l.SealId == sealId.ToString()));
        return sealId;
    }

    /// <summary>Requests a period with a key pair that it keeps.</summary>
    public async Task<BigInteger> RequestAsync(Application application, PeriodView period, P256KeyPair pair)
    {
        await market.IssueAsync(Address);
        await market.Chain.SendAsync(AnvilNode.Accounts[account], market.Chain.Contracts.MarketToken, new MarketToken.ApproveCall(market.Chain.Contracts.DataTrades, Unlimited));
        var owner = (await market.Chain.EventsAsync<DataTrades.SealedEvent>()).Single(s => s.Event.SealId == Hash32.Parse(period.SealId)).Event.Owner;
        await SendAsync(new DataTrades.RequestCall(
            application.Package.ApplicationId, owner, SealIdentity.Tag(period.Tag), checked((ulong)period.Number), pair.PublicKey.ToArray(), new BigInteger(Application.Price), application.OnChain()));
        return (await market.Chain.EventsAsync<DataTrades.RequestedEvent>()).Single(r => r.Event.Buyer == Address).Event.TradeId;
    }
}
