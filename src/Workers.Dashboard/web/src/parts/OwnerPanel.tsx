import { type FormEvent, useEffect, useState } from "react";
import { isAddress, stringToHex } from "viem";
import type { Dataset } from "../api";
import { type Offer, offerData, saleOffer } from "../contracts";
import { credits, parseCredits, short } from "../format";
import { type DeliveryKey, keyFile, makeKey } from "../keys";
import { TransactionStatus, useTransaction } from "../transaction";
import { useWallet } from "../wallet";
import { NeedsWallet, useReady } from "./AccountBar";

const spans: Record<string, number> = { minutes: 60, hours: 3_600, days: 86_400 };

/** Reads the form, or says what is wrong with it. */
function readOffer(form: FormData): Offer | string {
  const text = (name: string) => String(form.get(name) ?? "").trim();
  const price = parseCredits(text("price"));
  if (price === null) return "The price is a number above 0 with at most 18 decimals.";
  if (form.get("kind") === "sale") {
    const unit = text("unit");
    if (!unit) return saleOffer(price);
    const hours = Number(text("rateHours"));
    if (!/^[\x21-\x7e]{1,32}$/.test(unit)) return "A unit of account is a name of at most 32 letters, digits or signs, such as EUR.";
    if (!isAddress(text("rateOf"))) return "Say whose rate counts: an account, 0x and 40 digits.";
    if (!Number.isInteger(hours) || hours < 1 || hours > 720) return "A rate counts for 1 to 720 hours.";
    return { ...saleOffer(price), unit: stringToHex(unit, { size: 32 }), rateOf: text("rateOf") as `0x${string}`, maxRateAge: hours * 3_600 };
  }
  const step = parseCredits(text("step"));
  const duration = Number(text("duration")) * (spans[text("span")] ?? 0);
  const extension = Number(text("extension")) * 60;
  if (step === null) return "The step is a number above 0 with at most 18 decimals.";
  if (!Number.isInteger(duration) || duration < 60 || duration > 90 * 86_400) return "An auction lasts 1 minute to 90 days.";
  if (!Number.isInteger(extension) || extension < 0 || extension > Math.min(duration, 86_400)) return "The extension is at most a day, and at most the duration.";
  return { ...saleOffer(price), step, duration, extension };
}

function OfferForm({ dataset, transaction }: { dataset: Dataset; transaction: ReturnType<typeof useTransaction> }) {
  const { account, config } = useWallet();
  const [kind, setKind] = useState<"sale" | "auction">("sale");
  const [problem, setProblem] = useState<string | null>(null);
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const offer = readOffer(new FormData(e.currentTarget));
    setProblem(typeof offer === "string" ? offer : null);
    if (typeof offer === "string") return;
    // The token goes to the market with the offer as the transfer's data: no approval, which would cover everything that the account has.
    void transaction.run([{
      what: offer.duration ? `Offer in an auction from ${credits(offer.price)}` : "Offer for sale", on: "token", functionName: "safeTransferFrom",
      args: [account, config.datasetMarket, BigInt(dataset.tokenId), 1n, offerData(offer)],
    }]);
  };
  return (
    <form onSubmit={submit} noValidate>
      <fieldset>
        <legend>Offer it</legend>
        <label className="choice"><input type="radio" name="kind" value="sale" checked={kind === "sale"} onChange={() => setKind("sale")} /> at a price</label>
        <label className="choice"><input type="radio" name="kind" value="auction" checked={kind === "auction"} onChange={() => setKind("auction")} /> in an auction</label>
      </fieldset>
      <label>{kind === "sale" ? "Price in credits, or in the unit below" : "Reserve in credits: the first bid reaches it"}<input name="price" inputMode="decimal" autoComplete="off" /></label>
      {kind === "auction" && (
        <>
          <label>Step in credits: by how much a bid exceeds the highest<input name="step" inputMode="decimal" defaultValue="1" autoComplete="off" /></label>
          <div className="pair">
            <label>Duration<input name="duration" inputMode="numeric" defaultValue="3" /></label>
            <label>Unit<select name="span" defaultValue="days">{Object.keys(spans).map((name) => <option key={name}>{name}</option>)}</select></label>
          </div>
          <label>Minutes that remain at least after a bid<input name="extension" inputMode="numeric" defaultValue="10" /></label>
        </>
      )}
      {kind === "sale" && (
        <details>
          <summary>Price in a unit of account</summary>
          <p className="hint">The price follows a rate that somebody publishes on chain. You trust that account: it can sell your token for nothing.</p>
          <label>Unit, such as EUR<input name="unit" autoComplete="off" /></label>
          <label>Account whose rate counts<input name="rateOf" autoComplete="off" spellCheck={false} /></label>
          <label>Hours that a rate counts<input name="rateHours" inputMode="numeric" defaultValue="24" /></label>
        </details>
      )}
      {problem && <p className="problem" role="alert">{problem}</p>}
      <button type="submit" className="primary" disabled={transaction.isBusy}>Offer</button>
    </form>
  );
}

/** The key is made, kept and offered as a file before anything is asked for under it. */
function RequestData({ dataset, transaction }: { dataset: Dataset; transaction: ReturnType<typeof useTransaction> }) {
  const [key, setKey] = useState<DeliveryKey | null>(null);
  const [file, setFile] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => () => { if (file) URL.revokeObjectURL(file); }, [file]);
  const make = async () => {
    setProblem(null);
    try {
      const made = await makeKey(dataset.tokenId);
      setFile(URL.createObjectURL(await keyFile(made)));
      setKey(made);
    } catch (e) {
      setProblem((e as Error).message);
    }
  };
  const ask = async () => {
    if (await transaction.run([{ what: "Ask for the data", on: "market", functionName: "requestData", args: [BigInt(dataset.tokenId), key!.publicKey] }])) setKey(null);
  };
  return (
    <div className="request">
      <h3>Get the data</h3>
      <p>The publisher seals the data to a key that is made here. Only this browser has it, and the file that you save.</p>
      {!key && <button type="button" disabled={transaction.isBusy} onClick={make}>Make a key</button>}
      {key && file && (
        <>
          <p>Key <code title={key.publicKey}>{short(key.publicKey)}</code> is kept in this browser. <a href={file} download={`market-key-${key.publicKey.slice(4, 12)}.json`}>Save it as a file</a>: without it the data cannot be opened elsewhere, nor after this browser's data were cleared.</p>
          <button type="button" className="primary" disabled={transaction.isBusy} onClick={ask}>Ask for the data</button>
        </>
      )}
      {problem && <p className="problem" role="alert">{problem}</p>}
    </div>
  );
}

/** What an owner can do with a dataset that is not offered. */
export function OwnerPanel({ dataset, reload }: { dataset: Dataset; reload: () => void }) {
  const ready = useReady();
  const { account } = useWallet();
  const transaction = useTransaction(reload);
  return (
    <section className="panel" aria-labelledby="yours">
      <h2 id="yours">This dataset is yours</h2>
      {ready ? (
        <>
          <RequestData key={account} dataset={dataset} transaction={transaction} />
          <OfferForm dataset={dataset} transaction={transaction} />
        </>
      ) : <NeedsWallet />}
      <TransactionStatus state={transaction.state} />
    </section>
  );
}
