/**
 * The headless core: sends feedback and signals, and keeps what cannot be sent
 * until it can. For applications that have buttons of their own.
 */

/** Where feedback goes and who gives it: a publishable key or a feedback token. */
export interface Options {
  url?: string;
  key?: string;
  token?: string;
  surface?: string;
}

/** One change to a feedback. What is absent stays, null clears. */
export interface Change {
  id?: string;
  vote?: "up" | "down" | "none" | null;
  score?: { value: number; min: number; max: number } | null;
  tags?: string[] | null;
  comment?: string | null;
  correction?: string | null;
}

/** What became of a change. "queued": it is kept, and sent when that works again. */
export type Outcome = "sent" | "queued" | "refused";

interface Entry {
  id?: number;
  url: string;
  auth: string;
  body: string;
  at: number;
}

/** How long, in milliseconds, what cannot be sent is kept. */
const lifetime = 6048e5;

let opening: Promise<IDBDatabase> | undefined;
let turn: Promise<unknown> | undefined;
let timer: ReturnType<typeof setTimeout>;
let wait = 1e3;

function result<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((done, fail) => {
    request.onsuccess = () => done(request.result);
    request.onerror = fail;
  });
}

/** Makes one request of the queue, which all tabs of the origin share. */
async function queue<T>(use: (entries: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  if (!opening) {
    const request = indexedDB.open("heed", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("heed", { autoIncrement: true, keyPath: "id" });
    opening = result(request);
  }
  return result(use((await opening).transaction("heed", "readwrite").objectStore("heed")));
}

/** Sends one entry. Where nobody answers, it is as if the server could not. */
async function post({ url, auth, body, at }: Entry): Promise<[outcome: Outcome, retryAfter: number]> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Bearer " + auth },
    body,
    keepalive: body.length < 32e3, // browsers share 64 kB among all such requests of a page
  }).catch(() => null);
  const status = answer?.status ?? 500;
  const passes = (status > 499 || status == 429) && Date.now() < at + lifetime;
  return [status < 300 ? "sent" : passes ? "queued" : "refused", +(answer?.headers.get("Retry-After") ?? 0) * 1e3];
}

/** Sends what is kept, oldest first, until one must wait. */
async function drain(): Promise<Map<number, Outcome>> {
  const outcomes = new Map<number, Outcome>();
  for (const entry of await queue<Entry[]>((entries) => entries.getAll())) {
    const [outcome, after] = await post(entry);
    if (outcome == "queued") {
      wait = Math.min(wait * 2, 3e5);
      clearTimeout(timer);
      timer = setTimeout(flush, Math.max(after, wait * Math.random()));
      break;
    }
    wait = 1e3;
    await queue((entries) => entries.delete(entry.id!));
    outcomes.set(entry.id!, outcome);
  }
  return outcomes;
}

/** Sends what is kept, now, and resolves to what became of it. One tab at a time. */
export function flush(): Promise<Map<number, Outcome>> {
  const next = Promise.resolve(turn).then(() => navigator.locks?.request("heed", drain) ?? drain());
  turn = next.catch(() => {});
  return next;
}

/** Makes a sender. Its functions may be called at any time. */
export function createHeed({ url = "", key, token, surface = "web" }: Options) {
  const auth = token ?? key ?? "";
  let signals: object[] = [];

  /** Sends the signals noted so far; the page does so by itself when it is hidden. */
  const beacon = () => {
    if (signals[0]) {
      navigator.sendBeacon(`${url}/v1/events?${token ? "token" : "key"}=${auth}`, JSON.stringify({ events: signals }));
      signals = [];
    }
  };
  document.addEventListener("visibilitychange", beacon);

  return {
    beacon,

    /** Gives, changes or takes back feedback on a response. The same id is the same feedback. */
    async send(responseId: string, change: Change): Promise<Outcome> {
      const entry: Entry = {
        url: url + "/v1/feedback", auth, at: Date.now(), body: JSON.stringify({ response_id: responseId, surface, ...change }),
      };
      try {
        const id = (await queue((entries) => entries.add(entry))) as number;
        return (await flush()).get(id) ?? ((await queue((entries) => entries.count(id))) ? "queued" : "sent");
      } catch {
        return (await post(entry))[0]; // without a database, as in some private windows
      }
    },

    /** Notes what somebody did with a response: a name of Heed's list and a number, never text. */
    signal(responseId: string, name: string, value?: number) {
      signals.push({ type: "signal", response_id: responseId, name, value, time: new Date() });
    },
  };
}

globalThis.addEventListener?.("online", flush);
