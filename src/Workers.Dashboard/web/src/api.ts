import { useCallback, useEffect, useState } from "react";

/** An offer. Amounts are decimal digits in the smallest unit; see /openapi/v1.json. */
export interface Listing {
  listingId: number;
  tokenId: string;
  seller: string;
  status: "Sale" | "Auction" | "Sold" | "Unlisted";
  price: string;
  unit: string | null;
  rateOf: string | null;
  maxRateAge: number;
  /** What a sale costs now, or the least next bid; null when nobody can say. */
  credits: string | null;
  step: string;
  extension: number;
  endsAt: string | null;
  bidder: string | null;
  bid: string | null;
  bids: number;
}

export interface Dataset {
  tokenId: string;
  name: string | null;
  description: string | null;
  file: string | null;
  format: "blocks" | "lines" | "csv" | null;
  units: number | null;
  bytes: number | null;
  tags: string[];
  columns: string[];
  metadata: "Awaited" | "Read" | "Missing" | "Refused";
  problem: string | null;
  cid: string;
  status: "Held" | "Sale" | "Auction" | "Kept";
  publisher: string;
  owner: string;
  publishedAt: string;
  publishedBlock: number;
  listing: Listing | null;
}

export interface Fact {
  kind: string;
  tokenId: string | null;
  name: string | null;
  account: string;
  other: string | null;
  amount: string | null;
  unit: string | null;
  blockNumber: number;
  transactionHash: string;
  at: string;
}

/** Somebody's request for data; `cid` is the delivery, sealed to `publicKey`. */
export interface DataRequest {
  requestId: number;
  tokenId: string;
  name: string | null;
  requester: string;
  publicKey: string;
  requestedAt: string;
  cid: string | null;
  deliveredAt: string | null;
}

export interface Participant {
  account: string;
  published: number;
  owned: number;
  bought: number;
  sold: number;
  volume: string;
}

export interface AccountDatasets {
  owned: Dataset[];
  listed: Dataset[];
  kept: Dataset[];
  published: Dataset[];
  requests: DataRequest[];
}

export interface Page<T> {
  items: T[];
  page: number;
  pageSize: number;
  total: number;
}

export interface Config {
  chainId: number;
  chainName: string;
  walletRpc: string | null;
  explorer: string | null;
  datasetMarket: `0x${string}`;
  marketToken: `0x${string}`;
}

export interface Session {
  account: string | null;
  /** Whether this account publishes for the house. */
  mayPublish: boolean;
  expiresAt: string | null;
}

const base = "/market/api/";

async function answer<T>(response: Response): Promise<T> {
  if (response.status === 204) return undefined as T;
  const body = await response.json().catch(() => null);
  if (!response.ok) throw new Error(body?.detail ?? `The server answered ${response.status}.`);
  return body as T;
}

async function ask(path: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(base + path, init);
  } catch (e) {
    if (e instanceof DOMException && e.name === "AbortError") throw e;
    throw new Error("The server does not answer. Check your connection, then try again.");
  }
}

export const get = async <T>(path: string, signal?: AbortSignal): Promise<T> => answer(await ask(path, { signal }));

/** Changes something: the headers tell the server that it is this site's own page that asks. */
export const send = async <T>(method: "POST" | "DELETE", path: string, body: unknown = {}): Promise<T> =>
  answer(await ask(path, { method, headers: { "Content-Type": "application/json", "X-Market": "1" }, body: JSON.stringify(body) }));

/** A dataset that this house publishes. */
export interface Publication {
  id: string;
  name: string;
  format: string;
  file: string;
  state: "Draft" | "Mixing" | "Mixed" | "Uploaded" | "Published" | "Failed";
  /** Bytes of the file that have arrived. */
  uploaded: number;
  /** Bytes of the present step. */
  done: number | null;
  total: number | null;
  tokenId: string | null;
  problem: string | null;
}

const change = { "X-Market": "1" };

/** @param draft JSON: amounts in it may be longer than JavaScript's numbers. */
export const describe = async (id: string, draft: string): Promise<Publication> =>
  answer(await ask(`publishing/${id}`, { method: "PUT", headers: { ...change, "Content-Type": "application/json" }, body: draft }));

/** Sends a piece of the file; answers how much has arrived, which tells where to go on when another piece was there already. */
export async function append(id: string, offset: number, piece: Blob): Promise<number> {
  const response = await ask(`publishing/${id}/file?offset=${offset}`, { method: "PATCH", headers: { ...change, "Content-Type": "application/octet-stream" }, body: piece });
  if (response.status === 409) {
    const body = await response.json().catch(() => null);
    if (typeof body?.uploaded === "number") return body.uploaded;
    throw new Error(body?.detail ?? "The upload is under way elsewhere.");
  }
  return (await answer<{ uploaded: number }>(response)).uploaded;
}

/** A delivery's bytes, as they come. */
export async function delivery(requestId: number): Promise<ReadableStream<Uint8Array>> {
  const response = await ask(`requests/${requestId}/delivery`);
  if (!response.ok || !response.body) await answer(response);
  return response.body!;
}

export interface Loaded<T> {
  data: T | null;
  error: string | null;
  loading: boolean;
  reload: () => void;
}

/** How often pages ask again on which others' bids, sales and deliveries appear. */
export const live = 5_000;

/** What the API says at a path; null asks for nothing. The last answer stays while the next one is on its way.
 * @param every Milliseconds after which it is asked again while somebody looks.
 */
export function useApi<T>(path: string | null, every?: number): Loaded<T> {
  const [state, setState] = useState<{ path: string | null; data: T | null; error: string | null; loading: boolean }>({ path: null, data: null, error: null, loading: true });
  const [version, setVersion] = useState(0);
  useEffect(() => {
    if (path === null) {
      setState({ path, data: null, error: null, loading: false });
      return;
    }
    const stop = new AbortController();
    setState((s) => ({ ...s, loading: true }));
    get<T>(path, stop.signal).then(
      (data) => setState({ path, data, error: null, loading: false }),
      (e: Error) => stop.signal.aborted || setState((s) => ({ path, data: s.path === path ? s.data : null, error: e.message, loading: false })),
    );
    return () => stop.abort();
  }, [path, version]);
  useEffect(() => {
    if (every === undefined) return;
    const timer = setInterval(() => { if (document.visibilityState === "visible") setVersion((v) => v + 1); }, every);
    return () => clearInterval(timer);
  }, [every]);
  return { data: state.data, error: state.error, loading: state.loading, reload: useCallback(() => setVersion((v) => v + 1), []) };
}
