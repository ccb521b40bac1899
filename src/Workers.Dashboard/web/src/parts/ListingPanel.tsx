import { type FormEvent, useState } from "react";
import type { Dataset, Listing } from "../api";
import { market, token } from "../contracts";
import { credits, parseCredits, price, same } from "../format";
import { useChainTime } from "../head";
import { type Call, TransactionStatus, useTransaction } from "../transaction";
import { useWallet } from "../wallet";
import { Account } from "./Account";
import { NeedsWallet, useReady } from "./AccountBar";
import { Remaining } from "./Card";

/** Leave for the market to take exactly what is missing. */
const approval = (amount: bigint, spender: string): Call => ({ what: `Allow the market to take ${credits(amount)}`, on: "token", functionName: "approve", args: [spender, amount] });

/** Reads what a payment needs, and makes the calls. */
function usePayment() {
  const { clients, config, account } = useWallet();
  return async (amount: bigint, call: Call, fromSetAside: boolean): Promise<Call[]> => {
    const { read } = clients();
    const setAside = fromSetAside ? ((await read.readContract({ address: config.datasetMarket, abi: market, functionName: "setAside", args: [account] })) as bigint) : 0n;
    const needed = amount > setAside ? amount - setAside : 0n;
    const allowed = (await read.readContract({ address: config.marketToken, abi: token, functionName: "allowance", args: [account, config.datasetMarket] })) as bigint;
    return allowed >= needed ? [call] : [approval(needed, config.datasetMarket), call];
  };
}

function Buy({ listing, transaction }: { listing: Listing; transaction: ReturnType<typeof useTransaction> }) {
  const payment = usePayment();
  const [problem, setProblem] = useState<string | null>(null);
  const cost = listing.credits === null ? null : BigInt(listing.credits);
  const buy = async () => {
    setProblem(null);
    try {
      // The price that is shown is the most that is paid, whatever the rate does meanwhile.
      await transaction.run(await payment(cost!, { what: `Buy for ${credits(cost!)}`, on: "market", functionName: "buy", args: [BigInt(listing.listingId), BigInt(listing.tokenId), cost!] }, false));
    } catch (e) {
      setProblem((e as Error).message);
    }
  };
  return (
    <>
      {cost === null ? <p className="problem">The rate that this price needs is missing or too old. It cannot be bought now.</p>
        : <p><button type="button" className="primary" disabled={transaction.isBusy} onClick={buy}>Buy for {credits(cost)}</button></p>}
      {problem && <p className="problem" role="alert">{problem}</p>}
    </>
  );
}

function Bid({ listing, transaction }: { listing: Listing; transaction: ReturnType<typeof useTransaction> }) {
  const payment = usePayment();
  const minimum = BigInt(listing.credits!);
  const [text, setText] = useState("");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = async (e: FormEvent) => {
    e.preventDefault();
    const amount = parseCredits(text);
    if (amount === null || amount < minimum) {
      setProblem(`A bid is a number of credits, at least ${credits(minimum)}.`);
      return;
    }
    setProblem(null);
    try {
      const call: Call = { what: `Bid ${credits(amount)}`, on: "market", functionName: "bid", args: [BigInt(listing.listingId), BigInt(listing.tokenId), amount] };
      if (await transaction.run(await payment(amount, call, true))) setText("");
    } catch (error) {
      setProblem((error as Error).message);
    }
  };
  return (
    <form onSubmit={submit} noValidate>
      <label>
        Your bid in credits
        <input name="bid" inputMode="decimal" autoComplete="off" value={text} aria-describedby="bid-minimum" aria-invalid={problem !== null} onChange={(e) => setText(e.target.value)} />
      </label>
      <p id="bid-minimum" className="hint">At least {credits(minimum)}. It waits in escrow; if somebody bids more it is set aside for you.</p>
      {problem && <p className="problem" role="alert">{problem}</p>}
      <button type="submit" className="primary" disabled={transaction.isBusy}>Bid</button>
    </form>
  );
}

function Auction({ listing, mine, ready, transaction }: { listing: Listing; mine: boolean; ready: boolean; transaction: ReturnType<typeof useTransaction> }) {
  const over = useChainTime(true) > new Date(listing.endsAt!).getTime();
  const settle = () => transaction.run([{ what: "Settle the auction", on: "market", functionName: "settle", args: [BigInt(listing.listingId)] }]);
  return (
    <>
      <dl>
        <dt>{listing.bid ? "Highest bid" : "Reserve"}</dt>
        <dd><strong>{credits(listing.bid ?? listing.price)}</strong>{listing.bidder && <> by <Account of={listing.bidder} /></>}</dd>
        <dt>Bids</dt><dd>{listing.bids}</dd>
        <dt>Ends</dt><dd><Remaining listing={listing} /></dd>
      </dl>
      {over && <p>{listing.bid ? "The token goes to the highest bidder and the bid to the seller" : "The token goes back to its seller"} once somebody settles the auction; anybody can.</p>}
      {ready && over && <p><button type="button" className="primary" disabled={transaction.isBusy} onClick={settle}>Settle the auction</button></p>}
      {ready && !over && !mine && <Bid listing={listing} transaction={transaction} />}
    </>
  );
}

/** An offer, with what can be done about it. */
export function ListingPanel({ dataset, reload }: { dataset: Dataset; reload: () => void }) {
  const { account } = useWallet();
  const ready = useReady();
  const transaction = useTransaction(reload);
  const listing = dataset.listing;
  const open = listing && (listing.status === "Sale" || listing.status === "Auction") ? listing : null;

  const mine = same(account, open?.seller);
  const cancel = () => transaction.run([{ what: "Take the offer back", on: "market", functionName: "cancel", args: [BigInt(open!.listingId)] }]);
  if (!open && transaction.state.step === "idle") {
    return dataset.status === "Kept" ? <section className="panel"><p>The token waits in the market for its owner, who did not take it.</p></section> : null;
  }
  return (
    <section className="panel" aria-labelledby="offer">
      <h2 id="offer">{open ? (open.status === "Sale" ? "For sale" : "Auction") : "Offer"}</h2>
      {open?.status === "Sale" && <p className="cost"><strong>{price(open)}</strong>{open.unit && open.credits && <> = {credits(open.credits)} now</>}</p>}
      {open && <p>Offered by <Account of={open.seller} />.</p>}
      {open?.status === "Auction" && <Auction listing={open} mine={mine} ready={ready} transaction={transaction} />}
      {open && ready && open.status === "Sale" && !mine && <Buy listing={open} transaction={transaction} />}
      {open && ready && mine && !open.bid && <p><button type="button" disabled={transaction.isBusy} onClick={cancel}>Take the offer back</button></p>}
      {open && !ready && <NeedsWallet />}
      <TransactionStatus state={transaction.state} />
    </section>
  );
}
