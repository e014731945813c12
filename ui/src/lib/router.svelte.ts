// Which page is shown: the address bar is the only state, so that every view has a link.

const NAME = /:(\w+)/g;

let path = $state(location.pathname);
let query = $state.raw(new URLSearchParams(location.search));

export interface Match<P> {
  page: P;
  parameters: Record<string, string>;
  key: string;
}

/** Follow the address from now on; call once. */
export function followAddress(): void {
  window.addEventListener("popstate", read);
  document.addEventListener("click", onClick);
}

export function pathNow(): string {
  return path;
}

/** One value of the address's query, or the fallback. */
export function asked(name: string, fallback = ""): string {
  return query.get(name) ?? fallback;
}

/** Go to another page. */
export function go(to: string, replace = false): void {
  if (replace) history.replaceState(null, "", to);
  else history.pushState(null, "", to);
  read();
  if (!replace) window.scrollTo(0, 0);
}

/** Change values of the query and keep the page; empty ones are left out. */
export function ask(changes: Record<string, string>, replace = true): void {
  const next = new URLSearchParams(query);
  for (const [name, value] of Object.entries(changes)) {
    if (value === "") next.delete(name);
    else next.set(name, value);
  }
  const text = next.toString();
  go(text === "" ? path : `${path}?${text}`, replace);
}

/** Find the first page whose pattern (`/stations/:id`) the path fits. */
export function match<P extends { pattern: string }>(pages: readonly P[], at: string): Match<P> | null {
  for (const page of pages) {
    const names = [...page.pattern.matchAll(NAME)].map((each) => each[1] ?? "");
    const found = new RegExp(`^${page.pattern.replace(NAME, "([^/]+)")}/?$`).exec(at);
    if (found === null) continue;
    const parameters: Record<string, string> = {};
    names.forEach((each, index) => {
      parameters[each] = decodeURIComponent(found[index + 1] ?? "");
    });
    return { page, parameters, key: `${page.pattern} ${Object.values(parameters).join(" ")}` };
  }
  return null;
}

function read(): void {
  path = location.pathname;
  query = new URLSearchParams(location.search);
}

/** Links within the client change the page without loading it. */
function onClick(event: MouseEvent): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = (event.target as Element | null)?.closest?.("a[href]");
  if (!(link instanceof HTMLAnchorElement) || link.target || link.hasAttribute("download")) return;
  const to = new URL(link.href);
  if (to.origin !== location.origin || to.pathname.startsWith("/api/")) return;
  event.preventDefault();
  go(to.pathname + to.search + to.hash);
}
