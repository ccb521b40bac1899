using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Testing;
using Workers.Hosting.Members;
using Workers.Hosting.Queries;
using Workers.Standalone.Chain;
using Contract = Ethereum.Contracts.Collaboration;

namespace Workers.Penalties.Tests.Simulation;

/// <summary>One of many members, played by the test.</summary>
internal sealed record Somebody(int Number, LocalKeySigner Signer, AccountSender Sender)
{
    public Address Account => Signer.Address;
}

/// <summary>Many members on one chain, who ask a location service through each other. What each of them must have at the end is counted beside the contracts.</summary>
internal sealed class Crowd : IDisposable
{
    public const int AnswerSeconds = 60, ConfirmSeconds = 60;

    public static readonly BigInteger Ether = BigInteger.Pow(10, 18), Credit = 1_000 * Ether, Reward = 10, Fee = 3;

    private const int AtOnce = 250;
    private readonly ConductBench _chain;
    private readonly LocalKeySigner _service = new(SHA256.HashData("the crowd's location service"u8));
    private readonly AccountSender _serviceSender;
    private readonly List<(Hash32 Query, Somebody Collaborator)> _unconfirmed = [];
    private int _statements;

    private Crowd(ConductBench chain, int members)
    {
        (_chain, _serviceSender) = (chain, new AccountSender(chain.Rpc, _service));
        People = [.. Enumerable.Range(0, members).Select(i => new LocalKeySigner(SHA256.HashData(Encoding.ASCII.GetBytes($"somebody {i}")))).Select((s, i) => new Somebody(i, s, new AccountSender(chain.Rpc, s)))];
    }

    public IReadOnlyList<Somebody> People { get; }

    /// <summary>What each honest one has earned and spent since it joined.</summary>
    public Dictionary<Address, BigInteger> Earned { get; } = [];

    /// <summary>Queries that were let expire, by who had agreed to forward them.</summary>
    public List<(Hash32 Query, Address Collaborator)> Expired { get; } = [];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private Address Market => _chain.Contracts.Collaboration;

    public static async Task<Crowd> JoinAsync(ConductBench chain, int members)
    {
        var crowd = new Crowd(chain, members);
        await chain.Node.CallAsync("anvil_setBalance", chain.Operator.Address.ToString(), "0x" + (Ether * Ether).ToString("x", CultureInfo.InvariantCulture));
        foreach (var some in crowd.People.Select(p => p.Account).Append(crowd._service.Address).Chunk(AtOnce))
        {
            await chain.Deployment.EndowAsync(chain.Contracts, some, 1_000, Cancellation);
        }

        using var key = ConductBench.PairOf(chain.Operator.Address);
        var publicKey = key.PublicKey.ToArray();
        await crowd._serviceSender.SendAsync(crowd.Market, new Contract.OfferServiceCall(Fee, publicKey, "https://service.example:8443/").Encode(), 0, Cancellation);
        await EachAsync(crowd.People, async p =>
        {
            await p.Sender.SendAllAsync([Approve(chain.Contracts.Conduct), Approve(crowd.Market)], Cancellation);
            var subject = Keccak256.Hash($"subject of {p.Account}");
            var admission = await chain.AttestedAsync(Statements.Admission(chain.Market, p.Account, subject));
            await p.Sender.SendAsync(chain.Contracts.Conduct, new Conduct.JoinCall(MarketDeployment.Rules.Bond, publicKey, "https://member.example:8443/", subject, admission).Encode(), 0, Cancellation);
        });
        return crowd;

        (Address?, byte[], BigInteger) Approve(Address contract) => (chain.Contracts.MarketToken, new MarketToken.ApproveCall(contract, Credit).Encode(), 0);
    }

    /// <summary>All of them at once, as far as this machine goes. Nobody is in the list twice: an account sends one thing after the other.</summary>
    public static Task EachAsync<T>(IEnumerable<T> all, Func<T, Task> act) =>
        Parallel.ForEachAsync(all, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = Cancellation }, async (one, _) => await act(one));

    /// <summary>Pairs of a querier and a collaborator ask at once; every fourth is confirmed, left to time, declined, confirmed. Those of whom nobody hears let theirs expire.</summary>
    public async Task AskAsync(IReadOnlyList<(Somebody Querier, Somebody Collaborator)> pairs, IReadOnlySet<Somebody> silent)
    {
        var bonded = pairs.Select((p, i) => (p.Querier, p.Collaborator, Query: Fresh(), End: silent.Contains(p.Collaborator) ? End.Expired : (End)(i % 4))).ToList();
        await EachAsync(bonded, async q =>
        {
            var terms = new Contract.Terms(q.Query, q.Collaborator.Account, _service.Address, Reward, Fee, AnswerSeconds, ConfirmSeconds, await _chain.TimeAsync() + 600);
            var agreement = await ConductBench.SignAsync(q.Collaborator.Signer, new QueryMarket(31_337, Market).Agreement(q.Querier.Account, terms));
            await q.Querier.Sender.SendAsync(Market, new Contract.BondCall(terms, agreement).Encode(), 0, Cancellation);
        });
        var answered = bonded.Where(q => q.End is End.Confirmed or End.ConfirmedToo or End.LeftToTime).ToList();
        await _serviceSender.SendAllAsync([.. answered.Select(q => ((Address?)Market, new Contract.AnswerCall(q.Query, Keccak256.Hash(q.Query.ToArray())).Encode(), BigInteger.Zero))], Cancellation);
        await EachAsync(bonded.Where(q => q.End is not End.LeftToTime and not End.Expired), q => q.End == End.Declined
            ? q.Collaborator.Sender.SendAsync(Market, new Contract.DeclineCall(q.Query).Encode(), 0, Cancellation)
            : q.Querier.Sender.SendAsync(Market, new Contract.ConfirmCall(q.Query).Encode(), 0, Cancellation));
        await _chain.Node.AdvanceAsync(AnswerSeconds + 2);
        await EachAsync(bonded.Where(q => q.End == End.Expired), q => q.Querier.Sender.SendAsync(Market, new Contract.ExpireCall(q.Query).Encode(), 0, Cancellation));
        foreach (var query in bonded)
        {
            if (query.End == End.Expired)
            {
                Expired.Add((query.Query, query.Collaborator.Account));
            }
            else if (query.End != End.Declined)
            {
                Count(query.Querier.Account, -Reward - Fee);
                Count(query.Collaborator.Account, Reward);
            }

            if (query.End == End.LeftToTime)
            {
                _unconfirmed.Add((query.Query, query.Collaborator));
            }
        }
    }

    /// <summary>What nobody confirmed in time is paid by time; each collaborator takes its own, one after the other.</summary>
    public async Task SettleAsync()
    {
        await _chain.Node.AdvanceAsync(ConfirmSeconds + 2);
        await EachAsync(_unconfirmed.GroupBy(u => u.Collaborator), u => u.Key.Sender.SendAllAsync([.. u.Select(q => ((Address?)Market, new Contract.SettleCall(q.Query).Encode(), BigInteger.Zero))], Cancellation));
        _unconfirmed.Clear();
    }

    /// <summary>Everybody leaves and takes what is its own: the bond after its time, and what the contracts have set aside.</summary>
    public async Task LeaveAsync()
    {
        var conduct = _chain.Contracts.Conduct;
        await EachAsync(People, p => p.Sender.SendAsync(conduct, new Conduct.ResignCall().Encode(), 0, Cancellation));
        await _chain.Node.AdvanceAsync(MarketDeployment.Rules.Keeping + 2);
        await EachAsync(People, async p =>
        {
            await TakeAsync(p.Sender, p.Account);
            var bond = (await _chain.MemberAsync(p.Account)).Bond;
            if (!bond.IsZero)
            {
                await p.Sender.SendAsync(conduct, new Conduct.TakeBondCall(bond, p.Account).Encode(), 0, Cancellation);
            }
        });
        await TakeAsync(_serviceSender, _service.Address);

        async Task TakeAsync(AccountSender sender, Address account)
        {
            if (!(await _chain.Rpc.CallAsync(conduct, new Conduct.SetAsideCall(account), Cancellation)).IsZero)
            {
                await sender.SendAsync(conduct, new Conduct.WithdrawCall(account).Encode(), 0, Cancellation);
            }

            if (!(await _chain.Rpc.CallAsync(Market, new Contract.SetAsideCall(account), Cancellation)).IsZero)
            {
                await sender.SendAsync(Market, new Contract.WithdrawCall(account).Encode(), 0, Cancellation);
            }
        }
    }

    public void Count(Address account, BigInteger amount) => Earned[account] = Earned.GetValueOrDefault(account) + amount;

    // Statements

    public Conduct.ZoneRequest Request(Somebody requester, ulong time, int latitude = 39_904_200) => new(requester.Account, Fresh(), time, default, 999_999, 2, 8, latitude, 116_407_400, 500);

    public async Task<OpenedAnswer> AnswerAsync(Somebody collaborator, Conduct.ZoneRequest request, ulong time, int north = 100)
    {
        var place = new Conduct.Place(request.Latitude + north, request.Longitude, Fresh());
        var answer = new Conduct.ZoneAnswer(collaborator.Account, Statements.Of(_chain.Market, request).StructHash, time, Statements.Of(_chain.Market, place).StructHash, Fresh());
        return new OpenedAnswer(answer, await ConductBench.SignAsync(collaborator.Signer, Statements.Of(_chain.Market, answer)), place);
    }

    /// <summary>10 km north of the area that it answers for.</summary>
    public async Task<Evidence> OutsideAreaAsync(Somebody cheat, Somebody other, ulong time)
    {
        var request = Request(other, time);
        var answer = await AnswerAsync(cheat, request, time, north: 90_100);
        return new OutsideAreaEvidence(request, answer.Answer, answer.Signature, answer.Place);
    }

    /// <summary>111 km away at the same moment.</summary>
    public async Task<Evidence> ImpossibleSpeedAsync(Somebody cheat, Somebody other, ulong time) => new ImpossibleSpeedEvidence(
        await AnswerAsync(cheat, Request(other, time), time), await AnswerAsync(cheat, Request(other, time, latitude: 40_904_200), time));

    public async Task<Evidence> DoubleClaimAsync(Somebody cheat)
    {
        var query = Fresh();
        return new DoubleClaimEvidence(await ForwardAsync(), await ForwardAsync());

        async Task<SignedForward> ForwardAsync()
        {
            var forward = new Conduct.Forward(cheat.Account, _service.Address, query, Fresh());
            return new SignedForward(forward, await ConductBench.SignAsync(cheat.Signer, Statements.Of(_chain.Market, forward)));
        }
    }

    /// <summary>The cheat passes on where another is.</summary>
    public async Task<Evidence> LeakAsync(Somebody cheat, Somebody other, Somebody buyer, ulong time)
    {
        var request = Request(cheat, time);
        var told = await AnswerAsync(other, request, time);
        var disclosure = new Conduct.Disclosure(cheat.Account, buyer.Account, Statements.Of(_chain.Market, told.Answer).StructHash, told.Place);
        return new LeakEvidence(request, told.Answer, told.Signature, disclosure, await ConductBench.SignAsync(cheat.Signer, Statements.Of(_chain.Market, disclosure)));
    }

    /// <summary>Somebody's true answer, as evidence that it was elsewhere: it shows nothing.</summary>
    public async Task<Evidence> SlanderAsync(Somebody honest, Somebody other, ulong time)
    {
        var request = Request(other, time);
        var answer = await AnswerAsync(honest, request, time);
        return new OutsideAreaEvidence(request, answer.Answer, answer.Signature, answer.Place);
    }

    public void Dispose()
    {
        _service.Dispose();
        foreach (var person in People)
        {
            person.Signer.Dispose();
        }
    }

    private Hash32 Fresh() => Keccak256.Hash($"statement {Interlocked.Increment(ref _statements)}");

    private enum End
    {
        Confirmed,
        LeftToTime,
        Declined,
        ConfirmedToo,
        Expired,
    }
}
