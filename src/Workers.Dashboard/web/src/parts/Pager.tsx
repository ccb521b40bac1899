import type { Page } from "../api";
import { count } from "../format";

export function Pager<T>({ page, go }: { page: Page<T>; go: (page: number) => void }) {
  const pages = Math.max(1, Math.ceil(page.total / page.pageSize));
  if (pages === 1) return null;
  return (
    <nav className="pager" aria-label="Pages of results">
      <button type="button" disabled={page.page <= 1} onClick={() => go(page.page - 1)}>Previous</button>
      <span>Page {count(page.page)} of {count(pages)}</span>
      <button type="button" disabled={page.page >= pages} onClick={() => go(page.page + 1)}>Next</button>
    </nav>
  );
}
