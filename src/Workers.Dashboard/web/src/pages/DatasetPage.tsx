import { type DataRequest, type Dataset, type Fact, live, useApi } from "../api";
import { count, moment, same, size, title } from "../format";
import { Account } from "../parts/Account";
import { Loading } from "../parts/Feedback";
import { HistoryTable } from "../parts/HistoryTable";
import { ListingPanel } from "../parts/ListingPanel";
import { OwnerPanel } from "../parts/OwnerPanel";
import { Requests } from "../parts/Requests";
import { useTitle } from "../parts/useTitle";
import { useSelf } from "../wallet";

interface Answer {
  dataset: Dataset;
  history: Fact[];
  requests: DataRequest[];
}

function Metadata({ of: d }: { of: Dataset }) {
  return (
    <section aria-labelledby="about">
      <h2 id="about">About</h2>
      {d.metadata === "Awaited" && <p>Its description has not come from IPFS yet.</p>}
      {d.metadata === "Missing" && <p className="problem">Its description is not on IPFS: {d.problem}</p>}
      {d.metadata === "Refused" && <p className="problem">Its publisher's description breaks the market's rules and is not shown. {d.problem}</p>}
      {d.description && <p className="description"><bdi>{d.description}</bdi></p>}
      <dl>
        {d.format && <><dt>Format</dt><dd>{d.format}</dd><dt>Units</dt><dd>{count(d.units!)}</dd><dt>Size</dt><dd>{size(d.bytes!)}</dd><dt>File</dt><dd><bdi>{d.file}</bdi></dd></>}
        {d.tags.length > 0 && <><dt>Tags</dt><dd><ul className="tags">{d.tags.map((tag, i) => <li key={i} className="tag"><bdi>{tag}</bdi></li>)}</ul></dd></>}
        {d.columns.length > 0 && <><dt>Columns</dt><dd><bdi>{d.columns.join(", ")}</bdi></dd></>}
        <dt>Owner</dt><dd><Account of={d.owner} /></dd>
        <dt>Publisher</dt><dd><Account of={d.publisher} /></dd>
        <dt>Published</dt><dd>{moment(d.publishedAt)}, block {d.publishedBlock}</dd>
        <dt>Token</dt><dd><code className="long">{d.tokenId}</code></dd>
        <dt>Sealed data</dt><dd><code className="long">{d.cid}</code></dd>
      </dl>
    </section>
  );
}

export function DatasetPage({ tokenId }: { tokenId: string }) {
  const answer = useApi<Answer>(`datasets/${tokenId}`, live);
  const self = useSelf();
  const dataset = answer.data?.dataset;
  useTitle(dataset ? title(dataset) : "Dataset");
  if (!answer.data || !dataset) return <><h1>Dataset</h1><Loading of={answer} /></>;
  const mine = same(self, dataset.owner);
  const requests = answer.data.requests.filter((r) => same(r.requester, self));
  return (
    <>
      <h1><bdi>{title(dataset)}</bdi></h1>
      {answer.error && <Loading of={answer} />}
      <div className="columns">
        <Metadata of={dataset} />
        <div>
          <ListingPanel dataset={dataset} reload={answer.reload} />
          {mine && dataset.status === "Held" && <OwnerPanel dataset={dataset} reload={answer.reload} />}
          {requests.length > 0 && (
            <section className="panel" aria-labelledby="requests">
              <h2 id="requests">Your requests</h2>
              <Requests of={requests} named={false} />
            </section>
          )}
        </div>
      </div>
      <section aria-labelledby="history">
        <h2 id="history">History</h2>
        <HistoryTable facts={answer.data.history} named={false} />
      </section>
    </>
  );
}
