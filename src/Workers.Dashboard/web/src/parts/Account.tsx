import { same, short } from "../format";
import { useSelf } from "../wallet";

/** An account, short; the whole is read out and copied. */
export function Account({ of }: { of: string }) {
  const self = useSelf();
  return (
    <span className="account">
      <code title={of} aria-label={of}>{short(of)}</code>
      {same(of, self) && <span className="tag you">you</span>}
    </span>
  );
}
