import { type AnchorHTMLAttributes, useCallback, useSyncExternalStore } from "react";

const changed = new EventTarget();

function subscribe(listener: () => void) {
  changed.addEventListener("go", listener);
  window.addEventListener("popstate", listener);
  return () => {
    changed.removeEventListener("go", listener);
    window.removeEventListener("popstate", listener);
  };
}

/** Shows another address of this site. */
export function go(to: string, { replace = false } = {}) {
  window.history[replace ? "replaceState" : "pushState"](null, "", to);
  changed.dispatchEvent(new Event("go"));
}

/** The address: a page's state is in it, so that it can be kept, shared and gone back to. */
export function useAddress(): URL {
  const href = useSyncExternalStore(subscribe, () => window.location.href);
  return new URL(href);
}

/** Changes parameters of the address; what is empty leaves it. */
export function useParameters(): [URLSearchParams, (changes: Record<string, string>, replace?: boolean) => void] {
  const address = useAddress();
  const set = useCallback((changes: Record<string, string>, replace = false) => {
    const next = new URL(window.location.href);
    for (const [name, value] of Object.entries(changes)) {
      if (value) next.searchParams.set(name, value);
      else next.searchParams.delete(name);
    }
    go(next.pathname + next.search, { replace });
  }, []);
  return [address.searchParams, set];
}

/** A link that stays within the page; new tabs and windows work as ever. */
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  return (
    <a
      href={href}
      onClick={(e) => {
        onClick?.(e);
        if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return;
        e.preventDefault();
        go(href);
        window.scrollTo(0, 0);
      }}
      {...rest}
    />
  );
}
