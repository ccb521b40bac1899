namespace Workers.Dashboard.Accounts;

/// <summary>The cookie of a session.</summary>
internal static class SessionCookie
{
    public const string Name = "market-session";
}
