/** Reviews: what a period was like, what members say of it, and what they decide. Loaded when it is first opened. */
import { Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, forget, may, Problem, useAsk, useChange, within } from "./ask";
import { Cadence } from "./cadence";
import { Decide, Settle, type Decision, type Earlier } from "./decisions";
import { chosen } from "./lists";
import { Owners } from "./makefinding";
import { Part, type Block } from "./paper";
import { Ready, Theirs, Trouble, useDraft } from "./parts";
import type { Owner } from "./shapes/findings";
import type { List } from "./shapes/lists";
import { go, link } from "./url";
import { ago, counted, date, minute } from "./words";

export interface Review {
  id: string;
  number: number;
  version: number;
  state: string;
  from: string;
  to: string;
  due: string;
  missed?: number;
  overdue: boolean;
  owner?: string;
  owner_name?: string;
  texts: Record<string, string>;
  decisions: Decision[];
  earlier: Earlier[];
  closed_at?: string;
  summary: string;
}

interface Section {
  id: string;
  title: string;
  blocks: Block[];
  text?: string;
  text_status?: string;
}

export interface ReviewDetail extends Review {
  title: string;
  standing: string;
  sections: Section[];
  history: { id: number; time: string; kind: string; by: { kind: string; name?: string; id?: string }; texts?: Record<string, string>; decision?: number; outcome?: string; note?: string }[];
}

/** Changes a review, this one unless told otherwise, and says whether that was done. */
export type Act = (method: string, more: string, body: object, of?: string) => Promise<boolean>;

export function Reviews() {
  const id = chosen();
  return id ? <ReviewPage id={id} key={id} /> : <ReviewList />;
}

function ReviewList() {
  const [most, setMost] = useState(50);
  const answer = useAsk<List<Review> & { waiting: boolean }>(within("/v1/reviews", new URLSearchParams({ limit: String(most) })));
  const [problem, busy, change] = useChange();
  const [setting, setSetting] = useState(false);
  const open = () => change(() => call<ReviewDetail>("POST", within("/v1/reviews"), {}).then((r) => { forget("/v1/reviews"); go(link(`/reviews/${r.id}`)); }));
  return (
    <Fragment>
      <div class="bar">
        <button class="chip" aria-expanded={setting} onClick={() => setSetting(!setting)}>When, and who</button>
        <span class="space" />
        {may("review") && <button class="button" disabled={busy} onClick={open}>Open one now</button>}
      </div>
      <Trouble error={problem} />
      {setting && <Cadence />}
      <Ready answer={answer}>
        {({ items, next }) => (
          <Fragment>
            <h1 class="say">{say(items)}</h1>
            {items.length === 0 ? <Empty /> : (
              <ol class="reviews" aria-label="Reviews, newest first">
                {items.map((r) => (
                  <li key={r.id}>
                    <div>
                      <a href={link(`/reviews/${r.id}`)}>Review {r.number}</a>
                      <span class="soft">{date(r.from)} to {date(r.to)}</span>
                      <span class={`state ${r.overdue ? "bad" : ""}`}>{r.overdue ? "Overdue" : r.state === "open" ? "Open" : "Closed"}</span>
                    </div>
                    <p>{r.summary}</p>
                    <p class="note">{[r.owner_name && `Led by ${r.owner_name}`, r.decisions.length > 0 && counted(r.decisions.length, "decision"), r.missed && `${counted(r.missed, "period")} before it without a review`].filter(Boolean).join(" · ")}</p>
                  </li>
                ))}
              </ol>
            )}
            {next && most < 1000 && <button class="button" onClick={() => setMost(Math.min(1000, most * 4))}>Earlier</button>}
          </Fragment>
        )}
      </Ready>
    </Fragment>
  );
}

function say(items: Review[]) {
  const overdue = items.filter((r) => r.overdue).length;
  const open = items.filter((r) => r.state === "open");
  if (items.length === 0) return "No review has been written yet.";
  if (overdue > 0) return <Fragment><b class="bad">{counted(overdue, "review")} overdue</b>: {overdue === 1 ? "it waits" : "they wait"} to be closed.</Fragment>;
  if (open.length > 0) return <Fragment><b>Review {open[0]!.number}</b> is open. It is to be closed by {date(open[0]!.due)}.</Fragment>;
  return <Fragment>Every review is closed. The last one ended on {date(items[0]!.to)}.</Fragment>;
}

const Empty = () => (
  <div class="empty">
    <p><b>The first review is written when the first period is over.</b></p>
    <p class="note">Heed freezes what changed in the numbers and in the product, which problems are new, and whether fixes worked. You write what it means, decide, and close it. Open one now to see what that looks like.</p>
  </div>
);

function ReviewPage({ id }: { id: string }) {
  const path = within(`/v1/reviews/${encodeURIComponent(id)}`);
  const answer = useAsk<ReviewDetail>(path);
  const [problem, setProblem] = useState<Problem>();
  useEffect(() => {
    const timer = setInterval(() => forget(path), 30_000);
    return () => clearInterval(timer);
  }, [path]);
  /** Calls, and looks at the review anew, also where somebody else was faster. */
  const act: Act = (method, more, body, of = id) =>
    call(method, within(`/v1/reviews/${encodeURIComponent(of)}${more}`), body).then(
      () => { setProblem(undefined); return true; },
      (error: Problem) => { setProblem(error); return false; },
    ).finally(() => forget("/v1/reviews"));
  const file = (kind: string) => within(`/v1/reviews/${encodeURIComponent(id)}.${kind}`);
  return (
    <Fragment>
      <div class="bar">
        <a class="chip" href={link("/reviews")}>All reviews</a>
        <span class="space" />
        <a class="chip" href={file("html")} target="_blank" rel="noreferrer">To print or save</a>
        <a class="chip" href={file("md")} target="_blank" rel="noreferrer">As Markdown</a>
      </div>
      <p class="unprinted">Here are exact numbers, which may be of one person. “To print or save” opens the review as others may read it.</p>
      <Trouble error={problem} />
      <Ready answer={answer}>{(r) => <Document r={r} act={act} />}</Ready>
    </Fragment>
  );
}

function Document({ r, act }: { r: ReviewDetail; act: Act }) {
  const open = r.state === "open" && may("review");
  const change = (body: object) => act("PATCH", "", { version: r.version, ...body });
  return (
    <article class="paper" aria-label="Review">
      <header>
        <p class="eyebrow"><span class={`state ${r.overdue ? "bad" : ""}`}>{r.overdue ? "Overdue" : r.state === "open" ? "Open" : "Closed"}</span></p>
        <h1><bdi>{r.title}</bdi></h1>
        <p class="soft"><bdi>{r.standing}</bdi></p>
        {open && <Leads r={r} change={change} />}
      </header>
      {r.sections.map((s) => (
        <section key={s.id} id={s.id} aria-label={s.title}>
          <h2>{s.title}</h2>
          {s.blocks.map((block) => <Part block={block} />)}
          <Written s={s} open={open} save={(text) => change({ texts: { [s.id]: text } })} />
          {s.id === "decisions" && <Settle r={r} act={act} />}
          {s.id === "decisions" && open && <Decide decide={(body) => act("POST", "/decisions", { version: r.version, ...body })} />}
        </section>
      ))}
      {open && <Close close={() => change({ state: "closed" })} decided={r.decisions.length} />}
      <History r={r} />
    </article>
  );
}

/** Who leads the review. */
function Leads({ r, change }: { r: ReviewDetail; change: (body: object) => Promise<boolean> }) {
  const owners = useAsk<List<Owner>>(within("/v1/findings/owners")).data?.items ?? [];
  return <form class="leads"><label for="leads">Led by</label> <Owners id="leads" owners={owners} owner={r.owner ?? ""} set={(owner) => void change({ owner })} /></form>;
}

/** What members wrote of a section, and writing it. What is being written stays, also where somebody else was faster. */
function Written({ s, open, save }: { s: Section; open: boolean; save: (text: string) => Promise<boolean> }) {
  const [draft, begin] = useDraft(s.text ?? "");
  if (s.text_status) return <p class="soft">Your role reads no texts.</p>;
  return (
    <Fragment>
      {s.text && <blockquote class="quote" dir="auto">{s.text}</blockquote>}
      {open && !draft && <button class="plain" onClick={() => begin()}>{s.text ? "Change what we say" : "Write what it means"}<span class="hidden"> about {s.title}</span></button>}
      {draft && (
        <form onSubmit={(e) => { e.preventDefault(); draft.keep(save); }}>
          <Theirs draft={draft} />
          <label class="hidden" for={`text-${s.id}`}>What we say about {s.title}</label>
          <textarea id={`text-${s.id}`} rows={4} maxLength={8000} autoFocus value={draft.text} onInput={(e) => draft.set(e.currentTarget.value)} />
          <p class="moves"><button class="button main">Save</button><button type="button" class="button" onClick={draft.end}>Cancel</button></p>
          <p class="note">It is redacted as feedback is. Whoever may read what people wrote can read it.</p>
        </form>
      )}
    </Fragment>
  );
}

function Close({ close, decided }: { close: () => Promise<boolean>; decided: number }) {
  const [sure, setSure] = useState(false);
  return (
    <section class="closing" aria-label="Close">
      {sure ? (
        <p class="moves">
          <span>{decided ? "Once it is closed" : "No decision was taken. Once it is closed"} it stays as it is.</span>
          <button class="button main" onClick={() => void close()}>Close the review</button> <button class="button" onClick={() => setSure(false)}>Not yet</button>
        </p>
      ) : <button class="button" onClick={() => setSure(true)}>Close this review</button>}
    </section>
  );
}

const did: Record<string, string> = { opened: "opened it", decided: "took decision", outcome: "said what became of decision", overdue: "noted that it is overdue", closed: "closed it" };

function History({ r }: { r: ReviewDetail }) {
  const title = (id: string) => r.sections.find((s) => s.id === id)?.title ?? id;
  return (
    <details class="past">
      <summary>History</summary>
      <ol class="story" aria-label="History">
        {[...r.history].reverse().map((e) => (
          <li key={e.id}>
            <time title={minute(e.time)}>{ago(e.time)}</time>
            <div>
              <b><bdi>{e.by.kind === "server" ? "Heed" : e.by.name ?? `${e.by.kind} ${e.by.id ?? ""}`}</bdi></b>{" "}
              <span class="soft">{e.kind === "edited" ? (e.texts ? `wrote about ${Object.keys(e.texts).map(title).join(", ")}` : "changed who leads it, or takes part") : did[e.kind] ?? e.kind}{e.decision ? ` ${e.decision}` : ""}{e.outcome ? `: ${e.outcome}` : ""}</span>
            </div>
          </li>
        ))}
      </ol>
    </details>
  );
}

