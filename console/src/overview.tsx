/** Overview: what is true of the answers that people saw, with the charts that prove it. */
import { Fragment, h } from "preact";
import { about, may, useAsk, within } from "./ask";
import { Bars, DotAndWhisker, ShareOverTime, Spark, type Mark, type Row } from "./charts";
import { Crowded, rated, steps as stepsOfSpan, votes } from "./crowd";
import { Empty } from "./empty";
import { FailureList, failureTable, useFailures } from "./failures";
import { Bar } from "./filters";
import { Firing } from "./firing";
import { Metered, useMetered } from "./metered";
import { Card, N, People, Quote, Tags, Trouble, useTagNames, Wait, type Table } from "./parts";
import { shares, stepsOf, type Step } from "./series";
import type { Change } from "./shapes/changes";
import type { InboxCount, InboxEntry } from "./shapes/inbox";
import type { List } from "./shapes/lists";
import type { Group, Series, Stats } from "./shapes/stats";
import { enough, newcombe, wilson, z99 } from "./statistics";
import { earlier, filters, link, span } from "./url";
import { ago, bare, between, count, counted, day, duration, named, percent } from "./words";

export function Overview() {
  const { step, smooth, smoothed, name } = stepsOfSpan();
  const now = useAsk<Stats>(within("/v1/stats", about(span.value)));
  const was = useAsk<Stats>(within("/v1/stats", about(earlier.value)));
  const series = useAsk<Series>(within("/v1/stats/series", about(span.value, { step })));
  const before = useAsk<Series>(within("/v1/stats/series", about(earlier.value, { step })));
  const began = useBegan(stepsOf(before.data, step, earlier.value));
  const versions = useAsk<Stats>(within("/v1/stats", about(span.value, { by: "prompt_name,prompt_version" })));
  const changes = useAsk<List<Change>>(within("/v1/changes", changesOf()));
  const metered = useMetered();
  const g = now.data?.groups[0];
  if (!g) return <Fragment><Bar /><Trouble error={now.error} />{!now.error && <Wait />}</Fragment>;
  const old = began ? undefined : was.data?.groups[0];
  const steps = stepsOf(series.data, step, span.value);
  const marks = marksOf(changes.data?.items ?? []);
  const hourly = step === "1h" || step === "6h";
  return (
    <Fragment>
      <Bar />
      <Trouble error={now.error} />
      {g.responses + rated(g) + g.shown === 0 ? (metered.told.length ? <OnlyMetrics /> : <Empty />) : (
        <Fragment>
          <Sentence g={g} fewerThan={now.data?.fewer_than} old={old} versions={versions.data?.groups ?? []} changes={changes.data?.items ?? []} />
          <p class="why">
            Ratings are given by choice, so the share of all answers that are good may differ.
            {(g.unbound ?? 0) > 0 && <Fragment> <a href={link("/feedback", { bound: "false" })}>{counted(g.unbound!, "vote is", "votes are")}</a> on answers that Heed has not seen.</Fragment>}
            {" "}Range: 95 % (Wilson). {named(name)}, {day(span.value.from)} to {day(span.value.to)}, days in UTC.
            {began && ` Nothing is compared with the time before: answers began on ${day(began)}.`}
          </p>
          <Crowded of={now.data} />
          {may("items") && <Waiting />}
          <div class="two">
            <Positive {...{ steps, smooth, smoothed, marks, hourly, stale: series.stale }} />
            <div class="stack">
              <Versions groups={versions.data?.groups ?? []} fewerThan={versions.data?.fewer_than} stale={versions.stale} />
              {may("items") && <Firing />}
              {may("items") && <Eyes />}
            </div>
          </div>
          <div class="three">
            <TagBars g={g} />
            <Speed g={g} old={old} steps={steps} before={old ? stepsOf(before.data, step, earlier.value) : undefined} />
            <Failures g={g} old={old} steps={steps} />
            <Exposure {...{ g, old, steps, smooth, smoothed, marks, hourly }} />
            <Engagement g={g} old={old} />
            <Usage g={g} old={old} />
          </div>
        </Fragment>
      )}
      <div class="below"><Metered {...metered} /></div>
    </Fragment>
  );
}

/**
 * When answers began, if that was within the time before: half a time is no measure for a whole one. Undefined where
 * there were some all along, or none at all.
 */
function useBegan(before: Step[]): number | undefined {
  const first = before.findIndex((s) => s.group);
  const { from, to } = earlier.value;
  const past = useAsk<Stats>(first > 0 ? within("/v1/stats", about({ from: 2 * from - to, to: from })) : null).data;
  const g = past?.groups[0];
  return first > 0 && past && !(g && g.responses + rated(g) + g.shown > 0) ? before[first]!.at : undefined;
}

/** How much of the inbox is overdue, where something is. */
function Waiting() {
  const n = useAsk<InboxCount>(within("/v1/inbox/count")).data;
  if (!n || n.overdue === 0) return null;
  return (
    <p class="why">
      <a class="bad" href={link("/inbox", { overdue: "true" })}>{counted(n.overdue, "piece of feedback is", "pieces of feedback are")} overdue</a> of the {count(n.open)} that want eyes.
    </p>
  );
}

const OnlyMetrics = () => (
  <Fragment>
    <h1 class="say">Only metrics have arrived in this time.</h1>
    <p class="why">They tell how calls go, and of no single answer: nobody can rate what they count. <a href={link("/settings/snippets")}>Send spans or responses</a> to see each answer, and what people say of it.</p>
  </Fragment>
);

/** Changes have no dimension to filter by. */
const changesOf = () => new URLSearchParams({ from: new Date(span.value.from).toISOString(), to: new Date(span.value.to).toISOString() });

const marksOf = (changes: Change[]): Mark[] =>
  changes.map((c) => ({ at: Date.parse(c.time), name: `${c.name} ${c.value ?? ""}`.trim(), note: c.note }));

function Sentence({ g, fewerThan, old, versions, changes }: { g: Group; fewerThan: number | undefined; old: Group | undefined; versions: Group[]; changes: Change[] }) {
  const base = g.shown || g.responses;
  const p = g.positive;
  const [up, n] = votes(g);
  if (g.suppressed) return <h1 class="say">No crowd of <b>{fewerThan}</b> people can be told of in this time; {counted(base, "answer")} came{g.shown ? " before their eyes" : ""}.</h1>;
  return (
    <h1 class="say">
      People rated {fewerThan && "at least "}<N href={link("/feedback")}>{count(rated(g))}</N>{" "}
      {g.rating_rate === null
        ? <Fragment>answers; {counted(base, "answer")} came in this time. </Fragment>
        : (
          <Fragment>
            of <N href={link("/responses")}>{counted(base, "answer")}</N>{g.shown ? " shown" : ""}{" "}
            (<N href={link("/feedback")} title={fewerThan ? "of the whole weeks in this time" : `${count(rated(g))} rated ÷ ${count(base)} ${g.shown ? "shown" : "answers"}`}>{percent(g.rating_rate)}</N>).{" "}
          </Fragment>
        )}
      {n === 0 ? "Nobody has voted yet." : n < enough
        ? (
          <Fragment>
            <N href={link("/feedback", { vote: "up" })}>{counted(up, "vote was", "votes were")}</N> good
            and <N href={link("/feedback", { vote: "down" })}>{count(n - up)}</N> bad: too few to say a share.
          </Fragment>
        )
        : (
          <Fragment>
            <N href={link("/feedback")} kind="good" title={`${count(up)} good ÷ ${count(n)} votes`}>{percent(p.share!)}</N> of votes were positive,
            between <N href={link("/explore", { by: "prompt_version" })} title={`95 % interval (Wilson) of ${count(up)} good ÷ ${count(n)} votes`}>{between(p.low!, p.high!)}</N>.
            <Moved g={g} old={old} />
            <Story versions={versions} changes={changes} />
          </Fragment>
        )}
    </h1>
  );
}

const points = (low: number, high: number): string => {
  const [a, b] = [Math.abs(low), Math.abs(high)].sort((x, y) => x - y) as [number, number];
  return `${Math.round(a * 100)} to ${Math.round(b * 100)} points`;
};

/** Whether the share moved, said only where it did for certain. */
function Moved({ g, old }: { g: Group; old: Group | undefined }) {
  if (!old || (old.positive.n ?? 0) < enough) return null;
  const moved = newcombe(votes(g), votes(old));
  if (moved.low <= 0 && moved.high >= 0) return null;
  const worse = moved.share < 0;
  return (
    <Fragment>
      {" "}That is <N kind={worse ? "bad" : "good"} href={link("/feedback")} title={`before: ${percent(old.positive.share!)} of ${count(old.positive.n!)} votes`}>
        {points(moved.low, moved.high)} {worse ? "lower" : "higher"}
      </N> than the same time before.
    </Fragment>
  );
}

/** The votes of several groups together. */
const sumOf = (groups: Group[]): [up: number, n: number] => groups.map(votes).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);

/** The version that was worse than the other versions of its prompt, and the one that repaired it. */
function Story({ versions, changes }: { versions: Group[]; changes: Change[] }) {
  const worst = versions.map((v) => {
    const others = versions.filter((o) => o !== v && o.key.prompt_name === v.key.prompt_name && o.key.prompt_version);
    const [up, n] = sumOf(others);
    const own = votes(v);
    return { v, diff: v.key.prompt_version && own[1] >= 30 && n >= 30 ? newcombe(own, [up, n], z99) : null };
  }).filter((c) => c.diff && c.diff.high < 0).sort((a, b) => a.diff!.share - b.diff!.share)[0];
  if (!worst) return null;
  const name = worst.v.key.prompt_version!;
  const started = changes.find((c) => c.name === "prompt" && c.value === name);
  const next = started && changes.filter((c) => c.name === "prompt" && c.time > started.time).sort((a, b) => a.time.localeCompare(b.time))
    .map((c) => versions.find((v) => v.key.prompt_version === c.value && v.key.prompt_name === worst.v.key.prompt_name))
    .find((v) => v && votes(v)[1] >= enough && newcombe(votes(v), votes(worst.v)).low > 0);
  return (
    <Fragment>
      {" "}Prompt <N kind="bad" href={link("/feedback", { prompt_version: name })}>{name}</N> was worse than the others, by{" "}
      <N kind="bad" href={link("/explore", { by: "prompt_version" })} title="99 % interval (Newcombe), because several versions are compared">{points(worst.diff!.low, worst.diff!.high)}</N>
      {next ? <Fragment>; <N href={link("/feedback", { prompt_version: next.key.prompt_version! })}>{next.key.prompt_version}</N> repaired it.</Fragment> : "."}
    </Fragment>
  );
}

interface OverTime {
  steps: Step[];
  smooth: number;
  smoothed: string;
  marks: Mark[];
  hourly: boolean;
  stale?: boolean;
}

function Positive({ steps, smooth, smoothed, marks, hourly, stale }: OverTime) {
  const all = shares(steps, smooth, votes);
  const table: Table = {
    head: ["Step", "Positive", "95 %", "Votes"],
    rows: all.map((p) => [day(p.at), p.n ? percent(p.hits / p.n) : "–", p.n ? between(wilson(p.hits, p.n).low, wilson(p.hits, p.n).high) : "–", p.n]),
  };
  return (
    <Card title="Positive share of votes" stale={stale ?? false} table={table}
      caption={`${smoothed} share with its 95 % interval; dots are single steps; bars below are votes; the axis begins where the data do`}>
      <ShareOverTime points={all} marks={marks} hourly={hourly} unit="vote" height={330}
        label={`Positive share of votes over time. ${marks.length ? `Changes: ${marks.map((m) => m.name).join(", ")}.` : ""} The table has the numbers.`} />
    </Card>
  );
}

function Versions({ groups, fewerThan, stale }: { groups: Group[]; fewerThan: number | undefined; stale: boolean }) {
  const voted = groups.filter((g) => votes(g)[1] > 0 && g.key.prompt_version);
  const hidden = groups.filter((g) => g.suppressed && g.key.prompt_version);
  const prompts = new Set([...voted, ...hidden].map((g) => g.key.prompt_name)).size;
  const nameOf = (g: Group) => (prompts > 1 ? `${g.key.prompt_name} ${g.key.prompt_version}` : `prompt ${g.key.prompt_version}`);
  const rows = voted.sort((a, b) => votes(b)[1] - votes(a)[1]).slice(0, 8).sort((a, b) => b.positive.share! - a.positive.share!).map((g): Row => {
    const [up, own] = votes(g);
    const few = own < enough;
    const [othersUp, n] = sumOf(voted.filter((o) => o !== g && o.key.prompt_name === g.key.prompt_name));
    const bad = !few && n >= enough && newcombe([up, own], [othersUp, n], z99).high < 0;
    return {
      name: nameOf(g),
      href: link("/feedback", { prompt_name: g.key.prompt_name || null, prompt_version: g.key.prompt_version! }),
      value: g.positive.share!, low: g.positive.low!, high: g.positive.high!, n: own, kind: few ? "few" : bad ? "bad" : undefined,
      said: few ? `${up} of ${own}` : percent(g.positive.share!),
      title: `${count(up)} good of ${counted(own, "vote")}, ${between(g.positive.low!, g.positive.high!)}`,
    };
  });
  const table: Table["rows"] = [...rows.map((r) => [r.name, r.said, between(r.low!, r.high!), r.n]), ...hidden.map((g) => [nameOf(g), "not told", "–", "not told"])];
  return (
    <Card title="By prompt version" stale={stale} caption="positive share, 95 % interval, votes"
      table={{ head: ["Version", "Positive", "95 %", "Votes"], rows: table }}>
      {rows.length ? <DotAndWhisker rows={rows} whole label="Positive share by prompt version" /> : hidden.length ? null : <p class="soft">No votes on answers with a prompt version. Send prompt_version with each response to compare them.</p>}
      {hidden.length > 0 && <p class="soft">No crowd of {fewerThan} people to tell of: {hidden.slice(0, 8).map(nameOf).join(", ")}{hidden.length > 8 && ` and ${hidden.length - 8} more`}.</p>}
    </Card>
  );
}

/** The first of the inbox, which is what nobody has handled yet, whenever it came. */
function Eyes() {
  const name = useTagNames();
  const params = () => new URLSearchParams(filters.value);
  const first = params();
  first.set("limit", "3");
  const list = useAsk<List<InboxEntry>>(within("/v1/inbox", first));
  const open = useAsk<InboxCount>(within("/v1/inbox/count", params())).data?.open ?? 0;
  const items = list.data?.items ?? [];
  return (
    <Card title="What wants eyes" caption="first in the inbox: unsafe, then broken, then bad votes that say why; whenever they came" stale={list.stale}>
      {items.length === 0 ? <p class="soft">{list.stale ? "" : "Nothing. All feedback is handled, or filed under a finding."}</p> : items.map(({ feedback: f, opened_at }) => (
        <div class="eye">
          <a href={link(`/inbox/${encodeURIComponent(f.id)}`)}><Tags tags={f.tags} name={name} />{f.tags.length === 0 && (f.vote === "up" ? "Good, with words" : f.vote === "down" ? "Bad, without a reason" : "Words without a vote")}</a>{" "}
          <span class="soft when">{ago(opened_at)}</span>
          {f.comment ? <Quote text={f.comment} status={f.comment_status} /> : <Quote text={f.correction} status={f.correction_status} />}
        </div>
      ))}
      {open > items.length && <p><a href={link("/inbox")}>All {count(open)} in the inbox</a></p>}
    </Card>
  );
}

function TagBars({ g }: { g: Group }) {
  const name = useTagNames();
  const base = g.shown || g.responses;
  const rows = Object.entries(g.tags).sort((a, b) => b[1] - a[1]).slice(0, 9).map(([tag, n]) => {
    const per = base ? (n / base) * 1000 : 0;
    const range = base && n <= base ? wilson(n, base) : null;
    return {
      name: name(tag), value: n, said: per.toFixed(per >= 10 ? 0 : 1), href: link("/feedback", { tag }), bad: tag === "unsafe",
      title: `${counted(n, "vote")} on ${counted(base, "answer")}${range ? `: ${(range.low * 1000).toFixed(1)} to ${(range.high * 1000).toFixed(1)} per 1,000` : ""}`,
    };
  });
  return (
    <Card title="What people tag" caption={`${g.respondents === null ? "at least, " : ""}per 1,000 answers${g.shown ? " shown" : ""}; one vote can carry several`}
      table={{ head: ["Tag", "Votes", "Per 1,000"], rows: rows.map((r) => [r.name, r.value, r.said]) }}>
      {rows.length ? <Bars rows={rows} /> : <p class="soft">{g.respondents === null ? "No tag was given by enough people to be told." : "No tags in this time."}</p>}
    </Card>
  );
}

const moved = (now: number | null, was: number | null | undefined, say: (n: number) => string): string =>
  now === null ? "" : was === null || was === undefined ? "" : say(was) === say(now) ? ", unchanged" : `, was ${say(was)}`;

function Speed({ g, old, steps, before }: { g: Group; old: Group | undefined; steps: Step[]; before: Step[] | undefined }) {
  // A percentile of a few answers says nothing of a step.
  const of = (all: Step[], pick: (g: Group) => number | null) => all.map((s) => (s.group && s.group.responses >= 20 ? pick(s.group) : null));
  const rows = steps.filter((s) => s.group).map((s) => [
    day(s.at), ...[s.group!.duration_ms.p50, s.group!.duration_ms.p95, s.group!.ttft_ms.p50, s.group!.ttft_ms.p95].map((v) => (v === null ? "–" : duration(v))),
  ]);
  return (
    <Card title="Speed" caption={`whole answer and time to first token, 95th percentile${before ? "; dashed: the time before" : ""}`}
      table={{ head: ["Step", "p50", "p95", "First p50", "First p95"], rows }}>
      {g.duration_ms.p95 === null ? <p class="soft">No answer told how long it took.</p> : (
        <Fragment>
          <p class="figure"><strong>{duration(g.duration_ms.p95)}</strong><span>answer{moved(g.duration_ms.p95, old?.duration_ms.p95, duration)}; half take {duration(g.duration_ms.p50!)}</span></p>
          <Spark values={of(steps, (s) => s.duration_ms.p95)} was={before && of(before, (s) => s.duration_ms.p95)} label="95th percentile of the whole answer over time" />
        </Fragment>
      )}
      {g.ttft_ms.p95 !== null && (
        <Fragment>
          <p class="figure"><strong>{duration(g.ttft_ms.p95)}</strong><span>first token{moved(g.ttft_ms.p95, old?.ttft_ms.p95, duration)}</span></p>
          <Spark values={of(steps, (s) => s.ttft_ms.p95)} was={before && of(before, (s) => s.ttft_ms.p95)} label="95th percentile of the time to first token over time" />
        </Fragment>
      )}
    </Card>
  );
}

function Failures({ g, old, steps }: { g: Group; old: Group | undefined; steps: Step[] }) {
  const range = g.responses ? wilson(g.errors, g.responses) : null;
  const { failures } = useFailures();
  return (
    <Card title="Failures" caption="share of calls that failed, and of what: kind, model and the provider’s own codes" table={failureTable(failures)}>
      {!range ? <p class="soft">No answers in this time.</p> : (
        <Fragment>
          <p class="figure">
            <strong>{percent(range.share)}</strong>
            <span title={`${count(g.errors)} of ${count(g.responses)}`}>{bare(range.low)} to {bare(range.high)}{moved(g.error_rate, old?.error_rate, percent)}</span>
          </p>
          <Spark kind="bad" values={steps.map((s) => (s.group && s.group.responses >= 20 ? s.group.error_rate : null))} label="Share of failures over time" />
          <FailureList failures={failures} few={4} />
        </Fragment>
      )}
    </Card>
  );
}

function Exposure({ g, old, steps, smooth, smoothed, marks, hourly }: OverTime & { g: Group; old: Group | undefined }) {
  const all = shares(steps, smooth, (s) => [Math.min(rated(s), s.shown || s.responses), s.shown || s.responses]);
  return (
    <Card title="How many rate" caption={`${smoothed} share of answers ${g.shown ? "shown" : ""} that were rated; bars are answers`}
      table={g.respondents === null ? null : { head: ["Step", "Rated", "Answers"], rows: all.map((p) => [day(p.at), p.hits, p.n]) }}>
      {g.rating_rate !== null && <p class="figure"><strong>{percent(g.rating_rate)}</strong><span>{g.respondents === null ? "of the whole weeks" : "of answers"}{moved(g.rating_rate, old?.rating_rate, percent)}{g.respondents ? <Fragment>; <People n={g.respondents} /></Fragment> : ""}</span></p>}
      {g.respondents === null
        ? <p class="soft">{g.rating_rate === null ? "Too few people to tell, or no whole week in this time." : "By the day, it would be too low: small groups are counted only where the whole week is."}</p>
        : <ShareOverTime points={all} marks={marks.slice(0, 0)} hourly={hourly} unit="answer" height={110} label="Share of answers that were rated, over time" />}
    </Card>
  );
}

function Engagement({ g, old }: { g: Group; old: Group | undefined }) {
  const base = g.shown || g.responses;
  const was = old ? old.shown || old.responses : 0;
  const rows = Object.entries(g.signals).filter(([name]) => name !== "shown").sort((a, b) => b[1] - a[1]).map(([name, n]) => ({
    name: named(name), value: n, said: ((n / (base || 1)) * 1000).toFixed(0),
    title: `${counted(n, "time")} on ${counted(base, "answer")}${was ? `; was ${(((old!.signals[name] ?? 0) / was) * 1000).toFixed(0)} per 1,000` : ""}`,
  }));
  return (
    <Card title="What people do" caption={`signals per 1,000 answers${g.shown ? " shown" : ""}${g.respondents === null ? ", at least" : ""}`} table={{ head: ["Signal", "Times", "Per 1,000"], rows: rows.map((r) => [r.name, r.value, r.said]) }}>
      {rows.length ? <Bars rows={rows} /> : <p class="soft">{g.respondents === null ? "No signal came from enough people to be told." : "No signals in this time. The widget sends them by itself."}</p>}
    </Card>
  );
}

function Usage({ g, old }: { g: Group; old: Group | undefined }) {
  return (
    <Card title="Volume and cost" caption="answers, tokens and what they cost, where they say so">
      <p class="figure"><strong>{count(g.responses)}</strong><span>answers{moved(g.responses, old?.responses, count)}</span></p>
      <p class="figure"><strong>{count(g.input_tokens + g.output_tokens)}</strong><span>tokens: {count(g.input_tokens)} in, {count(g.output_tokens)} out</span></p>
      {g.cost_usd !== null && <p class="figure"><strong>${count(Math.round(g.cost_usd * 100) / 100)}</strong><span>{g.responses ? `$${((g.cost_usd / g.responses) * 1000).toFixed(2)} per 1,000 answers` : ""}</span></p>}
    </Card>
  );
}
