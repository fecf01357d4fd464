/** The address is the state: what is looked at, when, and by which filters. */
import { computed, signal } from "@preact/signals";

/** The address as it is now. */
export const address = signal(new URL(location.href));

addEventListener("popstate", () => {
  address.value = new URL(location.href);
});

/** Opens an address of the console. replace leaves no step to go back to. */
export function go(href: string, replace = false): void {
  history[replace ? "replaceState" : "pushState"](null, "", href);
  address.value = new URL(location.href);
}

/** The time spans on offer: how long, in which steps, and over how many steps a share is smoothed. */
export const spans = {
  "24h": { name: "last 24 hours", hours: 24, step: "1h", smooth: 6, smoothed: "six-hour" },
  "7d": { name: "last 7 days", hours: 168, step: "6h", smooth: 4, smoothed: "one-day" },
  "30d": { name: "last 30 days", hours: 720, step: "1d", smooth: 7, smoothed: "seven-day" },
  "8w": { name: "last 8 weeks", hours: 1344, step: "1d", smooth: 7, smoothed: "seven-day" },
  "1y": { name: "last year", hours: 8760, step: "7d", smooth: 4, smoothed: "four-week" },
} as const;

export type SpanName = keyof typeof spans;

export const spanName = computed<SpanName>(() => {
  const name = address.value.searchParams.get("span");
  return name && name in spans ? (name as SpanName) : "8w";
});

/** Where the span begins and ends. It moves on with the minute, so that equal questions have equal answers for a while. */
const minute = signal(Math.floor(Date.now() / 60_000));
setInterval(() => {
  minute.value = Math.floor(Date.now() / 60_000);
}, 60_000);

export interface Window {
  from: number;
  to: number;
}

export const span = computed<Window>(() => {
  const to = (minute.value + 1) * 60_000;
  return { from: to - spans[spanName.value].hours * 3_600_000, to };
});

/** The same length of time, just before. */
export const earlier = computed<Window>(() => ({ from: 2 * span.value.from - span.value.to, to: span.value.from }));

/** What is looked at: what people see, or the calls to models that led to it. */
export const ofCalls = computed(() => address.value.searchParams.get("of") === "calls");

/** The same for a question to the server. */
export const scope = (): Record<string, string> => (ofCalls.value ? { of: "calls" } : {});

/** What can be filtered by, in the order of the menu. */
export const filterable = [
  "feature", "prompt_version", "prompt_name", "model", "provider", "release", "environment", "operation", "surface",
  "vote", "tag", "error_type", "status", "trust", "bound",
];

export type Filters = [dimension: string, value: string][];

export const filters = computed<Filters>(() => [...address.value.searchParams].filter(([name]) => filterable.includes(name)));

export const project = computed(() => address.value.searchParams.get("project") ?? "");

/** Params that go along from page to page. */
function kept(): URLSearchParams {
  const params = new URLSearchParams();
  for (const [name, value] of address.value.searchParams) {
    if (name === "project" || name === "span" || name === "of" || filterable.includes(name)) params.append(name, value);
  }
  return params;
}

/** An address of the console with the same project, span and filters, but for what more says: null takes a name out. */
export function link(path: string, more: Record<string, string | null> = {}): string {
  const params = kept();
  for (const [name, value] of Object.entries(more)) {
    if (value === null) params.delete(name);
    else params.set(name, value);
  }
  const query = params.toString();
  return query ? `${path}?${query}` : path;
}

/** Adds a filter to this page, or takes one out. */
export function filter(dimension: string, value: string, on: boolean): void {
  const params = new URLSearchParams(address.value.searchParams);
  const others = params.getAll(dimension).filter((v) => v !== value);
  params.delete(dimension);
  for (const v of on ? [...others, value] : others) params.append(dimension, v);
  go(`${address.value.pathname}?${params}`);
}
