using System.Buffers.Binary;
using Ethereum;
using Ethereum.Contracts;

namespace Workers.Hosting.Members;

/// <summary>
/// Everybody's standing, as one raw IPFS block: per member account (20 bytes) ‖ reputation in millionths (4) ‖ zones (4), big-endian, strictly ascending by account. At most 1 MiB, which is 37,449 members.
/// </summary>
public sealed class StandingsDocument
{
    /// <summary>Longest document: one block.</summary>
    public const int MaxBytes = 1 << 20;

    private const int EntryLength = Address.Size + 4 + 4;
    private const uint HighestReputation = 1_000_000;

    private readonly Dictionary<Address, int> _positions;

    /// <param name="standings">Strictly ascending by account, at least one.</param>
    /// <exception cref="FormatException">They are not, or a reputation is above 1.</exception>
    public StandingsDocument(IReadOnlyList<Conduct.Standing> standings)
    {
        ArgumentNullException.ThrowIfNull(standings);
        if (standings.Count is 0 or > MaxBytes / EntryLength || standings.Any(s => s.Reputation > HighestReputation))
        {
            throw new FormatException($"Standings are of 1 to {MaxBytes / EntryLength} members, with reputations up to {HighestReputation} millionths.");
        }

        for (var i = 1; i < standings.Count; i++)
        {
            if (standings[i - 1].Member.ToTopic().CompareTo(standings[i].Member.ToTopic()) >= 0)
            {
                throw new FormatException($"Standing {i} does not come after standing {i - 1}.");
            }
        }

        Standings = standings;
        Root = StandingTree.Root(standings);
        _positions = standings.Select((s, i) => (s.Member, i)).ToDictionary(p => p.Member, p => p.i);
    }

    /// <summary>In ascending order of the members.</summary>
    public IReadOnlyList<Conduct.Standing> Standings { get; }

    /// <summary>Of their tree.</summary>
    public Hash32 Root { get; }

    /// <summary>Mean reputation, from 0 to 1.</summary>
    public double MeanReputation => Standings.Average(s => (double)s.Reputation) / HighestReputation;

    /// <summary>From which reputation on, in millionths, one can be elected bookkeeper: the least above the mean; 0 when nobody's is, as all may be elected then.</summary>
    public uint Least
    {
        get
        {
            var total = Standings.Sum(s => (long)s.Reputation);
            return Standings.Where(s => (long)s.Reputation * Standings.Count > total).Select(s => s.Reputation).DefaultIfEmpty().Min();
        }
    }

    /// <summary>A member's standing; null for who has none.</summary>
    public Conduct.Standing? Find(Address member) => _positions.TryGetValue(member, out var position) ? Standings[position] : null;

    /// <summary>The proof of a member's standing.</summary>
    public Conduct.Proof Proof(Address member) => StandingTree.Proof(Standings, _positions[member]);

    /// <summary>Reads what somebody else wrote.</summary>
    /// <exception cref="FormatException">It is no such document.</exception>
    public static StandingsDocument Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length % EntryLength != 0)
        {
            throw new FormatException($"Standings have {EntryLength} bytes each.");
        }

        var standings = new Conduct.Standing[bytes.Length / EntryLength];
        for (var i = 0; i < standings.Length; i++)
        {
            var entry = bytes.Slice(i * EntryLength, EntryLength);
            standings[i] = new Conduct.Standing(
                new Address(entry[..Address.Size]), BinaryPrimitives.ReadUInt32BigEndian(entry[Address.Size..]), BinaryPrimitives.ReadUInt32BigEndian(entry[(Address.Size + 4)..]));
        }

        return new StandingsDocument(standings);
    }

    /// <summary>The document's bytes.</summary>
    public byte[] Write()
    {
        var bytes = new byte[Standings.Count * EntryLength];
        for (var i = 0; i < Standings.Count; i++)
        {
            var entry = bytes.AsSpan(i * EntryLength, EntryLength);
            Standings[i].Member.CopyTo(entry);
            BinaryPrimitives.WriteUInt32BigEndian(entry[Address.Size..], Standings[i].Reputation);
            BinaryPrimitives.WriteUInt32BigEndian(entry[(Address.Size + 4)..], Standings[i].Zones);
        }

        return bytes;
    }
}
