/** When a project is reviewed, and by whom. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, forget, may, useAsk, useChange, within } from "./ask";
import { Owners } from "./makefinding";
import { Ready, Trouble } from "./parts";
import type { Owner } from "./shapes/findings";
import type { List } from "./shapes/lists";
import { minute } from "./words";

interface When {
  every: string;
  day: string;
  hour: number;
  zone: string;
  close_days: number;
  owner: string;
  participants: string[];
  next?: string;
  waiting: boolean;
}

const rhythms: Record<string, string> = { week: "each week", two_weeks: "every second week", month: "on the first such day of each month", never: "never by itself" };
const days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

export function Cadence() {
  const answer = useAsk<When>(within("/v1/reviews/cadence"));
  return <section class="card" aria-label="When, and who"><Ready answer={answer}>{(when) => <Form when={when} key={JSON.stringify(when)} />}</Ready></section>;
}

function Form({ when }: { when: When }) {
  const [c, set] = useState(when);
  const [problem, busy, change] = useChange();
  const owners = useAsk<List<Owner>>(within("/v1/findings/owners")).data?.items ?? [];
  const put = (more: Partial<When>) => set({ ...c, ...more });
  const save = (e: Event) => {
    e.preventDefault();
    const { next: _, waiting: __, ...body } = c;
    change(() => call("PUT", within("/v1/reviews/cadence"), body).then(() => forget("/v1/reviews/cadence")));
  };
  const zones = [...new Set([c.zone, "UTC", Intl.DateTimeFormat().resolvedOptions().timeZone, ...Intl.supportedValuesOf("timeZone")])];
  const writes = may("review");
  return (
    <form onSubmit={save}>
      <h2>When, and who</h2>
      <p class="caption">{when.next ? `The next review is written on ${minute(when.next)}, by your clock. ` : "No review is written by itself. "}One of a period in which nothing at all happened is left out.</p>
      <Trouble error={problem} />
      <fieldset class="plain-set" disabled={!writes}>
        <div class="halves">
          <label class="field"><span>A review is due</span>
            <select class="input" onChange={(e) => put({ every: e.currentTarget.value })}>{Object.entries(rhythms).map(([r, name]) => <option value={r} selected={r === c.every}>{name}</option>)}</select>
          </label>
          <label class="field"><span>Day</span>
            <select class="input" onChange={(e) => put({ day: e.currentTarget.value })}>{days.map((d) => <option value={d} selected={d === c.day}>{d.replace(/^./, (x) => x.toUpperCase())}</option>)}</select>
          </label>
          <label class="field"><span>Hour</span><input type="number" min={0} max={23} value={c.hour} onInput={(e) => put({ hour: Number(e.currentTarget.value) })} /></label>
          <label class="field"><span>By the clock of</span>
            <select class="input" onChange={(e) => put({ zone: e.currentTarget.value })}>{zones.map((z) => <option value={z} selected={z === c.zone}>{z}</option>)}</select>
          </label>
          <label class="field"><span>To be closed within days</span><input type="number" min={1} max={31} value={c.close_days} onInput={(e) => put({ close_days: Number(e.currentTarget.value) })} /></label>
          <label class="field"><span>Led by</span><Owners owners={owners} owner={c.owner} set={(owner) => put({ owner })} /></label>
        </div>
        {owners.length > 0 && (
          <fieldset class="plain-set"><legend class="soft">Who takes part</legend>
            {owners.map((o) => (
              <label class="choice"><input type="checkbox" checked={c.participants.includes(o.id)}
                onChange={(e) => put({ participants: e.currentTarget.checked ? [...c.participants, o.id] : c.participants.filter((id) => id !== o.id) })} /><bdi>{o.name}</bdi></label>
            ))}
          </fieldset>
        )}
        {writes ? <p class="moves"><button class="button main" disabled={busy}>Save</button></p> : <Fragment />}
      </fieldset>
    </form>
  );
}
