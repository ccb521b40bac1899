using System.Collections.Immutable;
using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Ethereum.Transactions;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame;
using Workers.Oracle.Profiles;
using Workers.Oracle.Terms;

namespace Workers.Standalone.Oracle;

/// <summary>A made-up group: members with keys of their own and three days of movement in two kilometres of a city.</summary>
internal sealed class OracleGroup : IDisposable
{
    private const int Seed = 11;
    private const double Kilometres = 2;
    private static readonly Position Centre = new(39.9042, 116.4074);
    private readonly List<LocalKeySigner> _signers;

    public OracleGroup(int members, int side, DateTimeOffset now)
    {
        Grid = new GridCells(BoundingBox.Around(Centre, Kilometres), side);
        _signers = [.. Enumerable.Range(0, members).Select(_ => new LocalKeySigner(RandomNumberGenerator.GetBytes(32)))];
        var places = MadeUpArea.Places(Centre, Kilometres, AreaOptions.Of(AreaKind.Mixed), Seed);
        var movement = new MovementOptions(now.AddDays(-3), TimeSpan.FromDays(3), TimeSpan.FromMinutes(10), 30, TimeSpan.FromMinutes(40));
        Contents = [.. MadeUpMovement.Trajectories(places, members, movement, Seed).Select(t => ProfileContent.Create(t.Fixes))];
    }

    public static string[] Names => ["alice", "bob", "carol", "dave", "erin", "frank"];

    public GridCells Grid { get; }

    public ImmutableArray<ProfileContent> Contents { get; }

    public IEnumerable<Trajectory> Histories => Contents.Select(c => c.ToTrajectory());

    public ImmutableArray<Address> Accounts => [.. _signers.Select(s => s.Address)];

    /// <summary>Signs and seals the members' profiles, and puts each on the server and on IPFS.</summary>
    /// <returns>The members as an order names them, and their envelopes.</returns>
    public async Task<(ImmutableArray<MemberTerms> Members, List<byte[]> Envelopes)> PublishAsync(
        ProfileServer server, IContentStore content, IReadOnlyList<ProfileRecipient> nodes, OracleReference oracle, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (members, envelopes) = (ImmutableArray.CreateBuilder<MemberTerms>(), new List<byte[]>());
        for (var i = 0; i < _signers.Count; i++)
        {
            var envelope = (await ProfileEnvelope.SealAsync(Contents[i], _signers[i], nodes, now.AddSeconds(-1), now.AddDays(1), oracle, cancellationToken)).Write();
            using var stream = new MemoryStream(envelope, writable: false);
            var cid = (await content.PutAsync(stream, cancellationToken)).Root;
            members.Add(new MemberTerms(_signers[i].Address.ToString(), Contents[i].Hash.ToString(), [server.Put($"profiles/{_signers[i].Address}", envelope), $"ipfs://{cid}"]));
            envelopes.Add(envelope);
        }

        return (members.DrainToImmutable(), envelopes);
    }

    /// <summary>What the group orders.</summary>
    public GameTerms Terms(ImmutableArray<MemberTerms> members, double? alpha, double beta) => new(
        1, members, new AreaTerms([Grid.Box.SouthWest.Latitude, Grid.Box.SouthWest.Longitude, Grid.Box.NorthEast.Latitude, Grid.Box.NorthEast.Longitude], Grid.Side),
        Quorum: 2, MaxProfileAge: 86_400, Interval: 600, MaxGap: 3_600, MaxSpeed: 50, Smoothing: 0.05, OtherMemberDistance: 0.4, CostPerKilometre: 1, OtherMemberCost: 0.1, beta, alpha);

    /// <summary>The game as anybody who has the profiles builds it.</summary>
    public static GroupGame Game(GameTerms terms, IEnumerable<Trajectory> histories) => GroupGame.Of(terms.Cells(), [.. histories], terms.ToOptions());

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var signer in _signers)
        {
            signer.Dispose();
        }
    }
}
