import { isAddress, stringToHex } from "viem";
import { type Offer, saleOffer } from "../contracts";
import { parseCredits } from "../format";

const spans: Record<string, number> = { minutes: 60, hours: 3_600, days: 86_400 };

/** Reads a form with these fields and a choice `kind`, or says what is wrong with it. */
export function readOffer(form: FormData): Offer | string {
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

/** What an offer at a price, or in an auction, asks for. */
export function OfferFields({ kind }: { kind: "sale" | "auction" }) {
  return (
    <>
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
    </>
  );
}
