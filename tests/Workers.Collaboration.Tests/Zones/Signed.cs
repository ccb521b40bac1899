using System.Security.Cryptography;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Tests.Zones;

/// <summary>Two members and what they sign, for a market that is nowhere.</summary>
internal sealed class Signed : IDisposable
{
    public static readonly ConductReference Market = new(31337, Address.Parse("0x5FbDB2315678afecb367f032d93F642f64180aa3"));

    public const int Latitude = 39_904_200, Longitude = 116_407_400;

    public LocalKeySigner Requester { get; } = new(SHA256.HashData("requester"u8));

    public LocalKeySigner Collaborator { get; } = new(SHA256.HashData("collaborator"u8));

    public static Hash32 Hash(string text) => Keccak256.Hash(text);

    public Conduct.ZoneRequest Request(Func<Conduct.ZoneRequest, Conduct.ZoneRequest>? change = null)
    {
        var request = new Conduct.ZoneRequest(Requester.Address, Hash("zone"), 1_795_000_000, Hash("standings"), 700_000, 3, 8, Latitude, Longitude, 500);
        return change is null ? request : change(request);
    }

    /// <summary>An answer from so many microdegrees north of the area's centre.</summary>
    public async Task<OpenedAnswer> AnswerAsync(Conduct.ZoneRequest request, int north = 1_000, ulong time = 1_795_000_000)
    {
        var place = new Conduct.Place(Latitude + north, Longitude, Hash($"salt {north} {time}"));
        var answer = new Conduct.ZoneAnswer(
            Collaborator.Address, Statements.Of(Market, request).StructHash, time, Statements.Of(Market, place).StructHash, Hash("sealed"));
        return new OpenedAnswer(answer, await SignAsync(Collaborator, Statements.Of(Market, answer)), place);
    }

    public static async Task<byte[]> SignAsync(LocalKeySigner signer, TypedData data) =>
        PersonalMessage.ToBytes(await signer.SignTypedDataAsync(data, TestContext.Current.CancellationToken));

    public static Measure Measure(params Conduct.Standing[] attested) =>
        new(Market, Speed: 70, Slack: 250, root => attested.Length > 0 && root == StandingTree.Root(attested) ? (uint)attested.Length : null);

    public void Dispose()
    {
        Requester.Dispose();
        Collaborator.Dispose();
    }
}
