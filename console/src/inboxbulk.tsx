/** What is done with all that the filters keep, and the lists that the team keeps. */
import { Fragment, h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, forget, may, useAsk, within, type Problem } from "./ask";
import { useOutside } from "./filters";
import { at, inboxParams, type InboxEdit } from "./inbox";
import { ChooseFinding } from "./findingchoice";
import { Modal } from "./keys";
import { useCauses } from "./makefinding";
import { Trouble } from "./parts";
import type { Owner } from "./shapes/findings";
import type { InboxBulk, InboxView } from "./shapes/inbox";
import type { List } from "./shapes/lists";
import { go } from "./url";
import { count, counted, named } from "./words";

export function BulkChange({ changed }: { changed: () => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Fragment>
      <button class="button" onClick={() => setOpen(true)}>Change all of these</button>
      <Modal open={open} close={() => setOpen(false)} label="Change all of these"><Form close={() => { setOpen(false); changed(); }} /></Modal>
    </Fragment>
  );
}

function Form({ close }: { close: () => void }) {
  const state = inboxParams().get("state") ?? "open";
  const [what, setWhat] = useState(state === "open" ? "done" : "open");
  const [value, setValue] = useState("");
  const [preview, setPreview] = useState<InboxBulk>();
  const [changed, setChanged] = useState<number>();
  const [problem, setProblem] = useState<Problem>();
  const owners = useAsk<List<Owner>>(within("/v1/findings/owners")).data?.items ?? [];
  const [title, setTitle] = useState("");
  const causes = useCauses();
  useEffect(() => {
    call<InboxBulk>("POST", within("/v1/inbox/changes", inboxParams()), { state: "done", preview: true }).then(setPreview, setProblem);
  }, []);
  const edit: InboxEdit = what === "assignee" ? { assignee: value } : what === "cause" ? { cause: value } : what === "finding" ? { finding: value } : { state: what };
  const lacks = !["done", "open"].includes(what) && !value;
  const change = async (e: Event) => {
    e.preventDefault();
    setProblem(undefined);
    let all = 0;
    try {
      for (let cursor = ""; ; ) {
        const params = inboxParams();
        if (cursor) params.set("cursor", cursor);
        const did = await call<InboxBulk>("POST", within("/v1/inbox/changes", params), { ...edit, as_of: preview!.as_of });
        setChanged((all += did.changed));
        if (!did.next) break;
        cursor = did.next;
      }
      forget("/v1/inbox");
      forget("/v1/findings");
      close();
    } catch (error) {
      setProblem(error as Problem);
    }
  };
  const options: [string, string][] = [...(state === "open" ? [["done", "Handled"]] as [string, string][] : [["open", "Open again"]] as [string, string][]), ["assignee", "Assign to"], ["cause", "Cause"], ...(state === "open" ? [["finding", "File under"]] as [string, string][] : [])];
  return (
    <form onSubmit={(e) => void change(e)}>
      <h2>Change all of these</h2>
      <p class="caption">{preview ? `${counted(preview.count, "piece of feedback", "pieces of feedback")} that the list keeps now. What somebody else looks at is left out, and so is what comes later.` : "Counting …"}</p>
      <Trouble error={problem} />
      <label class="field"><span>What becomes of it</span>
        <select class="input" value={what} onChange={(e) => { setWhat(e.currentTarget.value); setValue(""); }}>{options.map(([id, label]) => <option value={id} selected={id === what}>{label}</option>)}</select>
      </label>
      {what === "assignee" && <Select label="To whom" value={value} set={setValue} of={owners.map((o) => [o.id, o.name])} />}
      {what === "cause" && <Select label="Which cause" value={value} set={setValue} of={causes.map((c) => [c, named(c)])} />}
      {what === "finding" && <div class="field"><span>Which finding</span><ChooseFinding label="Which finding" class="input" says={value ? title : "choose"} choose={(c) => { setValue(c.id); setTitle(c.name); }} /></div>}
      <button class="button main" disabled={!preview || preview.count === 0 || lacks || (changed !== undefined && !problem)}>{changed !== undefined && !problem ? `${count(changed)} changed …` : `Change ${preview ? count(preview.count) : ""}`}</button>{" "}
      <button type="button" class="button" onClick={close}>Cancel</button>
    </form>
  );
}

const Select = ({ label, value, set, of }: { label: string; value: string; set: (v: string) => void; of: [string, string][] }) => (
  <label class="field"><span>{label}</span>
    <select class="input" value={value} onChange={(e) => set(e.currentTarget.value)}>
      <option value="">choose</option>
      {of.map(([id, name]) => <option value={id} selected={id === value}>{name}</option>)}
    </select>
  </label>
);

/** The lists that the team keeps, for everybody, and keeping this one. */
export function TeamViews() {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const ref = useRef<HTMLDivElement>(null);
  useOutside(ref, open, () => setOpen(false));
  const views = useAsk<List<InboxView>>(within("/v1/inbox/views")).data?.items ?? [];
  const done = (work: Promise<unknown>) => void work.then(() => { forget("/v1/inbox/views"); setName(""); setProblem(undefined); }, setProblem);
  return (
    <div class="menu" ref={ref}>
      <button class="chip" aria-expanded={open} onClick={() => setOpen(!open)}>Views of the team</button>
      {open && (
        <div>
          <Trouble error={problem} />
          {views.map((v) => (
            <div class="line-form">
              <button onClick={() => { setOpen(false); go(at(undefined, new URLSearchParams(v.query))); }}><bdi>{v.name}</bdi></button>
              {may("review") && <button class="bad" aria-label={`Remove ${v.name}`} onClick={() => done(call("DELETE", within(`/v1/inbox/views/${v.id}`)))}>Remove</button>}
            </div>
          ))}
          {views.length === 0 && !may("review") && <p class="soft">None yet.</p>}
          {may("review") && (
            <form class="line-form" onSubmit={(e) => { e.preventDefault(); done(call("POST", within("/v1/inbox/views"), { name: name.trim(), query: inboxParams().toString() })); }}>
              <input aria-label="Name of this view" placeholder="Keep this list for all as" maxLength={64} required value={name} onInput={(e) => setName(e.currentTarget.value)} />
            </form>
          )}
        </div>
      )}
    </div>
  );
}
