using Ethereum;
using Workers.Hosting.Data;
using Workers.Hosting.Members;

namespace Workers.Collaboration.Bookkeeping;

/// <summary>Where an epoch's bills stand (IConduct.EpochState, in its order).</summary>
public enum EpochState
{
    /// <summary>Or not opened yet.</summary>
    Running,

    /// <summary>Bills are handed in.</summary>
    Collecting,

    /// <summary>Candidates post.</summary>
    Posting,

    /// <summary>Faults are shown.</summary>
    Disputing,

    /// <summary>The bookkeeper is paid.</summary>
    Settled,
}

/// <summary>A bill that this member signed or got.</summary>
public sealed class BillRow
{
    /// <summary>What its requester signed.</summary>
    public required Hash32 Bill { get; init; }

    /// <summary>Unix time, which decides the epoch.</summary>
    public required long Time { get; init; }

    /// <summary><see cref="Hosting.Members.SignedBill"/> as JSON.</summary>
    public required byte[] Body { get; init; }

    /// <summary>The row of a bill; null for a time that no epoch has.</summary>
    public static BillRow? Of(ConductReference market, SignedBill bill)
    {
        ArgumentNullException.ThrowIfNull(bill);
        return bill.Bill.Time > long.MaxValue ? null : new BillRow { Bill = Statements.Of(market, bill.Bill).Hash(), Time = (long)bill.Bill.Time, Body = MemberJson.Write(bill) };
    }

    /// <summary>The bill.</summary>
    public SignedBill Read() => MemberJson.Read<SignedBill>(Body);
}

/// <summary>An epoch whose bills this member looks after.</summary>
public sealed class EpochRow : IVersioned
{
    public required long Number { get; init; }

    /// <summary>No receipt is signed any more, whatever the chain says: the batch is made of what there is.</summary>
    public bool IsClosed { get; set; }

    /// <summary>Bills in the ledger. Changes with every bill that is taken, so that none is taken while the epoch is closed.</summary>
    public int Taken { get; set; }

    /// <summary>Of this member's own batch; zero before it is made.</summary>
    public Hash32 Root { get; set; }

    /// <summary>SHA-256 under which the batch's document lies.</summary>
    public Hash32 Content { get; set; }

    /// <summary>As the chain said last.</summary>
    public EpochState State { get; set; }

    /// <summary>Of <see cref="State"/>, Unix time.</summary>
    public long Deadline { get; set; }

    /// <summary>Whose batch stands; zero for none.</summary>
    public Address Bookkeeper { get; set; }

    /// <summary>The post that stands, as <see cref="BookkeepingPolicy.PostName"/> has it.</summary>
    public string Post { get; set; } = "";

    /// <summary>Chain time at which this member first looked for the post's document.</summary>
    public long SeenAt { get; set; }

    /// <summary>The post was looked through.</summary>
    public bool IsChecked { get; set; }

    /// <summary>What the bookkeeper was paid, in the currency's smallest unit.</summary>
    public string? Pay { get; set; }

    /// <summary>Settled finally, or so old that nothing comes of it.</summary>
    public bool IsDone { get; set; }

    /// <summary>For a person.</summary>
    public string Note { get; set; } = "";

    public int Version { get; set; }
}

/// <summary>A bill that this member's batch of the epoch will contain.</summary>
public sealed class LedgerRow
{
    public required Hash32 Bill { get; init; }

    public required long Epoch { get; init; }

    /// <summary>Who handed it in; zero for a bill that was lodged on chain.</summary>
    public required Address From { get; init; }

    /// <summary><see cref="Hosting.Members.SignedBill"/> as JSON.</summary>
    public required byte[] Body { get; init; }
}

/// <summary>A candidate's word that its batch will contain a bill of this member's.</summary>
public sealed class ReceiptRow
{
    public required Hash32 Bill { get; init; }

    public required Address Bookkeeper { get; init; }

    public required long Epoch { get; init; }

    public required byte[] Signature { get; init; }
}

/// <summary>When this member last handed bills to a candidate, and how that went.</summary>
public sealed class HandInRow : IVersioned
{
    public required long Epoch { get; init; }

    public required Address Candidate { get; init; }

    public DateTimeOffset AskedAt { get; set; }

    public string? Problem { get; set; }

    public int Version { get; set; }
}

/// <summary>Whose account it is, as a final block says; that never changes.</summary>
public sealed class SubjectRow
{
    public required Address Account { get; init; }

    public required Hash32 Subject { get; init; }
}

/// <summary>Look which epochs there is something to do for. Sent by the schedule.</summary>
public sealed record SweepEpochs;

/// <summary>Do what is to be done for an epoch now.</summary>
public sealed record TendEpoch(long Number);

/// <summary>Hand this member's bills of an epoch to a candidate.</summary>
public sealed record HandIn(long Number, string Candidate);

/// <summary>Make this member's batch, and post it.</summary>
public sealed record PostBatch(long Number);

/// <summary>Show the bills that were demanded of this member's batch.</summary>
public sealed record ShowBills(long Number);

/// <summary>Look through another one's batch.</summary>
public sealed record CheckBatch(long Number);
