using System.Numerics;
using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;

namespace Workers.Hosting.Members;

/// <summary>What members, bookkeepers and attestors sign (contracts/src/IConduct.sol), as typed data. Another statement refers to one by its struct hash; a bill is named by the digest that is signed.</summary>
public static class Statements
{
    /// <summary>Eq. 12 of Wang et al. 2021: who asks for a zone, with which standing, where.</summary>
    public static TypedData Of(ConductReference conduct, Conduct.ZoneRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new TypedData(conduct.Domain, "ZoneRequest",
        [
            new("address", "requester", request.Requester),
            new("bytes32", "zone", request.Zone),
            new("uint64", "time", new BigInteger(request.Time)),
            new("bytes32", "standings", request.Standings),
            new("uint32", "reputation", new BigInteger(request.Reputation)),
            new("uint32", "zones", new BigInteger(request.Zones)),
            new("uint8", "size", new BigInteger(request.Size)),
            new("int32", "latitude", new BigInteger(request.Latitude)),
            new("int32", "longitude", new BigInteger(request.Longitude)),
            new("uint32", "radius", new BigInteger(request.Radius)),
        ]);
    }

    /// <summary>Eq. 13: by this its signer says that it is in the request's area.</summary>
    public static TypedData Of(ConductReference conduct, Conduct.ZoneAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return new TypedData(conduct.Domain, "ZoneAnswer",
        [
            new("address", "collaborator", answer.Collaborator),
            new("bytes32", "request", answer.Request),
            new("uint64", "time", new BigInteger(answer.Time)),
            new("bytes32", "place", answer.Place),
            new("bytes32", "sealedPlace", answer.SealedPlace),
        ]);
    }

    /// <summary>Nobody signs a place by itself; its struct hash is the commitment in an answer.</summary>
    public static TypedData Of(ConductReference conduct, Conduct.Place place) => new(conduct.Domain, "Place", Members(place));

    /// <summary>A transaction bill.</summary>
    public static TypedData Of(ConductReference conduct, Conduct.Bill bill)
    {
        ArgumentNullException.ThrowIfNull(bill);
        return new TypedData(conduct.Domain, "Bill",
        [
            new("address", "requester", bill.Requester),
            new("address", "collaborator", bill.Collaborator),
            new("bytes32", "answer", bill.Answer),
            new("uint64", "time", new BigInteger(bill.Time)),
            new("bytes32", "sealedPlace", bill.SealedPlace),
        ]);
    }

    /// <summary>What only a cheat signs: it tells a third party a collaborator's place.</summary>
    public static TypedData Of(ConductReference conduct, Conduct.Disclosure disclosure)
    {
        ArgumentNullException.ThrowIfNull(disclosure);
        return new TypedData(conduct.Domain, "Disclosure",
        [
            new("address", "requester", disclosure.Requester),
            new("address", "receiver", disclosure.Receiver),
            new("bytes32", "answer", disclosure.Answer),
            new("Place", "place", Members(disclosure.Place)),
        ]);
    }

    /// <summary>What a collaborator signs for a location service when it forwards a query.</summary>
    public static TypedData Of(ConductReference conduct, Conduct.Forward forward)
    {
        ArgumentNullException.ThrowIfNull(forward);
        return new TypedData(conduct.Domain, "Forward",
        [
            new("address", "collaborator", forward.Collaborator),
            new("address", "service", forward.Service),
            new("bytes32", "query", forward.Query),
            new("bytes32", "payload", forward.Payload),
        ]);
    }

    /// <summary>A bookkeeper's word that its batch of the epoch will contain a bill.</summary>
    public static TypedData Receipt(ConductReference conduct, ulong epoch, Hash32 bill) =>
        new(conduct.Domain, "Receipt", [new("uint64", "epoch", new BigInteger(epoch)), new("bytes32", "bill", bill)]);

    /// <summary>An attestor's word that an account belongs to a person.</summary>
    public static TypedData Admission(ConductReference conduct, Address member, Hash32 subject) =>
        new(conduct.Domain, "Admission", [new("address", "member", member), new("bytes32", "subject", subject)]);

    /// <summary>An attestor's word on everybody's standing.</summary>
    /// <param name="conduct">The market.</param>
    /// <param name="root">Of the tree of standings, in ascending order of the members.</param>
    /// <param name="members">How many there are.</param>
    /// <param name="least">From which reputation on, in millionths, one can be elected bookkeeper.</param>
    /// <param name="content">SHA-256 of the raw IPFS block with the standings.</param>
    /// <param name="number">One more than the last attestation's.</param>
    public static TypedData Attestation(ConductReference conduct, Hash32 root, uint members, uint least, Hash32 content, ulong number) => new(conduct.Domain, "Attestation",
    [
        new("bytes32", "root", root),
        new("uint32", "members", new BigInteger(members)),
        new("uint32", "least", new BigInteger(least)),
        new("bytes32", "content", content),
        new("uint64", "number", new BigInteger(number)),
    ]);

    /// <summary>An attestor's word on what another contract's events say of somebody.</summary>
    public static TypedData Verdict(ConductReference conduct, Address offender, Offence offence, Hash32 evidence, ulong committedAt) => new(conduct.Domain, "Verdict",
    [
        new("address", "offender", offender),
        new("uint8", "offence", new BigInteger((int)offence)),
        new("bytes32", "evidence", evidence),
        new("uint64", "committedAt", new BigInteger(committedAt)),
    ]);

    private static TypedField[] Members(Conduct.Place place)
    {
        ArgumentNullException.ThrowIfNull(place);
        return [new("int32", "latitude", new BigInteger(place.Latitude)), new("int32", "longitude", new BigInteger(place.Longitude)), new("bytes32", "salt", place.Salt)];
    }
}
