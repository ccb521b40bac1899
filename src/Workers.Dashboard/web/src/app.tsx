import { useEffect, useRef } from "react";
import { type Config, useApi } from "./api";
import { HeadProvider } from "./head";
import { AccountBar } from "./parts/AccountBar";
import { Problem } from "./parts/Feedback";
import { Browse } from "./pages/Browse";
import { DatasetPage } from "./pages/DatasetPage";
import { History } from "./pages/History";
import { Mine } from "./pages/Mine";
import { Participants } from "./pages/Participants";
import { Publish } from "./pages/Publish";
import { Link, useAddress } from "./router";
import { useWallet, WalletProvider } from "./wallet";

const sections = [
  ["/", "Browse"],
  ["/mine", "My datasets"],
  ["/participants", "Participants"],
  ["/history", "History"],
] as const;

function Page({ path }: { path: string }) {
  const dataset = /^\/datasets\/(0x[0-9a-fA-F]{64})$/.exec(path)?.[1];
  if (dataset) return <DatasetPage key={dataset} tokenId={dataset.toLowerCase()} />;
  switch (path) {
    case "/": return <Browse />;
    case "/mine": return <Mine />;
    case "/participants": return <Participants />;
    case "/history": return <History />;
    case "/publish": return <Publish />;
    default: return <><h1>Nothing here</h1><p>This address leads nowhere. <Link href="/">Browse the datasets</Link>.</p></>;
  }
}

/** Who publishes for this house has one page more. */
function Navigation({ at }: { at: string }) {
  const { mayPublish } = useWallet();
  return (
    <nav aria-label="Pages">
      {[...sections, ...(mayPublish ? [["/publish", "Publish"] as const] : [])].map(([href, name]) => (
        <Link key={href} href={href} aria-current={at === href ? "page" : undefined}>{name}</Link>
      ))}
    </nav>
  );
}

export function App() {
  const { pathname } = useAddress();
  const config = useApi<Config>("config");
  const main = useRef<HTMLElement>(null);
  const first = useRef(true);

  // After a change of page a screen reader and the keyboard begin at its top.
  useEffect(() => {
    if (!first.current) main.current?.focus();
    first.current = false;
  }, [pathname]);

  if (!config.data) return <main className="page">{config.error ? <Problem text={config.error} retry={config.reload} /> : <p role="status">Loading …</p>}</main>;
  return (
    <WalletProvider config={config.data}>
      <HeadProvider>
        <a className="skip" href="#content">Skip to the content</a>
        <header className="top">
          <div className="bar">
            <Link href="/" className="brand"><img src="/icon.svg" alt="" width="26" height="26" /> Data market</Link>
            <Navigation at={pathname} />
            <AccountBar />
          </div>
        </header>
        <main id="content" className="page" ref={main} tabIndex={-1}>
          <Page path={pathname} />
        </main>
        <footer className="bottom">
          <p>
            Market <code>{config.data.datasetMarket}</code> on {config.data.chainName} (chain {config.data.chainId}). <a href="/openapi/v1.json">API</a>
          </p>
        </footer>
      </HeadProvider>
    </WalletProvider>
  );
}
