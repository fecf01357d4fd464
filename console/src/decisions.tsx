/** What a review decides, and what became of what was decided. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { may, useAsk, within } from "./ask";
import { ChooseFinding } from "./findingchoice";
import { Owners } from "./makefinding";
import type { Act, ReviewDetail } from "./reviews";
import type { Finding, Owner } from "./shapes/findings";
import type { List } from "./shapes/lists";

export interface Decision {
  number: number;
  text: string;
  finding?: string;
  person?: string;
  due?: string;
  outcome?: string;
  note?: string;
}

export interface Earlier extends Decision {
  review: string;
  review_number: number;
}

const useOwners = (): Owner[] => useAsk<List<Owner>>(within("/v1/findings/owners")).data?.items ?? [];

/** Takes a decision: something that somebody does by a day, a new finding, or one that is there. */
export function Decide({ decide }: { decide: (body: object) => Promise<boolean> }) {
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState("person");
  const [text, setText] = useState("");
  const [person, setPerson] = useState("");
  const [due, setDue] = useState("");
  const [finding, setFinding] = useState("");
  const [busy, setBusy] = useState(false);
  const owners = useOwners();
  const [title, setTitle] = useState("");
  const findings = useAsk<List<Finding>>(within("/v1/findings", new URLSearchParams({ limit: "1" }))).data?.items ?? [];
  if (!open) return <p class="moves"><button class="button" onClick={() => setOpen(true)}>Take a decision</button></p>;
  const take = (e: Event) => {
    e.preventDefault();
    const body = kind === "person" ? { person, due } : kind === "new" ? { new: { title: text, owner: person, due } } : { finding };
    setBusy(true);
    void decide({ text, ...body }).then((ok) => { setBusy(false); if (ok) { setOpen(false); setText(""); setFinding(""); } });
  };
  return (
    <form class="inline" onSubmit={take}>
      <label class="field"><span>What we decide</span><input value={text} required maxLength={kind === "new" ? 200 : 500} autoFocus onInput={(e) => setText(e.currentTarget.value)} /></label>
      <label class="field"><span>Which is</span>
        <select class="input" value={kind} onChange={(e) => setKind(e.currentTarget.value)}>
          <option value="person">for somebody to do by a day</option><option value="new">a new finding</option>
          {findings.length > 0 && <option value="finding">a finding that is there</option>}
        </select>
      </label>
      {kind === "finding" ? (
        <div class="field"><span>Finding</span><ChooseFinding label="Finding" class="input" all says={finding ? title : "choose one"} choose={(c) => { setFinding(c.id); setTitle(c.name); }} /></div>
      ) : (
        <div class="halves">
          <label class="field"><span>{kind === "new" ? "Owner" : "Who"}</span><Owners owners={owners} owner={person} set={setPerson} /></label>
          <label class="field"><span>{kind === "new" ? "Due" : "By when"}</span><input type="date" required={kind === "person"} value={due} onInput={(e) => setDue(e.currentTarget.value)} /></label>
        </div>
      )}
      <p class="moves"><button class="button main" disabled={busy || (kind === "finding" && !finding)}>Decide it</button><button type="button" class="button" onClick={() => setOpen(false)}>Cancel</button></p>
    </form>
  );
}

/** What became of assignments: of this review, and of earlier ones while it is open. */
export function Settle({ r, act }: { r: ReviewDetail; act: Act }) {
  const own = r.decisions.map((d) => ({ ...d, review: r.id, review_number: r.number }));
  const asked = [...(r.state === "open" ? r.earlier : []), ...own].filter((d) => !d.finding);
  if (!may("review") || asked.length === 0) return null;
  return (
    <details class="past">
      <summary>Say what became of what was decided</summary>
      <ol class="story">{asked.map((d) => <One key={`${d.review} ${d.number}`} d={d} act={act} />)}</ol>
    </details>
  );
}

function One({ d, act }: { d: Earlier; act: Act }) {
  const [note, setNote] = useState(d.note ?? "");
  const say = (outcome: string) => void act("PATCH", `/decisions/${d.number}`, { outcome, note: outcome ? note : "" }, d.review);
  return (
    <li>
      <span class="soft">{d.review_number}.{d.number}</span>
      <div>
        <p><bdi>{d.text}</bdi>{d.outcome && <b class={d.outcome === "done" ? "good" : ""}> {d.outcome}{d.note && <Fragment>: <bdi>{d.note}</bdi></Fragment>}</b>}</p>
        {d.outcome ? <button class="plain" onClick={() => say("")}>Take that back</button> : (
          <p class="line-form">
            <label class="hidden" for={`note-${d.review}-${d.number}`}>What became of it</label>
            <input id={`note-${d.review}-${d.number}`} maxLength={500} placeholder="What became of it" value={note} onInput={(e) => setNote(e.currentTarget.value)} />
            <button type="button" class="button" onClick={() => say("done")}>Done</button> <button type="button" class="button" disabled={!note.trim()} onClick={() => say("dropped")}>Dropped</button>
          </p>
        )}
      </div>
    </li>
  );
}
