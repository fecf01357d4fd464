/** One finding. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { call, forget, may, Problem, useAsk, within } from "./ask";
import { FollowUp } from "./followup";
import { IssueAtGitHub, IssueDone, issueStep, mayMark } from "./githubissue";
import { DotAndWhisker, type Row } from "./charts";
import { Owners, said, State, useCauses } from "./makefinding";
import { Asked, People, Quote, Ready, Tags, Trouble, useTagNames, Vote, Wait } from "./parts";
import type { ProductChange } from "./shapes/changes";
import type { Feedback } from "./shapes/feedback";
import type { Difference, FindingDetail, FindingEvent, Owner, VoteShare } from "./shapes/findings";
import type { List } from "./shapes/lists";
import { enough } from "./statistics";
import { OpenIssue } from "./tracker";
import { link } from "./url";
import { ago, bare, between, count, counted, day, moment, named, percent } from "./words";


/** What people do to take a finding to a state. */
const moves: Record<string, string> = { triaged: "It is one", fixing: "Start fixing", fixed: "Mark the change", dismissed: "Dismiss" };

export function FindingPage({ id }: { id: string }) {
  const name = useTagNames();
  const path = within(`/v1/findings/${encodeURIComponent(id)}`);
  const answer = useAsk<FindingDetail>(path);
  const [problem, setProblem] = useState<Problem>();
  const f = answer.data;
  const waits = f?.measured!.verdict === "unmarked" && !!f.change;
  useEffect(() => {
    const timer = setInterval(() => forget(path), f?.state === "fixed" || waits ? 4000 : 30_000);
    return () => clearInterval(timer);
  }, [path, f?.state, waits]);
  /** The version after one's own last change, which is known before it is shown; and when that is done. */
  const made = useRef(0);
  const done = useRef<Promise<unknown>>(Promise.resolve());
  /** Calls once what was asked before is done, and looks at the finding anew, also where somebody else was faster. */
  const act = (method: string, more: string, body?: () => object): Promise<boolean> => {
    const acted = done.current.then(() => call<FindingDetail>(method, within(`/v1/findings/${encodeURIComponent(id)}${more}`), body?.())).then(
      (now) => { setProblem(undefined); if (method === "PATCH") made.current = now.version; return true; },
      (error: Problem) => { setProblem(error); return false; },
    ).finally(() => forget("/v1/findings"));
    done.current = acted;
    return acted;
  };
  const change = (body: object) => act("PATCH", "", () => ({ version: Math.max(f!.version, made.current), ...body }));
  return (
    <Fragment>
      <div class="bar"><a class="chip" href={link("/findings")}>All findings</a></div>
      <Trouble error={problem} />
      <Ready answer={answer}>
        {(f) => (
          <Fragment>
            <p class="eyebrow"><State state={f.state} />{f.overdue && <b class="bad">overdue since {day(f.due!)}</b>}<span>made {ago(f.created_at)}</span></p>
            <h1 class="say"><b><bdi>{f.title}</bdi></b>. <Story f={f} name={name} /></h1>
            <p class="why"><Reach f={f} name={name} /></p>
            <div class="two finding">
              <div class="stack">
                <Measure f={f} name={name} />
                <Given id={id} name={name} take={(feedback) => act("POST", "/feedback", () => ({ take: [feedback] }))} filed={`${f.filed} ${f.matches?.votes} ${f.history.length}`} />
              </div>
              <div class="stack">
                <Work f={f} change={change} open={() => act("POST", "/issue")} />
                <FollowUp f={f} change={change} />
                <History f={f} name={name} note={(text) => act("POST", "/notes", () => ({ text }))} />
              </div>
            </div>
          </Fragment>
        )}
      </Ready>
    </Fragment>
  );
}

/** What is measured, in words: "votes tagged “Wrong or made up”". */
const hits = (f: FindingDetail, name: (tag: string) => string): string => (f.measure.tag ? `tagged “${name(f.measure.tag)}”` : "bad");

const share = (s: VoteShare): string => (s.votes < enough ? `${s.hits} of ${counted(s.votes, "vote")}` : `${percent(s.share!)} of ${counted(s.votes, "vote")}`);

/** "by 36 to 53 points", from the end that is nearer to nothing. */
function points(d: Difference): string {
  const ends = [Math.abs(d.low), Math.abs(d.high)].sort((a, b) => a - b).map((x) => (x * 100).toFixed(x < 0.1 ? 1 : 0));
  return ends[0] === ends[1] ? `by ${ends[0]} points` : `by ${ends[0]} to ${ends[1]} points`;
}

const signed = (x: number): string => (x * 100).toFixed(1).replace("-", "−");

const changed = (c: ProductChange): ComponentChildren => (
  <Fragment>{named(c.name)} {c.value && (/^https?:\/\//.test(c.value) ? <a href={c.value} rel="noreferrer noopener" target="_blank">{c.value.replace(/^https?:\/\//, "")}</a> : <b><bdi>{c.value}</bdi></b>)}</Fragment>
);

function Story({ f, name }: { f: FindingDetail; name: (tag: string) => string }) {
  const m = f.measured!;
  const before = m.before;
  if (f.state === "dismissed") return <Fragment>Dismissed: <bdi>{f.reason}</bdi></Fragment>;
  if (m.verdict === "unmarked" || m.verdict === "waiting") {
    return (
      <Fragment>
        {before.votes === 0 ? "Nobody has voted in the last four weeks." : (
          <Fragment><b class="bad">{share(before)}</b> in the last four weeks were {hits(f, name)}{before.votes >= enough && <Fragment>, between <b>{between(before.low, before.high)}</b></Fragment>}.</Fragment>
        )}
        {m.verdict === "waiting" && <Fragment> {changed(f.change!)} is to fix it from {moment(f.change!.time!)} on.</Fragment>}
        {m.verdict === "unmarked" && f.change && <Fragment> It waits for {changed(f.change)}.</Fragment>}
      </Fragment>
    );
  }
  const after = m.after!;
  const d = m.difference;
  return (
    <Fragment>
      {changed(f.change!)} came on {day(f.change!.time!)}.{" "}
      {d && <Fragment>Before, {share(before)} were {hits(f, name)}; since, <b class={m.verdict === "better" ? "good" : m.verdict === "worse" ? "bad" : ""}>{share(after)}</b>. </Fragment>}
      {m.verdict === "better" && <Fragment>It fell <b class="good">{points(d!)}</b>.</Fragment>}
      {m.verdict === "worse" && <Fragment>It rose <b class="bad">{points(d!)}</b>.</Fragment>}
      {m.verdict === "no_before" && "Nobody had voted in the four weeks before, so there is nothing to compare with."}
      {m.verdict === "no_after" && "Nobody has voted since."}
      {m.verdict === "unsure" && (m.needed ? <Fragment>Not enough data yet: about <b>{counted(m.needed, "vote more", "votes more")}</b>, if the share stays as it is.</Fragment>
        : "Not enough data, and no number of votes will tell these two apart as it stands.")}
      {f.state === "regressed" && m.verdict === "better" && <Fragment> <b class="bad">Then it came back.</b></Fragment>}
    </Fragment>
  );
}

function Reach({ f, name }: { f: FindingDetail; name: (tag: string) => string }) {
  const parts: ComponentChildren[] = [];
  if (f.matches) parts.push(<Fragment>{counted(f.matches.votes, "vote")}{f.matches.people > 0 && <Fragment>, <People n={f.matches.people} />,</Fragment>} with {said(f.selection!.filter, name)}</Fragment>);
  if (f.filed) parts.push(<Fragment>{counted(f.filed, "piece")} of feedback filed by hand</Fragment>);
  const closed = f.state === "verified" || f.state === "dismissed";
  return <Fragment>{parts.length ? <Fragment>{parts[0]}{parts[1] && <Fragment>, and {parts[1]}</Fragment>}.</Fragment> : "No feedback is filed under it."}{f.selection && (closed ? " Nothing joins while it is closed." : " What comes and matches joins by itself.")}</Fragment>;
}

/** The measure before and after, as intervals. */
function Measure({ f, name }: { f: FindingDetail; name: (tag: string) => string }) {
  const m = f.measured!;
  const filter = Object.entries(f.measure.filter ?? {}).map(([d, values]) => [d, values[0]!] as const);
  const href = link("/feedback", Object.fromEntries([...filter, ...(f.measure.tag ? [["tag", f.measure.tag] as const] : [["vote", "down"] as const])]));
  const row = (label: string, s: VoteShare, kind?: Row["kind"]): Row => ({
    name: label, href, value: s.share ?? 0, n: s.votes, kind: s.votes < enough ? "few" : kind,
    ...(s.votes >= enough && { low: s.low, high: s.high }),
    said: s.votes === 0 ? "no votes" : s.votes < enough ? `${s.hits} of ${s.votes}` : percent(s.share!),
    title: `${s.hits} of ${counted(s.votes, "vote")}, ${moment(s.from)} to ${moment(s.to)}${s.votes >= enough ? `, between ${bare(s.low)} and ${percent(s.high)}` : ""}`,
  });
  const rows = [row(m.after ? "Before" : "Last four weeks", m.before, "bad")];
  if (m.after) rows.push(row("Since", m.after, m.verdict === "worse" || m.verdict === "unsure" ? "bad" : undefined));
  if (m.watch) rows.push(row("Since verified", m.watch));
  const drawn = rows.filter((r) => r.n > 0);
  return (
    <section class="card">
      <header><h2>Share of votes that are {hits(f, name)}</h2></header>
      <p class="caption">{f.measure.filter ? `Of votes with ${said(f.measure.filter, name)}. ` : ""}Dots with 95 % intervals, and the votes they rest on{m.after ? ": four weeks before the change, and from it until now" : ""}.</p>
      {drawn.length > 0 ? <DotAndWhisker rows={drawn} label="The measure" whole /> : <p class="soft">No votes to measure by.</p>}
      {m.after && (
        <p class="note">
          {m.difference && Math.min(m.before.votes, m.after.votes) >= enough && <Fragment>Moved by {signed(m.difference.value)} points, between {signed(m.difference.low)} and {signed(m.difference.high)} (95 % interval). </Fragment>}
          The verdict rests on a stricter test, which holds however often one looks. It says that the share moved, not that the change moved it.
        </p>
      )}
    </section>
  );
}

/** How far it has come, who sees to it, and what is to fix it. */
function Work({ f, change, open }: { f: FindingDetail; change: (body: object) => Promise<boolean>; open: () => Promise<boolean> }) {
  const [asking, setAsking] = useState("");
  const owners = useAsk<List<Owner>>(within("/v1/findings/owners")).data?.items ?? [];
  const causes = useCauses();
  const writes = may("review");
  const done = (ok: boolean) => ok && setAsking("");
  /** A year that is being typed is one of long ago at first. */
  const setDue = (due: string) => void (due === "" || due >= "2000" ? change({ due }) : undefined);
  const move = (to: string) => (to === "fixed" || to === "dismissed" ? setAsking(asking === to ? "" : to) : void change({ state: to }));
  const again = f.state === "fixed" || f.state === "verified" || f.state === "regressed";
  const label = (to: string) => (to === "fixing" && again ? "Back to fixing" : to === "triaged" && f.state === "dismissed" ? "Open again" : to === "triaged" && f.state === "fixing" ? "Not now" : moves[to] ?? named(to));
  return (
    <section class="card duty">
      <header><h2>{named(f.state)}</h2><span class="soft" title={moment(f.state_since)}>since {day(f.state_since)}</span></header>
      {f.state === "fixed" && <p class="caption">Whether it helped is measured. Heed says so by itself when there are votes enough.</p>}
      {f.state === "verified" && <p class="caption">It is watched: if the share rises again, the finding opens again.</p>}
      {writes && <div class="moves">{f.moves.map((to, i) => <button class={`button ${i === 0 && !again ? "main" : ""}`} aria-expanded={to === "fixed" || to === "dismissed" ? asking === to : undefined} onClick={() => move(to)}>{label(to)}</button>)}</div>}
      {asking === "fixed" && <Mark f={f} mark={(c) => void change({ state: "fixed", change: c }).then(done)} />}
      {asking === "dismissed" && <Dismiss dismiss={(reason) => void change({ state: "dismissed", reason }).then(done)} />}
      <div class="work">
        <label for="owner">Owner</label>
        {writes ? <Owners id="owner" owners={owners} owner={f.owner ?? ""} set={(owner) => void change({ owner })} /> : <span><bdi>{f.owner_name ?? "nobody yet"}</bdi></span>}
        <label for="due">Due</label>
        {writes ? <input id="due" type="date" value={f.due ?? ""} onChange={(e) => setDue(e.currentTarget.value)} /> : <span>{f.due ? day(f.due) : "no day set"}</span>}
        <label for="cause">Cause</label>
        {writes ? (
          <select class="input" id="cause" value={f.cause ?? ""} onChange={(e) => void change({ cause: e.currentTarget.value })}>
            <option value="">not known yet</option>{causes.map((c) => <option value={c} selected={c === f.cause}>{named(c)}</option>)}
          </select>
        ) : <span>{f.cause ? named(f.cause) : "not known yet"}</span>}
        <span class="soft">Change</span>
        <span>{f.change ? <Fragment>{changed(f.change)}{again && f.change.time && <span class="soft">, {moment(f.change.time)}</span>}</Fragment> : <span class="soft">none is linked</span>}
          {writes && !again && f.state !== "dismissed" && <Fragment> <button class="plain" aria-expanded={asking === "link"} onClick={() => setAsking(asking === "link" ? "" : "link")}>{f.change ? "Change" : "Link one"}</button></Fragment>}</span>
        {f.github && <Fragment><span class="soft">Issue</span><IssueAtGitHub f={f} open={writes ? open : undefined} /></Fragment>}
        {!f.github && f.issue && <Fragment><span class="soft">Issue</span><span><OpenIssue issue={f.issue} /></span></Fragment>}
      </div>
      {writes && mayMark(f) && <IssueDone issue={f.github!.issue!} open={asking === "issue"} mark={() => setAsking(asking === "issue" ? "" : "issue")} />}
      {asking === "issue" && mayMark(f) && <Mark f={f} made={{ name: "issue", value: f.github!.issue!.url, time: f.github!.issue!.since }} mark={(c) => void change({ state: "fixed", change: c }).then(done)} />}
      {asking === "link" && <Mark f={f} link mark={(c) => void change({ change: c }).then(done)} />}
    </section>
  );
}

/** A time as a field of the browser's own time zone takes it. */
const local = (at: string): string => {
  const then = new Date(at);
  return new Date(then.getTime() - then.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
};

/** Names a change: one that has been made, or one to wait for. */
function Mark({ f, link, made, mark }: { f: FindingDetail; link?: boolean; made?: ProductChange; mark: (c: ProductChange) => void }) {
  const [name, setName] = useState(made?.name ?? f.change?.name ?? "prompt");
  const [value, setValue] = useState(made?.value ?? f.change?.value ?? "");
  const [at, setAt] = useState(made?.time ? local(made.time) : "");
  const names = [...new Set(["prompt", "model", "release", "commit", "pull_request", ...(made ? [made.name] : []), ...(f.change ? [f.change.name] : [])])];
  return (
    <form class="inline" onSubmit={(e) => { e.preventDefault(); mark({ name, value, ...(at && { time: new Date(at).toISOString() }) }); }}>
      <label class="field"><span>What {link ? "is to fix" : "fixed"} it</span>
        <select class="input" value={name} onChange={(e) => setName(e.currentTarget.value)}>{names.map((n) => <option value={n} selected={n === name}>{named(n)}</option>)}</select>
      </label>
      <label class="field"><span>Which: a version, or the address of a commit or pull request</span>
        <input value={value} maxLength={256} required autoFocus onInput={(e) => setValue(e.currentTarget.value)} />
      </label>
      {!link && <label class="field"><span>Since when</span><input type="datetime-local" value={at} onInput={(e) => setAt(e.currentTarget.value)} /></label>}
      <p class="note">{link ? "When Heed is told of this change, by heed mark or the API, it marks the finding by itself." : "Without a time: now."}</p>
      <p><button class="button main">{link ? "Link it" : "It was made"}</button></p>
    </form>
  );
}

function Dismiss({ dismiss }: { dismiss: (reason: string) => void }) {
  const [reason, setReason] = useState("");
  return (
    <form class="inline" onSubmit={(e) => { e.preventDefault(); dismiss(reason); }}>
      <label class="field"><span>Why is this no finding?</span><input value={reason} maxLength={500} required autoFocus onInput={(e) => setReason(e.currentTarget.value)} /></label>
      <p><button class="button main">Dismiss it</button></p>
    </form>
  );
}

interface Joined extends Feedback {
  joined: string;
  answer?: { input?: string; output?: string; input_status?: string; output_status?: string };
}

/** What somebody spoke of, cut short: the feedback's own page has all of it. What neither text can be shown for is said once. */
const About = ({ input, output, input_status, output_status }: NonNullable<Joined["answer"]>) => (
  <div class="asked">
    <Asked text={input} status={input_status} />
    <Quote text={output} status={output_status === input_status ? undefined : output_status}><p class="soft">Answered, redacted</p></Quote>
  </div>
);

/** What people said. */
function Given({ id, name, take, filed }: { id: string; name: (tag: string) => string; take: (feedback: string) => Promise<boolean>; filed: string }) {
  const [items, setItems] = useState<Joined[] | null>(null);
  const [next, setNext] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const asked = useRef(0);
  /** Reads on from a cursor, or anew as much as is shown. Only what was asked last is shown. */
  const load = (cursor: string) => {
    const mine = ++asked.current;
    const limit = cursor ? 20 : Math.min(100, Math.max(20, items?.length ?? 0));
    return call<List<Joined>>("GET", within(`/v1/findings/${encodeURIComponent(id)}/feedback`, new URLSearchParams({ limit: String(limit), answers: "true", ...(cursor && { cursor }) }))).then((page) => {
      if (mine !== asked.current) return;
      setItems((was) => (cursor && was ? [...was, ...page.items] : page.items));
      setNext(page.next);
    }, (error: Problem) => mine === asked.current && setProblem(error));
  };
  useEffect(() => void load(""), [id, filed]);
  return (
    <section class="card" aria-label="What people said">
      <header><h2>What people said</h2></header>
      <Trouble error={problem} />
      {items === null ? <Wait /> : items.length === 0 ? <p class="soft">No feedback is filed under it, and none matches.</p> : (
        <ol class="story" aria-label="Feedback of this finding">
          {items.map((f) => (
            <li key={f.id}>
              <time title={moment(f.created_at)}>{ago(f.created_at)}</time>
              <div>
                {may("review") && <button class="plain" title="It does not join again by itself" onClick={() => void take(f.id)}>Take away</button>}
                <a href={link(`/feedback/${encodeURIComponent(f.id)}`)}><Vote vote={f.vote} score={f.score} /></a> <Tags tags={f.tags} name={name} />
                {f.answer && <About {...f.answer} />}
                {(f.answer?.input || f.answer?.output) && f.comment && <p class="soft">Said of it</p>}
                <Quote text={f.comment} status={f.comment_status} />
                <Quote text={f.correction} status={f.correction_status}><p class="soft">Should have said</p></Quote>
              </div>
            </li>
          ))}
        </ol>
      )}
      {next && <button class="button" onClick={() => void load(next)}>Earlier</button>}
    </section>
  );
}

/** What became of it, latest first, and the notes of those who work on it. */
function History({ f, name, note }: { f: FindingDetail; name: (tag: string) => string; note: (text: string) => Promise<boolean> }) {
  const [text, setText] = useState("");
  const [busy, setBusy] = useState(false);
  const add = (e: Event) => {
    e.preventDefault();
    setBusy(true);
    void note(text).then((ok) => { setBusy(false); if (ok) setText(""); });
  };
  const owners = useAsk<List<Owner>>(within("/v1/findings/owners")).data?.items ?? [];
  return (
    <section class="card">
      <header><h2>Notes and history</h2></header>
      {may("review") && (
        <form onSubmit={add}>
          <label class="hidden" for="note">Note</label>
          <textarea id="note" rows={2} maxLength={4000} required placeholder="Write a note" value={text} onInput={(e) => setText(e.currentTarget.value)} />
          <p class="moves"><button class="button" disabled={busy}>Add the note</button></p>
        </form>
      )}
      <ol class="story" aria-label="History">
        {[...f.history].reverse().map((e) => (
          <li key={e.number}>
            <time title={moment(e.time)}>{ago(e.time)}</time>
            <div>
              <b><bdi>{e.by.kind === "server" ? "Heed" : e.by.name ?? `${e.by.kind} ${e.by.id ?? ""}`}</bdi></b>{" "}
              <span class="soft"><Step e={e} name={name} owners={owners} first={e.number === 1} /></span>
              <Quote text={e.note} status={e.note_status} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function Step({ e, name, owners, first }: { e: FindingEvent; name: (tag: string) => string; owners: Owner[]; first: boolean }) {
  const did: ComponentChildren[] = [];
  if (first) did.push(<Fragment>made it, called <bdi>{e.title}</bdi></Fragment>);
  else {
    if (e.state) did.push(<Fragment>{e.state === "dismissed" ? <Fragment>dismissed it: <bdi>{e.reason}</bdi></Fragment> : <Fragment>took it to <State state={e.state} /></Fragment>}</Fragment>);
    if (e.title !== undefined) did.push(<Fragment>called it <bdi>{e.title}</bdi></Fragment>);
  }
  if (e.owner !== undefined && (e.owner || !first)) did.push(e.owner ? <Fragment>gave it to <bdi>{owners.find((o) => o.id === e.owner)?.name ?? "a former member"}</bdi></Fragment> : "took its owner away");
  if (e.due !== undefined && (e.due || !first)) did.push(e.due ? `set ${day(e.due)} as due` : "took its day away");
  if (e.cause !== undefined && (e.cause || !first)) did.push(e.cause ? `named the cause: ${named(e.cause).toLowerCase()}` : "took its cause away");
  if (e.change) did.push(e.change.name ? <Fragment>{e.state === "fixed" ? "marked" : "linked"} {changed(e.change)}</Fragment> : "took its change away");
  if (e.measure && !first) did.push(`judges it by the share ${e.measure.tag ? `tagged “${name(e.measure.tag)}”` : "of bad votes"}`);
  if (e.public !== undefined) did.push("wrote what people are told");
  if (e.added) did.push(`filed ${count(e.added)} feedback`);
  if (e.taken) did.push(`took ${count(e.taken)} feedback away`);
  if (e.issue) did.push(issueStep(e.issue));
  if (e.note || e.note_status) did.push("noted");
  if (e.evidence) did.push(`because of ${share(e.evidence.before)} before and ${share(e.evidence.after)} since`);
  return <Fragment>{did.map((d, i) => <Fragment>{i > 0 && ", "}{d}</Fragment>)}</Fragment>;
}
