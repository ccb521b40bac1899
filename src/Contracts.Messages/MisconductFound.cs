namespace Contracts.Messages;

/// <summary>A worker of this organisation has found that somebody cheated, and has the evidence. The worker of penalties decides what becomes of it.</summary>
/// <param name="Evidence">Signed statements that contradict each other, as JSON (<c>Workers.Hosting.Members.Evidence</c>). It holds places: do not log it.</param>
/// <param name="FoundBy">The worker, for people.</param>
/// <param name="FoundAt">When.</param>
public sealed record MisconductFound(string Evidence, string FoundBy, DateTimeOffset FoundAt);
