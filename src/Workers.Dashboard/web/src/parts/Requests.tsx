import { useEffect, useState } from "react";
import { type DataRequest, type Dataset, delivery, get } from "../api";
import { openDelivery } from "../delivery";
import { moment, same, short, size } from "../format";
import { type DeliveryKey, keyOf } from "../keys";
import { Link } from "../router";
import { useWallet } from "../wallet";

/** The key of a request, if this browser has it; undefined while nobody knows. */
function useKey(publicKey: string): DeliveryKey | null | undefined {
  const [key, setKey] = useState<DeliveryKey | null>();
  useEffect(() => {
    keyOf(publicKey).then((found) => setKey(found ?? null), () => setKey(null));
  }, [publicKey]);
  return key;
}

/** Opens a delivery here: nothing but the sealed bytes comes over the network. */
function Open({ request, with: key }: { request: DataRequest; with: DeliveryKey }) {
  const { config, session } = useWallet();
  const [opened, setOpened] = useState<{ url: string; name: string; bytes: number } | null>(null);
  const [bytes, setBytes] = useState<number | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => () => { if (opened) URL.revokeObjectURL(opened.url); }, [opened]);
  if (!same(session, request.requester)) return <p className="hint">Sign in with <code>{short(request.requester)}</code> to open it.</p>;
  const open = async () => {
    setProblem(null);
    setBytes(0);
    try {
      const { dataset } = await get<{ dataset: Dataset }>(`datasets/${request.tokenId}`);
      const blob = await openDelivery(await delivery(request.requestId), key, { chainId: config.chainId, market: config.datasetMarket, requestId: request.requestId }, setBytes);
      setOpened({ url: URL.createObjectURL(blob), name: dataset.file ?? `dataset-${request.requestId}`, bytes: blob.size });
    } catch (e) {
      setProblem((e as Error).message);
    }
    setBytes(null);
  };
  return (
    <>
      {!opened && <p><button type="button" disabled={bytes !== null} onClick={open}>Open it</button> {bytes !== null && <span role="status">{size(bytes)} open …</span>}</p>}
      {opened && <p>Open: <a href={opened.url} download={opened.name}>Save <bdi>{opened.name}</bdi></a>, {size(opened.bytes)}.</p>}
      {problem && <p className="problem" role="alert">{problem}</p>}
    </>
  );
}

function Request({ of: request, named }: { of: DataRequest; named: boolean }) {
  const key = useKey(request.publicKey);
  return (
    <li>
      {named && <Link href={`/datasets/${request.tokenId}`}><bdi>{request.name ?? `Dataset ${short(request.tokenId)}`}</bdi></Link>}
      <p>
        Request {request.requestId} of {moment(request.requestedAt)}: {request.cid ? <>delivered {moment(request.deliveredAt!)}, sealed as <code className="long">{request.cid}</code></> : "waits for the publisher"}
        {key !== undefined && <> ({key ? "key in this browser" : "key in another browser or file"})</>}
      </p>
      {request.cid && key && <Open request={request} with={key} />}
    </li>
  );
}

/** Requests for data and their state. */
export function Requests({ of, named }: { of: DataRequest[]; named: boolean }) {
  return <ul className="requests">{of.map((request) => <Request key={request.requestId} of={request} named={named} />)}</ul>;
}
