/** Explore: any measure by any dimension. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { about, may, useAsk, within } from "./ask";
import { axisOf, DotAndWhisker, ShareOverTime, Spark, type Row } from "./charts";
import { Crowded, rated, steps as stepsOfSpan, votes } from "./crowd";
import { FailureCard } from "./failures";
import { Bar } from "./filters";
import { Card, N, Ready, useTagNames } from "./parts";
import { shares, stepsOf } from "./series";
import type { Group, Series, Stats } from "./shapes/stats";
import { enough, newcombe, wilson, z99 } from "./statistics";
import { address, go, link, ofCalls, scope, span, spanName, spans } from "./url";
import { between, count, counted, dimensions, duration, money, percent, valued } from "./words";

/** A measure of a group: a share of something, with its interval, or an amount. */
interface Measure {
  name: string;
  /** Hits and base of a share. */
  share?: (g: Group) => [hits: number, n: number];
  amount?: (g: Group) => number | null;
  said?: (value: number) => string;
  unit: string;
  /** Whether more is worse. */
  worse?: boolean;
  /** Whether it is not told of too few people. */
  people?: boolean;
  /** The list that holds the evidence. */
  list: "/feedback" | "/responses";
}

const shown = (g: Group) => g.shown || g.responses;

const measures: Record<string, Measure> = {
  positive: { name: "positive share", share: votes, people: true, unit: "vote", list: "/feedback" },
  rating: { name: "rating rate", share: (g) => [Math.min(rated(g), shown(g)), shown(g)], unit: "answer", list: "/feedback" },
  errors: { name: "error rate", share: (g) => [g.errors, g.responses], unit: "answer", worse: true, list: "/responses" },
  p95: { name: "time, 95th percentile", amount: (g) => g.duration_ms.p95, said: duration, unit: "answer", worse: true, list: "/responses" },
  ttft: { name: "time to first token, 95th percentile", amount: (g) => g.ttft_ms.p95, said: duration, unit: "answer", worse: true, list: "/responses" },
  retries: { name: "tries again", share: (g) => [g.retries, g.responses], unit: "answer", worse: true, list: "/responses" },
  tokens: { name: "tokens per answer", amount: (g) => (g.responses ? (g.input_tokens + g.output_tokens) / g.responses : null), said: (n) => count(Math.round(n)), unit: "answer", list: "/responses" },
  volume: { name: "answers", amount: (g) => g.responses, said: count, unit: "answer", list: "/responses" },
  cost: { name: "cost per 1,000 answers", amount: (g) => (g.cost_usd === null || !g.responses ? null : (g.cost_usd / g.responses) * 1000), said: money, unit: "answer", worse: true, list: "/responses" },
};

const dividers = ["prompt_version", "model", "feature", "release", "environment", "surface", "prompt_name", "provider", "operation"];

export function Explore() {
  const params = address.value.searchParams;
  const tagName = useTagNames();
  const form = useAsk<{ tags: [string, string][] }>(within("/v1/form", new URLSearchParams({ lang: "en" })));
  const all: Record<string, Measure> = { ...measures };
  // Of crowds a group has those whom nothing else divides: their shares are true, but there are more of them.
  if (!may("items")) delete all.rating;
  else for (const [tag] of form.data?.tags ?? []) {
    all[`tag:${tag}`] = { name: `“${tagName(tag)}” per answer`, share: (g) => [Math.min(g.tags[tag] ?? 0, shown(g)), shown(g)], unit: "answer", worse: true, list: "/feedback" };
  }
  const measureName = params.get("measure") ?? "positive";
  const chosen = all[measureName] ?? measures.positive!;
  const telling = chosen.list === "/responses";
  const measure = telling && ofCalls.value ? ofModels(chosen) : chosen;
  const by = dividers.includes(params.get("by") ?? "") ? params.get("by")! : "prompt_version";
  const stats = useAsk<Stats>(within("/v1/stats", about(span.value, { by, ...(telling ? scope() : {}) })));
  const choose = (name: string, value: string) => {
    const next = new URLSearchParams(address.value.searchParams);
    next.set(name, value);
    go(`/explore?${next}`);
  };
  return (
    <Fragment>
      <Bar>
        <label class="hidden" for="measure">Measure</label>
        <select id="measure" class="chip" onChange={(e) => choose("measure", e.currentTarget.value)}>
          {Object.entries(all).map(([key, m]) => <option value={key} selected={key === measureName}>{m.name}</option>)}
        </select>
        <label class="hidden" for="by">By</label>
        <select id="by" class="chip" onChange={(e) => choose("by", e.currentTarget.value)}>
          {dividers.map((d) => <option value={d} selected={d === by}>by {dimensions[d]}</option>)}
        </select>
        {telling && (
          <Fragment>
            <label class="hidden" for="of">Of</label>
            <select id="of" class="chip" onChange={(e) => choose("of", e.currentTarget.value)}>
              <option value="answers" selected={!ofCalls.value}>of answers</option>
              <option value="calls" selected={ofCalls.value}>of calls to models</option>
            </select>
          </Fragment>
        )}
      </Bar>
      <Ready answer={stats}>{(data) => <Compared groups={data.groups} fewerThan={data.fewer_than} measure={measure} by={by} stale={stats.stale} />}</Ready>
      {measureName === "errors" && <div class="below"><FailureCard /></div>}
    </Fragment>
  );
}

/** The measure of calls to models. */
const ofModels = (m: Measure): Measure => ({ ...m, name: m.name.replace(/answer/g, "call"), unit: "call" });

function rowsOf(groups: Group[], m: Measure, by: string): Row[] {
  const rows: Row[] = [];
  for (const g of groups) {
    const value = g.key[by] ?? "";
    const row = { name: valued(value), href: link(m.list, { [by]: value }) };
    if (m.share) {
      const [hits, n] = m.share(g);
      if (n === 0) continue;
      const range = wilson(hits, n);
      const [restHits, restN] = groups.filter((o) => o !== g).map(m.share).reduce(([a, b], [c, d]) => [a + c, b + d], [0, 0]);
      const apart = n >= enough && restN >= enough ? newcombe([hits, n], [restHits, restN], z99) : null;
      const bad = apart && (m.worse ? apart.low > 0 : apart.high < 0);
      rows.push({
        ...row, value: range.share, low: range.low, high: range.high, n, kind: n < enough ? "few" : bad ? "bad" : undefined,
        said: n < enough ? `${count(hits)} of ${count(n)}` : percent(range.share),
        title: `${count(hits)} of ${counted(n, m.unit)}, ${between(range.low, range.high)}`,
      });
    } else {
      const amount = m.amount!(g);
      if (amount === null) continue;
      rows.push({ ...row, value: amount, n: g.responses, said: m.said!(amount), title: `${m.said!(amount)}, from ${counted(g.responses, m.unit)}` });
    }
  }
  return rows.sort((a, b) => b.value - a.value).slice(0, 40);
}

function Compared({ groups, fewerThan, measure, by, stale }: { groups: Group[]; fewerThan: number | undefined; measure: Measure; by: string; stale: boolean }) {
  const hidden = measure.people ? groups.filter((g) => g.suppressed) : [];
  const rows = rowsOf(groups.filter((g) => !hidden.includes(g)), measure, by);
  const sure = rows.filter((r) => r.kind !== "few" && r.name !== valued(""));
  const worst = rows.filter((r) => r.kind === "bad");
  const [best, last] = [sure[0], sure.at(-1)];
  const [small, setSmall] = useState(true);
  return (
    <Fragment>
      <h1 class="say">
        {rows.length === 0 && hidden.length > 0 ? <Fragment>In no {dimensions[by]} a crowd of <b>{fewerThan}</b> people can be told of in this time.</Fragment> : rows.length === 0 ? "Nothing in this time tells this measure." : !best || best === last
          ? <Fragment>Only <b>{rows[0]!.name}</b> has enough to compare.</Fragment>
          : (
            <Fragment>
              The {measure.name} is highest for <N href={best.href} title={best.title}>{best.name}</N>, at <b>{best.said}</b>, and lowest for{" "}
              <N href={last!.href} title={last!.title}>{last!.name}</N>, at <b>{last!.said}</b>.
              {worst.length > 0 && <Fragment> Apart from the rest for certain, and worse: {worst.slice(0, 3).map((r, i) => <Fragment>{i ? ", " : ""}<N kind="bad" href={r.href}>{r.name}</N></Fragment>)}.</Fragment>}
            </Fragment>
          )}
      </h1>
      <p class="why">{counted(rows.length, dimensions[by]!, `${dimensions[by]}s`)} in the {spans[spanName.value].name}. {measure.share ? "Whiskers: 95 % (Wilson). Orange: worse than all others together, at 99 % (Newcombe)." : "Percentiles are within 2 %."}</p>
      {measure.people && <Crowded of={{ ...(fewerThan ? { fewer_than: fewerThan } : {}) }} />}
      {hidden.length > 0 && <p class="soft">No crowd of {fewerThan} people to tell of: {hidden.slice(0, 12).map((g) => valued(g.key[by] ?? "")).join(", ")}{hidden.length > 12 && ` and ${hidden.length - 12} more`}.</p>}
      {rows.length > 0 && (
        <div class="stack">
          <Card title={`${measure.name.charAt(0).toUpperCase()}${measure.name.slice(1)} by ${dimensions[by]}`} stale={stale} caption={`value, and what it rests on in ${measure.unit}s; a row opens what is behind it`}
            table={{ head: [dimensions[by]!, measure.name, "95 %", `${measure.unit}s`], rows: rows.map((r) => [r.name, r.said, r.low === undefined ? "–" : between(r.low, r.high!), count(r.n)]).concat(hidden.map((g) => [valued(g.key[by] ?? ""), "not told", "–", "not told"])) }}>
            <DotAndWhisker rows={rows} whole={measure.share !== undefined} label={`${measure.name} by ${dimensions[by]}`} />
          </Card>
          <div>
            <button class="button" aria-pressed={small} onClick={() => setSmall(!small)}>{small ? "Hide" : "Show"} each over time</button>
          </div>
          {small && <Multiples names={rows.slice(0, 9).map((r) => r.name)} measure={measure} by={by} />}
        </div>
      )}
    </Fragment>
  );
}

/** Each group over time, one small chart a group, all on one axis. */
function Multiples({ names, measure, by }: { names: string[]; measure: Measure; by: string }) {
  const { step, smooth, smoothed } = stepsOfSpan();
  const series = useAsk<Series>(within("/v1/stats/series", about(span.value, { by, step, ...(measure.list === "/responses" ? scope() : {}) })));
  const all = names.map((name) => {
    const points = (series.data?.points ?? []).map((p) => ({ time: p.time, groups: p.groups.filter((g) => valued(g.key[by] ?? "") === name) }));
    const steps = stepsOf({ points }, step, span.value);
    return { name, steps, points: measure.share ? shares(steps, smooth, measure.share) : [] };
  });
  const axis = axisOf(all.flatMap((one) => one.points));
  return (
    <div class="three">
      {all.map(({ name, steps, points }) => (
        <Card key={name} title={name} caption={measure.share ? `${smoothed} share` : "per step"} stale={series.stale}>
          {measure.share
            ? <ShareOverTime points={points} axis={axis} marks={[]} hourly={step === "1h" || step === "6h"} unit={measure.unit} height={110} label={`${measure.name} of ${name} over time`} />
            : <Spark values={steps.map((s) => (s.group ? measure.amount!(s.group) : null))} label={`${measure.name} of ${name} over time`} />}
        </Card>
      ))}
    </div>
  );
}
