using Ethereum.Contracts;

namespace Workers.Collaboration.Zones;

/// <summary>Ask the members around for a zone.</summary>
public sealed record FormZone(Guid ZoneId);

/// <summary>Body of an envelope <c>zone-request</c>.</summary>
public sealed record SignedRequest(Conduct.ZoneRequest Request, byte[] Signature);

/// <summary>Body of the answer to one.</summary>
/// <param name="Sealed">The place, sealed to the requester (<see cref="SealedPlace"/>).</param>
public sealed record AnswerBody(Conduct.ZoneAnswer Answer, byte[] Signature, byte[] Sealed);

/// <summary>Body of an envelope <c>bill</c>: the collaborator's copy of the bill and of the place that it told.</summary>
public sealed record BillBody(Conduct.Bill Bill, byte[] Signature, byte[] Copy);
