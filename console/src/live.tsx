/** Live: what arrives, as it arrives. */
import { effect, signal } from "@preact/signals";
import { Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { about, may, signedIn, useAsk, within } from "./ask";
import { N, Quote, Tags, useTagNames, Vote } from "./parts";
import type { Change } from "./shapes/changes";
import type { Feedback } from "./shapes/feedback";
import type { List } from "./shapes/lists";
import type { AnswerGiven } from "./shapes/responses";
import { link } from "./url";
import { clock, counted, day, duration, named } from "./words";

/** One thing that arrived. */
export type Arrived =
  | { kind: "feedback"; at: number; id: string; value: Feedback }
  | { kind: "response"; at: number; id: string; value: AnswerGiven }
  | { kind: "signal"; at: number; id: string; value: { response_id: string; name: string; value?: number; time: string } }
  | { kind: "change"; at: number; id: string; value: Change };

/** Whether the stream is there. */
export const connected = signal(false);
/** What arrived, newest first, since the console was opened. */
export const arrived = signal<Arrived[]>([]);
/** How many were left out of the stream because they came faster than it goes. */
export const missed = signal(0);

const listeners = new Set<(a: Arrived) => void>();
const most = 500;
let next = 0;

/** Calls back for everything that arrives, until the function it returns is called. */
export function listen(then: (a: Arrived) => void): () => void {
  listeners.add(then);
  return () => void listeners.delete(then);
}

function take(kind: Arrived["kind"], data: string): void {
  const a = { kind, at: Date.now(), id: `${kind}-${next++}`, value: JSON.parse(data) } as Arrived;
  arrived.value = [a, ...arrived.value].slice(0, most);
  for (const then of listeners) then(a);
}

/** Keeps one stream open for the project that is looked at, while somebody is signed in. */
export const stream = (): (() => void) => effect(() => {
  if (!signedIn.value || !may("items")) return;
  const source = new EventSource(within("/v1/live"));
  source.onopen = () => (connected.value = true);
  source.onerror = () => (connected.value = false);
  for (const kind of ["feedback", "response", "signal", "change"] as const) {
    source.addEventListener(kind, (e) => take(kind, e.data));
  }
  source.addEventListener("missed", (e) => (missed.value += Number(e.data)));
  return () => {
    source.close();
    connected.value = false;
    arrived.value = [];
  };
});

/** Each feedback once, as it is after its last change. */
function latest(all: Arrived[]): Arrived[] {
  const seen = new Set<string>();
  return all.filter((a) => a.kind !== "feedback" || (!seen.has(a.value.id) && seen.add(a.value.id)));
}

const kinds = { feedback: "Feedback", response: "Answers", signal: "Signals", change: "Changes" } as const;

export function Live() {
  const [shown, setShown] = useState<Record<string, boolean>>({ feedback: true, response: true, signal: false, change: true });
  const [paused, setPaused] = useState<Arrived[] | null>(null);
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  const past = useAsk<List<Feedback>>(within("/v1/feedback", about(null, { limit: "30" })));
  const [opened] = useState(Date.now());
  const all = paused ?? arrived.value;
  const list = latest(all).filter((a) => shown[a.kind]);
  const minute = arrived.value.filter((a) => now - a.at < 60_000);
  const votes = latest(minute).filter((a) => a.kind === "feedback").length;
  const answers = new Set(minute.filter((a) => a.kind === "response").map((a) => (a.value as AnswerGiven).response_id)).size;
  const waiting = paused ? arrived.value.findIndex((a) => a.id === paused[0]?.id) : 0;
  const fresh = new Set(arrived.value.filter((a) => a.kind === "feedback").map((a) => (a.value as Feedback).id));
  const older = (past.data?.items ?? []).filter((f) => !fresh.has(f.id) && Date.parse(f.updated_at) < opened + 60_000);
  return (
    <Fragment>
      <h1>
        <span class={connected.value ? "pulse" : "pulse off"} />
        {!connected.value ? "The stream is interrupted; it is tried again by itself." : paused
          ? <Fragment>Paused. {counted(Math.max(0, waiting < 0 ? arrived.value.length : waiting), "arrival")} since.</Fragment>
          : minute.length === 0
            ? "Listening. Nothing in the last minute."
            : <Fragment><N>{counted(votes, "vote")}</N> and <N>{counted(answers, "answer")}</N> in the last minute.</Fragment>}
      </h1>
      {missed.value > 0 && <p class="why">{counted(missed.value, "arrival")} came faster than this page can show; the lists have them all.</p>}
      <div class="bar" role="group" aria-label="What is shown">
        {(Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) => (
          <button class="chip" aria-pressed={shown[kind]} onClick={() => setShown({ ...shown, [kind]: !shown[kind] })}>{kinds[kind]}</button>
        ))}
        <span class="space" />
        <button class="button" onClick={() => setPaused(paused ? null : arrived.value)}>{paused ? "Go on" : "Pause"}</button>
      </div>
      <ol class="live" aria-live="polite" aria-label="What arrived, newest first">
        {list.slice(0, 200).map((a) => <Item key={a.id} a={a} fresh={now - a.at < 2000} />)}
        {shown.feedback && older.map((f) => <Item key={f.id} a={{ kind: "feedback", at: Date.parse(f.created_at), id: f.id, value: f }} />)}
        {list.length + older.length === 0 && <li><span class="soft">Rate an answer, and it stands here within a second.</span></li>}
      </ol>
    </Fragment>
  );
}

function Item({ a, fresh }: { a: Arrived; fresh?: boolean }) {
  const name = useTagNames();
  const open = (id: string) => link(`/responses/${encodeURIComponent(id)}`);
  const row = (what: preact.ComponentChildren, text: preact.ComponentChildren, id?: string) => (
    <li class={fresh ? "new" : ""}>
      <time class="soft">{a.at < Date.now() - 86_400_000 ? day(a.at) : clock(a.at)}</time>
      <span>{what}</span>
      <div>{text}</div>
      {id ? <a class="soft wide" href={open(id)}><code>{id.length > 22 ? `${id.slice(0, 21)}…` : id}</code></a> : <span />}
    </li>
  );
  switch (a.kind) {
    case "feedback": {
      const f = a.value;
      return row(
        <a href={link(`/feedback/${encodeURIComponent(f.id)}`)}><Vote vote={f.vote} score={f.score} /></a>,
        <Fragment>
          <Tags tags={f.tags} name={name} />
          <Quote text={f.comment} status={f.comment_status} />
          <Quote text={f.correction} status={f.correction_status}><span class="soft">Should have said</span></Quote>
          {fresh !== undefined && <details class="json"><summary>As stored</summary><pre tabIndex={0}>{JSON.stringify(f, null, 2)}</pre></details>}
          {f.vote === "none" && !f.tags.length && !f.has_comment && !f.has_correction && !f.score && <span class="soft">Taken back.</span>}
        </Fragment>,
        f.response_id,
      );
    }
    case "response": {
      const r = a.value;
      const facts = [r.feature, r.model, r.prompt_version && `prompt ${r.prompt_version}`, r.duration_ms !== undefined && duration(r.duration_ms)].filter(Boolean);
      return row(r.status === "error" ? <span class="bad">Failed</span> : <span class="soft">Answer</span>,
        <span class="soft">{r.error_type ? `${named(r.error_type)} · ` : ""}{facts.join(" · ")}</span>, r.response_id);
    }
    case "signal":
      return row(<span class="soft">Signal</span>, <span class="soft">{named(a.value.name)}</span>, a.value.response_id);
    case "change":
      return row(<span class="soft">Change</span>, <Fragment><b>{a.value.name} {a.value.value}</b> <span class="soft">{a.value.note}</span></Fragment>);
  }
}
