import { type Fact, type Page, useApi } from "../api";
import { Loading } from "../parts/Feedback";
import { HistoryTable } from "../parts/HistoryTable";
import { Pager } from "../parts/Pager";
import { useTitle } from "../parts/useTitle";
import { useParameters } from "../router";

export function History() {
  useTitle("History");
  const [parameters, set] = useParameters();
  const history = useApi<Page<Fact>>(`history?page=${Number(parameters.get("page") ?? 1) || 1}`);
  return (
    <>
      <h1>History</h1>
      <p>What happened in the market, newest first.</p>
      <Loading of={history} />
      {history.data && (
        <>
          <HistoryTable facts={history.data.items} named />
          <Pager page={history.data} go={(page) => set({ page: page > 1 ? String(page) : "" })} />
        </>
      )}
    </>
  );
}
