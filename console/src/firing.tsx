/** The alerts that fire, where everybody looks first. */
import { h } from "preact";
import { useAsk, within } from "./ask";
import { Card } from "./parts";
import { link } from "./url";
import { minute } from "./words";

export interface Rule {
  measure: string;
  tag?: string;
  below?: boolean;
  threshold: number;
  minimum: number;
  hours: number;
  filter?: Record<string, string[]>;
}

export interface Alert {
  id: string;
  version: number;
  name: string;
  rule: Rule;
  state: "ok" | "firing";
  since: string;
  snoozed_until?: string;
  reading?: { known: boolean; base: number };
  text?: string;
}

export const path = "/v1/alerts";

export const snoozed = (a: Alert) => !!a.snoozed_until && Date.parse(a.snoozed_until) > Date.now();

/** What fires, for the overview: nothing where nothing does. */
export function Firing() {
  const firing = useAsk<{ items: Alert[] }>(within(path)).data?.items.filter((a) => a.state === "firing" && !snoozed(a)) ?? [];
  if (!firing.length) return null;
  return (
    <Card title={firing.length === 1 ? "An alert fires" : `${firing.length} alerts fire`}>
      {firing.map((a) => <div class="eye"><a class="bad" href={link("/alerts")}><b><bdi>{a.name}</bdi></b></a> <small class="soft">since {minute(a.since)}</small>{a.text && <p class="note">{a.text}</p>}</div>)}
    </Card>
  );
}
