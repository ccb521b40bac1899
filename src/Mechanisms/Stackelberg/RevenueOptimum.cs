namespace Mechanisms.Stackelberg;

/// <summary>A share for the users and what it leaves the provider.</summary>
/// <param name="Alpha">α, the part of every sale that goes to the user, in [0, 1].</param>
/// <param name="ProviderUtility">U_sp at that share (Eq. 5), in units of money; −C when nobody sells.</param>
public readonly record struct RevenueOptimum(double Alpha, double ProviderUtility);
