import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { get } from "./api";

/** By how much the chain's clock, by which offers end, is ahead of this device's, in milliseconds. */
const OffsetContext = createContext(0);

const interval = 10_000;

export function HeadProvider({ children }: { children: ReactNode }) {
  const [offset, setOffset] = useState(0);
  useEffect(() => {
    let latest = 0;
    const ask = () => {
      const asked = Date.now();
      get<{ number: number; time: string }>("head").then(
        (head) => {
          // Between blocks the chain's time stands still and ours does not: only a newer block says something.
          if (head.number > latest) {
            latest = head.number;
            setOffset(new Date(head.time).getTime() - asked);
          }
        },
        () => undefined, // the clock goes on as it was
      );
    };
    ask();
    const timer = setInterval(ask, interval);
    return () => clearInterval(timer);
  }, []);
  return <OffsetContext value={offset}>{children}</OffsetContext>;
}

/** The chain's time in milliseconds, each second anew while `ticking`. */
export function useChainTime(ticking: boolean): number {
  const offset = useContext(OffsetContext);
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNow(Date.now()), 1_000);
    return () => clearInterval(timer);
  }, [ticking]);
  return now + offset;
}
