/** Who did what: the audit log, newest first. Loaded when it is first opened. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { actions, plainly, told, who } from "./acts";
import { call, useAsk, type Problem } from "./ask";
import { Ready, Trouble } from "./parts";
import type { Act, ActList } from "./shapes/audit";
import { address, go, link } from "./url";
import { ago, moment } from "./words";

/** What the list is kept to, as the address has it. */
const kept = ["action", "actor"] as const;

export function Audit() {
  const params = new URLSearchParams();
  for (const name of kept) if (address.value.searchParams.get(name)) params.set(name, address.value.searchParams.get(name)!);
  const query = params.toString();
  return <Log key={query} query={query} />;
}

/** The log with more, or less, to keep it to. */
function to(more: Record<string, string>): string {
  const now = Object.fromEntries(kept.map((name) => [name, address.value.searchParams.get(name)]));
  return link("/audit", Object.fromEntries(Object.entries({ ...now, ...more }).map(([name, value]) => [name, value || null])));
}

function Log({ query }: { query: string }) {
  const path = query ? `/v1/audit?${query}` : "/v1/audit";
  const first = useAsk<ActList>(path);
  const [more, setMore] = useState<ActList[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const pages = [...(first.data ? [first.data] : []), ...more];
  const names = Object.assign({}, ...pages.map((p) => p.names)) as Record<string, string>;
  const next = pages.at(-1)?.next;
  const load = () => {
    setBusy(true);
    void call<ActList>("GET", `${path}${query ? "&" : "?"}cursor=${next}`).then((page) => { setMore([...more, page]); setProblem(undefined); }, setProblem).finally(() => setBusy(false));
  };
  const asked = new URLSearchParams(query);
  const action = asked.get("action") ?? "", actor = asked.get("actor") ?? "";
  const acts = pages.flatMap((p) => p.items);
  return (
    <Fragment>
      <div class="bar">
        <select class="chip" aria-label="What was done" value={action} onChange={(e) => go(to({ action: e.currentTarget.value }))}>
          <option value="">All that was done</option>
          {[...new Set([...actions, ...(action ? [action] : [])])].map((a) => <option value={a} selected={a === action}>{plainly(a)}</option>)}
        </select>
        {actor && <a class="chip" href={to({ actor: "" })}>by <bdi>{acts[0] ? who(acts[0], names) : actor}</bdi> <span aria-hidden="true">×</span><span class="hidden">, show all</span></a>}
      </div>
      <h1 class="say">Who did what, newest first.</h1>
      <p class="why">Nobody can change this by Heed; <code>heed audit verify</code> finds what was changed by other means. It keeps ids and no names; names are as they are now.</p>
      <Trouble error={problem} />
      <Ready answer={first}>
        {() => acts.length === 0 ? <p class="soft">Nothing of this was done.</p> : (
          <ol class="log" aria-label="Who did what" reversed>{acts.map((a) => <Entry key={a.number} a={a} names={names} />)}</ol>
        )}
      </Ready>
      {next && <p><button class="button" disabled={busy} onClick={load}>Earlier</button></p>}
    </Fragment>
  );
}

function Entry({ a, names }: { a: Act; names: Record<string, string> }) {
  const name = who(a, names);
  const why = names[a.details?.reveal ?? ""];
  const details = Object.entries(a.details ?? {}).filter(([, value]) => value).map(([detail, value]) => `${detail} ${value.replaceAll(",", ", ")}`);
  return (
    <li>
      <time dateTime={a.time} title={a.time}>{ago(a.time).replace(" ago", "")}<span class="hidden">, {moment(a.time)}</span></time>
      <div>
        <p>
          {a.actor.id ? <a href={to({ actor: a.actor.id })} title={`All that ${name} did`}><b><bdi>{name}</bdi></b></a> : <b>{name}</b>}{" "}
          {told(a, names).map((part) => (typeof part === "string" ? part : part.name ? <b title={part.id}><bdi>{part.name}</bdi></b> : <code>{part.id}</code>))}.
        </p>
        {why && <p>Why: “<bdi>{why}</bdi>”</p>}
        <p class="note">
          <a href={to({ action: a.action })} title="All that is like it"><code>{a.action}</code></a>
          {a.object && <code>{a.object}</code>}
          {details.map((said) => <span>{said}</span>)}
          {a.project && a.project !== a.object && <span>in <bdi>{names[a.project] ?? a.project}</bdi></span>}
          {a.actor.kind === "operator" && a.actor.id && <span>user {a.actor.id} of the machine</span>}
        </p>
      </div>
      <span class="soft">{a.number}</span>
    </li>
  );
}
