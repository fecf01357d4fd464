/** Charts, drawn by hand as SVG: lines with their interval, dots with whiskers, bars. Every share is drawn with its interval. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { useWidth } from "./parts";
import { bare, count, counted, day, hour, percent } from "./words";
import { enough } from "./statistics";

/** One step of a chart over time. */
export interface Point {
  at: number;
  /** The smoothed share with its interval; null where too little was rated. */
  smooth: { share: number; low: number; high: number } | null;
  /** What the step alone says. */
  hits: number;
  n: number;
}

/** A change of the product. */
export interface Mark {
  at: number;
  name: string;
  note?: string | undefined;
}

const left = 44;
const right = 16;

/** Chooses an axis of shares that holds the data, in three to six round steps. */
export function axisOf(points: Point[]): number[] {
  let low = 1;
  let high = 0;
  for (const { smooth } of points) {
    if (!smooth) continue;
    low = Math.min(low, smooth.low);
    high = Math.max(high, smooth.high);
  }
  if (low > high) return [1, 0.5, 0];
  const step = [0.01, 0.02, 0.05, 0.1, 0.2].find((size) => (high - low) / size <= 4.5) ?? 0.25;
  const from = Math.max(0, Math.floor(low / step) * step);
  const to = Math.min(1, Math.ceil(high / step) * step);
  const ticks = [];
  for (let t = to; t > from - step / 2; t -= step) ticks.push(Math.max(0, t));
  return ticks;
}

const tick = (share: number): string => `${+(share * 100).toFixed(1)} %`;

/** Cuts a line where there is nothing to draw. */
function stretches<T extends { smooth: unknown }>(points: T[]): T[][] {
  const all: T[][] = [[]];
  for (const p of points) {
    if (p.smooth) all.at(-1)!.push(p);
    else if (all.at(-1)!.length) all.push([]);
  }
  return all.filter((s) => s.length);
}

/** Where the names of marks stand: beside their line, on the side that has room, one below the other where they would overlap. */
function placed(marks: Mark[], x: (at: number) => number, width: number): { mark: Mark; x: number; row: number; before: boolean }[] {
  const rows: [from: number, to: number][][] = [];
  return marks.map((mark) => {
    const at = x(mark.at);
    const long = mark.name.length * 6.2 + 10;
    const before = at + long > width;
    const [from, to] = before ? [at - long, at] : [at, at + long];
    let row = rows.findIndex((taken) => taken.every(([f, t]) => to < f || from > t));
    if (row < 0) row = rows.push([]) - 1;
    rows[row]!.push([from, to]);
    return { mark, x: at, row, before };
  });
}

/** A share over time: a line in its 95 % band, steps as dots, volume below, changes in gold. */
export function ShareOverTime(props: { points: Point[]; marks: Mark[]; label: string; unit: string; hourly: boolean; kind?: "bad"; height?: number; axis?: number[] }) {
  const [width, ref] = useWidth();
  const [over, setOver] = useState<number | null>(null);
  const { points, marks } = props;
  const height = props.height ?? 190;
  const from = points[0]?.at ?? 0;
  const to = points.at(-1)?.at ?? 1;
  const inner = Math.max(10, width - left - right);
  const x = (at: number) => left + (to > from ? ((at - from) / (to - from)) * inner : inner / 2);
  const seen = marks.filter((m) => m.at >= from && m.at <= to + (to - from) * 0.02).sort((a, b) => a.at - b.at);
  const names = placed(seen, x, width);
  const top = 10 + 13 * Math.max(0, ...names.map((n) => n.row + 1));
  const ticks = props.axis ?? axisOf(points);
  const low = ticks.at(-1)!;
  const high = ticks[0]!;
  const y = (share: number) => top + (1 - (share - low) / (high - low || 1)) * (height - top - 8);
  const most = Math.max(1, ...points.map((p) => p.n));
  const slot = inner / Math.max(1, points.length);
  const path = (s: Point[], of: (p: Point) => number) => s.map((p, i) => `${i ? "L" : "M"}${x(p.at).toFixed(1)},${y(of(p)).toFixed(1)}`).join(" ");
  const say = props.hourly ? (at: number) => `${day(at)}, ${hour(at)}` : day;
  const labels = Math.max(2, Math.min(6, points.length, Math.floor(inner / 110)));
  const shown = over === null ? null : points[over];
  const hover = (e: PointerEvent) => {
    const at = (e.offsetX - left) / inner;
    setOver(points.length ? Math.max(0, Math.min(points.length - 1, Math.round(at * (points.length - 1)))) : null);
  };
  return (
    <div class="chart" ref={ref}>
      <svg width={width} height={height + 62} role="img" aria-label={props.label} onPointerMove={hover} onPointerLeave={() => setOver(null)}>
        {ticks.map((t) => <Fragment><line x1={left} x2={left + inner} y1={y(t)} y2={y(t)} class="grid" /><text x={left - 8} y={y(t) + 4} text-anchor="end">{tick(t)}</text></Fragment>)}
        {points.map((p) => p.n > 0 && p.hits / p.n >= low && p.hits / p.n <= high && <circle cx={x(p.at)} cy={y(p.hits / p.n)} r={p.n < enough ? 1.4 : 2} class="day" />)}
        {stretches(points).map((s) => (
          <Fragment>
            <path d={`${path(s, (p) => p.smooth!.high)} ${path([...s].reverse(), (p) => p.smooth!.low).replace("M", "L")}Z`} class="area" />
            <path d={path(s, (p) => p.smooth!.share)} class={`line ${props.kind ?? ""}`} />
          </Fragment>
        ))}
        {names.map((n) => (
          <Fragment>
            <line x1={n.x} x2={n.x} y1={4 + n.row * 13} y2={height} class="change" />
            <text x={n.before ? n.x - 5 : n.x + 5} y={13 + n.row * 13} text-anchor={n.before ? "end" : "start"} class="change"><title>{n.mark.note ?? ""}</title>{n.mark.name}</text>
          </Fragment>
        ))}
        {points.map((p) => p.n > 0 && <rect x={x(p.at) - Math.min(slot * 0.35, 8)} width={Math.min(slot * 0.7, 16)} y={height + 52 - (p.n / most) * 30} height={(p.n / most) * 30} class="volume" />)}
        {Array.from({ length: labels }, (_, i) => points[Math.round((i * (points.length - 1)) / (labels - 1))]).map((p, i) =>
          p && <text x={x(p.at)} y={height + 14} text-anchor={i === labels - 1 ? "end" : "middle"}>{props.hourly ? say(p.at) : day(p.at)}</text>)}
        {shown && <line x1={x(shown.at)} x2={x(shown.at)} y1={top} y2={height + 52} class="cross" />}
      </svg>
      {shown && (
        <div class="tip" style={{ top: `${top}px`, ...(x(shown.at) > width / 2 ? { right: `${width - x(shown.at) + 10}px` } : { left: `${x(shown.at) + 10}px` }) }}>
          <b>{say(shown.at)}</b><br />
          {count(shown.hits)} of {counted(shown.n, props.unit)}<br />
          {shown.smooth ? <span class="soft">smoothed {percent(shown.smooth.share)} ({bare(shown.smooth.low)} to {bare(shown.smooth.high)})</span> : <span class="soft">too few to say a share</span>}
        </div>
      )}
    </div>
  );
}

/** One row of a comparison. */
export interface Row {
  name: string;
  href: string;
  value: number;
  low?: number | undefined;
  high?: number | undefined;
  /** How many it rests on. */
  n: number;
  kind?: "bad" | "few" | undefined;
  title: string;
  said: string;
}

/** Groups side by side: a dot with its interval, the value, and what it rests on. */
export function DotAndWhisker({ rows, label, whole }: { rows: Row[]; label: string; whole?: boolean }) {
  const [width, ref] = useWidth();
  const longest = Math.min(190, width * 0.36, Math.max(...rows.map((r) => r.name.length * 7)));
  const names = longest + 10;
  const numbers = 118;
  const inner = Math.max(20, width - names - numbers);
  // What rests on a few votes is counted, and does not stretch the scale of what can be told.
  const told = rows.filter((r) => r.kind !== "few");
  const scale = told.length ? told : rows;
  let low = Math.min(...scale.map((r) => r.low ?? r.value));
  let high = Math.max(...scale.map((r) => r.high ?? r.value));
  if (whole) {
    low = Math.max(0, Math.floor(low * 10) / 10);
    high = Math.min(1, Math.ceil(high * 10) / 10);
  } else low = Math.min(0, low);
  if (high <= low) high = low + 1;
  const x = (v: number) => names + ((v - low) / (high - low)) * inner;
  const height = rows.length * 26 + (whole ? 24 : 6);
  const fits = Math.max(4, Math.floor((longest / 7) * 1.05));
  return (
    <div ref={ref}>
      <svg width={width} height={height} role="group" aria-label={label}>
        {whole && [low, (low + high) / 2, high].map((t) => (
          <Fragment><line x1={x(t)} x2={x(t)} y1={2} y2={height - 20} class="grid" /><text x={x(t)} y={height - 6} text-anchor="middle">{tick(t)}</text></Fragment>
        ))}
        {rows.map((r, i) => {
          const y = 14 + i * 26;
          const name = r.name.length > fits ? `${r.name.slice(0, fits - 1)}…` : r.name;
          return (
            <a href={r.href} aria-label={`${r.name}: ${r.title}`}>
              <title>{r.title}</title>
              <rect x={0} y={y - 13} width={width} height={26} fill="transparent" />
              <text x={longest} y={y + 4} text-anchor="end" class="name">{name}</text>
              {r.low !== undefined && scale.includes(r) && <line x1={x(r.low)} x2={x(r.high!)} y1={y} y2={y} class={`whisker ${r.kind ?? ""}`} />}
              {r.value >= low && r.value <= high && <circle cx={x(r.value)} cy={y} r={4} class={`point ${r.kind ?? ""}`} />}
              <text x={width - 52} y={y + 4} text-anchor="end" class="value">{r.said}</text>
              <text x={width - 2} y={y + 4} text-anchor="end">{count(r.n)}</text>
            </a>
          );
        })}
      </svg>
    </div>
  );
}

/** A line without axes, for how something moved; the one before it is dashed. */
export function Spark({ values, was, kind, label }: { values: (number | null)[]; was?: (number | null)[]; kind?: "bad"; label: string }) {
  const [width, ref] = useWidth();
  const height = 44;
  const known = [...values, ...(was ?? [])].filter((v): v is number => v !== null);
  const high = Math.max(...known, 1e-9);
  const low = Math.min(...known, high) * 0.9;
  const path = (of: (number | null)[]) => {
    let pen = "M";
    return of.map((v, i) => {
      if (v === null) {
        pen = "M";
        return "";
      }
      const to = `${pen}${((i / Math.max(1, of.length - 1)) * width).toFixed(1)},${(4 + (1 - (v - low) / (high - low || 1)) * (height - 8)).toFixed(1)}`;
      pen = "L";
      return to;
    }).join("");
  };
  return (
    <div ref={ref}>
      <svg width={width} height={height} role="img" aria-label={label}>
        {was && <path d={path(was)} class="line was" />}
        <path d={path(values)} class={`line ${kind ?? "ink"}`} />
      </svg>
    </div>
  );
}

/** Amounts side by side; the longest bar is the largest. */
export function Bars({ rows }: { rows: { name: string; value: number; said: string; href?: string; title: string; bad?: boolean }[] }) {
  const most = Math.max(...rows.map((r) => r.value), 1e-9);
  return (
    <div class="bars">
      {rows.map((r) => {
        const inside = (
          <Fragment>
            <span class="label">{r.name}</span>
            <i aria-hidden="true"><b class={r.bad ? "bad" : ""} style={{ width: `${(r.value / most) * 100}%` }} /></i>
            <em>{r.said}</em>
          </Fragment>
        );
        return r.href ? <a href={r.href} title={r.title}>{inside}</a> : <span title={r.title}>{inside}</span>;
      })}
    </div>
  );
}
