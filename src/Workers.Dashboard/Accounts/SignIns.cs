using System.Buffers.Text;
using System.Security.Cryptography;
using Ethereum;
using Ethereum.SignIn;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Hosting.Chain;
using Workers.Hosting.Messaging;

namespace Workers.Dashboard.Accounts;

/// <summary>Nonces and sessions of people who sign in with their wallet.</summary>
public sealed class SignIns(DashboardDb db, IOptions<DashboardOptions> options, IOptions<ChainOptions> chain, TimeProvider clock)
{
    /// <summary>How long a person has to sign.</summary>
    private static readonly TimeSpan NonceTime = TimeSpan.FromMinutes(5);

    /// <summary>Nonces that can be open at once; they are given to anybody who asks.</summary>
    private const int MaxNonces = 100_000;

    /// <summary>Gives out a nonce for one sign-in; null when too many are out.</summary>
    public async Task<NonceRow?> IssueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await db.Nonces.Where(n => n.ExpiresAt <= now).ExecuteDeleteAsync(cancellationToken);
        if (await db.Nonces.CountAsync(cancellationToken) >= MaxNonces)
        {
            return null;
        }

        var nonce = new NonceRow { Nonce = RandomNumberGenerator.GetHexString(32, lowercase: true), ExpiresAt = now + NonceTime };
        db.Nonces.Add(nonce);
        await db.SaveChangesAsync(cancellationToken);
        return nonce;
    }

    /// <summary>Signs in. Whatever comes of it, the message's nonce is used up.</summary>
    /// <param name="domain">The site's, as <see cref="SiteOrigin.Domain"/>.</param>
    /// <returns>The session and the value of its cookie, which is kept nowhere else.</returns>
    /// <exception cref="SignInException">It is refused.</exception>
    public async Task<(SessionRow Session, string Cookie)> SignInAsync(string message, byte[] signature, string domain, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var nonce = SignInMessage.Parse(message).Nonce;
        if (await db.Nonces.Where(n => n.Nonce == nonce && n.ExpiresAt > now).ExecuteDeleteAsync(cancellationToken) != 1)
        {
            throw new SignInException("The message's nonce was not given out here, was used already, or has expired. Sign in again.");
        }

        var verified = SignInMessage.Verify(message, signature, new SignInRequest(domain, checked((ulong)chain.Value.ChainId), nonce), now);
        var cookie = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var session = new SessionRow { IdHash = HashOf(cookie), Account = verified.Account.ToString(), ExpiresAt = now + options.Value.SessionTime };
        db.Sessions.Add(session);
        await db.SaveChangesAsync(cancellationToken);
        return (session, cookie);
    }

    /// <summary>The session of a cookie; null for none, or an expired one.</summary>
    public async Task<SessionRow?> FindAsync(string? cookie, CancellationToken cancellationToken)
    {
        if (string.IsNullOrEmpty(cookie))
        {
            return null;
        }

        var (hash, now) = (HashOf(cookie), clock.GetUtcNow());
        return await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.IdHash == hash && s.ExpiresAt > now, cancellationToken);
    }

    /// <summary>Ends a session, if there is one.</summary>
    public async Task SignOutAsync(string? cookie, CancellationToken cancellationToken)
    {
        var hash = HashOf(cookie ?? "");
        await db.Sessions.Where(s => s.IdHash == hash).ExecuteDeleteAsync(cancellationToken);
    }

    private static string HashOf(string cookie) => Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(cookie)));
}

/// <summary>Delete what has expired. Sent by the schedule.</summary>
public sealed record ForgetSignIns;

/// <summary>Deletes expired nonces and sessions.</summary>
public sealed class ForgetSignInsHandler(DashboardDb db, TimeProvider clock) : IHandler<ForgetSignIns>
{
    /// <inheritdoc/>
    public async Task HandleAsync(ForgetSignIns message, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        db.Nonces.RemoveRange(await db.Nonces.Where(n => n.ExpiresAt <= now).Take(1_000).ToListAsync(cancellationToken));
        db.Sessions.RemoveRange(await db.Sessions.Where(s => s.ExpiresAt <= now).Take(1_000).ToListAsync(cancellationToken));
    }
}
