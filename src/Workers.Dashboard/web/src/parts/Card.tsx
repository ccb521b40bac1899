import type { Dataset, Listing } from "../api";
import { count, credits, price, size, span, title } from "../format";
import { useChainTime } from "../head";
import { Link } from "../router";

const states = { Held: "Not for sale", Sale: "For sale", Auction: "Auction", Kept: "Not for sale" };

export function Remaining({ listing }: { listing: Listing }) {
  const now = useChainTime(listing.status === "Auction");
  if (!listing.endsAt) return null;
  const left = new Date(listing.endsAt).getTime() - now;
  return left > 0 ? <>{span(left)} left</> : <>over, to be settled</>;
}

function Cost({ listing }: { listing: Listing }) {
  if (listing.status === "Auction") {
    return (
      <p className="cost">
        <strong>{credits(listing.bid ?? listing.price)}</strong> <span>{listing.bid ? `highest of ${listing.bids} ${listing.bids === 1 ? "bid" : "bids"}` : "reserve, no bid yet"}, <Remaining listing={listing} /></span>
      </p>
    );
  }
  return (
    <p className="cost">
      <strong>{price(listing)}</strong> {listing.unit && <span>{listing.credits ? `${credits(listing.credits)} now` : "waits for a rate"}</span>}
    </p>
  );
}

/** A dataset among others. */
export function Card({ dataset }: { dataset: Dataset }) {
  return (
    <li className="card">
      <h3><Link href={`/datasets/${dataset.tokenId}`}><bdi>{title(dataset)}</bdi></Link></h3>
      <p className="facts">
        {dataset.format ? <>{dataset.format}, {count(dataset.units!)} {dataset.units === 1 ? "unit" : "units"}, {size(dataset.bytes!)}</>
          : dataset.metadata === "Awaited" ? "Its description is on its way." : "It has no readable description."}
      </p>
      {dataset.tags.length > 0 && <ul className="tags" aria-label="Tags">{dataset.tags.slice(0, 5).map((tag, i) => <li key={i} className="tag"><bdi>{tag}</bdi></li>)}</ul>}
      <p className={`state ${dataset.status.toLowerCase()}`}>{states[dataset.status]}</p>
      {dataset.listing && <Cost listing={dataset.listing} />}
    </li>
  );
}

export const Cards = ({ of }: { of: Dataset[] }) => <ul className="cards">{of.map((dataset) => <Card key={dataset.tokenId} dataset={dataset} />)}</ul>;
