/** What calls failed of, in the words of those who answered them. */
import { Fragment, h } from "preact";
import { about, useAsk, within } from "./ask";
import { Card, type Table } from "./parts";
import type { Group, Stats } from "./shapes/stats";
import { link, ofCalls, scope, span } from "./url";
import { count, counted, named, valued } from "./words";

/** A kind of failure of one model, with the codes it came with. */
export interface Failure {
  provider: string;
  model: string;
  kind: string;
  answers: number;
  codes: [code: string, n: number][];
  others: number;
  href: string;
}

const failureOf = (g: Group, of: string | null): Failure => {
  const { provider = "", model = "", error_type = "" } = g.key;
  return {
    provider, model, kind: error_type, answers: g.errors, others: g.other_error_codes ?? 0,
    codes: Object.entries(g.error_codes).sort((a, b) => b[1] - a[1]),
    href: link("/responses", { status: "error", error_type, model, provider, of }),
  };
};

/** The failures of this time and these filters, the most frequent first: of answers, unless of says calls. */
export function useFailures(of: { of?: string } = {}): { failures: Failure[]; stale: boolean } {
  const stats = useAsk<Stats>(within("/v1/stats", about(span.value, { by: "provider,model,error_type", status: "error", ...of }, ["status"])));
  const failures = (stats.data?.groups ?? []).filter((g) => g.errors > 0).map((g) => failureOf(g, of.of ?? null)).sort((a, b) => b.answers - a.answers);
  return { failures, stale: stats.stale };
}

/** Codes as they were sent; of several, each with how often. */
const Codes = ({ of, few }: { of: Failure; few: number }) => {
  const rest = of.codes.slice(few).reduce((sum, [, n]) => sum + n, of.others);
  const several = of.codes.length + of.others > 1;
  return (
    <span class="tags">
      {of.codes.slice(0, few).map(([code, n]) => <span class="tag" title={`${counted(n, "answer")} failed with ${code}`}><code dir="auto">{code}</code>{several && ` ${count(n)}`}</span>)}
      {rest > 0 && <span class="tag">others {count(rest)}</span>}
    </span>
  );
};

/** Codes in one line of text: "429 (29), overloaded_error (3), others (5)". */
export function codesSaid(codes: [code: string, n: number][], others: number, few = codes.length): string {
  const rest = codes.slice(few).reduce((sum, [, n]) => sum + n, others);
  return [...codes.slice(0, few).map(([code, n]) => `${code} (${count(n)})`), ...(rest ? [`others (${count(rest)})`] : [])].join(", ");
}

const kindOf = (f: Failure) => named(f.kind || "unknown");
const where = (f: Failure) => [f.provider, f.model].filter(Boolean).join(" · ") || valued("");
const title = (f: Failure) => `${counted(f.answers, "answer")} of ${where(f)} failed with ${f.kind || "an error of no kind"}`;

/** The table that a card of failures turns into. */
export const failureTable = (failures: Failure[]): Table => ({
  head: ["Kind", "Provider", "Model", "Codes as sent", "Answers"], rows: failures.map((f) => [kindOf(f), valued(f.provider), valued(f.model), codesSaid(f.codes, f.others) || "–", f.answers]),
});

/** The most frequent failures, on a narrow card. */
export const FailureList = ({ failures, few }: { failures: Failure[]; few: number }) => (
  <ul class="failures">
    {failures.slice(0, few).map((f) => (
      <li>
        <span><a href={f.href} title={title(f)}>{kindOf(f)}</a> <Codes of={f} few={2} /></span>
        <em>{count(f.answers)}</em>
        <span class="soft">{where(f)}</span>
      </li>
    ))}
    {failures.length > few && <li class="soft">{counted(failures.length - few, "more", "more")}, in the table</li>}
  </ul>
);

const most = 40;

/** All failures of a time, on a card of their own; nothing where there are none. */
export function FailureCard() {
  const { failures, stale } = useFailures(scope());
  if (failures.length === 0) return <Fragment />;
  return (
    <Card title="What they failed of" caption="the kind, and the code as it was sent; a kind opens what is behind it" stale={stale}>
      <div class="scroll" tabIndex={0}>
        <table class="lines">
          <thead><tr><th scope="col">Kind</th><th scope="col" class="number">{ofCalls.value ? "Calls" : "Answers"}</th><th scope="col">Model</th><th scope="col">Codes as sent</th></tr></thead>
          <tbody>
            {failures.slice(0, most).map((f) => (
              <tr>
                <td><a href={f.href} title={title(f)}>{kindOf(f)}</a></td>
                <td class="number">{count(f.answers)}</td>
                <td dir="auto">{valued(f.model)}<small>{valued(f.provider)}</small></td>
                <td><Codes of={f} few={6} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {failures.length > most && <p class="note">{counted(failures.length - most, "more", "more")}: a filter shows them.</p>}
    </Card>
  );
}
