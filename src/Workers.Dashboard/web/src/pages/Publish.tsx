import { type FormEvent, useState } from "react";
import { append, describe, type Publication, send, useApi } from "../api";
import type { Offer } from "../contracts";
import { size } from "../format";
import { Loading } from "../parts/Feedback";
import { OfferFields, readOffer } from "../parts/OfferFields";
import { useTitle } from "../parts/useTitle";
import { Link } from "../router";
import { useWallet } from "../wallet";

const piece = 4 << 20;
const underWay = (p: Publication) => p.state === "Mixing" || p.state === "Mixed" || p.state === "Uploaded";
const steps = { Draft: "not published", Mixing: "is mixed with decoys and sealed", Mixed: "is uploaded to IPFS", Uploaded: "its token is on its way to the chain", Published: "published", Failed: "failed" };

/** As the worker takes it: amounts are whole numbers, which may be too long for JavaScript's own. */
const offerJson = (offer: Offer): string =>
  `{"price":${offer.price},"step":${offer.step},"maxRateAge":${offer.maxRateAge},"duration":${offer.duration},"extension":${offer.extension}${offer.maxRateAge ? `,"unit":"${offer.unit}","rateOf":"${offer.rateOf}"` : ""}}`;

/** Sends a file from where the last attempt stopped. A piece that breaks off is sent again, three times at most. */
async function upload(id: string, file: File, from: number, tell: (sent: number) => void) {
  let failures = 0;
  for (let at = from; at < file.size; tell(at)) {
    try {
      at = await append(id, at, file.slice(at, at + piece));
      failures = 0;
    } catch (e) {
      if (++failures > 3) throw e;
      await new Promise((resolve) => setTimeout(resolve, 1000 * failures));
    }
  }
}

const Bar = ({ label, done, total }: { label: string; done: number; total: number }) => (
  <p><label>{label} <progress value={done} max={Math.max(total, 1)} /> {size(done)} of {size(total)}</label></p>
);

function Form({ done }: { done: () => void }) {
  const [kind, setKind] = useState<"none" | "sale" | "auction">("none");
  const [format, setFormat] = useState("csv");
  const [problem, setProblem] = useState<string | null>(null);
  const [sent, setSent] = useState<{ done: number; total: number } | null>(null);
  const [id, setId] = useState<string>(() => crypto.randomUUID());
  const submit = async (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault();
    const element = e.currentTarget;
    const form = new FormData(element);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const file = form.get("file") as File;
    const offer = kind === "none" ? null : readOffer(form);
    if (!text("name")) return setProblem("A dataset needs a name.");
    if (!file?.size) return setProblem("Choose the file to publish; an empty one is no dataset.");
    if (typeof offer === "string") return setProblem(offer);
    setProblem(null);
    setSent({ done: 0, total: file.size });
    try {
      const draft = JSON.stringify({
        name: text("name"), description: text("description") || null, format, file: file.name, blockSize: Number(text("blockSize") || 4096),
        tags: text("tags").split(",").map((tag) => tag.trim()).filter(Boolean),
      });
      const { uploaded } = await describe(id, offer ? `${draft.slice(0, -1)},"offer":${offerJson(offer)}}` : draft);
      await upload(id, file, uploaded, (bytes) => setSent({ done: bytes, total: file.size }));
      await send("POST", `publishing/${id}/publish`);
      element.reset();
      setKind("none");
      setId(crypto.randomUUID());
    } catch (error) {
      setProblem(`${(error as Error).message} What has arrived stays: publish again to go on.`);
    }
    setSent(null);
    done();
  };
  return (
    <form className="panel" onSubmit={submit} noValidate>
      <label>Name<input name="name" maxLength={120} autoComplete="off" /></label>
      <label>Description<textarea name="description" maxLength={4000} rows={3} /></label>
      <label>Tags, with commas between them<input name="tags" autoComplete="off" /></label>
      <label>File<input name="file" type="file" /></label>
      <label>
        What one unit of it is
        <select name="format" value={format} onChange={(e) => setFormat(e.target.value)}>
          <option value="csv">a record of a CSV file</option>
          <option value="lines">a line of text</option>
          <option value="blocks">a block of bytes</option>
        </select>
      </label>
      {format === "blocks" && <label>Bytes of a block<input name="blockSize" inputMode="numeric" defaultValue="4096" /></label>}
      <fieldset>
        <legend>Offer it</legend>
        {(["none", "sale", "auction"] as const).map((value) => (
          <label key={value} className="choice"><input type="radio" name="kind" value={value} checked={kind === value} onChange={() => setKind(value)} /> {{ none: "not now", sale: "at a price", auction: "in an auction" }[value]}</label>
        ))}
      </fieldset>
      {kind !== "none" && <OfferFields kind={kind} />}
      {problem && <p className="problem" role="alert">{problem}</p>}
      {sent && <Bar label="Uploading" {...sent} />}
      <button type="submit" className="primary" disabled={sent !== null}>Publish</button>
    </form>
  );
}

function Progress({ of, reload }: { of: Publication; reload: () => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const act = (what: () => Promise<unknown>) => what().then(reload, (e: Error) => setProblem(e.message));
  return (
    <li>
      <strong><bdi>{of.name}</bdi></strong> <span className="hint"><bdi>{of.file}</bdi></span>: {of.tokenId && of.state === "Published" ? <Link href={`/datasets/${of.tokenId}`}>published</Link> : steps[of.state]}
      {underWay(of) && of.total !== null && <Bar label={of.state === "Mixing" ? "Mixing" : "Uploading to IPFS"} done={of.done ?? 0} total={of.total} />}
      {of.problem && <p className="problem" role="alert">{of.problem}</p>}
      {of.state === "Failed" && <button type="button" onClick={() => act(() => send("POST", `publishing/${of.id}/publish`))}>Try again</button>}{" "}
      {(of.state === "Failed" || of.state === "Draft") && <button type="button" onClick={() => act(() => send("DELETE", `publishing/${of.id}`))}>Drop it</button>}
      {problem && <p className="problem" role="alert">{problem}</p>}
    </li>
  );
}

/** For who publishes for this house. */
export function Publish() {
  useTitle("Publish");
  const { mayPublish } = useWallet();
  const all = useApi<Publication[]>(mayPublish ? "publishing" : null, 1_000);
  const { reload } = all;
  if (!mayPublish) return <><h1>Publish</h1><p>Sign in with an account that publishes for this house.</p></>;
  return (
    <>
      <h1>Publish a dataset</h1>
      <p className="hint">Its units are mixed with decoys and sealed on the house's own machine; everybody sees its name, description, tags, size and format. The token belongs to the house.</p>
      <Form done={reload} />
      <section aria-labelledby="publications">
        <h2 id="publications">Datasets of this house</h2>
        <Loading of={all} />
        {all.data && (all.data.length ? <ul className="requests">{[...all.data].reverse().map((p) => <Progress key={p.id} of={p} reload={reload} />)}</ul> : <p className="hint">None yet.</p>)}
      </section>
    </>
  );
}
