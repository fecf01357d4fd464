/** Client of Heed for browsers and servers: feedback, events, signals and feedback tokens. */

export { parseCommand, type Command } from "./command.js";
export { mintToken, type TokenClaims } from "./token.js";

/** Where Heed is, and a key or a feedback token to call it with. A secret key belongs on servers only. */
export interface Options {
  url: string;
  key?: string;
  token?: string;
  surface?: string;
  /** How often a call is tried; 4 if left out. */
  attempts?: number;
  /** In place of the global fetch. */
  fetch?: typeof fetch;
}

/** One change to a feedback. What is absent stays, null clears. */
export interface Feedback {
  id?: string;
  response_id?: string;
  trace_id?: string;
  span_id?: string;
  vote?: "up" | "down" | "none";
  score?: { value: number; min: number; max: number } | null;
  tags?: string[] | null;
  comment?: string | null;
  correction?: string | null;
  preferred_over?: string;
  user?: string;
  surface?: string;
  time?: string;
}

/** A feedback as Heed holds it. */
export interface FeedbackState {
  id: string;
  response_id: string;
  vote: "up" | "down" | "none";
  score: { value: number; min: number; max: number } | null;
  tags: string[];
  has_comment: boolean;
  has_correction: boolean;
  trust: "server" | "token" | "public";
  bound: boolean;
  created_at: string;
  updated_at: string;
}

/** One event in the shape of POST /v1/events. */
export interface Event {
  type: "response" | "feedback" | "signal" | "change";
  [field: string]: unknown;
}

/** What became of a batch: every event but the rejected is durable. */
export interface Accepted {
  accepted: number;
  rejected: { index: number; code: string; field: string; message: string }[];
}

/** What Heed refused. code is of its closed list, such as "invalid"; status 0: nobody answered. */
export class HeedError extends Error {
  constructor(
    message: string,
    readonly code: string,
    readonly status: number,
  ) {
    super(message);
    this.name = "HeedError";
  }
}

export interface Heed {
  /** Gives, changes or takes back feedback. It is durable when the promise resolves. */
  feedback(feedback: Feedback): Promise<FeedbackState>;
  /** Takes back vote, score, tags and texts. */
  retract(id: string): Promise<FeedbackState>;
  /** Notes what somebody did with a response: a name of Heed's list and a number, never text. */
  signal(responseId: string, name: string, value?: number): Promise<Accepted>;
  /** Sends up to 10,000 events. */
  events(events: Event[]): Promise<Accepted>;
}

/**
 * Makes a client. A call is tried again, with the same Idempotency-Key, when
 * Heed cannot be reached or says that this passes (429, 502, 503, 504).
 */
export function createHeed(options: Options): Heed {
  const base = options.url.replace(/\/+$/, "");
  const credential = options.token ?? options.key ?? "";

  async function attempt<T>(method: string, path: string, body: string | undefined, key: string): Promise<[T] | [undefined, HeedError, number]> {
    const headers: Record<string, string> = { Authorization: `Bearer ${credential}`, "Content-Type": "application/json" };
    if (method == "POST") headers["Idempotency-Key"] = key;
    let answer: Response;
    try {
      answer = await (options.fetch ?? fetch)(base + path, { method, headers, body: body ?? null });
    } catch (failure) {
      return [undefined, new HeedError(`no answer from ${base}: ${(failure as Error).message}`, "unavailable", 0), 0];
    }
    const value = await answer.json().catch(() => undefined);
    if (answer.ok) return [value as T];
    const passes = [429, 502, 503, 504].includes(answer.status);
    const problem = value?.code
      ? new HeedError(value.detail, value.code, answer.status)
      : new HeedError(`${answer.status} from something that is no Heed`, "internal", answer.status);
    return [undefined, problem, passes ? Number(answer.headers.get("Retry-After") ?? 0) * 1000 : -1];
  }

  async function call<T>(method: string, path: string, body?: object): Promise<T> {
    const text = body && JSON.stringify(body);
    const key = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    let wait = 200;
    for (let left = options.attempts ?? 4; ; wait *= 2) {
      const [value, problem, after] = await attempt<T>(method, path, text, key);
      if (!problem) return value as T;
      if (after! < 0 || --left < 1) throw problem;
      await new Promise((done) => setTimeout(done, Math.max(after!, wait * (0.5 + Math.random()))));
    }
  }

  const events = (list: Event[]) => call<Accepted>("POST", "/v1/events", { events: list });
  return {
    feedback: (feedback) => call("POST", "/v1/feedback", options.surface ? { surface: options.surface, ...feedback } : feedback),
    retract: (id) => call("DELETE", "/v1/feedback/" + encodeURIComponent(id)),
    signal: (response_id, name, value) => events([{ type: "signal", response_id, name, value, time: new Date().toISOString() }]),
    events,
  };
}
