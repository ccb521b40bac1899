using Ethereum;
using Mechanisms.Mobility;
using Mechanisms.PrivacyGame.Models;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Members;
using Workers.Hosting.Transactions;

namespace Workers.Collaboration.Models;

/// <summary>The models by which this member disguises what it asks.</summary>
public sealed class MemberModels(CollaborationDb db, KeyVault vault, MainAccount account, TimeProvider clock)
{
    /// <summary>Takes a model in place of the one of its kind that is here.</summary>
    /// <param name="members">Accounts in the model's order; of one member alone, the model is for itself.</param>
    /// <param name="model">As the oracle's worker gives it out.</param>
    /// <exception cref="ModelUseException">It is none for this member, or cannot be used any more; the message says why.</exception>
    public async Task<ModelRow> TakeAsync(IReadOnlyList<Address> members, AreaTerms area, ReadOnlyMemory<byte> model, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(members);
        var group = Read(members, area, model.Span);
        if (!members.Contains(account.Address))
        {
            throw new ModelUseException($"{account.Address} is not among the model's members.");
        }

        if (group.Expires < clock.GetUtcNow())
        {
            throw new ModelUseException($"The model expired at {group.Expires:u}.");
        }

        var kind = members.Count == 1 ? ModelKind.Alone : ModelKind.Group;
        using var secret = Secret.CopyOf(model.Span);
        var (accounts, wrapped) = (string.Join(' ', members), vault.Wrap(secret, Purpose(kind)));
        if (await db.Models.FindAsync([kind], cancellationToken) is { } row)
        {
            (row.Members, row.Area, row.Model, row.Expires) = (accounts, MemberJson.Write(area), wrapped, group.Expires);
        }
        else
        {
            row = db.Models.Add(new ModelRow { Kind = kind, Members = accounts, Area = MemberJson.Write(area), Model = wrapped, Expires = group.Expires }).Entity;
        }

        await db.SaveChangesAsync(cancellationToken);
        return row;
    }

    /// <summary>Who asks what in place of this member asking about its own place.</summary>
    /// <returns>Null without a model of that kind. One that has expired disguises nothing, and nothing goes out undisguised for it.</returns>
    /// <exception cref="ModelUseException">It has expired, or the place lies outside its area.</exception>
    public async Task<GroupQuery?> DrawAsync(ModelKind kind, Position place, CancellationToken cancellationToken)
    {
        if (await db.Models.AsNoTracking().SingleOrDefaultAsync(m => m.Kind == kind, cancellationToken) is not { } row)
        {
            return null;
        }

        using var model = vault.Unwrap(row.Model, Purpose(kind));
        return Read([.. row.Members.Split(' ').Select(Address.Parse)], MemberJson.Read<AreaTerms>(row.Area), model.Reveal()).Draw(account.Address.ToString(), place, clock.GetUtcNow());
    }

    private static string Purpose(ModelKind kind) => $"privacy model/{kind}";

    private static GroupModel Read(IReadOnlyList<Address> members, AreaTerms area, ReadOnlySpan<byte> model)
    {
        try
        {
            return new GroupModel(PrivacyModelFile.Read(model), [.. members.Select(m => m.ToString())], area.ToCells());
        }
        catch (InvalidModelException e)
        {
            throw new ModelUseException(e.Message);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            throw new ModelUseException($"The area cannot be used: {e.Message}");
        }
    }
}
