import type { Fact } from "../api";
import { credits, decimal, moment, short, unitName } from "../format";
import { Link } from "../router";
import { useWallet } from "../wallet";
import { Account } from "./Account";

const kinds: Record<string, string> = {
  Published: "published", Transferred: "gave it", Listed: "offered", BidPlaced: "bid", Sold: "bought", Unlisted: "took back unsold",
  TokenKept: "did not take its token", TokenCollected: "collected", RateSet: "set a rate", DataRequested: "asked for the data", DataDelivered: "got the data",
};

const amount = (fact: Fact): string =>
  fact.amount === null ? ""
  : fact.kind === "RateSet" ? `1 ${unitName(fact.unit!)} = ${credits(fact.amount)}`
  : fact.unit ? `${decimal(fact.amount)} ${unitName(fact.unit)}`
  : credits(fact.amount);

/** Facts, newest first, each with its block and its transaction. */
export function HistoryTable({ facts, named }: { facts: Fact[]; named: boolean }) {
  const { config } = useWallet();
  const link = (kind: string, of: string | number, text: string) =>
    config.explorer ? <a href={`${config.explorer}/${kind}/${of}`}>{text}</a> : kind === "tx" ? <code title={String(of)}>{text}</code> : <>{text}</>;
  return (
    <table>
      <thead>
        <tr><th scope="col">When</th>{named && <th scope="col">Dataset</th>}<th scope="col">Who</th><th scope="col">What</th><th scope="col" className="number">Amount</th><th scope="col">Block, transaction</th></tr>
      </thead>
      <tbody>
        {facts.map((fact, i) => (
          <tr key={`${fact.transactionHash}/${fact.kind}/${i}`}>
            <td data-label="When"><time dateTime={fact.at}>{moment(fact.at)}</time></td>
            {named && <td data-label="Dataset">{fact.tokenId && <Link href={`/datasets/${fact.tokenId}`}><bdi>{fact.name ?? short(fact.tokenId)}</bdi></Link>}</td>}
            <td data-label="Who"><Account of={fact.account} /></td>
            <td data-label="What">{kinds[fact.kind] ?? fact.kind}{fact.other && <> {fact.kind === "Sold" ? "from" : "to"} <Account of={fact.other} /></>}</td>
            <td data-label="Amount" className="number">{amount(fact)}</td>
            <td data-label="Block">{link("block", fact.blockNumber, String(fact.blockNumber))}, {link("tx", fact.transactionHash, short(fact.transactionHash))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
