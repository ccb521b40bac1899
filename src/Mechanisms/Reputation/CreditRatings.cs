using System.Collections.Immutable;

namespace Mechanisms.Reputation;

/// <summary>Which of an agency's ratings are the good ones.</summary>
public enum RatingDirection
{
    /// <summary>Eq. 3.</summary>
    HigherIsBetter,

    /// <summary>Eq. 4.</summary>
    LowerIsBetter,
}

/// <summary>The credit ratings of users by agencies. Wang et al. 2021 print Eqs. 3 to 9 for one user's row, which could not be compared with another user's; their Algorithm 1 works on the matrix, as here.</summary>
public sealed class CreditRatings
{
    private readonly double[] _ratings;

    /// <summary>Takes a copy and checks it.</summary>
    /// <param name="users">m, at least 1.</param>
    /// <param name="directions">One for each of n agencies, at least one.</param>
    /// <param name="ratings">m × n finite numbers, a user's row after the other, each agency on a scale of its own.</param>
    /// <exception cref="ArgumentException">A parameter is not as said.</exception>
    public CreditRatings(int users, ImmutableArray<RatingDirection> directions, ReadOnlySpan<double> ratings)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(users);
        if (directions.IsDefaultOrEmpty)
        {
            throw new ArgumentException("At least one agency.", nameof(directions));
        }

        if (ratings.Length != (long)users * directions.Length)
        {
            throw new ArgumentException($"{ratings.Length} ratings; {users} users and {directions.Length} agencies need {(long)users * directions.Length}.", nameof(ratings));
        }

        for (var i = 0; i < ratings.Length; i++)
        {
            // The difference of two has to be finite, too.
            if (!(Math.Abs(ratings[i]) <= double.MaxValue / 4))
            {
                throw new ArgumentException($"The rating of user {i / directions.Length} by agency {i % directions.Length} is {ratings[i]}, no finite number.", nameof(ratings));
            }
        }

        (Users, Directions, _ratings) = (users, directions, ratings.ToArray());
    }

    /// <summary>m.</summary>
    public int Users { get; }

    /// <summary>n.</summary>
    public int Agencies => Directions.Length;

    /// <summary>Of each agency.</summary>
    public ImmutableArray<RatingDirection> Directions { get; }

    /// <summary>c(user, agency).</summary>
    public double this[int user, int agency] => _ratings[(user * Agencies) + agency];
}
