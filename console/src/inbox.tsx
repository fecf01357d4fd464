/** The inbox: feedback that wants eyes, the most urgent first, in one pass of the keyboard. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, forget, may, useAsk, within, type Problem } from "./ask";
import { Bar } from "./filters";
import { BulkChange, TeamViews } from "./inboxbulk";
import { InboxPanel } from "./inboxitem";
import { acts } from "./keys";
import { chosen, Rows, usePages, wide } from "./lists";
import { Trouble, useTagNames, Vote } from "./parts";
import type { InboxChanged, InboxCount, InboxEntry } from "./shapes/inbox";
import { address, filters, go, link } from "./url";
import { counted, moment, named } from "./words";

/** What besides the filters chooses items, as it stands in the address. */
const choosers = ["state", "severity", "assignee", "cause", "overdue"];

/** The lists on offer. */
const shows: [name: string, params: Record<string, string>][] = [
  ["Open", {}], ["Mine", { assignee: "me" }], ["Overdue", { overdue: "true" }], ["Unsafe", { severity: "unsafe" }], ["Handled", { state: "done" }], ["Filed", { state: "filed" }],
];

/** What chooses the items that are looked at. */
export function inboxParams(): URLSearchParams {
  const params = new URLSearchParams(filters.value);
  for (const name of choosers) for (const value of address.value.searchParams.getAll(name)) params.append(name, value);
  return params;
}

/** The address of the inbox, with the same list, or of an item in it. */
export function at(id?: string, params = inboxParams()): string {
  const url = new URL(link(id ? `/inbox/${encodeURIComponent(id)}` : "/inbox"), location.href);
  for (const [name] of filters.value) url.searchParams.delete(name);
  for (const [name, value] of params) url.searchParams.append(name, value);
  return url.pathname + url.search;
}

/** What is to be changed of an item, with null for what is taken away. */
export type InboxEdit = { state?: string; assignee?: string | null; cause?: string | null; finding?: string; answer?: string | null };

/** The last thing that was done, and what undoes it. */
interface Done {
  said: string;
  item: InboxEntry;
  undo: InboxEdit;
  /** Ends with the item as it became. */
  made: Promise<InboxEntry>;
  /** How often the list had been asked for: what it answers to a later question lacks the item. */
  asked: number;
}

export function Inbox() {
  const name = useTagNames();
  const [again, setAgain] = useState(0);
  const pages = usePages<InboxEntry>("/v1/inbox", inboxParams(), 100, again);
  const [away, setAway] = useState<ReadonlySet<string>>(new Set());
  const [changed, setChanged] = useState<ReadonlyMap<string, InboxEntry>>(new Map());
  const [done, setDone] = useState<Done>();
  const [problem, setProblem] = useState<Problem>();
  const id = chosen();
  const shown = { ...pages, items: pages.items.filter((i) => !away.has(i.feedback_id)).map((i) => newer(i, changed.get(i.feedback_id))) };
  const key = inboxParams().toString();
  useEffect(() => setAway(new Set()), [key]);
  const last = useRef(shown.items);
  last.current = shown.items;
  const list = useRef(key);
  list.current = key;
  const asked = useRef(0);
  const reload = () => setAgain(++asked.current);
  const without = (one: string, out: boolean) => setAway((all) => new Set(out ? [...all, one] : [...all].filter((x) => x !== one)));
  const send = (item: InboxEntry, version: number, edit: InboxEdit) =>
    call<InboxChanged>("PATCH", within(`/v1/inbox/items/${encodeURIComponent(item.feedback_id)}`), { version, ...edit }).then(({ item: now }) => {
      if (list.current !== key) reload(); // it was asked for before this was done
      setChanged((all) => new Map(all).set(now.feedback_id, now));
      forget("/v1/inbox/count");
      forget("/v1/inbox?"); // the overview's first of it
      forget(`/v1/inbox/items/${encodeURIComponent(now.feedback_id)}`);
      if (edit.finding || edit.state) forget("/v1/findings");
      return now;
    });

  /** Shows at once what is being done. Where it cannot be, the item comes back with the reason. */
  const act = (item: InboxEntry, edit: InboxEdit, undo: InboxEdit, said: string): Promise<boolean> => {
    const leaves = edit.finding !== undefined || edit.state !== undefined;
    setProblem(undefined);
    if (leaves) {
      const place = last.current.findIndex((i) => i.feedback_id === item.feedback_id);
      const rest = last.current.filter((i) => i.feedback_id !== item.feedback_id);
      const next = rest.slice(Math.max(0, place)).find(free) ?? rest.find(free);
      without(item.feedback_id, true);
      go(at(next?.feedback_id), true);
    }
    const made = send(item, item.version, edit);
    const now: Done = { said, item, undo, made, asked: asked.current };
    setDone(now);
    return made.then(() => true, (error: Problem) => {
      setProblem(error);
      setDone((last) => (last === now ? undefined : last));
      without(item.feedback_id, false);
      reload();
      forget(`/v1/inbox/items/${encodeURIComponent(item.feedback_id)}`);
      return false;
    });
  };
  const undo = () => {
    if (!done) return;
    setDone(undefined);
    without(done.item.feedback_id, false);
    go(at(done.item.feedback_id), true);
    const listed = pages.items.some((i) => i.feedback_id === done.item.feedback_id);
    done.made.then((now) => send(now, now.version, done.undo)).then(() => (listed && done.asked === asked.current) || reload(), (error: Problem) => {
      setProblem(error);
      reload();
    });
  };
  // Of an item that is closed no key is left: the one who looks at it would not be the one who acts on it.
  acts.value = id ? { ...acts.peek(), u: undo, Escape: () => go(at()) } : { u: undo };
  useEffect(() => () => void (acts.value = null), []);
  const narrow = id !== null || !wide();
  return (
    <Fragment>
      {(!id || wide()) && (
        <Fragment>
          <nav class="tabs" aria-label="Lists">
            {shows.map(([label, params]) => <a class="chip" href={at(undefined, withFilters(params))} aria-current={isShown(params) ? "page" : undefined}>{label}</a>)}
          </nav>
          <Bar timeless views={<TeamViews />}><Newer key={`${key} ${again}`} gone={away.size} listed={shown.items.length} whole={pages.done} show={() => { setAway(new Set()); reload(); }} />{may("review") && shown.items.length > 0 && <BulkChange changed={reload} />}</Bar>
          <Said />
        </Fragment>
      )}
      <Trouble error={problem ?? pages.error} />
      <div class={id && wide() ? "panes inbox" : ""}>
        {(!id || wide()) && (
          <Rows pages={shown} columns={narrow ? "62px minmax(0,1fr) 78px" : "62px minmax(0,1fr) 120px 120px 110px"} label="Inbox, most urgent first"
            id={(i) => i.feedback_id} chosen={id} open={(i) => at(i.feedback_id)} empty={<Nothing />} row={(i) => <Row i={i} name={name} narrow={narrow} />} />
        )}
        {id && <InboxPanel id={id} key={id} entry={shown.items.find((i) => i.feedback_id === id)} name={name} act={act} />}
      </div>
      <p class="toast" role="status">{done && <Fragment>{done.said} <button class="plain" onClick={undo}>Undo <kbd>u</kbd></button></Fragment>}</p>
    </Fragment>
  );
}

/** Says that the list is another by now. Unless it is empty it is not loaded by itself: what somebody is about to act on stays where it is. */
function Newer({ gone, listed, whole, show }: { gone: number; listed: number; whole: boolean; show: () => void }) {
  const n = useAsk<InboxCount>(within("/v1/inbox/count", inboxParams())).data?.open;
  const first = useRef<number | undefined>(undefined);
  first.current ??= n;
  const empty = listed === 0;
  // Of a list that is not whole it is known only how many there were when it was begun.
  const came = n === undefined ? 0 : n - (whole ? listed : first.current! - gone);
  useEffect(() => {
    if (!empty || !n || gone) return;
    const timer = setTimeout(show, 1000);
    return () => clearTimeout(timer);
  }, [empty, n, gone]);
  if (came <= 0) return null;
  return <button class="button" onClick={show}>{counted(came, "more came", "more came")}: show</button>;
}

/** An item as it was changed here, until the list knows that. */
const newer = (listed: InboxEntry, made?: InboxEntry): InboxEntry => (made && made.version > listed.version ? made : listed);

/** Whether nobody else looks at it. */
const free = (i: InboxEntry): boolean => !i.lock || i.lock.mine;

function withFilters(params: Record<string, string>): URLSearchParams {
  const all = new URLSearchParams(filters.value);
  for (const [name, value] of Object.entries(params)) all.set(name, value);
  return all;
}

const isShown = (params: Record<string, string>): boolean => choosers.every((name) => (address.value.searchParams.get(name) ?? "") === (params[name] ?? ""));

function Row({ i, name, narrow }: { i: InboxEntry; name: (tag: string) => string; narrow: boolean }): ComponentChildren {
  const f = i.feedback;
  const urgent = i.severity === "unsafe" || i.severity === "broken";
  const words = f.comment ?? f.correction ?? "";
  const tags = f.tags.filter((t) => !words || t !== i.severity);
  const late = <span class={i.overdue ? "bad right" : "soft right"} title={`since ${moment(i.opened_at)}`}>{age(i.opened_at)}{i.overdue && !narrow ? ", overdue" : ""}</span>;
  return (
    <Fragment>
      {urgent ? <span class="bad"><b>{named(i.severity)}</b></span> : <Vote vote={f.vote} score={f.score} />}
      <span title={i.reasons.join(" · ")}>{tags.map(name).join(", ")}{tags.length > 0 && words ? ": " : ""}<span class="soft"><bdi>{words || (tags.length ? "" : "no reason given")}</bdi></span></span>
      {narrow ? (i.lock && !i.lock.mine ? <span class="soft right"><bdi>{i.lock.by}</bdi></span> : late) : (
        <Fragment>
          <span class="soft">{i.people > 1 ? `${counted(i.people, "person", "people")}` : ""}</span>
          <span class="soft"><bdi>{i.lock && !i.lock.mine ? `${i.lock.by} looks` : i.assignee_name ?? ""}</bdi></span>
          {late}
        </Fragment>
      )}
    </Fragment>
  );
}

/** 5 min, 3 h, 12 d */
export function age(since: string): string {
  const s = (Date.now() - Date.parse(since)) / 1000;
  return s < 3600 ? `${Math.max(1, Math.round(s / 60))} min` : s < 86_400 ? `${Math.floor(s / 3600)} h` : `${Math.floor(s / 86_400)} d`;
}

function Said() {
  const n = useAsk<InboxCount>(within("/v1/inbox/count", inboxParams())).data;
  const state = address.value.searchParams.get("state") ?? "open";
  if (!n) return <h1 class="say" />;
  const what = counted(n.open, "piece of feedback", "pieces of feedback");
  if (state !== "open") return <h1 class="say"><b>{what}</b> {state === "done" ? "handled" : state === "filed" ? "filed under findings" : "taken back by those who gave it"}.</h1>;
  if (n.open === 0) return <h1 class="say">Nothing wants eyes here.</h1>;
  return (
    <h1 class="say">
      <b>{what}</b> {n.open === 1 ? "wants" : "want"} eyes{n.unsafe > 0 && <Fragment>, <b class="bad">{n.unsafe} unsafe</b></Fragment>}.
      {n.overdue > 0 ? <Fragment> <a class="bad" href={at(undefined, overdue())}>{counted(n.overdue, "is", "are")} overdue</a>.</Fragment> : " None is overdue."}
    </h1>
  );
}

function overdue(): URLSearchParams {
  const params = inboxParams();
  params.set("overdue", "true");
  return params;
}

const Nothing = () => (
  <Fragment>
    <p><b>Nothing wants eyes here.</b></p>
    <p class="note">Bad votes, low scores, what is tagged unsafe or broken, and whatever people wrote come here by themselves. What is filed under a finding leaves.</p>
  </Fragment>
);
