namespace Mechanisms.Stackelberg;

/// <summary>A follower of the revenue game: a user who decides how much data to sell at the offered share.</summary>
/// <param name="Willingness">λ, how much the user values income; finite and above 0.</param>
/// <param name="UnitOverhead">μ, what selling one MB costs the user, in units of utility; finite and above 0.</param>
/// <remarks>Zhu et al. 2024, Eq. 4; its simulation draws λ from [10, 100] and μ from [0.1, 2].</remarks>
public readonly record struct DataUser(double Willingness, double UnitOverhead)
{
    /// <summary>λ/μ: the volume in MB that the user's sales approach as the income per MB grows.</summary>
    public double Saturation => Willingness / UnitOverhead;
}
