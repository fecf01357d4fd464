/** Metrics: what applications and models' servers counted themselves, where they send no single answers. */
import { Fragment, h } from "preact";
import { about, useAsk, within } from "./ask";
import { codesSaid } from "./failures";
import { Card } from "./parts";
import type { Estimate, MetricGroup, MetricStats, MetricSum } from "./shapes/metrics";
import { span } from "./url";
import { count, counted, duration, percent, valued } from "./words";

/** One teller of calls to a model: the names under which it tells. The first that is there counts. */
interface Teller {
  name: string;
  calls: string;
  first: string;
  input: string[];
  output: string[];
}

const client = "gen_ai.client.";
const tellers: Teller[] = [
  {
    name: "application", calls: `${client}inference.duration`, first: `${client}inference.time_to_first_chunk`,
    input: [`${client}inference.usage.input_tokens`, `${client}inference.operation.input_tokens`],
    output: [`${client}inference.usage.output_tokens`, `${client}inference.operation.output_tokens`],
  },
  {
    name: "application (operations)", calls: `${client}operation.duration`, first: `${client}operation.time_to_first_chunk`,
    input: [`${client}token.usage.input`], output: [`${client}token.usage.output`],
  },
  { name: "model server", calls: "gen_ai.server.request.duration", first: "gen_ai.server.time_to_first_token", input: [], output: [] },
];

interface Told {
  provider: string;
  model: string;
  by: Teller;
  calls: MetricSum | undefined;
  first: MetricSum | undefined;
  input: number | null;
  output: number | null;
}

function toldOf(g: MetricGroup): Told[] {
  const sum = (names: string[]) => names.map((name) => g.metrics[name]).find(Boolean)?.sum ?? null;
  return tellers.map((by) => ({
    provider: g.key.provider ?? "", model: g.key.model ?? "", by, calls: g.metrics[by.calls], first: g.metrics[by.first], input: sum(by.input), output: sum(by.output),
  })).filter((t) => t.calls || t.first || t.input !== null || t.output !== null);
}

/** What metrics tell of this time; none while that is not known. */
export function useMetered(): { told: Told[]; stale: boolean } {
  const stats = useAsk<MetricStats>(within("/v1/stats/metrics", about(span.value, { by: "provider,model" })));
  const told = (stats.data?.groups ?? []).flatMap(toldOf).sort((a, b) => (b.calls?.count ?? 0) - (a.calls?.count ?? 0));
  return { told, stale: stats.stale };
}

/** A percentile and, below it, the range in which it lies for certain. */
const Time = ({ e }: { e: Estimate | null | undefined }) =>
  e ? <Fragment>{e.high === null ? `over ${duration(e.low)}` : duration(e.value)}{e.high !== null && <small>{duration(e.low)} – {duration(e.high)}</small>}</Fragment> : <Fragment>–</Fragment>;

const said = (e: Estimate | null | undefined): string => (e ? (e.high === null ? `over ${duration(e.low)}` : duration(e.value)) : "–");
const tokens = (n: number | null): string => (n === null ? "–" : count(Math.round(n)));

const Failed = ({ calls }: { calls: MetricSum | undefined }) =>
  calls?.count ? (
    <Fragment>
      <span class={calls.errors ? "bad" : ""} title={`${count(calls.errors)} of ${counted(calls.count, "call")}`}>{percent(calls.error_rate!)}</span>
      <small class="codes" dir="auto">{codesSaid(codesOf(calls), calls.other_error_codes ?? 0, 2)}</small>
    </Fragment>
  ) : <Fragment>–</Fragment>;

const codesOf = (calls: MetricSum) => Object.entries(calls.error_codes).sort((a, b) => b[1] - a[1]);

const most = 40;

/** The card of metrics; nothing where none came. */
export function Metered({ told, stale }: { told: Told[]; stale: boolean }) {
  if (told.length === 0) return <Fragment />;
  const head = ["Model", "Provider", "Metric", "Calls", "Failed", "Codes as sent", "p50", "p95", "p99", "First token p95", "Tokens in", "Tokens out"];
  const rows = told.map((t) => [
    valued(t.model), valued(t.provider), t.by.calls, count(t.calls?.count ?? 0), t.calls?.count ? percent(t.calls.error_rate!) : "–",
    (t.calls && codesSaid(codesOf(t.calls), t.calls.other_error_codes ?? 0)) || "–",
    said(t.calls?.p50), said(t.calls?.p95), said(t.calls?.p99), said(t.first?.p95), tokens(t.input), tokens(t.output),
  ]);
  return (
    <Card title="From metrics" stale={stale} table={{ head, rows }}
      caption="what applications and models' servers counted themselves, by whole hours; in no other number here. In small: the range in which a percentile lies for certain">
      <div class="scroll" tabIndex={0}>
        <table class="lines">
          <thead><tr>{["Model", "Calls", "Failed", "p50", "p95", "p99", "First token, p95", "Tokens"].map((name, i) => <th scope="col" class={i ? "number" : ""}>{name}</th>)}</tr></thead>
          <tbody>
            {told.slice(0, most).map((t) => (
              <tr>
                <th scope="row" dir="auto" title={t.by.calls}>{valued(t.model)}<small>{valued(t.provider)}, told by the {t.by.name}</small></th>
                <td class="number">{t.calls ? count(t.calls.count) : "–"}</td>
                <td class="number"><Failed calls={t.calls} /></td>
                <td class="number"><Time e={t.calls?.p50} /></td>
                <td class="number"><Time e={t.calls?.p95} /></td>
                <td class="number"><Time e={t.calls?.p99} /></td>
                <td class="number"><Time e={t.first?.p95} /></td>
                <td class="number">{tokens(t.input)}{t.input !== null && " in"}{t.output !== null && <small>{tokens(t.output)} out</small>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {told.length > most && <p class="note">{counted(told.length - most, "more", "more")}, in the table.</p>}
    </Card>
  );
}
