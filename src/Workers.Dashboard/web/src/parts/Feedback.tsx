import type { Loaded } from "../api";

export const Problem = ({ text, retry }: { text: string; retry?: () => void }) => (
  <div className="problem" role="alert">
    <p>{text}</p>
    {retry && <button type="button" onClick={retry}>Try again</button>}
  </div>
);

/** What is known of something that is loading. */
export function Loading<T>({ of }: { of: Loaded<T> }) {
  if (of.error) return <Problem text={of.error} retry={of.reload} />;
  return of.data === null ? <p role="status">Loading …</p> : null;
}
