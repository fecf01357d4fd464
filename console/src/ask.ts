/** Questions to the server, remembered for a while. */
import { signal, type Signal } from "@preact/signals";
import { useEffect, useRef, useState } from "preact/hooks";
import { filters, project, type Window } from "./url";

/** What went wrong, in the server's words (RFC 9457). */
export class Problem extends Error {
  /** field: the first one that is wrong, by the API's name for it, and what is. */
  constructor(readonly status: number, readonly code: string, message: string, readonly field?: { location: string; message: string }) {
    super(message);
  }
}

/** Whether the server knows who is looking: undefined until it was asked. */
export const signedIn = signal<Session | null | undefined>(undefined);

export interface Session {
  name: string;
  role: string;
  /** What the role may do, by the names in docs/access.md. */
  may: string[];
}

/** Whether whoever looks may do something. The server decides; this spares them what it would refuse. */
export const may = (action: string): boolean => signedIn.value?.may.includes(action) ?? false;

/** Calls the API. A body is sent as JSON. Errors are Problems. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, {
      method, credentials: "same-origin",
      ...(body === undefined ? {} : { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    });
  } catch {
    throw new Problem(0, "unreachable", "Heed cannot be reached. What is shown is as it was; this page asks again by itself.");
  }
  const value = await answer.json().catch(() => ({}));
  if (answer.ok) return value as T;
  if (answer.status === 401 && signedIn.value) signedIn.value = null;
  const detail = value.errors?.[0]?.message ? `${value.errors[0].location.replace(/^body\./, "")} ${value.errors[0].message}` : value.detail;
  throw new Problem(answer.status, value.code ?? "", detail ?? `The server answered with status ${answer.status}.`, value.errors?.[0]);
}

/** The path with the project that is looked at. */
export function within(path: string, params = new URLSearchParams()): string {
  if (project.value) params.set("project", project.value);
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}

/** The params of a question about a window, with the filters of the page but for those left out. */
export function about(window: Window | null, more: Record<string, string> = {}, leave: string[] = []): URLSearchParams {
  const params = new URLSearchParams(more);
  if (window) {
    params.set("from", new Date(window.from).toISOString());
    params.set("to", new Date(window.to).toISOString());
  }
  for (const [name, value] of filters.value) if (!leave.includes(name)) params.append(name, value);
  return params;
}

export interface Answer<T> {
  data?: T;
  error?: Problem;
}

interface Entry {
  answer: Signal<Answer<unknown>>;
  at: number;
  loading: boolean;
  /** How often it was asked, and which of these answers is shown: what was asked earlier and comes later is not. */
  asked: number;
  shown: number;
}

const entries = new Map<string, Entry>();
const fresh = 20_000; // ms
const most = 200;

/** Ends the path of a list of which every page is asked for. */
const whole = "#every";

/** Asks for a list page by page until it ends. */
async function every(path: string): Promise<{ items: unknown[] }> {
  const items: unknown[] = [];
  for (let cursor = ""; ; ) {
    const page = await call<{ items: unknown[]; next?: string }>("GET", cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path);
    items.push(...page.items);
    if (!page.next || page.next === cursor) return { items };
    cursor = page.next;
  }
}

function load(path: string, entry: Entry): void {
  const mine = ++entry.asked;
  const show = (answer: Answer<unknown>) => {
    if (mine < entry.shown) return false;
    entry.shown = mine;
    entry.answer.value = answer;
    entry.at = Date.now();
    return true;
  };
  entry.loading = true;
  (path.endsWith(whole) ? every(path.slice(0, -whole.length)) : call("GET", path)).then(
    (data) => show({ data }),
    (error: Problem) => {
      if (show({ ...entry.answer.value, error }) && (error.status === 0 || error.status === 503)) setTimeout(() => load(path, entry), 3000);
    },
  ).finally(() => {
    if (mine === entry.asked) entry.loading = false;
  });
}

function entryOf(path: string): Entry {
  let entry = entries.get(path);
  if (!entry) {
    if (entries.size >= most) entries.delete(entries.keys().next().value!);
    entry = { answer: signal({}), at: 0, loading: false, asked: 0, shown: 0 };
    entries.set(path, entry);
  }
  return entry;
}

/** Forgets the answers of paths, so that they are asked anew. */
export function forget(prefix: string): void {
  for (const [path, entry] of entries) if (path.startsWith(prefix)) load(path, entry);
}

const nothing = signal<Answer<unknown>>({});

/** Asks for a path and returns what is known of it by now; of the path before while the new one is on its way. */
export function useAsk<T>(path: string | null): Answer<T> & { stale: boolean } {
  const last = useRef<Answer<T>>({});
  const entry = path === null ? null : entryOf(path);
  useEffect(() => {
    if (path !== null && entry && !entry.loading && Date.now() - entry.at > fresh) load(path, entry);
  }, [path]);
  const answer = (entry?.answer ?? nothing).value as Answer<T>;
  if (answer.data !== undefined || answer.error) last.current = answer;
  const stale = answer.data === undefined && !answer.error;
  return { ...(stale ? last.current : answer), stale };
}

/** Asks for all of a list, whose pages may be many; undefined until all of it is there. */
export function useEvery<T>(path: string | null, params = new URLSearchParams()): T[] | undefined {
  const query = new URLSearchParams(params);
  query.set("limit", "1000");
  return useAsk<{ items: T[] }>(path === null ? null : within(path, query) + whole).data?.items;
}

/** Runs a change and says what went wrong. */
export function useChange(): [problem: Problem | undefined, busy: boolean, change: (work: () => Promise<unknown>) => void] {
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const change = (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    work().catch(setProblem).finally(() => setBusy(false));
  };
  return [problem, busy, change];
}
