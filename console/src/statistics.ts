/** Intervals of shares, as the server computes them. */

/** z of a two-sided 95 % interval. */
export const z95 = 1.959963984540054;
/** z of a two-sided 99 % interval, for looking at several groups at once. */
export const z99 = 2.5758293035489004;

export interface Interval {
  share: number;
  low: number;
  high: number;
}

/** The score interval of Wilson (1927): right also for few votes and for shares near 0 and 1. */
export function wilson(hits: number, n: number, z = z95): Interval {
  const share = hits / n;
  const zz = z * z;
  const middle = (share + zz / (2 * n)) / (1 + zz / n);
  const half = (z / (1 + zz / n)) * Math.sqrt((share * (1 - share)) / n + zz / (4 * n * n));
  return { share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/** The difference of two shares, a − b, with the hybrid score interval of Newcombe (1998, method 10). */
export function newcombe(a: [hits: number, n: number], b: [hits: number, n: number], z = z95): Interval {
  const p = wilson(...a, z);
  const q = wilson(...b, z);
  const share = p.share - q.share;
  return {
    share,
    low: share - Math.hypot(p.share - p.low, q.high - q.share),
    high: share + Math.hypot(p.high - p.share, q.share - q.low),
  };
}

/** Below so many ratings a share says too little to be shown. */
export const enough = 10;
