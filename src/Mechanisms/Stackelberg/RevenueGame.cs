namespace Mechanisms.Stackelberg;

/// <summary>
/// The Stackelberg game by which a service provider (leader) chooses the users' share α of data sales, and every
/// user (follower) answers with the volume that is best for them. Zhu et al. 2024, Eqs. 4–8.
/// </summary>
public sealed class RevenueGame
{
    private readonly DataUser[] users;

    /// <summary>Takes a copy of the users and checks every parameter.</summary>
    /// <param name="users">The users of the application; may be empty.</param>
    /// <param name="unitPrice">τ, the price of one MB; finite and above 0.</param>
    /// <param name="initialCost">C, the provider's investment; finite and at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// A parameter is not a number or out of its range, or the users' volumes are so large that they overflow.
    /// </exception>
    public RevenueGame(IReadOnlyCollection<DataUser> users, double unitPrice, double initialCost)
    {
        ArgumentNullException.ThrowIfNull(users);
        RequirePositive(unitPrice, nameof(unitPrice));
        if (!double.IsFinite(initialCost) || initialCost < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(initialCost), initialCost, "The cost must be a finite number of at least 0.");
        }

        this.users = [.. users];
        UnitPrice = unitPrice;
        InitialCost = initialCost;

        var income = 0.0;
        for (var i = 0; i < this.users.Length; i++)
        {
            RequireUser(this.users[i], nameof(users), i);
            income += unitPrice * this.users[i].Saturation;
        }

        if (!double.IsFinite(income))
        {
            throw new ArgumentOutOfRangeException(nameof(users), "τ·Σ λ/μ is too large for a double: scale the units.");
        }
    }

    /// <summary>τ, the price of one MB.</summary>
    public double UnitPrice { get; }

    /// <summary>C, the provider's investment.</summary>
    public double InitialCost { get; }

    /// <summary>The users, in the order in which they were given.</summary>
    public IReadOnlyList<DataUser> Users => users;

    /// <summary>
    /// The volume x* in MB that a user sells at a share α: λ/μ − 1/(ατ), or 0 when α is at most the user's
    /// threshold μ/(τλ), in particular when α is 0. Eq. 8.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">α is outside [0, 1], or another argument is not above 0.</exception>
    public static double BestResponse(DataUser user, double alpha, double unitPrice)
    {
        RequireUser(user, nameof(user));
        RequireShare(alpha);
        RequirePositive(unitPrice, nameof(unitPrice));
        return Volume(user, alpha, unitPrice);
    }

    /// <summary>What selling <paramref name="volume"/> MB is worth to a user: λ ln(ατx + 1) − μx. Eq. 4.</summary>
    /// <exception cref="ArgumentOutOfRangeException">
    /// α is outside [0, 1], the volume is negative or not finite, or another argument is not above 0.
    /// </exception>
    public static double UserUtility(DataUser user, double alpha, double unitPrice, double volume)
    {
        RequireUser(user, nameof(user));
        RequireShare(alpha);
        RequirePositive(unitPrice, nameof(unitPrice));
        if (!double.IsFinite(volume) || volume < 0)
        {
            throw new ArgumentOutOfRangeException(nameof(volume), volume, "The volume must be a finite number of at least 0.");
        }

        return (user.Willingness * Math.Log((alpha * unitPrice * volume) + 1)) - (user.UnitOverhead * volume);
    }

    /// <summary>What a share α leaves the provider when every user answers with x*: (1−α)τ Σ x* − C. Eq. 5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">α is outside [0, 1].</exception>
    public double ProviderUtility(double alpha)
    {
        RequireShare(alpha);
        var sold = new CompensatedSum();
        foreach (var user in users)
        {
            sold.Add(Volume(user, alpha, UnitPrice));
        }

        return ((1 - alpha) * UnitPrice * sold.Value) - InitialCost;
    }

    private static double Volume(DataUser user, double alpha, double unitPrice) =>
        // For α → 0 the fraction grows to infinity and the volume is 0, without a special case.
        Math.Max(0, user.Saturation - (1 / (alpha * unitPrice)));

    private static void RequireUser(DataUser user, string parameter, int index = 0)
    {
        if (!IsPositive(user.Willingness) || !IsPositive(user.UnitOverhead) || !IsPositive(user.Saturation))
        {
            throw new ArgumentOutOfRangeException(
                parameter, user, $"λ, μ and λ/μ must be finite numbers above 0 (user number {index}).");
        }
    }

    private static void RequirePositive(double value, string name)
    {
        if (!IsPositive(value))
        {
            throw new ArgumentOutOfRangeException(name, value, "The value must be a finite number above 0.");
        }
    }

    private static bool IsPositive(double value) => double.IsFinite(value) && value > 0;

    private static void RequireShare(double alpha)
    {
        if (double.IsNaN(alpha) || alpha is < 0 or > 1)
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "A share must lie in [0, 1].");
        }
    }
}
