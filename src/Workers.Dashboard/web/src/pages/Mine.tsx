import { type ReactNode, useCallback, useEffect, useState } from "react";
import { type AccountDatasets, type Dataset, live, useApi } from "../api";
import { market, token } from "../contracts";
import { credits, same, title } from "../format";
import { NeedsWallet, useReady } from "../parts/AccountBar";
import { Cards } from "../parts/Card";
import { Loading } from "../parts/Feedback";
import { Requests } from "../parts/Requests";
import { useTitle } from "../parts/useTitle";
import { Link } from "../router";
import { TransactionStatus, useTransaction } from "../transaction";
import { useSelf, useWallet } from "../wallet";

function Part({ name, children }: { name: string; children: ReactNode }) {
  const id = name.toLowerCase().replaceAll(" ", "-");
  return <section aria-labelledby={id}><h2 id={id}>{name}</h2>{children}</section>;
}

const Shelf = ({ of, empty }: { of: Dataset[]; empty: string }) => (of.length ? <Cards of={of} /> : <p className="hint">{empty}</p>);

/** The account's credit, and what the market has set aside for it. */
function Money() {
  const { clients, config, account } = useWallet();
  const [money, setMoney] = useState<{ balance: bigint; setAside: bigint } | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const read = useCallback(() => {
    const client = clients().read;
    Promise.all([
      client.readContract({ address: config.marketToken, abi: token, functionName: "balanceOf", args: [account!, 0n] }),
      client.readContract({ address: config.datasetMarket, abi: market, functionName: "setAside", args: [account!] }),
    ]).then(([balance, setAside]) => setMoney({ balance: balance as bigint, setAside: setAside as bigint }), () => setProblem("The wallet's node does not answer."));
  }, [account, clients, config]);
  useEffect(read, [read]);
  const transaction = useTransaction(read);
  const withdraw = () => transaction.run([{ what: "Fetch what is set aside", on: "market", functionName: "withdraw", args: [account!] }]);
  return (
    <Part name="Credit">
      {money && <p>In your account: <strong>{credits(money.balance)}</strong>. Set aside in the market: <strong>{credits(money.setAside)}</strong>. {money.setAside > 0n && <button type="button" disabled={transaction.isBusy} onClick={withdraw}>Fetch it</button>}</p>}
      {problem && <p className="problem">{problem}</p>}
      <TransactionStatus state={transaction.state} />
    </Part>
  );
}

function Kept({ of, reload }: { of: Dataset[]; reload: () => void }) {
  const { account } = useWallet();
  const transaction = useTransaction(reload);
  const collect = (dataset: Dataset) => transaction.run([{ what: `Collect ${title(dataset)}`, on: "market", functionName: "collect", args: [BigInt(dataset.tokenId), account] }]);
  return (
    <Part name="Waiting for you">
      <p className="hint">Tokens that your account did not take when they came.</p>
      <ul className="requests">
        {of.map((dataset) => (
          <li key={dataset.tokenId}>
            <Link href={`/datasets/${dataset.tokenId}`}><bdi>{title(dataset)}</bdi></Link>{" "}
            <button type="button" disabled={transaction.isBusy || !same(account, dataset.owner)} onClick={() => collect(dataset)}>Collect</button>
          </li>
        ))}
      </ul>
      <TransactionStatus state={transaction.state} />
    </Part>
  );
}

export function Mine() {
  useTitle("My datasets");
  const self = useSelf();
  const ready = useReady();
  const mine = useApi<AccountDatasets>(self ? `accounts/${self}/datasets` : null, live);
  if (!self) {
    return <><h1>My datasets</h1><p>Connect your wallet, or sign in with it, to see what is yours.</p><NeedsWallet /></>;
  }
  return (
    <>
      <h1>My datasets</h1>
      {ready && <Money />}
      <Loading of={mine} />
      {mine.data && (
        <>
          {mine.data.kept.length > 0 && <Kept of={mine.data.kept} reload={mine.reload} />}
          <Part name="Owned"><Shelf of={mine.data.owned} empty="You own no dataset." /></Part>
          <Part name="Offered"><Shelf of={mine.data.listed} empty="You offer none. Open one that you own to offer it." /></Part>
          <Part name="Requests">{mine.data.requests.length ? <Requests of={mine.data.requests} named /> : <p className="hint">You have asked for no data.</p>}</Part>
          <Part name="Published"><Shelf of={mine.data.published} empty="You have published none." /></Part>
        </>
      )}
    </>
  );
}
