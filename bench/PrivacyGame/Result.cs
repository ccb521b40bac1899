namespace Bench.PrivacyGame;

/// <summary>One solve.</summary>
/// <param name="Checking">Milliseconds that checking the certificate took.</param>
/// <param name="Peak">Bytes resident at most, the program's making and the runtime included.</param>
internal sealed record Result(double Seconds, bool Solved, double Cost, double Checking, long Peak);
