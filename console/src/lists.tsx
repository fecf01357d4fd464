/** Responses and feedback: lists that stay fast however long they are, with one item beside them. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { about, call, may, Problem, useAsk, within } from "./ask";
import { Attachments } from "./attachments";
import { Bar } from "./filters";
import { FiledUnder, MakeFinding } from "./makefinding";
import { MarkFeedback, Marks } from "./marks";
import { moves, pick } from "./keys";
import { Asked, N, People, Quote, Ready, Tags, Trouble, useTagNames, Vote } from "./parts";
import type { Edit, Feedback, FeedbackDetail } from "./shapes/feedback";
import type { List } from "./shapes/lists";
import type { AnswerGiven, Part, ResponseDetail } from "./shapes/responses";
import type { Group, Stats } from "./shapes/stats";
import { address, go, link, ofCalls, scope, span, spanName, spans } from "./url";
import { usageOf, Waterfall } from "./waterfall";
import { ago, clock, count, counted, day, dimensions, duration, moment, money, named, percent } from "./words";

const pageSize = 500;
const rowHeight = 38;

export interface Pages<T> {
  items: T[];
  error?: Problem | undefined;
  done: boolean;
  more: () => void;
}

/** Reads a list page by page, as far as it is scrolled. */
export function usePages<T>(path: string, query: URLSearchParams, size = pageSize, again = 0): Pages<T> {
  const key = within(path, query);
  const [state, setState] = useState<{ key: string; items: T[]; next: string | null; error?: Problem }>({ key, items: [], next: "" });
  const busy = useRef("");
  const load = (items: T[], cursor: string) => {
    const mine = `${key} ${cursor} ${again}`;
    if (busy.current === mine) return;
    busy.current = mine;
    const params = new URLSearchParams(query);
    params.set("limit", String(size));
    if (cursor) params.set("cursor", cursor);
    call<List<T>>("GET", within(path, params)).then(
      (list) => busy.current === mine && setState({ key, items: [...items, ...list.items], next: list.next || null }),
      (error: Problem) => busy.current === mine && setState((s) => ({ ...s, key, error })),
    ).finally(() => {
      if (busy.current === mine) busy.current = "";
    });
  };
  useEffect(() => load([], ""), [key, again]);
  const current = state.key === key;
  return {
    items: state.items, error: state.error, done: current && state.next === null,
    more: () => {
      if (current && state.next) load(state.items, state.next);
    },
  };
}

/** Only the rows that can be seen are made. j and k move, Enter opens. */
export function Rows<T>(props: {
  pages: Pages<T>; columns: string; label: string; id: (item: T) => string; chosen: string | null;
  open: (item: T) => string; row: (item: T) => ComponentChildren; empty: ComponentChildren;
  /** Which items are picked, if they can be, and what picks one or lets it go. */
  picked?: ReadonlySet<string> | undefined; pick?: ((id: string) => void) | undefined;
}) {
  const { pages, id } = props;
  const ref = useRef<HTMLDivElement>(null);
  const [top, setTop] = useState(0);
  const [height, setHeight] = useState(600);
  useLayoutEffect(() => {
    const fit = () => setHeight(Math.max(240, innerHeight - (ref.current?.getBoundingClientRect().top ?? 200) - scrollY - (innerWidth < 760 ? 90 : 28)));
    fit();
    addEventListener("resize", fit);
    return () => removeEventListener("resize", fit);
  }, []);
  const at = pages.items.findIndex((item) => id(item) === props.chosen);
  moves.value = (by) => {
    const next = pages.items[Math.max(0, Math.min(pages.items.length - 1, at + by))];
    if (next) go(props.open(next), true);
  };
  pick.value = () => props.chosen !== null && props.pick?.(props.chosen);
  useEffect(() => () => void (moves.value = pick.value = null), []);
  useLayoutEffect(() => {
    const box = ref.current;
    if (at < 0 || !box) return;
    if (at * rowHeight < box.scrollTop) box.scrollTop = at * rowHeight;
    if ((at + 1) * rowHeight > box.scrollTop + box.clientHeight) box.scrollTop = (at + 1) * rowHeight - box.clientHeight;
  }, [at]);
  const first = Math.max(0, Math.floor(top / rowHeight) - 10);
  const last = Math.min(pages.items.length, Math.ceil((top + height) / rowHeight) + 10);
  useEffect(() => {
    if (last + 50 > pages.items.length) pages.more();
  }, [last, pages.items.length]);
  if (pages.done && pages.items.length === 0) return <div class="empty">{props.empty}</div>;
  return (
    <div class="rows" ref={ref} style={{ height: `${Math.min(height, Math.max(pages.items.length, pages.done ? 1 : 4) * rowHeight + 2)}px` }} tabIndex={0}
      role="list" aria-label={props.label} onScroll={(e) => setTop(e.currentTarget.scrollTop)}>
      <div style={{ height: `${pages.items.length * rowHeight}px` }} role="presentation">
        {pages.items.slice(first, last).map((item, i) => (
          <div role="listitem" key={id(item)} class="slot" style={{ top: `${(first + i) * rowHeight}px` }}>
            {props.pick && <input type="checkbox" class="pick" aria-label="Pick" checked={props.picked!.has(id(item))} onChange={() => props.pick!(id(item))} />}
            <a class={props.pick ? "row picks" : "row"} href={props.open(item)} aria-current={id(item) === props.chosen ? "true" : undefined} style={{ gridTemplateColumns: props.columns }}>
              {props.row(item)}
            </a>
          </div>
        ))}
      </div>
    </div>
  );
}

export const wide = () => innerWidth > 760;

/** The id at the end of the address, if one item is looked at. */
export const chosen = (): string | null => {
  const id = address.value.pathname.split("/")[2];
  return id ? decodeURIComponent(id) : null;
};

const whole = (g: Group | undefined) => g ?? null;

export function FeedbackList() {
  const name = useTagNames();
  const pages = usePages<Feedback>("/v1/feedback", about(span.value));
  const stats = useAsk<Stats>(within("/v1/stats", about(span.value)));
  const id = chosen();
  const g = whole(stats.data?.groups[0]);
  const columns = id ? "54px 58px minmax(0,1fr)" : wide() ? "64px 58px minmax(0,1fr) 90px 80px" : "54px 58px minmax(0,1fr)";
  const narrow = id !== null || !wide();
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const turn = (one: string) => setPicked((all) => new Set(all.has(one) ? [...all].filter((x) => x !== one) : [...all, one]));
  return (
    <Fragment>
      {(!id || wide()) && (
        <Fragment>
          <Bar>
            {may("review") && picked.size > 0 && <button class="plain" onClick={() => setPicked(new Set())}>Let {counted(picked.size, "pick")} go</button>}
            <MarkFeedback picked={pages.items.filter((f) => picked.has(f.id))} />
            {may("review") && <MakeFinding picked={pages.items.filter((f) => picked.has(f.id))} name={name} />}
          </Bar>
          <h1 class="say">
            {g && <Fragment><Votes up={g.up ?? 0} down={g.down ?? 0} /> in the {spans[spanName.value].name}{g.respondents ? <Fragment>, <People n={g.respondents} /></Fragment> : ""}.</Fragment>}
          </h1>
        </Fragment>
      )}
      <Trouble error={pages.error} />
      <div class={id && wide() ? "panes" : ""}>
        {(!id || wide()) && (
          <Rows pages={pages} columns={columns} label="Feedback, newest first" picked={picked} pick={may("review") ? turn : undefined} id={(f) => f.id} chosen={id}
            open={(f) => link(`/feedback/${encodeURIComponent(f.id)}`)} empty="No feedback in this time that these filters keep."
            row={(f) => (
              <Fragment>
                <span class="soft" title={moment(f.created_at)}>{ago(f.created_at).replace(" ago", "")}</span>
                <Vote vote={f.vote} score={f.score} />
                {narrow ? <span>{f.tags.map(name).join(", ") || <span class="soft"><bdi>{f.comment ?? f.correction ?? unsaid(f)}</bdi></span>}</span> : (
                  <Fragment>
                    <span>{f.tags.map(name).join(", ")}{f.tags.length > 0 && (f.comment || f.correction) ? ": " : ""}<span class="soft"><bdi>{f.comment ?? f.correction ?? (f.tags.length ? "" : unsaid(f))}</bdi></span></span>
                    <span class="soft">{f.surface ?? ""}</span>
                    <span class="soft right">{f.bound ? "" : "no answer"}</span>
                  </Fragment>
                )}
              </Fragment>
            )} />
        )}
        {id && <FeedbackItem id={id} name={name} />}
      </div>
    </Fragment>
  );
}

/** What stands for words and tags where there are none: a bad vote wants a reason, a good one needs none. */
const unsaid = (f: Feedback) => (f.vote === "down" ? "no reason given" : f.vote === "none" && !f.score ? "taken back" : "");

function FeedbackItem({ id, name }: { id: string; name: (tag: string) => string }) {
  const answer = useAsk<FeedbackDetail>(within(`/v1/feedback/${encodeURIComponent(id)}`));
  const f = answer.data;
  return (
    <article class="card" aria-label="Feedback">
      {!wide() && <h1 class="hidden">One piece of feedback</h1>}
      <header><h2><Ready answer={answer}>{(x) => <Vote vote={x.vote} score={x.score} />}</Ready></h2><a href={link("/feedback")}>Close</a></header>
      {f && <FeedbackStory f={f} name={name}><FiledUnder feedback={f} name={name} /><Marks feedback={f.id} /></FeedbackStory>}
    </article>
  );
}

/** What a person said, of which answer, and what else people did with it. */
export function FeedbackStory({ f, name, children }: { f: Feedback; name: (tag: string) => string; children?: ComponentChildren }) {
  const detail = useAsk<ResponseDetail>(f.response_id ? within(`/v1/responses/${encodeURIComponent(f.response_id)}`) : null).data;
  const edits = useAsk<List<Edit>>(within(`/v1/feedback/${encodeURIComponent(f.id)}/edits`)).data?.items ?? [];
  // What came in late, or was imported, was not changed by that.
  const changed = edits.length > 1 ? edits.at(-1)!.time : undefined;
  return (
    <Fragment>
      <Tags tags={f.tags} name={name} />
      <Quote text={f.comment} status={f.comment_status} />
      <Quote text={f.correction} status={f.correction_status}><p class="soft">What it should have said</p></Quote>
      <dl class="facts">
        <dt>Given</dt><dd>{moment(f.created_at)}</dd>
        {changed && <Fragment><dt>Last change</dt><dd>{moment(changed)}</dd></Fragment>}
        {f.surface && <Fragment><dt>Where</dt><dd>{f.surface}</dd></Fragment>}
        <dt>Sent by</dt><dd>{trusts[f.trust] ?? f.trust}</dd>
        {f.respondent && <Fragment><dt>Person</dt><dd title="A pseudonym: the same for the same person in this project, for as long as its settings say, and nothing else"><code>{f.respondent.slice(0, 12)}</code></dd></Fragment>}
      </dl>
      {children}
      <Attachments feedback={f.id} />
      <Steps edits={edits} name={name} />
      <h2>The answer</h2>
      {detail?.response ? (
        <Fragment>
          <Asked text={detail.response.input} status={detail.response.input_status} />
          <Quote text={detail.response.output} status={detail.response.output_status}><p class="soft">Answered, redacted</p></Quote>
          <Facts r={detail.response} parts={detail.parts} />
          {detail.parts && <Waterfall answer={detail.response} parts={detail.parts} />}
        </Fragment>
      ) : <p class="soft">{f.bound ? "" : "Heed has not seen this answer yet. The vote binds by itself when it arrives."}</p>}
      {detail && <Story detail={detail} name={name} self={f.id} />}
    </Fragment>
  );
}

/** How a feedback came to be what it is, where it was changed. */
function Steps({ edits, name }: { edits: Edit[]; name: (tag: string) => string }) {
  if (edits.length < 2) return null;
  return (
    <Fragment>
      <h2>How it came to be</h2>
      <ol class="story">
        {edits.map((e) => <li><time title={moment(e.time)}>{clock(e.time)}</time><span>{steps(e, name).join(", ") || "said again"}</span></li>)}
      </ol>
    </Fragment>
  );
}

function steps(e: Edit, name: (tag: string) => string): string[] {
  const said: string[] = [];
  if (e.vote) said.push(e.vote === "up" ? "good" : e.vote === "down" ? "bad" : "vote taken back");
  if (e.score) said.push(`${e.score.value} of ${e.score.max}`);
  if (e.tags) said.push(e.tags.length ? e.tags.map(name).join(", ") : "no tags");
  for (const text of e.given ?? []) said.push(`${text} given`);
  for (const text of e.cleared ?? []) said.push(`${text} taken back`);
  return said;
}

const trusts: Record<string, string> = {
  server: "the application", token: "the person, with a token of this answer", public: "a page, with the publishable key",
};

export function ResponseList() {
  const name = useTagNames();
  const pages = usePages<AnswerGiven>("/v1/responses", about(span.value, scope()));
  const stats = useAsk<Stats>(within("/v1/stats", about(span.value, scope())));
  const id = chosen();
  const g = whole(stats.data?.groups[0]);
  const narrow = id !== null || !wide();
  return (
    <Fragment>
      {(!id || wide()) && (
        <Fragment>
          <Bar>{ofCalls.value && <a class="chip" href={link("/responses", { of: null })}>Calls to models <span aria-hidden="true">×</span></a>}</Bar>
          <h1 class="say">
            {g && (
              <Fragment>
                <N>{ofCalls.value ? counted(g.responses, "call to a model", "calls to models") : counted(g.responses, "answer")}</N> in the {spans[spanName.value].name}.
                {g.errors > 0 && <Fragment> <N kind="bad" href={link("/responses", { status: "error" })}>{percent(g.error_rate!)}</N> failed.</Fragment>}
                {g.duration_ms.p50 !== null && <Fragment> Half took less than <b>{duration(g.duration_ms.p50)}</b>.</Fragment>}
              </Fragment>
            )}
          </h1>
        </Fragment>
      )}
      <Trouble error={pages.error} />
      <div class={id && wide() ? "panes" : ""}>
        {(!id || wide()) && (
          <Rows pages={pages} columns={narrow ? "60px 56px minmax(0,1fr)" : "110px 60px minmax(0,1.2fr) minmax(0,1fr) 80px 80px 80px 74px"} label="Answers, newest first"
            id={(r) => r.response_id} chosen={id} open={(r) => link(`/responses/${encodeURIComponent(r.response_id)}`)} empty="No answers in this time that these filters keep."
            row={(r) => (
              <Fragment>
                <span class="soft" title={moment(r.time)}>{narrow ? clock(r.time).slice(0, 5) : `${day(r.time)}, ${clock(r.time).slice(0, 5)}`}</span>
                <span class={r.status === "error" ? "bad" : "soft"}>{r.status === "error" ? "Failed" : r.status ? "Ok" : ""}</span>
                <span>{[r.feature, narrow && r.model].filter(Boolean).join(" · ") || <code>{r.response_id}</code>}{r.error_type && <span class="soft"> {named(r.error_type)}</span>}</span>
                {!narrow && (
                  <Fragment>
                    <span class="soft">{r.model}</span>
                    <span class="soft">{r.prompt_version}</span>
                    <span class="right">{r.duration_ms === undefined ? "" : duration(r.duration_ms)}</span>
                    <span class="right soft">{r.output_tokens === undefined ? "" : `${count(r.output_tokens)} tok`}</span>
                    <span class="right soft">{r.cost_usd === undefined ? "" : money(r.cost_usd)}</span>
                  </Fragment>
                )}
              </Fragment>
            )} />
        )}
        {id && <ResponseItem id={id} name={name} />}
      </div>
    </Fragment>
  );
}

function ResponseItem({ id, name }: { id: string; name: (tag: string) => string }) {
  const answer = useAsk<ResponseDetail>(within(`/v1/responses/${encodeURIComponent(id)}`));
  return (
    <article class="card" aria-label="Answer">
      {!wide() && <h1 class="hidden">One answer</h1>}
      <header><h2>Answer</h2><a href={link("/responses")}>Close</a></header>
      <Ready answer={answer}>
        {(detail) => (
          <Fragment>
            {detail.response ? <Facts r={detail.response} parts={detail.parts} /> : <p class="soft">Only feedback and signals have come; the answer itself has not been sent.</p>}
            <Asked text={detail.response?.input} status={detail.response?.input_status} />
            <Quote text={detail.response?.output} status={detail.response?.output_status}><p class="soft">Answered, redacted</p></Quote>
            {detail.response && detail.parts && <Waterfall answer={detail.response} parts={detail.parts} />}
            <Story detail={detail} name={name} />
          </Fragment>
        )}
      </Ready>
    </article>
  );
}

/** What is known of an answer. A value that can be filtered by is a link to the like. */
function Facts({ r, parts }: { r: AnswerGiven; parts?: Part[] | undefined }) {
  const facts: [string, ComponentChildren][] = [["Id", <code>{r.response_id}</code>], ["Time", moment(r.time)]];
  if (r.status) facts.push(["Status", <span class={r.status === "error" ? "bad" : ""}>{r.status === "error" ? `failed: ${named(r.error_type ?? "unknown").toLowerCase()}` : "ok"}{r.error_code && <span class="soft"> {r.error_code}</span>}</span>]);
  for (const d of ["feature", "model", "provider", "prompt_name", "prompt_version", "release", "environment"] as const) {
    const value = r[d];
    if (value) facts.push([dimensions[d]!, <a href={link("/responses", { [d]: value })}>{value}</a>]);
  }
  if (r.duration_ms !== undefined) facts.push(["Took", `${duration(r.duration_ms)}${r.ttft_ms === undefined ? "" : `, first token after ${duration(r.ttft_ms)}`}${r.ttfb_ms === undefined ? "" : `, first byte after ${duration(r.ttfb_ms)}`}`]);
  if (r.retries) facts.push(["Tried again", <Fragment>{counted(r.retries, "time")}{r.retry_of && <Fragment>, last <a href={link(`/responses/${encodeURIComponent(r.retry_of)}`)}>here</a></Fragment>}</Fragment>]);
  if (r.input_tokens !== undefined || r.output_tokens !== undefined) {
    facts.push(["Tokens", `${count(r.input_tokens ?? 0)} in${r.cached_tokens ? ` (${count(r.cached_tokens)} cached)` : ""}, ${count(r.output_tokens ?? 0)} out`]);
  }
  const whole = usageOf(parts ?? []);
  if (r.cost_usd === undefined && whole.cost !== null) facts.push(["Cost", money(whole.cost)]);
  if (r.cost_usd !== undefined) facts.push(["Cost", money(r.cost_usd)]);
  if (r.finish_reason) facts.push(["Ended by", named(r.finish_reason).toLowerCase()]);
  if (r.part_of) facts.push(["Part of", <a href={link(`/responses/${encodeURIComponent(r.part_of)}`)}>an agent’s answer</a>]);
  if (r.conversation_id) facts.push(["Conversation", <code>{r.conversation_id}</code>]);
  if (r.trace_id) facts.push(["Trace", <code>{r.trace_id}</code>]);
  return <dl class="facts">{facts.map(([name, value]) => <Fragment><dt>{name.charAt(0).toUpperCase() + name.slice(1)}</dt><dd>{value}</dd></Fragment>)}</dl>;
}

/** What happened with an answer, in order. */
function Story({ detail, name, self }: { detail: ResponseDetail; name: (tag: string) => string; self?: string }) {
  const signals = Object.entries(detail.signals);
  const others = detail.feedback.filter((f) => f.id !== self);
  if (!signals.length && !others.length) return null;
  return (
    <Fragment>
      <h2>{self ? "What else people did with it" : "What people did with it"}</h2>
      <ol class="story">
        {signals.length > 0 && <li><span class="soft">Signals</span><span>{signals.map(([s, n]) => (n > 1 ? `${named(s).toLowerCase()} ×${n}` : named(s).toLowerCase())).join(", ")}</span></li>}
        {others.map((f) => (
          <li>
            <time title={moment(f.created_at)}>{ago(f.created_at)}</time>
            <div>
              <a href={link(`/feedback/${encodeURIComponent(f.id)}`)}><Vote vote={f.vote} score={f.score} /></a> <Tags tags={f.tags} name={name} />
              <Quote text={f.comment} status={f.comment_status} />
              <Quote text={f.correction} status={f.correction_status}><p class="soft">Should have said</p></Quote>
            </div>
          </li>
        ))}
      </ol>
    </Fragment>
  );
}

/** Both counts, or one alone where a filter leaves only that. */
function Votes({ up, down }: { up: number; down: number }) {
  if (!up && down) return <N kind="bad">{counted(down, "bad vote")}</N>;
  if (!down) return <N>{counted(up, "good vote")}</N>;
  return <Fragment><N>{counted(up, "good vote")}</N> and <N kind="bad">{counted(down, "bad one")}</N></Fragment>;
}
