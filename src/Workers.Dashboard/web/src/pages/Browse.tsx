import { useEffect, useState } from "react";
import { type Dataset, type Page, useApi } from "../api";
import { count } from "../format";
import { Cards } from "../parts/Card";
import { Loading } from "../parts/Feedback";
import { Pager } from "../parts/Pager";
import { useTitle } from "../parts/useTitle";
import { useParameters } from "../router";

const typingPause = 250;

function Choice({ label, name, value, options, set }: { label: string; name: string; value: string; options: [string, string][]; set: (value: string) => void }) {
  return (
    <label>
      {label}
      <select name={name} value={value} onChange={(e) => set(e.target.value)}>
        {options.map(([key, text]) => <option key={key} value={key}>{text}</option>)}
      </select>
    </label>
  );
}

export function Browse() {
  useTitle("Browse");
  const [parameters, set] = useParameters();
  const query = ["search", "format", "status", "sort", "page"].flatMap((name) => (parameters.get(name) ? [`${name}=${encodeURIComponent(parameters.get(name)!)}`] : [])).join("&");
  const datasets = useApi<Page<Dataset>>(`datasets?${query}`);
  const wanted = parameters.get("search") ?? "";
  const [typed, setTyped] = useState(wanted);

  // Going back changes the address, not the box.
  useEffect(() => setTyped(wanted), [wanted]);
  useEffect(() => {
    if (typed === wanted) return;
    const timer = setTimeout(() => set({ search: typed, page: "" }, true), typingPause);
    return () => clearTimeout(timer);
  }, [typed, wanted, set]);

  const value = (name: string) => parameters.get(name) ?? "";
  const choose = (name: string) => (chosen: string) => set({ [name]: chosen, page: "" });
  return (
    <>
      <h1>Datasets</h1>
      <form role="search" className="filters" onSubmit={(e) => { e.preventDefault(); set({ search: typed, page: "" }); }}>
        <label className="grow">
          Search
          <input type="search" name="search" value={typed} maxLength={400} placeholder="Name, tag, column, account …" onChange={(e) => setTyped(e.target.value)} />
        </label>
        <Choice label="Format" name="format" value={value("format")} options={[["", "Any"], ["blocks", "Blocks"], ["lines", "Lines"], ["csv", "CSV"]]} set={choose("format")} />
        <Choice label="Offered" name="status" value={value("status")} options={[["", "All datasets"], ["Sale", "For sale"], ["Auction", "In an auction"], ["Held", "Not offered"]]} set={choose("status")} />
        <Choice label="Order" name="sort" value={value("sort")} options={[["", "Newest"], ["Cheapest", "Cheapest"], ["Dearest", "Dearest"], ["Ending", "Ending soonest"], ["Name", "Name"]]} set={choose("sort")} />
      </form>
      <Loading of={datasets} />
      {datasets.data && (
        <>
          <p role="status" className="found">{datasets.data.total === 0 ? "No dataset matches." : `${count(datasets.data.total)} ${datasets.data.total === 1 ? "dataset" : "datasets"}`}</p>
          <Cards of={datasets.data.items} />
          <Pager page={datasets.data} go={(page) => { set({ page: page > 1 ? String(page) : "" }); window.scrollTo(0, 0); }} />
        </>
      )}
    </>
  );
}
