using Ethereum;
using Ethereum.Contracts;
using Ethereum.Transactions;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;
using Workers.Penalties.Attesting;

namespace Workers.Penalties.Api;

/// <summary>The operator vouches for who is one person.</summary>
internal static class AdmissionsApi
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admissions", async (PenaltiesDb db, CancellationToken ct) =>
            (await db.Admissions.AsNoTracking().OrderByDescending(a => a.At).Take(1_000).ToListAsync(ct)).Select(a => new { Member = a.Member.ToString(), Subject = a.Subject.ToString(), a.At }))
            .WithTags("Admissions").WithSummary("The accounts that this house vouched for");
        api.MapPost("/admissions", AdmitAsync)
            .WithTags("Admissions").WithSummary("This house's signature that an account belongs to a person; with those of other attestors it is a member's admission");
    }

    internal sealed record Admission(string Member, string Subject, bool Moves = false);

    private static async Task<IResult> AdmitAsync(Admission admission, PenaltiesDb db, ConductChain chain, MainAccount account, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (!Address.TryParse(admission.Member, null, out var member) || member.IsZero || !Hash32.TryParse(admission.Subject, null, out var subject) || subject.ToArray().AsSpan(0, 12).IndexOfAnyExcept((byte)0) < 0)
        {
            return Refuse(StatusCodes.Status400BadRequest, "The member is an account; the subject 32 bytes as 0x and 64 hexadecimal digits that say who it is, and no account's own.");
        }

        var (accounts, _, _) = await chain.ReadAsync(chain.Contract, new Conduct.AttestorsCall(), cancellationToken);
        if (!accounts.Contains(account.Address))
        {
            return Refuse(StatusCodes.Status409Conflict, $"{account.Address} is no attestor of this market, so its signature admits nobody.");
        }

        var known = (await chain.MemberAsync(member, cancellationToken)).Subject;
        var own = await db.Admissions.FindAsync([member], cancellationToken);
        if ((!known.IsZero && known != subject) || (own is not null && own.Subject != subject))
        {
            return Refuse(StatusCodes.Status409Conflict, $"{member} belongs to another person, and an account does so for ever.");
        }

        if (!admission.Moves && await OtherAsync(member, subject, db, chain, cancellationToken) is { } other)
        {
            return Refuse(StatusCodes.Status409Conflict, $"This person is a member with {other}, which would leave when {member} joins. If the person moves, ask again with moves: true.");
        }

        if (own is null)
        {
            db.Admissions.Add(new AdmissionRow { Member = member, Subject = subject, At = clock.GetUtcNow() });
            await db.SaveChangesAsync(cancellationToken);
        }

        var signature = await account.Signer.SignTypedDataAsync(Statements.Admission(chain.Market, member, subject), cancellationToken);
        return Results.Ok(new { Member = member.ToString(), Subject = subject.ToString(), Attestor = account.Address.ToString(), Signature = Hex.ToString(PersonalMessage.ToBytes(signature)) });
    }

    /// <summary>Another account of the person that this house admitted and that is a member now.</summary>
    private static async Task<Address?> OtherAsync(Address member, Hash32 subject, PenaltiesDb db, ConductChain chain, CancellationToken cancellationToken)
    {
        foreach (var other in await db.Admissions.AsNoTracking().Where(a => a.Subject == subject && a.Member != member).Select(a => a.Member).ToListAsync(cancellationToken))
        {
            if ((await chain.MemberAsync(other, cancellationToken)).Active)
            {
                return other;
            }
        }

        return null;
    }

    private static IResult Refuse(int status, string sentence) => Results.Problem(sentence, statusCode: status);
}
