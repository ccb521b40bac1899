import { type FormEvent, useEffect, useState } from "react";
import type { Dataset } from "../api";
import { offerData } from "../contracts";
import { credits, short } from "../format";
import { type DeliveryKey, keyFile, makeKey } from "../keys";
import { TransactionStatus, useTransaction } from "../transaction";
import { useWallet } from "../wallet";
import { NeedsWallet, useReady } from "./AccountBar";
import { OfferFields, readOffer } from "./OfferFields";

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
      <OfferFields kind={kind} />
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
