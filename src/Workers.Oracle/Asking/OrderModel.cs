using System.Text.Json;
using Ethereum;
using Microsoft.EntityFrameworkCore;
using Workers.Hosting.Cryptography;
using Workers.Oracle.Requests;
using Workers.Oracle.Solving;
using Workers.Oracle.Terms;

namespace Workers.Oracle.Asking;

/// <summary>What a group asks for.</summary>
/// <param name="Game">What is to be solved, for which profiles.</param>
/// <param name="Fee">In the token's smallest unit, whole, above 0.</param>
/// <param name="Committee">n, 3 to 15.</param>
/// <param name="Threshold">m, more than half of n.</param>
/// <param name="GatherWindow">For the nodes to fetch the profiles; whole seconds, as the others.</param>
/// <param name="SolveWindow">For a solver's proposal, of each attempt.</param>
/// <param name="VoteWindow">For the votes on it.</param>
/// <param name="Validity">Of the model.</param>
public sealed record ModelOrder(GameTerms Game, decimal Fee, int Committee, int Threshold, TimeSpan GatherWindow, TimeSpan SolveWindow, TimeSpan VoteWindow, TimeSpan Validity);

/// <summary>An order that cannot be placed; the message says why.</summary>
public sealed class ModelOrderException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>Publishes the document of an order and queues the request, under a key pair of its own.</summary>
public sealed class OrderModel(OracleDb db, OracleChain chain, OracleContent content, KeyVault vault, TimeProvider clock)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1 << 23);

    /// <summary>Places an order.</summary>
    /// <param name="id">The caller's id for it: ordering the same id twice is one request.</param>
    /// <exception cref="ModelOrderException">Something about it cannot be.</exception>
    public async Task<OrderRow> RunAsync(Guid id, ModelOrder order, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(order);
        if (await db.Orders.SingleOrDefaultAsync(o => o.OrderId == id, cancellationToken) is { } ordered)
        {
            return ordered;
        }

        var document = Check(order);
        await CheckLocksAsync(order.Game, cancellationToken);
        await content.PutAsync(document, cancellationToken);
        using var pair = P256KeyPair.Generate();
        using var secret = pair.ExportPrivateKey();
        var terms = new RequestTerms(
            PublicJson.HashOf(document), pair.PublicKey.ToArray(), order.Fee, order.Committee, order.Threshold, order.GatherWindow, order.SolveWindow, order.VoteWindow, order.Validity);
        var row = db.Orders.Add(new OrderRow
        {
            OrderId = id,
            Document = document,
            Terms = JsonSerializer.Serialize(terms),
            GroupKey = Hex.ToString(pair.PublicKey),
            WrappedKey = vault.Wrap(secret, KeyPurpose(id)),
            OrderedAt = clock.GetUtcNow(),
        }).Entity;
        db.Publish(new OrderChanged(id));
        try
        {
            await db.SaveChangesAsync(cancellationToken);
            return row;
        }
        catch (DbUpdateException)
        {
            // Another call with this id came in between; its order is the one.
            db.ChangeTracker.Clear();
            return await db.Orders.SingleOrDefaultAsync(o => o.OrderId == id, cancellationToken) ?? throw new ModelOrderException("The order could not be saved. Try again.");
        }
    }

    /// <summary>What the private key of an order is wrapped for.</summary>
    internal static string KeyPurpose(Guid id) => $"group key of model order {id}";

    /// <summary>Paper 4, §4.2: nobody who is locked joins a group. Alone one may always ask.</summary>
    private async Task CheckLocksAsync(GameTerms game, CancellationToken cancellationToken)
    {
        foreach (var member in game.Members.Length == 1 ? [] : game.Members)
        {
            Require(await chain.IsAllowedAsync(Address.Parse(member.Account), cancellationToken), $"{member.Account} is locked for misconduct and can be in no group; a model for it alone can be ordered");
        }
    }

    private static byte[] Check(ModelOrder order)
    {
        if (order.Game is null)
        {
            throw new ModelOrderException("The model cannot be ordered: there is no game.");
        }

        Require(order.Fee == decimal.Truncate(order.Fee) && order.Fee > 0, "the fee is a whole number above 0");
        Require(order.Committee is >= 3 and <= 15, "a committee has 3 to 15 nodes");
        Require(order.Threshold > order.Committee / 2 && order.Threshold <= order.Committee, "the threshold is more than half of the committee");
        foreach (var window in new[] { order.GatherWindow, order.SolveWindow, order.VoteWindow, order.Validity })
        {
            Require(window >= TimeSpan.FromSeconds(1) && window < Longest && window.Ticks % TimeSpan.TicksPerSecond == 0, "the times are whole seconds, below 97 days");
        }

        try
        {
            var document = order.Game.Write();
            _ = GameTerms.Read(document);
            return document;
        }
        catch (Exception e) when (e is GameTermsException or ArgumentException)
        {
            throw new ModelOrderException($"The model cannot be ordered: {e.Message}", e);
        }
    }

    private static void Require(bool met, string otherwise)
    {
        if (!met)
        {
            throw new ModelOrderException($"The model cannot be ordered: {otherwise}.");
        }
    }
}
