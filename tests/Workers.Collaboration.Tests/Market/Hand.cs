using System.Security.Cryptography;
using Contracts.Messages;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Workers.Collaboration.Zones;
using Workers.Hosting;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;
using Workers.Standalone.Chain;

namespace Workers.Collaboration.Tests.Market;

/// <summary>The test's hand in a member of the bench: it signs with the member's account what the test wants, and answers requests for zones as the test says.</summary>
internal sealed class Hand(MemberBench bench, int member)
{
    public const int Latitude = 39_904_200, Longitude = 116_407_400;

    public Address Account => Identity.Account;

    public EnvelopeIdentity Identity => Services.GetRequiredService<EnvelopeIdentity>();

    /// <summary>Evidence that the member found.</summary>
    public IReadOnlyCollection<Evidence> Found => Services.GetRequiredService<Witness>().Found;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private IServiceProvider Services => bench.Members[member].Services;

    public static ulong Now => (ulong)TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Lets a script answer where the member's own handler would, and remembers evidence.</summary>
    public static void Lay(WebApplicationBuilder builder)
    {
        builder.AddWorker<WitnessDb>("witness").Handle<MisconductFound, WitnessHandler>();
        builder.Services.AddSingleton<Witness>().AddSingleton<Script>();
        builder.Services.Replace(new ServiceDescriptor(
            typeof(ZoneRequestHandler), services => new ScriptedHandler(services.GetRequiredService<Script>(), ActivatorUtilities.CreateInstance<ZoneRequestHandler>(services)), ServiceLifetime.Scoped));
    }

    /// <summary>From now on the member answers so.</summary>
    public void Answers(Func<Conduct.ZoneRequest, Task<EnvelopeAnswer>> answer) => Services.GetRequiredService<Script>().Answer = (request, _) => answer(request);

    /// <summary>As <see cref="Answers"/>, around what the member itself would answer.</summary>
    public void Answers(Func<Conduct.ZoneRequest, Func<Task<EnvelopeAnswer>>, Task<EnvelopeAnswer>> answer) => Services.GetRequiredService<Script>().Answer = answer;

    /// <summary>An honest answer from so many microdegrees north of the area's centre, but for what is changed before it is signed.</summary>
    public async Task<AnswerBody> AnswerAsync(Conduct.ZoneRequest request, int north = 1_000, Func<Conduct.ZoneAnswer, Conduct.ZoneAnswer>? change = null, Conduct.Place? sealedInstead = null, ISigner? signer = null)
    {
        var hash = Statements.Of(bench.Market, request).StructHash;
        var place = new Conduct.Place(request.Latitude + north, request.Longitude, new Hash32(RandomNumberGenerator.GetBytes(Hash32.Size)));
        var reader = (await Services.GetRequiredService<IMemberDirectory>().FindAsync(request.Requester, Cancellation))!;
        var sealedPlace = SealedPlace.Seal(reader.PublicKey.Span, sealedInstead ?? place, bench.Market, hash, Account, request.Requester);
        var answer = new Conduct.ZoneAnswer(Account, hash, Now, Statements.Of(bench.Market, place).StructHash, new Hash32(SHA256.HashData(sealedPlace)));
        answer = change is null ? answer : change(answer);
        return new AnswerBody(answer, await SignAsync(signer ?? Identity.Signer, Statements.Of(bench.Market, answer)), sealedPlace);
    }

    /// <summary>An answer whose place is sealed to nobody.</summary>
    public async Task<AnswerBody> UnreadableAsync(Conduct.ZoneRequest request)
    {
        var sealedPlace = RandomNumberGenerator.GetBytes(SealedPlace.Length);
        var honest = await AnswerAsync(request);
        var answer = honest.Answer with { SealedPlace = new Hash32(SHA256.HashData(sealedPlace)) };
        return new AnswerBody(answer, await SignAsync(Identity.Signer, Statements.Of(bench.Market, answer)), sealedPlace);
    }

    /// <summary>A request that the member signs as it may, but for what is changed.</summary>
    public async Task<SignedRequest> RequestAsync(Func<Conduct.ZoneRequest, Conduct.ZoneRequest>? change = null, ConductReference? market = null)
    {
        var standing = bench.Standings.Find(Account)!;
        var request = new Conduct.ZoneRequest(
            Account, new Hash32(RandomNumberGenerator.GetBytes(Hash32.Size)), Now, bench.Standings.Root, standing.Reputation, standing.Zones, Size: 3, Latitude, Longitude, Radius: 500);
        request = change is null ? request : change(request);
        return new SignedRequest(request, await SignAsync(Identity.Signer, Statements.Of(market ?? bench.Market, request)));
    }

    /// <summary>Sends another member something.</summary>
    /// <returns>What it answers, or why it does not.</returns>
    public async Task<(byte[] Answer, string? Refusal)> SendAsync(int to, string kind, byte[] body)
    {
        try
        {
            var entry = (await Services.GetRequiredService<IMemberDirectory>().FindAsync(bench.Accounts[to], Cancellation))!;
            using var reply = await Services.GetRequiredService<EnvelopeClient>().SendAsync(entry, kind, body, Cancellation);
            return (reply.Reveal().ToArray(), null);
        }
        catch (EnvelopeException e) when (e.Fault == EnvelopeFault.Refused)
        {
            return ([], e.Message);
        }
    }

    /// <summary>Sends another member a request for a zone.</summary>
    public Task<(byte[] Answer, string? Refusal)> AskAsync(int other, SignedRequest request) => SendAsync(other, ZoneRequestHandler.Kind, MemberJson.Write(request));

    /// <summary>Opens what a member answered to this one.</summary>
    public OpenedAnswer Open(byte[] answer)
    {
        var body = MemberJson.Read<AnswerBody>(answer);
        return new OpenedAnswer(body.Answer, body.Signature, SealedPlace.Open(Identity.KeyPair, body.Sealed, bench.Market, body.Answer.Request, body.Answer.Collaborator, Account));
    }

    /// <summary>The only evidence that the member found holds, and the contract convicts by it.</summary>
    public async Task<T> ConvictsByAsync<T>(int offender, uint offences)
        where T : Evidence
    {
        var evidence = Assert.IsType<T>(Assert.Single(await MemberBench.UntilAsync(() => Task.FromResult(Found), f => f.Count > 0, "the evidence")));
        var measure = new Measure(bench.Market, MarketDeployment.Rules.Speed, MarketDeployment.Rules.Slack, root => root == bench.Standings.Root ? (uint)bench.Standings.Standings.Count : null);
        Assert.True(evidence.Holds(measure));
        Assert.Equal(bench.Accounts[offender], evidence.Offender);
        await new AccountSender(bench.Rpc, Identity.Signer).SendAsync(bench.Contracts.Conduct, evidence.ToCall(), 0, Cancellation);
        Assert.Equal(offences, (await bench.Rpc.CallAsync(bench.Contracts.Conduct, new Conduct.MemberOfCall(evidence.Offender), Cancellation)).Offences);
        return evidence;
    }

    public static async Task<byte[]> SignAsync(ISigner signer, TypedData data) => PersonalMessage.ToBytes(await signer.SignTypedDataAsync(data, Cancellation));

    private sealed class Script
    {
        public Func<Conduct.ZoneRequest, Func<Task<EnvelopeAnswer>>, Task<EnvelopeAnswer>>? Answer { get; set; }
    }

    private sealed class ScriptedHandler(Script script, ZoneRequestHandler own) : IEnvelopeHandler
    {
        public Task<EnvelopeAnswer> HandleAsync(OpenedEnvelope envelope, CancellationToken cancellationToken) => script.Answer is { } answer
            ? answer(MemberJson.Read<SignedRequest>(envelope.Body.Reveal()).Request, () => own.HandleAsync(envelope, cancellationToken)).WaitAsync(cancellationToken)
            : own.HandleAsync(envelope, cancellationToken);
    }
}
