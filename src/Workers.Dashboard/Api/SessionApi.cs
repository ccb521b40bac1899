using System.Text.Json;
using Ethereum;
using Ethereum.SignIn;
using Microsoft.AspNetCore.Mvc;
using Workers.Dashboard.Accounts;
using Workers.Dashboard.Publishing;

namespace Workers.Dashboard.Api;

/// <summary>Sign-In with Ethereum (EIP-4361) over HTTP.</summary>
internal static class SessionApi
{
    private const string Cookie = SessionCookie.Name;
    private const int MaxBody = 16 * 1024;

    public static void Map(IEndpointRouteBuilder api)
    {
        var session = api.MapGroup("/session").WithTags("Signing in");
        session.MapGet("/", CurrentAsync).WithSummary("Who is signed in; account is null for nobody");
        session.MapPost("/nonce", NonceAsync).RequireSameSite().WithMetadata(new RequestSizeLimitAttribute(MaxBody)).WithSummary("A nonce for one sign-in within five minutes");
        session.MapPost("/", SignInAsync).RequireSameSite().WithMetadata(new RequestSizeLimitAttribute(MaxBody))
            .WithSummary("Sign in with {message: EIP-4361 text, signature: 0x hex}; the answer sets the session's cookie");
        session.MapDelete("/", SignOutAsync).RequireSameSite().WithSummary("Sign out");
    }

    private static async Task<SessionView> CurrentAsync(HttpContext http, SignIns signIns, PublishingWorker worker, CancellationToken cancellationToken)
    {
        http.Response.Headers.CacheControl = "no-store";
        var session = await signIns.FindAsync(http.Request.Cookies[Cookie], cancellationToken);
        return ViewOf(session, worker);
    }

    private static async Task<IResult> NonceAsync(SignIns signIns, CancellationToken cancellationToken) =>
        await signIns.IssueAsync(cancellationToken) is { } nonce
            ? Results.Ok(new { nonce.Nonce, nonce.ExpiresAt })
            : Results.Problem("Too many people are signing in. Try again in some minutes.", statusCode: StatusCodes.Status503ServiceUnavailable);

    private static async Task<IResult> SignInAsync(HttpContext http, SignIns signIns, PublishingWorker worker, CancellationToken cancellationToken)
    {
        try
        {
            var answer = await http.Request.ReadFromJsonAsync<SignedMessage>(cancellationToken);
            if (answer is not { Message: { } message, Signature: { } signature })
            {
                return Results.Problem("The body has to be {\"message\": …, \"signature\": …}.", statusCode: StatusCodes.Status400BadRequest);
            }

            var site = SameSite.Of(http)!;
            var (session, cookie) = await signIns.SignInAsync(message, Hex.Parse(signature), site.Domain, cancellationToken);
            http.Response.Cookies.Append(Cookie, cookie, Options(site, session.ExpiresAt));
            return Results.Ok(ViewOf(session, worker));
        }
        catch (SignInException e)
        {
            return Results.Problem(e.Message, statusCode: StatusCodes.Status401Unauthorized);
        }
        catch (Exception e) when (e is JsonException or FormatException)
        {
            return Results.Problem("The body is no JSON, or the signature no 0x hex.", statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static async Task<IResult> SignOutAsync(HttpContext http, SignIns signIns, CancellationToken cancellationToken)
    {
        await signIns.SignOutAsync(http.Request.Cookies[Cookie], cancellationToken);
        http.Response.Cookies.Delete(Cookie, Options(SameSite.Of(http)!, expiresAt: null));
        return Results.NoContent();
    }

    private static SessionView ViewOf(SessionRow? session, PublishingWorker worker) =>
        new(session?.Account, session?.ExpiresAt, session is not null && worker.MayPublish(session.Account));

    private static CookieOptions Options(SiteOrigin site, DateTimeOffset? expiresAt) =>
        new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = site.Scheme == "https", Path = "/", Expires = expiresAt, IsEssential = true };

    /// <summary>A message and who signed it.</summary>
    /// <param name="Message">EIP-4361.</param>
    /// <param name="Signature">EIP-191, 0x hex of 65 bytes.</param>
    public sealed record SignedMessage(string? Message, string? Signature);

    /// <summary>Who is signed in.</summary>
    /// <param name="MayPublish">Whether it publishes for this house.</param>
    public sealed record SessionView(string? Account, DateTimeOffset? ExpiresAt, bool MayPublish);
}
