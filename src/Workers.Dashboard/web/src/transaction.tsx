import { useCallback, useRef, useState } from "react";
import type { Abi } from "viem";
import { get } from "./api";
import { keptLogs, market, reason, token } from "./contracts";
import { short } from "./format";
import { useWallet } from "./wallet";

/** A call of one of the market's two contracts. */
export interface Call {
  /** What it does, as a person would say it. */
  what: string;
  on: "market" | "token";
  functionName: string;
  args: readonly unknown[];
}

type State =
  | { step: "idle" }
  | { step: "wallet" | "indexing" | "done"; what: string; hash?: string; block?: bigint }
  | { step: "sent"; what: string; hash: string }
  | { step: "failed"; what: string; reason: string };

const indexInterval = 400;
const indexPatience = 60_000;

/** Sends calls one after the other, and waits until the market's index has all events of the last one: they reach it one by one. */
export function useTransaction(whenIndexed: () => void) {
  const { clients, config, account } = useWallet();
  const [state, setState] = useState<State>({ step: "idle" });
  const busy = useRef(false);

  const run = useCallback(
    async (calls: readonly Call[]): Promise<boolean> => {
      if (busy.current) return false;
      busy.current = true;
      let what = "";
      try {
        const { read, write } = clients();
        let sent: { hash: `0x${string}`; block: bigint } | undefined;
        let kept: number[] = [];
        for (const call of calls) {
          what = call.what;
          setState({ step: "wallet", what });
          const abi: Abi = call.on === "market" ? market : token;
          const address = call.on === "market" ? config.datasetMarket : config.marketToken;
          // The contract's own reason, before anything is paid for.
          const { request } = await read.simulateContract({ account: account!, address, abi, functionName: call.functionName, args: call.args });
          const hash = await write.writeContract(request);
          setState({ step: "sent", what, hash });
          const receipt = await read.waitForTransactionReceipt({ hash });
          if (receipt.status !== "success") throw new Error(`The transaction ${short(hash)} failed in block ${receipt.blockNumber}: something changed since it was prepared. Reload the page.`);
          sent = { hash, block: receipt.blockNumber };
          kept = keptLogs(receipt.logs, config);
        }
        if (sent && kept.length > 0) {
          setState({ step: "indexing", what, ...sent });
          for (let waited = 0; waited < indexPatience; waited += indexInterval) {
            const known = new Set((await get<{ logIndex: number }[]>(`transactions/${sent.hash}`)).map((fact) => fact.logIndex));
            if (kept.every((log) => known.has(log))) break;
            await new Promise((resolve) => setTimeout(resolve, indexInterval));
          }
        }
        setState({ step: "done", what, ...sent });
        whenIndexed();
        return true;
      } catch (e) {
        setState({ step: "failed", what, reason: reason(e) });
        return false;
      } finally {
        busy.current = false;
      }
    },
    [account, clients, config, whenIndexed],
  );

  return { run, state, isBusy: state.step === "wallet" || state.step === "sent" || state.step === "indexing" };
}

/** Where a transaction stands, for eyes and screen readers. */
export function TransactionStatus({ state }: { state: State }) {
  const { config } = useWallet();
  const link = (hash: string) => (config.explorer ? <a href={`${config.explorer}/tx/${hash}`}>{short(hash)}</a> : <code title={hash}>{short(hash)}</code>);
  return (
    <div className={`status ${state.step}`} role={state.step === "failed" ? "alert" : "status"}>
      {state.step === "wallet" && <p>{state.what}: confirm it in your wallet …</p>}
      {state.step === "sent" && (
        <p>
          {state.what}: sent as {link(state.hash)}, waiting for a block …
        </p>
      )}
      {state.step === "indexing" && (
        <p>
          {state.what}: in block {state.block?.toString()}; the market is taking note …
        </p>
      )}
      {state.step === "done" && (
        <p>
          {state.what}: done{state.hash && <> in block {state.block?.toString()}, transaction {link(state.hash)}</>}.
        </p>
      )}
      {state.step === "failed" && (
        <p>
          {state.what} failed. {state.reason}
        </p>
      )}
    </div>
  );
}
