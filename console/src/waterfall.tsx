/** How an agent came to its answer: each call and step as a bar on one axis of time. */
import { Fragment, h } from "preact";
import type { AnswerGiven, Part } from "./shapes/responses";
import { link } from "./url";
import { count, counted, duration, money, named } from "./words";

interface Bar {
  part: Part;
  from: number; // share of the whole, 0 to 1
  to: number;
}

const least = 0.004; // so that what took no time can be seen

function barsOf(answer: AnswerGiven, parts: Part[]): { bars: Bar[]; ms: number } {
  const start = Math.min(Date.parse(answer.time), ...parts.map((p) => Date.parse(p.time)));
  const end = (p: { time: string; duration_ms?: number }) => Date.parse(p.time) + (p.duration_ms ?? 0) - start;
  const ms = Math.max(end(answer), ...parts.map(end), 1);
  const bars = parts.map((part) => {
    const from = (Date.parse(part.time) - start) / ms;
    return { part, from: Math.min(from, 1 - least), to: Math.max(end(part) / ms, from + least) };
  });
  return { bars, ms };
}

/** What an answer's calls took together. */
export function usageOf(parts: Part[]): { input: number; output: number; cost: number | null } {
  const calls = parts.filter((p) => p.kind === "call");
  const sum = (of: (p: Part) => number | undefined) => calls.reduce((all, p) => all + (of(p) ?? 0), 0);
  return {
    input: sum((p) => p.input_tokens), output: sum((p) => p.output_tokens),
    cost: calls.some((p) => p.cost_usd !== undefined) ? sum((p) => p.cost_usd) : null,
  };
}

function told(call: Part): string {
  const tokens = call.input_tokens === undefined && call.output_tokens === undefined ? "Call" : `${count(call.input_tokens ?? 0)} in, ${count(call.output_tokens ?? 0)} out`;
  return call.ttft_ms === undefined ? tokens : `${tokens}, first token after ${duration(call.ttft_ms)}`;
}

const Failure = ({ part }: { part: Part }) => (
  <span class="bad">, failed: {named(part.error_type ?? "unknown").toLowerCase()}{part.error_code && <span class="soft"> {part.error_code}</span>}</span>
);

export function Waterfall({ answer, parts }: { answer: AnswerGiven; parts: Part[] }) {
  const { bars, ms } = barsOf(answer, parts);
  const calls = parts.filter((p) => p.kind === "call").length;
  const failed = parts.filter((p) => p.status === "error").length;
  const usage = usageOf(parts);
  return (
    <Fragment>
      <h2>How it came to its answer</h2>
      <p class="caption">
        {counted(calls, "call")} to models{parts.length > calls ? ` and ${counted(parts.length - calls, "other step")}` : ""} in {duration(ms)}
        {usage.cost !== null ? `, for ${money(usage.cost)}` : ""}.{failed > 0 && <Fragment> <span class="bad">{count(failed)} failed.</span></Fragment>}
      </p>
      <ol class="waterfall">
        {bars.map(({ part, from, to }) => (
          <li>
            <span class="label">
              {part.response_id ? <a href={link(`/responses/${encodeURIComponent(part.response_id)}`)}>{part.name || named(part.kind)}</a> : part.name || named(part.kind)}
            </span>
            <svg width="100%" height="14" aria-hidden="true">
              <rect class="track" width="100%" height="14" rx="2" />
              <rect class={`span ${part.status === "error" ? "bad" : part.kind === "call" ? "call" : ""}`} x={`${from * 100}%`} width={`${(to - from) * 100}%`} height="14" rx="2" />
            </svg>
            <span class="right">{part.duration_ms === undefined ? "" : duration(part.duration_ms)}</span>
            <span class="soft more">{part.kind === "call" ? told(part) : named(part.kind)}{part.status === "error" && <Failure part={part} />}</span>
          </li>
        ))}
      </ol>
    </Fragment>
  );
}
