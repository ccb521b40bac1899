import { useEffect, useState } from "react";
import type { DataRequest } from "../api";
import { moment, short } from "../format";
import { keyOf } from "../keys";
import { Link } from "../router";

/** Whether this browser has the key of a request. */
function KeyState({ publicKey }: { publicKey: string }) {
  const [here, setHere] = useState<boolean | null>(null);
  useEffect(() => {
    keyOf(publicKey).then((key) => setHere(key !== undefined), () => setHere(false));
  }, [publicKey]);
  return here === null ? null : <>{here ? "key in this browser" : "key in another browser or file"}</>;
}

/** Requests for data and their state. */
export function Requests({ of, named }: { of: DataRequest[]; named: boolean }) {
  return (
    <ul className="requests">
      {of.map((request) => (
        <li key={request.requestId}>
          {named && <Link href={`/datasets/${request.tokenId}`}><bdi>{request.name ?? `Dataset ${short(request.tokenId)}`}</bdi></Link>}
          <p>
            Request {request.requestId} of {moment(request.requestedAt)}: {request.cid ? <>delivered {moment(request.deliveredAt!)}, sealed as <code className="long">{request.cid}</code></> : "waits for the publisher"} (<KeyState publicKey={request.publicKey} />)
          </p>
        </li>
      ))}
    </ul>
  );
}
