/** Makes even steps of what the server counted, and smooths shares over them. */
import type { Point } from "./charts";
import type { Group, Series } from "./shapes/stats";
import { enough, wilson } from "./statistics";
import type { Window } from "./url";

const lengths: Record<string, number> = { "1h": 3.6e6, "6h": 2.16e7, "1d": 8.64e7, "7d": 6.048e8 };

export interface Step {
  at: number;
  group: Group | null;
}

/** The steps of a window, those without anything included. */
export function stepsOf(series: Series | undefined, step: string, window: Window): Step[] {
  const length = lengths[step]!;
  const found = new Map(series?.points.map((p) => [Date.parse(p.time), p.groups[0] ?? null]));
  const offset = (found.keys().next().value ?? 0) % length;
  const steps: Step[] = [];
  for (let at = Math.floor((window.from - offset) / length) * length + offset; at < window.to; at += length) {
    if (at + length > window.from) steps.push({ at, group: found.get(at) ?? null });
  }
  return steps;
}

/** A share at each step, smoothed over the steps up to it. */
export function shares(steps: Step[], smooth: number, of: (g: Group) => [hits: number, n: number]): Point[] {
  const parts = steps.map((s) => (s.group ? of(s.group) : ([0, 0] as [number, number])));
  return steps.map((s, i) => {
    let hits = 0;
    let n = 0;
    for (const [h, m] of parts.slice(Math.max(0, i - smooth + 1), i + 1)) {
      hits += h;
      n += m;
    }
    return { at: s.at, smooth: n >= enough ? wilson(hits, n) : null, hits: parts[i]![0], n: parts[i]![1] };
  });
}
