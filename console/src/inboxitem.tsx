/** One item of the inbox: the answer's story, and what a reviewer does about it. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, forget, may, signedIn, useAsk, within, type Problem } from "./ask";
import { Pick, type Choice } from "./choose";
import { at, type InboxEdit } from "./inbox";
import { PickFinding } from "./findingchoice";
import { acts, Modal } from "./keys";
import { FeedbackStory, wide } from "./lists";
import { MakeFinding, useCauses } from "./makefinding";
import { Quote, Tags, Trouble, Vote, Wait } from "./parts";
import type { Feedback } from "./shapes/feedback";
import type { Owner } from "./shapes/findings";
import type { InboxDetail, InboxEntry, InboxEvent, InboxLock } from "./shapes/inbox";
import type { List } from "./shapes/lists";
import { link } from "./url";
import { ago, moment, named } from "./words";

type Act = (item: InboxEntry, edit: InboxEdit, undo: InboxEdit, said: string) => Promise<boolean>;

/** How often a lock is held again. It ends by itself after two minutes. */
const heartbeat = 45_000;

/** What is said of a lock is said in turn, lest what was sent first come last: then who has left would hold it, or who came back would not. */
const turns = new Map<string, Promise<unknown>>();

function inTurn<T>(path: string, work: () => Promise<T>): Promise<T> {
  const mine = (turns.get(path) ?? Promise.resolve()).then(work, work);
  const over: Promise<void> = mine.catch(() => undefined).then(() => void (turns.get(path) === over && turns.delete(path)));
  turns.set(path, over);
  return mine;
}

/** Holds an item while it is looked at; says who does, where somebody else was first. */
function useLock(id: string): [problem: Problem | undefined, again: () => void] {
  const [problem, setProblem] = useState<Problem>();
  const path = within(`/v1/inbox/items/${encodeURIComponent(id)}/lock`);
  const hold = () => void inTurn(path, () => call<InboxLock>("POST", path)).then(() => setProblem(undefined), (p: Problem) => setProblem(p.status === 409 ? p : undefined));
  useEffect(() => {
    if (!may("review")) return;
    hold();
    const timer = setInterval(hold, heartbeat);
    const letGo = () => fetch(path, { method: "DELETE", credentials: "same-origin", keepalive: true }).catch(() => undefined);
    addEventListener("pagehide", letGo);
    return () => {
      clearInterval(timer);
      removeEventListener("pagehide", letGo);
      void inTurn(path, letGo);
    };
  }, [path]);
  return [problem, hold];
}

export function InboxPanel({ id, entry, name, act }: { id: string; entry: InboxEntry | undefined; name: (tag: string) => string; act: Act }) {
  const path = within(`/v1/inbox/items/${encodeURIComponent(id)}`);
  const answer = useAsk<InboxDetail>(path);
  const [taken, again] = useLock(id);
  const panel = useRef<HTMLElement>(null);
  // Whoever handled the last item by its button, which is gone, goes on here and not at the top of the page.
  useEffect(() => void (document.activeElement === document.body && panel.current?.focus({ preventScroll: true })), []);
  const [asks, setAsks] = useState<"" | "assign" | "cause" | "file" | "answer">("");
  // What the list knows is shown, and may be handled, before the rest is there.
  const known = entry && (!answer.data || entry.version > answer.data.version) ? { ...answer.data, ...entry } : answer.data;
  const item: InboxDetail | undefined = known && { history: [], conversation: [], ...known };
  const mine = may("review") && !taken && item !== undefined;
  const open = item?.state === "open";
  // What a reviewer wrote stands in the whole item alone: without it, it would be written over and could not be undone.
  const answers = mine && answer.data !== undefined;
  const closes = () => setAsks("");
  const edit = (change: InboxEdit, undo: InboxEdit, said: string) => {
    closes();
    if (item) void act(item, change, undo, said);
  };
  const handle = () => item && edit({ state: open ? "done" : "open" }, { state: open ? "open" : "done" }, open ? "Handled." : "Open again.");
  acts.value = {
    ...acts.peek(),
    e: () => mine && (open || item.state === "done") && handle(), a: () => mine && setAsks("assign"), t: () => mine && setAsks("cause"), f: () => mine && open && setAsks("file"), w: () => answers && setAsks("answer"),
  };
  if (!item) return <article class="card" aria-label="Item" ref={panel} tabIndex={-1}>{answer.error ? <Trouble error={answer.error} /> : <Wait />}<p><a href={at()}>Close</a></p></article>;
  const f = item.feedback;
  return (
    <article class="card item" aria-label="Item" ref={panel} tabIndex={-1}>
      {!wide() && <h1 class="hidden">One piece of feedback in the inbox</h1>}
      <header><h2><Vote vote={f.vote} score={f.score} /> <span class="soft reasons">{item.reasons.join(" · ")}</span></h2><a href={at()}>Close</a></header>
      {taken && <p class="problem" role="alert">{taken.message} <button class="plain" onClick={again}>Look again</button></p>}
      {may("review") && (
        <div class="doing">
          {(open || item.state === "done") && <button class="button main" disabled={!mine} onClick={handle}>{open ? "Handled" : "Open again"} <kbd>e</kbd></button>}
          <button class="button" disabled={!mine} onClick={() => setAsks("assign")}>{item.assignee ? <bdi>{item.assignee_name}</bdi> : "Assign"} <kbd>a</kbd></button>
          <button class="button" disabled={!mine} onClick={() => setAsks("cause")}>{item.cause ? named(item.cause) : "Cause"} <kbd>t</kbd></button>
          {open && <button class="button" disabled={!mine} onClick={() => setAsks("file")}>File <kbd>f</kbd></button>}
          {item.state === "filed" && <button class="button" disabled={!mine} onClick={() => edit({ state: "open" }, { finding: item.finding! }, "Taken back into the inbox.")}>Take it back</button>}
          <button class="button" disabled={!answers} onClick={() => setAsks("answer")}>Right answer <kbd>w</kbd></button>
        </div>
      )}
      {item.finding && <p class="eyebrow">Filed under <a href={link(`/findings/${item.finding}`)}><bdi>{item.finding_title ?? "a finding"}</bdi></a></p>}
      {(item.answer || item.answer_status) && <Quote text={item.answer} status={item.answer_status}><p class="soft">What a reviewer says it should have said</p></Quote>}
      <FeedbackStory f={f} name={name} />
      {item.conversation.length > 0 && <Conversation others={item.conversation} name={name} />}
      {item.history.length > 0 && <History events={item.history} />}
      <Modal open={asks === "assign"} close={closes} class="palette" label="Assign to"><Assign item={item} edit={edit} /></Modal>
      <Modal open={asks === "cause"} close={closes} class="palette" label="Cause"><Cause item={item} edit={edit} /></Modal>
      <Modal open={asks === "file"} close={closes} class="palette" label="File under a finding"><File item={item} edit={edit} name={name} /></Modal>
      <Modal open={asks === "answer"} close={closes} label="What the answer should have been"><RightAnswer item={item} act={act} close={closes} /></Modal>
    </article>
  );
}

type Edits = { item: InboxDetail; edit: (change: InboxEdit, undo: InboxEdit, said: string) => void };

function Assign({ item, edit }: Edits) {
  const owners = useAsk<List<Owner>>(within("/v1/findings/owners")).data?.items ?? [];
  const me = owners.find((o) => o.name === signedIn.value!.name);
  const choices: Choice[] = [...(me ? [{ id: me.id, name: `${me.name}, you` }] : []), ...owners.filter((o) => o !== me), ...(item.assignee ? [{ id: "", name: "Nobody" }] : [])];
  return <Pick label="Assign to" choices={choices} chosen={item.assignee ?? ""} choose={(c) => edit({ assignee: c.id || null }, { assignee: item.assignee ?? null }, c.id ? `Assigned to ${c.name}.` : "Assigned to nobody.")} />;
}

function Cause({ item, edit }: Edits) {
  const causes = useCauses();
  const choices: Choice[] = [...causes.map((c) => ({ id: c, name: named(c) })), ...(item.cause ? [{ id: "", name: "Not known" }] : [])];
  return <Pick label="Cause" choices={choices} chosen={item.cause ?? ""} choose={(c) => edit({ cause: c.id || null }, { cause: item.cause ?? null }, c.id ? `Cause: ${c.name.toLowerCase()}.` : "No cause.")} />;
}

function File({ item, edit, name }: Edits & { name: (tag: string) => string }) {
  return (
    <Fragment>
      <PickFinding label="File under a finding" choose={(c) => edit({ finding: c.id }, { state: "open" }, `Filed under ${c.name}.`)} />
      <p class="foot"><MakeFinding picked={[item.feedback]} name={name} plain /></p>
    </Fragment>
  );
}

function RightAnswer({ item, act, close }: { item: InboxDetail; act: Act; close: () => void }) {
  const [text, setText] = useState(item.answer ?? item.feedback.correction ?? "");
  const save = (e: Event) => {
    e.preventDefault();
    const answer = text.trim() || null;
    void act(item, { answer }, { answer: item.answer ?? null }, answer ? "Kept." : "Taken away.").then((ok) => ok && forget(within(`/v1/inbox/items/${encodeURIComponent(item.feedback_id)}`)));
    close();
  };
  return (
    <form onSubmit={save}>
      <h2>What the answer should have been</h2>
      <p class="caption">It is redacted as people’s words are, sealed under the same key, and ends with this feedback.</p>
      <textarea class="input" rows={10} maxLength={8000} aria-label="What the answer should have been" autoFocus value={text} onInput={(e) => setText(e.currentTarget.value)}
        onKeyDown={(e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && save(e)} />
      <p><button class="button main">Keep it</button> <button type="button" class="button" onClick={close}>Cancel</button></p>
    </form>
  );
}

const Conversation = ({ others, name }: { others: Feedback[]; name: (tag: string) => string }) => (
  <Fragment>
    <h2>Elsewhere in this conversation</h2>
    <ol class="story" aria-label="Elsewhere in this conversation">
      {others.map((f) => (
        <li>
          <time title={moment(f.created_at)}>{ago(f.created_at)}</time>
          <div><a href={link(`/feedback/${encodeURIComponent(f.id)}`)}><Vote vote={f.vote} score={f.score} /></a> <Tags tags={f.tags} name={name} /><Quote text={f.comment} status={f.comment_status} /></div>
        </li>
      ))}
    </ol>
  </Fragment>
);

const states: Record<string, string> = { open: "opened it again", done: "handled it", gone: "saw it taken back" };

function stepOf(e: InboxEvent): ComponentChildren {
  const did: string[] = [];
  if (e.state) did.push(states[e.state] ?? e.state);
  if (e.finding) did.push(e.by.kind === "server" ? "let it join a finding" : "filed it under a finding");
  if (e.assignee !== undefined) did.push(e.assignee ? "assigned it" : "assigned it to nobody");
  if (e.cause !== undefined) did.push(e.cause ? `named the cause: ${named(e.cause).toLowerCase()}` : "took the cause away");
  if (e.answer) did.push(e.answer === "written" ? "wrote the right answer" : "took the right answer away");
  return <Fragment><bdi>{e.by.name || (e.by.kind === "server" ? "Heed" : "a key")}</bdi> {did.join(", ")}</Fragment>;
}

const History = ({ events }: { events: InboxEvent[] }) => (
  <Fragment>
    <h2>History</h2>
    <ol class="story" aria-label="History">{events.map((e) => <li><time title={moment(e.time)}>{ago(e.time)}</time><span>{stepOf(e)}</span></li>)}</ol>
  </Fragment>
);
