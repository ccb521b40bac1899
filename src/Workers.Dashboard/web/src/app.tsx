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
import { Link, useAddress } from "./router";
import { WalletProvider } from "./wallet";

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
    default: return <><h1>Nothing here</h1><p>This address leads nowhere. <Link href="/">Browse the datasets</Link>.</p></>;
  }
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
            <nav aria-label="Pages">
              {sections.map(([href, name]) => (
                <Link key={href} href={href} aria-current={pathname === href ? "page" : undefined}>{name}</Link>
              ))}
            </nav>
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
