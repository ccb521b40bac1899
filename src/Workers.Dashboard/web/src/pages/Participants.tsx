import { type Page, type Participant, useApi } from "../api";
import { count, credits } from "../format";
import { Account } from "../parts/Account";
import { Loading } from "../parts/Feedback";
import { Pager } from "../parts/Pager";
import { useTitle } from "../parts/useTitle";
import { Link, useParameters } from "../router";

export function Participants() {
  useTitle("Participants");
  const [parameters, set] = useParameters();
  const participants = useApi<Page<Participant>>(`participants?page=${Number(parameters.get("page") ?? 1) || 1}`);
  return (
    <>
      <h1>Participants</h1>
      <p>Accounts that published or traded, by what they bought and sold for.</p>
      <Loading of={participants} />
      {participants.data && (
        <>
          <table>
            <thead>
              <tr>
                <th scope="col">Account</th>
                {["Published", "Owns", "Bought", "Sold", "Volume"].map((name) => <th key={name} scope="col" className="number">{name}</th>)}
              </tr>
            </thead>
            <tbody>
              {participants.data.items.map((p) => (
                <tr key={p.account}>
                  <td data-label="Account"><Link href={`/?search=${p.account}`} aria-label={`Datasets that ${p.account} published`}><Account of={p.account} /></Link></td>
                  <td data-label="Published" className="number">{count(p.published)}</td>
                  <td data-label="Owns" className="number">{count(p.owned)}</td>
                  <td data-label="Bought" className="number">{count(p.bought)}</td>
                  <td data-label="Sold" className="number">{count(p.sold)}</td>
                  <td data-label="Volume" className="number">{credits(p.volume)}</td>
                </tr>
              ))}
            </tbody>
          </table>
          <Pager page={participants.data} go={(page) => set({ page: page > 1 ? String(page) : "" })} />
        </>
      )}
    </>
  );
}
