using Ethereum;
using Ethereum.Contracts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Workers.Encryption.Market;
using Workers.Encryption.Sealing;
using Workers.Hosting.Cryptography;
using Workers.Hosting.Messaging;

namespace Workers.Encryption.Selling;

/// <summary>The owner's part of a trade: judge the request, answer or decline once it is final, take the payment from a silent buyer.</summary>
public sealed class SellHandler(
    EncryptionDb db,
    TradeChain chain,
    KeyVault vault,
    IOptions<SellingOptions> options,
    TimeProvider clock) : IHandler<TradeChanged>
{
    /// <inheritdoc/>
    public async Task HandleAsync(TradeChanged message, CancellationToken cancellationToken)
    {
        var trade = await db.Trades.FindAsync([message.TradeId], cancellationToken);
        if (trade is not { IsOpen: true } || !await db.Pseudonyms.AnyAsync(p => p.Address == trade.Owner, cancellationToken))
        {
            return;
        }

        var period = await db.Periods.SingleOrDefaultAsync(p => p.SealId == trade.SealId, cancellationToken);
        var sale = await JudgeAsync(trade, period, cancellationToken);
        var isFinal = await chain.IsFinalAsync(trade.BlockNumber, trade.BlockHash, cancellationToken);
        var chainTime = await chain.TimeAsync(cancellationToken);
        switch (SalePolicy.Next(trade, sale, isFinal, chainTime, options.Value.AnswerMargin))
        {
            case SaleStep.Answer when await ShareAsync(trade, cancellationToken) is var share && share < options.Value.MinimumOwnerShare:
                (sale.Decision, sale.Reason) = (SaleDecision.Declined, $"α is {share} basis points in this trade, below the minimum {options.Value.MinimumOwnerShare}");
                db.Publish(new TradeChanged(trade.TradeId));
                break;
            case SaleStep.Answer:
                await AnswerAsync(trade, sale, period!, cancellationToken);
                break;
            case SaleStep.Decline:
                if (sale.Decision != SaleDecision.Declined)
                {
                    (sale.Decision, sale.Reason) = (SaleDecision.Declined, "no time was left for an answer, so the price goes back");
                }

                await SubmitAsync(trade, "decline", new DataTrades.CancelCall(trade.TradeId).Encode(), cancellationToken);
                break;
            case SaleStep.Settle:
                await SubmitAsync(trade, "settle", new DataTrades.SettleCall(trade.TradeId).Encode(), cancellationToken);
                break;
            case SaleStep.Wait or SaleStep.AskPerson:
                break;
        }
    }

    private async Task<SaleRow> JudgeAsync(TradeRow trade, PeriodRow? period, CancellationToken cancellationToken)
    {
        var sale = await db.Sales.FindAsync([trade.TradeId], cancellationToken);
        if (sale is null)
        {
            sale = new SaleRow { TradeId = trade.TradeId, RequestBlockHash = trade.BlockHash };
            db.Sales.Add(sale);
        }

        var isAnotherRequest = trade.Status == TradeStatus.Requested && sale.RequestBlockHash != trade.BlockHash && sale.AnsweredAt is null;
        if (sale.Decision == SaleDecision.Undecided || isAnotherRequest)
        {
            var verdict = SalePolicy.Judge(trade, period?.Tag, IsPoint(trade.PublicKey), options.Value);
            (sale.RequestBlockHash, sale.Decision, sale.Reason) = (trade.BlockHash, verdict.Decision, verdict.Reason);
        }

        return sale;
    }

    private async Task AnswerAsync(TradeRow trade, SaleRow sale, PeriodRow period, CancellationToken cancellationToken)
    {
        using var key = vault.Unwrap(period.WrappedKey, PeriodKey.Purpose(period));
        var answer = TradeAnswer.Seal(trade.PublicKey, key, chain.Reference(trade.TradeId));
        var cid = ContentStore.Cid.Parse(period.Cid!).ToArray();
        await SubmitAsync(trade, "respond", new DataTrades.RespondCall(trade.TradeId, answer, cid).Encode(), cancellationToken);
        sale.AnsweredAt = clock.GetUtcNow();
    }

    /// <summary>α of this trade: the terms of its request, which no event repeats.</summary>
    private async Task<int> ShareAsync(TradeRow trade, CancellationToken cancellationToken) =>
        (await chain.ReadAsync(chain.Contract, new DataTrades.TradeCall(trade.TradeId), cancellationToken)).OwnerShare;

    private Task<bool> SubmitAsync(TradeRow trade, string step, byte[] data, CancellationToken cancellationToken) =>
        db.SubmitAsync($"trade/{trade.TradeId}/{trade.BlockHash}/{step}", Address.Parse(trade.Owner), chain.Contract, data, cancellationToken);

    private static bool IsPoint(byte[] publicKey)
    {
        try
        {
            P256KeyPair.CheckPublicKey(publicKey);
            return true;
        }
        catch (HpkeException)
        {
            return false;
        }
    }
}
