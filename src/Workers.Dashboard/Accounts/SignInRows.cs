namespace Workers.Dashboard.Accounts;

/// <summary>A number that was given out for one sign-in; deleted when it is used.</summary>
public sealed class NonceRow
{
    public required string Nonce { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}

/// <summary>A browser that signed in.</summary>
public sealed class SessionRow
{
    /// <summary>SHA-256 of the cookie's value, hex: who reads the database cannot become anybody.</summary>
    public required string IdHash { get; init; }

    public required string Account { get; init; }

    public required DateTimeOffset ExpiresAt { get; init; }
}
