/** Numbers of people, for those who are told of them in crowds only. */
import { h } from "preact";
import { may } from "./ask";
import type { Group } from "./shapes/stats";
import { spanName, spans } from "./url";

/** The votes of a group: good ones, and all. Where they are not told there are none to draw. */
export const votes = (g: Group): [up: number, n: number] => [g.up ?? 0, (g.up ?? 0) + (g.down ?? 0)];

/** Rated answers of a group, as far as they are told. */
export const rated = (g: Group): number => g.rated ?? 0;

/** The steps of the span: whole days for who is told of people by the day. */
export function steps(): { step: string; smooth: number; smoothed: string; name: string } {
  const { step, smooth, smoothed, name } = spans[spanName.value];
  return may("items") || !step.endsWith("h") ? { step, smooth, smoothed, name } : { step: "1d", smooth: 2, smoothed: "two-day", name };
}

/** Says why numbers are missing, where they are. */
export const Crowded = ({ of }: { of: { fewer_than?: number } | undefined }) =>
  of?.fewer_than
    ? <p class="why">Your role is told of people in groups of {of.fewer_than} and more, by whole days up to yesterday (UTC), and never of more than was said in them: what fewer have said counts with that of others, where the time shown has its whole week, Monday to Sunday, or is not told.</p>
    : null;
