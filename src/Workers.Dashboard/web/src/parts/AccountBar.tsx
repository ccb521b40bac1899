import { same, short } from "../format";
import { useWallet } from "../wallet";

export function AccountBar() {
  const { provider, account, session, rightChain, config, problem, connect, switchChain, signIn, signOut } = useWallet();
  return (
    <div className="account-bar" role="group" aria-label="Wallet and sign-in">
      {!provider && <p className="hint">No wallet in this browser: install one (such as MetaMask) to buy, bid and sell.</p>}
      {provider && !account && <button type="button" className="primary" onClick={connect}>Connect wallet</button>}
      {account && !rightChain && <button type="button" className="primary" onClick={switchChain}>Switch to {config.chainName}</button>}
      {account && <code title={account}>{short(account)}</code>}
      {account && rightChain && !same(session, account) && <button type="button" onClick={signIn}>Sign in</button>}
      {session && (
        <>
          <span className="signed-in" title={session}>{same(session, account) ? "signed in" : `signed in as ${short(session)}`}</span>
          <button type="button" onClick={signOut}>Sign out</button>
        </>
      )}
      {problem && <p className="problem" role="alert">{problem}</p>}
    </div>
  );
}

/** What a person has to do before a transaction; nothing when all is ready. */
export function NeedsWallet() {
  const { provider, account, rightChain, config, connect, switchChain } = useWallet();
  if (!provider) return <p className="hint">This needs a wallet: install one in this browser (such as MetaMask), then reload the page.</p>;
  if (!account) return <p><button type="button" className="primary" onClick={connect}>Connect wallet</button></p>;
  if (!rightChain) return <p>Your wallet is on another chain. <button type="button" className="primary" onClick={switchChain}>Switch to {config.chainName}</button></p>;
  return null;
}

export const useReady = (): boolean => {
  const { account, rightChain } = useWallet();
  return account !== null && rightChain;
};
