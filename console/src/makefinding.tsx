/** Making a finding of feedback, and saying where feedback is filed. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, forget, may, useAsk, useChange, within, type Problem } from "./ask";
import { ChooseFinding, openStates } from "./findingchoice";
import { Modal } from "./keys";
import { Trouble } from "./parts";
import type { Feedback, FeedbackDetail } from "./shapes/feedback";
import type { Finding, FindingDetail, Owner } from "./shapes/findings";
import type { List } from "./shapes/lists";
import type { Project } from "./shapes/projects";
import { filters, go, link, span, spanName, spans, type Filters } from "./url";
import { counted, dimensions, named, valued } from "./words";

/** What a measure leaves out: what chooses its result, and what a change of the product moves. */
const unmeasured = ["vote", "tag", "bound", "prompt_version", "model", "provider", "release", "status", "error_type"];

/** Filters as a finding has them. */
export function grouped(all: Filters): Record<string, string[]> {
  const out: Record<string, string[]> = {};
  for (const [dimension, value] of all) (out[dimension] ??= []).push(value);
  return out;
}

/** Filters in words. */
export const said = (filter: Record<string, string[]> | undefined, name: (tag: string) => string): string =>
  Object.entries(filter ?? {}).map(([d, values]) => `${dimensions[d] ?? d} ${values.map((v) => (d === "tag" ? name(v) : valued(v))).join(" or ")}`).join(", ");

/** The tag that most of the feedback has, if half of it does. */
function commonTag(feedback: Feedback[]): string {
  const times = new Map<string, number>();
  for (const f of feedback) for (const tag of f.tags) times.set(tag, (times.get(tag) ?? 0) + 1);
  const [tag, n] = [...times].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))[0] ?? ["", 0];
  return 2 * n >= feedback.length ? tag : "";
}

/** The button that opens the form: of what is picked, else of the present filters, else by hand. */
export function MakeFinding({ picked, name, plain }: { picked: Feedback[]; name: (tag: string) => string; plain?: boolean }) {
  const [open, setOpen] = useState(false);
  const of = picked.length > 0 && !plain ? ` of ${picked.length}` : !plain && filters.value.length > 0 ? " of these" : "";
  return (
    <Fragment>
      <button class={plain ? "plain" : "button"} onClick={() => setOpen(true)}>Make a finding{of}</button>
      <Modal open={open} close={() => setOpen(false)} label="Make a finding"><Form picked={picked} name={name} close={() => setOpen(false)} /></Modal>
    </Fragment>
  );
}

function Form({ picked, name, close }: { picked: Feedback[]; name: (tag: string) => string; close: () => void }) {
  const chosen = filters.value;
  const selects = picked.length === 0 && chosen.length > 0;
  const measured = grouped(chosen.filter(([d]) => !unmeasured.includes(d)));
  const tagged = chosen.filter(([d]) => d === "tag").map(([, tag]) => tag);
  const [title, setTitle] = useState("");
  const [tag, setTag] = useState(tagged.length === 1 ? tagged[0]! : commonTag(picked));
  const [owner, setOwner] = useState("");
  const [due, setDue] = useState("");
  const [problem, busy, change] = useChange();
  const tags = useAsk<Project>(within("/v1/project")).data?.tags ?? [];
  const owners = useAsk<List<Owner>>(within("/v1/findings/owners")).data?.items ?? [];
  const among = said(measured, name);
  const make = (e: Event) => {
    e.preventDefault();
    change(() => call<FindingDetail>("POST", within("/v1/findings"), {
      title, measure: { ...(tag && { tag }), ...(among && { filter: measured }) }, ...(owner && { owner }), ...(due && { due }),
      ...(selects && { selection: { filter: grouped(chosen), since: new Date(span.value.from).toISOString() } }),
      ...(picked.length > 0 && { feedback: picked.map((f) => f.id) }),
    }).then((f) => {
      forget("/v1/findings");
      forget("/v1/feedback/");
      close();
      go(link(`/findings/${f.id}`));
    }));
  };
  return (
    <form onSubmit={make}>
      <h2>Make a finding</h2>
      <p class="caption">
        {picked.length > 0 ? `Of ${counted(picked.length, "piece")} of feedback that you chose.`
          : selects ? `Of all feedback with ${said(grouped(chosen), name)} in the ${spans[spanName.value].name}. What comes later and matches joins by itself.`
            : "By hand: feedback can be filed under it later. Choose a filter or pick feedback first, and it is made of that."}
      </p>
      <Trouble error={problem} />
      <label class="field"><span>What is wrong, in a few words</span>
        <input value={title} required maxLength={200} autoFocus onInput={(e) => setTitle(e.currentTarget.value)} />
      </label>
      <label class="field"><span>Judged by the share of votes{among && ` with ${among}`} that are</span>
        <select class="input" value={tag} onChange={(e) => setTag(e.currentTarget.value)}>
          <option value="">bad</option>
          {[...new Set([...tags, ...(tag ? [tag] : [])])].map((t) => <option value={t} selected={t === tag}>tagged “{name(t)}”</option>)}
        </select>
      </label>
      <div class="halves">
        <label class="field"><span>Owner</span><Owners owners={owners} owner={owner} set={setOwner} /></label>
        <label class="field"><span>Due</span><input type="date" value={due} onInput={(e) => setDue(e.currentTarget.value)} /></label>
      </div>
      <button class="button main" disabled={busy}>Make it</button> <button type="button" class="button" onClick={close}>Cancel</button>
    </form>
  );
}

export const Owners = ({ owners, owner, set, id }: { owners: Owner[]; owner: string; set: (id: string) => void; id?: string }) => (
  <select class="input" id={id} value={owner} onChange={(e) => set(e.currentTarget.value)}>
    <option value="">nobody yet</option>
    {owner && !owners.some((o) => o.id === owner) && <option value={owner} selected>a former member</option>}
    {owners.map((o) => <option value={o.id} selected={o.id === owner}>{o.name}</option>)}
  </select>
);

/** Which kind of state it is: good, bad, or neither. */
export const State = ({ state }: { state: string }) => (
  <span class={`state ${state === "verified" ? "good" : state === "regressed" ? "bad" : ""}`}>{named(state)}</span>
);

/** Where a feedback is filed, and filing it. */
export function FiledUnder({ feedback, name }: { feedback: FeedbackDetail; name: (tag: string) => string }) {
  const [problem, setProblem] = useState<Problem>();
  const some = openStates();
  some.set("limit", "1");
  const open = useAsk<List<Finding>>(may("review") ? within("/v1/findings", some) : null).data?.items ?? [];
  const file = (id: string) =>
    call("POST", within(`/v1/findings/${id}/feedback`), { add: [feedback.id] }).then(() => { forget(`/v1/feedback/${encodeURIComponent(feedback.id)}`); forget("/v1/findings"); }, setProblem);
  if (!may("review") && feedback.findings.length === 0) return null;
  return (
    <Fragment>
      <h2 class="below">Findings</h2>
      <Trouble error={problem} />
      {feedback.findings.map((f) => <p class="eyebrow"><State state={f.state} /><a href={link(`/findings/${f.id}`)}><bdi>{f.title}</bdi></a></p>)}
      {may("review") && (
        <p class="eyebrow">
          <MakeFinding picked={[feedback]} name={name} plain />
          {open.length > 0 && <ChooseFinding label="File under a finding" says="File under …" without={feedback.findings.map((f) => f.id)} choose={(c) => void file(c.id)} />}
        </p>
      )}
    </Fragment>
  );
}

/** The causes that the project tells apart: those of every project, and its own. */
export const useCauses = (): string[] => useAsk<Project>(may("settings.read") ? within("/v1/project") : null).data?.causes ?? [];
