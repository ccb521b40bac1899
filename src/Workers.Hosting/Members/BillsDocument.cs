using System.Buffers.Binary;
using System.Security.Cryptography;
using ContentStore;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;

namespace Workers.Hosting.Members;

/// <summary>A bill with its requester's signature.</summary>
public sealed record SignedBill(Conduct.Bill Bill, byte[] Signature);

/// <summary>
/// An epoch's bills as a bookkeeper posts them: per bill requester (20 bytes) ‖ collaborator (20) ‖ answer (32) ‖ time (8) ‖ sealed place (32) ‖ signature (65), numbers big-endian, in the order of the tree.
/// Up to <see cref="PerBlock"/> bills are one raw IPFS block, whose SHA-256 is the batch's content. More are parts of as many (the last may be shorter), each a raw block, and the content is the SHA-256 of the
/// raw block with the parts' SHA-256 in order. How many bills there are says which of the two it is.
/// </summary>
public sealed class BillsDocument
{
    /// <summary>Bills of one block, which has at most 1 MiB.</summary>
    public const int PerBlock = (1 << 20) / EntryLength;

    /// <summary>Most bills of a document: 64 blocks. Nobody has to read more.</summary>
    public const int MaxBills = 64 * PerBlock;

    private const int EntryLength = (2 * Address.Size) + Hash32.Size + sizeof(ulong) + Hash32.Size + PersonalMessage.SignatureLength;

    private readonly Hash32[] _hashes;

    private BillsDocument(ConductReference market, IReadOnlyList<SignedBill> bills)
    {
        if (bills.Count is 0 or > MaxBills || bills.Any(b => b.Signature.Length != PersonalMessage.SignatureLength))
        {
            throw new FormatException($"A document has 1 to {MaxBills} bills, each with a signature of {PersonalMessage.SignatureLength} bytes.");
        }

        Bills = bills;
        Leaves = [.. bills.Select(b => BillTree.Leaf(Statements.Of(market, b.Bill).Hash(), b.Signature))];
        _hashes = [.. Leaves.Select(BillTree.HashOf)];
        Root = OrderedTree.Root(_hashes);
        for (var i = 1; i < Leaves.Count && Disorder is null; i++)
        {
            Disorder = Leaves[i - 1].Bill.CompareTo(Leaves[i].Bill) < 0 ? null : i;
        }
    }

    /// <summary>In the order in which they stand there.</summary>
    public IReadOnlyList<SignedBill> Bills { get; }

    /// <summary>Of the tree, in the same order.</summary>
    public IReadOnlyList<Conduct.BillLeaf> Leaves { get; }

    /// <summary>Of the tree.</summary>
    public Hash32 Root { get; }

    /// <summary>The first bill that does not come after the one before; null when all do.</summary>
    public int? Disorder { get; }

    /// <summary>A document with these bills, put in order.</summary>
    /// <exception cref="FormatException">There is none or one twice, there are too many, or a signature is none.</exception>
    public static BillsDocument Of(ConductReference market, IEnumerable<SignedBill> bills)
    {
        ArgumentNullException.ThrowIfNull(bills);
        return Ordered(new BillsDocument(market, [.. bills.OrderBy(b => Statements.Of(market, b.Bill).Hash())]));
    }

    /// <summary>Fetches a batch's document and checks it: the root, and strictly ascending bills. Signatures are not checked.</summary>
    /// <exception cref="FormatException">What lies there is not the batch.</exception>
    /// <exception cref="ContentStoreException">It cannot be had now.</exception>
    public static async Task<BillsDocument> FetchAsync(IContentStore content, ConductReference market, Conduct.Batch batch, CancellationToken cancellationToken) =>
        Ordered(await FetchAsPostedAsync(content, market, batch, cancellationToken));

    /// <summary>As <see cref="FetchAsync"/>, for whoever looks for faults: in whatever order the bills are.</summary>
    /// <exception cref="FormatException">What lies there does not have the batch's root.</exception>
    /// <exception cref="ContentStoreException">It cannot be had now.</exception>
    public static async Task<BillsDocument> FetchAsPostedAsync(IContentStore content, ConductReference market, Conduct.Batch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        ArgumentNullException.ThrowIfNull(batch);
        if (batch.Bills is 0 or > MaxBills)
        {
            throw new FormatException($"A document has 1 to {MaxBills} bills, not {batch.Bills}.");
        }

        var count = (int)batch.Bills;
        var parts = (count + PerBlock - 1) / PerBlock;
        var list = parts == 1 ? batch.Content.ToArray() : await BlockAsync(content, batch.Content, parts * Hash32.Size, cancellationToken);
        var bills = new List<SignedBill>(count);
        for (var part = 0; part < parts; part++)
        {
            var entries = Math.Min(PerBlock, count - bills.Count);
            var block = await BlockAsync(content, new Hash32(list.AsSpan(part * Hash32.Size, Hash32.Size)), entries * EntryLength, cancellationToken);
            for (var i = 0; i < entries; i++)
            {
                bills.Add(ReadEntry(block.AsSpan(i * EntryLength, EntryLength)));
            }
        }

        var document = new BillsDocument(market, bills);
        return document.Root == batch.Root ? document : throw new FormatException("The bills that lie there do not have the batch's root.");
    }

    /// <summary>The proof of the bill at a position.</summary>
    public Conduct.Proof Proof(int position) => new(position, [.. OrderedTree.Proof(_hashes, [position])]);

    /// <summary>Puts the document where others find it.</summary>
    /// <returns>What is posted of it.</returns>
    /// <exception cref="ContentStoreException">The store did not take it.</exception>
    public async Task<Conduct.Batch> PutAsync(IContentStore content, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(content);
        var hash = Hash32.Zero;
        foreach (var block in Blocks())
        {
            using var stream = new MemoryStream(block, writable: false);
            hash = new Hash32((await content.PutAsync(stream, cancellationToken)).Root.Digest);
        }

        return new Conduct.Batch(Root, (uint)Bills.Count, hash);
    }

    /// <summary>Parts before the list of them: the last one's hash is the content's.</summary>
    private List<byte[]> Blocks()
    {
        var parts = Bills.Chunk(PerBlock).Select(Write).ToList();
        return parts.Count == 1 ? parts : [.. parts, [.. parts.SelectMany(SHA256.HashData)]];
    }

    private static BillsDocument Ordered(BillsDocument document) =>
        document.Disorder is { } index ? throw new FormatException($"Bill {index} does not come after bill {index - 1}.") : document;

    private static async Task<byte[]> BlockAsync(IContentStore content, Hash32 hash, int length, CancellationToken cancellationToken) =>
        await content.ReadAllAsync(new Cid(CidCodec.Raw, hash.ToArray()), length, cancellationToken) is { } bytes && bytes.Length == length
            ? bytes
            : throw new FormatException($"What lies under {hash} has not the {length} bytes that so many bills have.");

    private static byte[] Write(IReadOnlyList<SignedBill> bills)
    {
        var bytes = new byte[bills.Count * EntryLength];
        for (var i = 0; i < bills.Count; i++)
        {
            var entry = bytes.AsSpan(i * EntryLength, EntryLength);
            var bill = bills[i].Bill;
            bill.Requester.CopyTo(entry);
            bill.Collaborator.CopyTo(entry[20..]);
            bill.Answer.CopyTo(entry[40..]);
            BinaryPrimitives.WriteUInt64BigEndian(entry[72..], bill.Time);
            bill.SealedPlace.CopyTo(entry[80..]);
            bills[i].Signature.CopyTo(entry[112..]);
        }

        return bytes;
    }

    private static SignedBill ReadEntry(ReadOnlySpan<byte> entry) => new(
        new Conduct.Bill(new Address(entry[..20]), new Address(entry[20..40]), new Hash32(entry[40..72]), BinaryPrimitives.ReadUInt64BigEndian(entry[72..80]), new Hash32(entry[80..112])),
        entry[112..].ToArray());
}
