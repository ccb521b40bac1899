import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { createPublicClient, createWalletClient, custom, defineChain, type EIP1193Provider, getAddress, numberToHex } from "viem";
import { createSiweMessage } from "viem/siwe";
import { type Config, type Session, get, send } from "./api";
import { reason } from "./contracts";

declare global {
  interface Window {
    ethereum?: EIP1193Provider;
  }
}

export interface Wallet {
  config: Config;
  /** Null where the browser has no wallet (EIP-1193). */
  provider: EIP1193Provider | null;
  /** Connected; null until a person says so. */
  account: `0x${string}` | null;
  rightChain: boolean;
  /** Signed in; it lasts though no wallet is connected. */
  session: string | null;
  /** Whether the signed-in account publishes for this house. */
  mayPublish: boolean;
  problem: string | null;
  connect: () => Promise<void>;
  switchChain: () => Promise<void>;
  signIn: () => Promise<void>;
  signOut: () => Promise<void>;
  /** Reads and writes through the wallet. */
  clients: () => { read: ReturnType<typeof createPublicClient>; write: ReturnType<typeof createWalletClient> };
}

const WalletContext = createContext<Wallet | null>(null);

export const useWallet = (): Wallet => useContext(WalletContext)!;

/** Who a person is here: connected, or at least signed in. */
export const useSelf = (): string | null => {
  const { account, session } = useWallet();
  return account ?? session;
};

/** The wallet's code for a chain that it does not know (EIP-3326; some wallets wrap it). */
const unknownChain = (e: unknown): boolean => {
  const error = e as { code?: number; data?: { originalError?: { code?: number } } };
  return error?.code === 4902 || error?.data?.originalError?.code === 4902;
};

export function WalletProvider({ config, children }: { config: Config; children: ReactNode }) {
  const provider = window.ethereum ?? null;
  const [account, setAccount] = useState<`0x${string}` | null>(null);
  const [chainId, setChainId] = useState<number | null>(null);
  const [session, setSession] = useState<Session | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  const chain = useMemo(
    () =>
      defineChain({
        id: config.chainId,
        name: config.chainName,
        nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
        rpcUrls: { default: { http: config.walletRpc ? [config.walletRpc] : [] } },
      }),
    [config],
  );

  const tell = useCallback((accounts: readonly string[]) => setAccount(accounts[0] ? getAddress(accounts[0]) : null), []);

  useEffect(() => {
    get<Session>("session").then(setSession, () => setSession(null));
    if (!provider) return;
    const chainChanged = (id: string) => setChainId(Number(id));
    provider.request({ method: "eth_accounts" }).then(tell, () => tell([]));
    provider.request({ method: "eth_chainId" }).then(chainChanged, () => setChainId(null));
    provider.on?.("accountsChanged", tell);
    provider.on?.("chainChanged", chainChanged);
    return () => {
      provider.removeListener?.("accountsChanged", tell);
      provider.removeListener?.("chainChanged", chainChanged);
    };
  }, [provider, tell]);

  const attempt = useCallback(async (what: () => Promise<void>) => {
    setProblem(null);
    try {
      await what();
    } catch (e) {
      setProblem((e as { code?: number })?.code === 4001 ? "You declined it in the wallet." : reason(e));
    }
  }, []);

  const connect = useCallback(
    () =>
      attempt(async () => {
        tell(await provider!.request({ method: "eth_requestAccounts" }));
        setChainId(Number(await provider!.request({ method: "eth_chainId" })));
      }),
    [attempt, provider, tell],
  );

  const switchChain = useCallback(
    () =>
      attempt(async () => {
        const id = numberToHex(config.chainId);
        try {
          await provider!.request({ method: "wallet_switchEthereumChain", params: [{ chainId: id }] });
        } catch (e) {
          if (!unknownChain(e)) throw e;
          if (!config.walletRpc) throw new Error(`The wallet does not know chain ${config.chainId}, and the market names no endpoint for it: add it in the wallet by hand.`);
          await provider!.request({
            method: "wallet_addEthereumChain",
            params: [{ chainId: id, chainName: config.chainName, rpcUrls: [config.walletRpc], nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 } }],
          });
        }
        setChainId(Number(await provider!.request({ method: "eth_chainId" })));
      }),
    [attempt, config, provider],
  );

  const signIn = useCallback(
    () =>
      attempt(async () => {
        const { nonce } = await send<{ nonce: string }>("POST", "session/nonce");
        const message = createSiweMessage({
          address: account!, chainId: config.chainId, domain: window.location.host, nonce, uri: window.location.origin, version: "1", issuedAt: new Date(),
          statement: "Sign in to the data market. This costs nothing and moves nothing.",
        });
        const signature = await createWalletClient({ account: account!, chain, transport: custom(provider!) }).signMessage({ message });
        setSession(await send<Session>("POST", "session", { message, signature }));
      }),
    [account, attempt, chain, config, provider],
  );

  const signOut = useCallback(
    () =>
      attempt(async () => {
        await send("DELETE", "session");
        setSession(null);
      }),
    [attempt],
  );

  const clients = useCallback(() => {
    const transport = custom(provider!);
    return {
      read: createPublicClient({ chain, transport, pollingInterval: 500 }),
      write: createWalletClient({ account: account!, chain, transport }),
    };
  }, [account, chain, provider]);

  const wallet = { config, provider, account, rightChain: chainId === config.chainId, session: session?.account ?? null, mayPublish: session?.mayPublish ?? false, problem, connect, switchChain, signIn, signOut, clients };
  return <WalletContext value={wallet as Wallet}>{children}</WalletContext>;
}
