/** Numbers with noise that anybody may read. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, forget, may, useAsk, within, type Problem } from "./ask";
import { Copy, Numbers, Ready, Trouble } from "./parts";
import type { Publication, Publications } from "./shapes/publications";
import { count, counted, day, dimensions, valued } from "./words";

const epsilons: [thousandths: number, say: string][] = [[200, "0.2: much noise"], [500, "0.5"], [1000, "1: little noise"]];
const dividers = ["", "prompt_version", "prompt_name", "model", "provider", "feature", "release", "environment", "operation"];
const midnight = (days: number): string => new Date(Math.floor(Date.now() / 8.64e7 - days) * 8.64e7).toISOString().slice(0, 10);

/** What anybody may read, and the budget that it is taken from. */
export function Published() {
  const all = useAsk<Publications>(within("/v1/publications"));
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const change = (work: Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    work.then(() => forget("/v1/publications")).catch(setProblem).finally(() => setBusy(false));
  };
  return (
    <section class="card"><h2>Published numbers</h2>
      <p class="caption">
        How people voted, on a page that anybody may open. Every person counts once, and noise hides each of them. The same question has the same answer for good;
        what is withdrawn stays spent, because somebody may have read it.
      </p>
      <Trouble error={problem} />
      <Ready answer={all}>{(list) => (
        <Fragment>
          {may("publish") && <Publish busy={busy} left={list.budget_thousandths - list.spent_thousandths} publish={(body) => change(call("POST", within("/v1/publications"), body))} />}
          {list.items.map((p) => <One p={p} busy={busy} withdraw={() => confirm("Withdraw this page? It can be published again, with the same numbers.") && change(call("DELETE", within(`/v1/publications/${p.id}`)))} />)}
          <p class="note">{list.items.length === 0 && "Nothing is published. "}Spent in the last 365 days: ε {list.spent_thousandths / 1000} of {list.budget_thousandths / 1000}.</p>
        </Fragment>
      )}</Ready>
    </section>
  );
}

function Publish({ busy, left, publish }: { busy: boolean; left: number; publish: (body: object) => void }) {
  const [from, setFrom] = useState(midnight(30));
  const [to, setTo] = useState(midnight(1));
  const [by, setBy] = useState("");
  const [epsilon, setEpsilon] = useState(500);
  const send = () => publish({
    from: `${from}T00:00:00Z`, to: new Date(Date.parse(to) + 8.64e7).toISOString(), by, epsilon_thousandths: epsilon,
  });
  return (
    <form class="line-form" onSubmit={(e) => { e.preventDefault(); send(); }}>
      <label>From <input type="date" value={from} max={midnight(1)} onInput={(e) => setFrom(e.currentTarget.value)} required /></label>
      <label>to <input type="date" value={to} max={midnight(1)} onInput={(e) => setTo(e.currentTarget.value)} required /></label>
      <select class="chip" aria-label="Divided by" value={by} onChange={(e) => setBy(e.currentTarget.value)}>
        {dividers.map((d) => <option value={d}>{d ? `by ${dimensions[d]}` : "undivided"}</option>)}
      </select>
      <select class="chip" aria-label="Epsilon" value={String(epsilon)} onChange={(e) => setEpsilon(Number(e.currentTarget.value))}>
        {epsilons.map(([n, say]) => <option value={n}>ε {say}</option>)}
      </select>
      <button class="button main" disabled={busy || epsilon > left}>Publish</button>
    </form>
  );
}

function One({ p, busy, withdraw }: { p: Publication; busy: boolean; withdraw: () => void }) {
  const path = `/published/${p.id}`;
  const title = `${day(p.from)} to ${day(Date.parse(p.to) - 1)}${p.by ? `, by ${dimensions[p.by]}` : ""}`;
  return (
    <div class="said">
      <p><b>{title}</b> <span class="soft">ε {p.epsilon_thousandths / 1000}, each count within {count(p.margin)} in 95 of 100 cases{p.withdrawn_at ? "; withdrawn" : ""}</span></p>
      {!p.withdrawn_at && <Numbers head={[p.by ? dimensions[p.by]! : "Votes", "Good", "Bad"]} rows={p.rows.slice(0, 5).map((r) => [p.by ? valued(r.value) : "all answers", count(r.up), count(r.down)])} />}
      {p.rows.length > 5 && <p class="soft">and {counted(p.rows.length - 5, "more row", "more rows")} on the page</p>}
      {!p.withdrawn_at && <p class="note"><a href={path} target="_blank" rel="noreferrer">Open the page</a> <Copy text={location.origin + path}>Copy its address</Copy>{" "}
        {may("publish") && <button class="plain bad" disabled={busy} onClick={withdraw}>Withdraw</button>}</p>}
    </div>
  );
}
