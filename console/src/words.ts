/** How numbers, times and names are said. */

const plain = new Intl.NumberFormat("en");

/** 57,310 */
export const count = (n: number): string => plain.format(n);

/** "1 answer", "1,774 answers" */
export const counted = (n: number, one: string, many = one + "s"): string => `${count(n)} ${n === 1 ? one : many}`;

/** A share as percent, with the digits that its size deserves: 81 %, 3.1 %, 0.42 %. No line ends before its sign. */
export function percent(share: number): string {
  const x = share * 100;
  return `${x.toFixed(x === 0 || x >= 10 ? 0 : x >= 1 ? 1 : 2)}\u00A0%`;
}

/** A share without its sign, for ranges: "79 and 83 %". */
export const bare = (share: number): string => percent(share).replace("\u00A0%", "");

/** "79 and 83 %" */
export const between = (low: number, high: number): string => `${bare(low)} and ${percent(high)}`;

/** 440 ms, 2.1 s, 14 s */
export function duration(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)}\u00A0ms`;
  return `${(ms / 1000).toFixed(ms < 10_000 ? 1 : 0)}\u00A0s`;
}

/** $0.0054, $221 */
export const money = (usd: number): string => `$${usd >= 100 ? count(Math.round(usd)) : usd >= 1 ? usd.toFixed(2) : usd.toPrecision(2)}`;

const days = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", timeZone: "UTC" });
const moments = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit",
});
const minutes = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
const dates = new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
const clocks = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
const hours = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });

/** 9 Nov, in UTC as days are counted */
export const day = (at: number | string): string => days.format(new Date(at));
/** 9 Nov, 14:03:12 */
export const moment = (at: number | string): string => moments.format(new Date(at));
/** 9 Nov, 14:03 */
export const minute = (at: number | string): string => minutes.format(new Date(at));
/** 9 Nov 2025, in UTC as days are counted */
export const date = (at: number | string): string => dates.format(new Date(at));
/** 14:03:12 */
export const clock = (at: number | string): string => clocks.format(new Date(at));
/** 14:03 */
export const hour = (at: number | string): string => hours.format(new Date(at));

/** "now", "4 min ago", "2 h ago", then the date. */
export function ago(at: string, now = Date.now()): string {
  const s = (now - Date.parse(at)) / 1000;
  if (s < 45) return "now";
  if (s < 3600) return `${Math.max(1, Math.round(s / 60))} min ago`;
  if (s < 86_400) return `${Math.round(s / 3600)} h ago`;
  return day(at);
}

/** What a machine's name is called: "rate_limit" → "Rate limit". */
export const named = (name: string): string => {
  const words = name.replace(/[_-]+/g, " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** The dimensions that numbers can be divided by, as people say them. */
export const dimensions: Record<string, string> = {
  prompt_version: "prompt version", prompt_name: "prompt", model: "model", provider: "provider", feature: "feature",
  release: "release", environment: "environment", operation: "operation", surface: "surface", status: "status",
  error_type: "error type", vote: "vote", tag: "tag", trust: "credential", bound: "answer known",
};

/** A value of a dimension; an empty one is not known. */
export const valued = (value: string): string => value || "not known";
