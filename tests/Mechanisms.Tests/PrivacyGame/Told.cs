using Mechanisms.PrivacyGame;

namespace Mechanisms.Tests.PrivacyGame;

/// <summary>Passes reports on where they are made: <see cref="Progress{T}"/> would send them to another thread.</summary>
internal sealed class Told(Action<SolverProgress> tell) : IProgress<SolverProgress>
{
    public void Report(SolverProgress value) => tell(value);
}
