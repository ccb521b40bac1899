namespace Experiments;

/// <summary>Seeds of draws.</summary>
internal static class Seeds
{
    /// <summary>Neighbouring seeds give related sequences in <see cref="Random"/>; multiplying by an odd constant (2³²/φ) parts them.</summary>
    public static int Apart(int seed) => unchecked(seed * (int)0x9E3779B1);
}
