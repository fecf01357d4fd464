/** Alerts: what is watched, what fires, and what became of it. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { call, forget, may, useAsk, useChange, within } from "./ask";
import { path, snoozed, type Alert, type Rule } from "./firing";
import { N, Part, Ready, Trouble } from "./parts";
import { link } from "./url";
import { ago, counted, dimensions, minute, percent } from "./words";

interface AlertEvent {
  alert: string;
  number: number;
  time: string;
  by: { kind: string; name?: string };
  what: "created" | "changed" | "snoozed" | "ended" | "fired" | "resolved";
  name?: string;
  until?: string;
}

interface Alerts { items: Alert[]; history: AlertEvent[] }

/** Measures, with what a threshold is of each and what one would begin with. */
const measures: [measure: string, name: string, unit: "%" | "ms" | "answers" | "", begin: Partial<Rule>][] = [
  ["down_share", "Share of bad votes", "%", { threshold: 0.3, minimum: 30, hours: 24 }],
  ["tag_share", "Share of votes with a tag", "%", { threshold: 0.1, minimum: 30, hours: 24, tag: "incorrect" }],
  ["error_rate", "Share of answers that failed", "%", { threshold: 0.05, minimum: 50, hours: 1 }],
  ["latency_p95", "How long 95 % of answers take at most", "ms", { threshold: 5000, minimum: 50, hours: 1 }],
  ["ratings", "How many answers are rated", "answers", { threshold: 10, minimum: 0, hours: 24, below: true }],
  ["unsafe", "One piece of feedback that says unsafe", "", { hours: 24 }],
  ["feedback_silence", "No feedback, where there was some", "", { hours: 24 }],
  ["response_silence", "No answers, where there were some", "", { hours: 3 }],
];

const of = (measure: string) => measures.find(([m]) => m === measure) ?? measures[0]!;
const hours = (n: number) => (n === 1 ? "the last hour" : n % 24 === 0 && n > 24 ? `the last ${n / 24} days` : `the last ${n} hours`);

/** "above 30 % in the last 24 hours, of 30 votes or more" */
function ruled(r: Rule): string {
  const [, name, unit] = of(r.measure);
  const filter = Object.entries(r.filter ?? {}).map(([d, values]) => `, where ${dimensions[d] ?? d} is ${values.map((v) => v || "not known").join(" or ")}`).join("");
  const side = unit ? `, ${r.below ? "below" : "above"} ${unit === "%" ? percent(r.threshold) : `${r.threshold} ${unit === "ms" ? "ms" : ""}`.trim()}` : "";
  return `${name}${r.tag ? ` ${r.tag}` : ""}${side}, in ${hours(r.hours)}${r.minimum > 0 ? `, of ${r.minimum} or more` : ""}${filter}`;
}

export function AlertsPage() {
  const all = useAsk<Alerts>(within(path));
  const [editing, setEditing] = useState<Alert | null | undefined>();
  return (
    <Ready answer={all}>
      {({ items, history }) => (
        <Fragment>
          <h1 class="say"><Said items={items} /></h1>
          <p class="why">{items.length ? "Each is judged every minute. One fires at once, and resolves after ten minutes that were better by a tenth; several that turn together are told in one message."
            : "An alert looks at one number each minute, such as the share of bad votes, failures, how long answers take, or silence, and tells your team when it passes what you set."}{" "}<a href={link("/settings/notifications")}>Where they are told</a>.</p>
          <div class="stack">
            {items.length > 0 && <section class="card"><h2>Watched</h2>{items.map((a) => <One a={a} key={a.id} edit={() => setEditing(a)} />)}</section>}
            {may("notify") && (editing === undefined
              ? <p><button class="button main" onClick={() => setEditing(null)}>Watch something</button></p>
              : <Form a={editing} key={editing?.id ?? ""} done={() => setEditing(undefined)} />)}
            {history.length > 0 && <History events={history} />}
          </div>
        </Fragment>
      )}
    </Ready>
  );
}

function Said({ items }: { items: Alert[] }): ComponentChildren {
  const firing = items.filter((a) => a.state === "firing");
  const rest = items.filter(snoozed).length;
  const thin = items.filter((a) => a.reading && !a.reading.known).length;
  if (!items.length) return <Fragment>Nothing is watched yet.</Fragment>;
  return (
    <Fragment>
      {firing.length ? <Fragment><N kind="bad">{counted(firing.length, "alert fires", "alerts fire")}</N> of {items.length}: {firing.map((a, i) => <Fragment>{i > 0 && ", "}<bdi>{a.name}</bdi></Fragment>)}.</Fragment>
        : <Fragment>Nothing fires. <b>{counted(items.length, "thing is", "things are")}</b> watched.</Fragment>}
      {thin > 0 && <Fragment> Of {thin} there is too little to say.</Fragment>}
      {rest > 0 && <Fragment> {counted(rest, "is", "are")} snoozed.</Fragment>}
    </Fragment>
  );
}

function One({ a, edit }: { a: Alert; edit: () => void }) {
  const [problem, busy, change] = useChange();
  const run = (work: () => Promise<unknown>) => change(() => work().then(() => forget(path)));
  const snooze = (hours: number) => run(() => call("POST", within(`${path}/${a.id}/snooze`), { hours }));
  return (
    <div class="eye watch">
      <div>
        <b class={a.state === "firing" ? "bad" : ""}><bdi>{a.name}</bdi></b>{" "}
        <small class={a.state === "firing" ? "bad" : "soft"}>{`${a.state} since ${minute(a.since)}`}{snoozed(a) && `, snoozed until ${minute(a.snoozed_until!)}`}</small>
        <p class="note">{ruled(a.rule)}.</p>
        <p class="note">{a.text ? <Fragment>Now: {a.text}{!a.reading?.known && !!a.reading?.base && " That is too little to judge."}</Fragment> : "It is measured within a minute."}</p>
        <Trouble error={problem} />
      </div>
      <span class="acts">
        {may("review") && (snoozed(a)
          ? <button class="plain" disabled={busy} onClick={() => snooze(0)}>End snooze</button>
          : (
            <select class="chip" aria-label={`Snooze ${a.name}`} value="" disabled={busy} onChange={(e) => { void snooze(Number(e.currentTarget.value)); e.currentTarget.value = ""; }}>
              <option value="">Snooze</option><option value="1">for an hour</option><option value="8">for 8 hours</option><option value="24">for a day</option><option value="168">for a week</option>
            </select>
          ))}
        {may("notify") && <button class="plain" disabled={busy} onClick={edit}>Change</button>}
        {may("notify") && <button class="plain bad" disabled={busy} onClick={() => confirm(`Watch ${a.name} no more? Its history stays.`) && run(() => call("DELETE", within(`${path}/${a.id}`)))}>End</button>}
      </span>
    </div>
  );
}

function Form({ a, done }: { a: Alert | null; done: () => void }) {
  const [problem, busy, change] = useChange();
  const [name, setName] = useState(a?.name ?? "");
  const [rule, setRule] = useState<Rule>(a?.rule ?? { measure: "down_share", threshold: 0.3, minimum: 30, hours: 24 });
  const [[dimension, value], setFilter] = useState<[string, string]>(() => { const [d, v] = Object.entries(a?.rule.filter ?? {})[0] ?? ["", [""]]; return [d, v[0] ?? ""]; });
  const [, , unit] = of(rule.measure);
  const set = (more: Partial<Rule>) => setRule({ ...rule, ...more });
  const choose = (measure: string) => setRule({ threshold: 0, minimum: 0, hours: 24, ...of(measure)[3], measure, ...(rule.filter ? { filter: rule.filter } : {}) });
  const submit = (e: Event) => {
    e.preventDefault();
    const { filter: before = {}, ...rest } = rule;
    const [first = ""] = Object.keys(a?.rule.filter ?? {});
    // The form shows one name and value; what else was asked for stays.
    const { [first]: was, ...others } = before;
    const filter = { ...others, ...(dimension ? { [dimension]: dimension === first && was?.[0] === value ? was : [value] } : {}) };
    const body = { name, rule: { ...rest, ...(Object.keys(filter).length ? { filter } : {}) } };
    change(() => (a ? call("PATCH", within(`${path}/${a.id}`), { version: a.version, ...body }) : call("POST", within(path), body)).then(() => { forget(path); done(); }));
  };
  return (
    <Part title={a ? `Change ${a.name}` : "Watch something"} caption="It fires when the measure is on the wrong side, and rests on enough.">
      <Trouble error={problem} />
      <form class="watching" onSubmit={submit}>
        <label>What<select class="chip" value={rule.measure} onChange={(e) => choose(e.currentTarget.value)}>{measures.map(([m, label]) => <option value={m} selected={m === rule.measure}>{label}</option>)}</select></label>
        {rule.measure === "tag_share" && <label>Tag<input value={rule.tag ?? ""} maxLength={64} required onInput={(e) => set({ tag: e.currentTarget.value })} /></label>}
        {unit && (
          <label>Fires
            <span class="line-form">
              <select class="chip" aria-label="Side" value={rule.below ? "below" : "above"} onChange={(e) => set({ below: e.currentTarget.value === "below" })}><option value="above">above</option><option value="below">below</option></select>
              <input type="number" aria-label="Threshold" required min="0" step="any" value={unit === "%" ? +(rule.threshold * 100).toFixed(3) : rule.threshold} onInput={(e) => set({ threshold: Number(e.currentTarget.value) / (unit === "%" ? 100 : 1) })} /> {unit}
            </span>
          </label>
        )}
        <label>In the last<span class="line-form"><input type="number" aria-label="Hours" required min="1" max="720" value={rule.hours} onInput={(e) => set({ hours: Number(e.currentTarget.value) })} /> hours</span></label>
        {unit && <label>Rests on at least<span class="line-form"><input type="number" aria-label="Minimum" required min="0" value={rule.minimum} onInput={(e) => set({ minimum: Number(e.currentTarget.value) })} /> {rule.measure.endsWith("share") ? "votes" : "answers"}</span></label>}
        <label>Only where
          <span class="line-form">
            <select class="chip" aria-label="Dimension" value={dimension} onChange={(e) => setFilter([e.currentTarget.value, value])}>
              <option value="">any answer</option>{["feature", "model", "prompt_name", "prompt_version", "release", "environment"].map((d) => <option value={d} selected={d === dimension}>{dimensions[d]}</option>)}
            </select>
            {dimension && <input aria-label="Value" placeholder="is …" value={value} onInput={(e) => setFilter([dimension, e.currentTarget.value])} />}
          </span>
        </label>
        <label>Name<input required maxLength={100} placeholder="Such as: search gets worse" value={name} onInput={(e) => setName(e.currentTarget.value)} /></label>
        <p class="acts"><button class="button main" disabled={busy}>{a ? "Keep it" : "Watch it"}</button><button type="button" class="button" onClick={done}>Cancel</button></p>
      </form>
    </Part>
  );
}

const did: Record<AlertEvent["what"], string> = { created: "is watched", changed: "was changed", snoozed: "was snoozed", ended: "is watched no more", fired: "fired", resolved: "resolved" };

const History = ({ events }: { events: AlertEvent[] }) => (
  <section class="card">
    <h2>What became of them</h2>
    <ol class="story" aria-label="History">
      {events.slice(0, 30).map((e) => (
        <li><time dateTime={e.time} title={minute(e.time)}>{ago(e.time)}</time><span><bdi>{e.name ?? e.alert}</bdi> <b class={e.what === "fired" ? "bad" : ""}>{did[e.what]}</b>{e.until ? ` until ${minute(e.until)}` : ""}{e.by.name ? <span class="soft">, by {e.by.name}</span> : ""}</span></li>
      ))}
    </ol>
  </section>
);
