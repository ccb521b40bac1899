// dotnet run -c Release --project bench/Zones [ROUNDS]
// What one collaborator's part of an anonymous zone costs: processor time of each side and bytes of each envelope, without network and database. Medians; one core. Default: 200 rounds.
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Bench.Zones;
using Ethereum;
using Ethereum.Contracts;
using Workers.Collaboration.Zones;
using Workers.Hosting.Envelopes;
using Workers.Hosting.Members;

var rounds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 200;
var market = new ConductReference(31_337, Address.Parse("0x00000000000000000000000000000000000000cc"));
var now = DateTimeOffset.FromUnixTimeSeconds(1_795_000_000);
var seconds = (ulong)now.ToUnixTimeSeconds();
using var requester = new Side(market, "requester");
using var collaborator = new Side(market, "collaborator");
var times = new Dictionary<string, List<double>>(StringComparer.Ordinal);
var lengths = new Dictionary<string, int>(StringComparer.Ordinal);

for (var round = -20; round < rounds; round++) // the first ones compile the code
{
    var clock = Stopwatch.StartNew();
    var request = new Conduct.ZoneRequest(requester.Account, new Hash32(RandomNumberGenerator.GetBytes(32)), seconds, Keccak256.Hash("standings"), 512_345, 12, 8, 39_904_200, 116_407_400, 500);
    var asked = new SignedRequest(request, await requester.SignAsync(Statements.Of(market, request)));
    Note("requester signs the request, once", round);

    clock.Restart();
    Check(Statements.Of(market, request).IsSignedBy(requester.Account, asked.Signature));
    Note("anybody checks a signature", round);

    clock.Restart();
    var (wire, header) = await requester.SealAsync(collaborator, "zone-request", MemberJson.Write(asked), now, replyTo: null);
    Note("requester seals an envelope", round);
    lengths["request"] = wire.Length;

    clock.Restart();
    var came = MemberJson.Read<SignedRequest>(collaborator.Open(wire, asked: null, now));
    var data = Statements.Of(market, came.Request);
    Check(data.IsSignedBy(came.Request.Requester, came.Signature));
    var place = new Conduct.Place(39_904_100, 116_407_500, new Hash32(RandomNumberGenerator.GetBytes(32)));
    var sealedPlace = SealedPlace.Seal(requester.PublicKey.Span, place, market, data.StructHash, collaborator.Account, requester.Account);
    var answer = new Conduct.ZoneAnswer(collaborator.Account, data.StructHash, seconds, Statements.Of(market, place).StructHash, new Hash32(SHA256.HashData(sealedPlace)));
    var body = new AnswerBody(answer, await collaborator.SignAsync(Statements.Of(market, answer)), sealedPlace);
    (wire, _) = await collaborator.SealAsync(requester, "answer", MemberJson.Write(body), now, header.Nonce);
    Note("collaborator checks the request and answers", round);
    lengths["answer"] = wire.Length;

    clock.Restart();
    var told = MemberJson.Read<AnswerBody>(requester.Open(wire, header, now));
    Check(Statements.Of(market, told.Answer).IsSignedBy(told.Answer.Collaborator, told.Signature));
    var opened = SealedPlace.Open(requester.Pair, told.Sealed, market, data.StructHash, collaborator.Account, requester.Account);
    Check(told.Answer.Place == Statements.Of(market, opened).StructHash);
    Note("requester checks an answer", round);

    clock.Restart();
    var copy = SealedPlace.Seal(collaborator.PublicKey.Span, opened, market, data.StructHash, collaborator.Account, collaborator.Account);
    var bill = new Conduct.Bill(requester.Account, collaborator.Account, Statements.Of(market, answer).StructHash, seconds, new Hash32(SHA256.HashData(copy)));
    (wire, _) = await requester.SealAsync(collaborator, "bill", MemberJson.Write(new BillBody(bill, await requester.SignAsync(Statements.Of(market, bill)), copy)), now, replyTo: null);
    Note("requester bills an answer", round);
    lengths["bill"] = wire.Length;

    (wire, _) = await collaborator.SealAsync(requester, "refusal", "This member does not take part in this zone."u8.ToArray(), now, header.Nonce);
    lengths["refusal"] = wire.Length;

    void Note(string what, int of)
    {
        var spent = clock.Elapsed.TotalMilliseconds;
        if (of >= 0)
        {
            (times.TryGetValue(what, out var list) ? list : times[what] = []).Add(spent);
        }
    }
}

foreach (var (what, list) in times)
{
    list.Sort();
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-45} {list[list.Count / 2],7:0.00} ms ({list[list.Count / 10]:0.00} to {list[list.Count * 9 / 10]:0.00})"));
}

foreach (var (what, length) in lengths)
{
    Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"envelope {what,-36} {length,7} bytes"));
}

return 0;

static void Check(bool holds)
{
    if (!holds)
    {
        throw new InvalidOperationException("What was sealed and signed is not what was opened.");
    }
}
