/** Notifications: where what happens is told outside, and how that went. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, forget, may, useAsk, useChange, within } from "./ask";
import { Copy, Part, Ready, Trouble } from "./parts";
import { address, go, link } from "./url";
import { ago, counted, minute } from "./words";

export interface Endpoint {
  id: string;
  version: number;
  name: string;
  kind: "webhook" | "slack" | "email";
  host: string;
  events: string[];
  state: "active" | "paused" | "disabled";
  reason?: "gone" | "failing";
  failing_since?: string;
  old_secret_until?: string;
  waiting: number;
  secret?: string;
}

interface Delivery {
  id: string;
  type: string;
  object: string;
  happened_at: string;
  state: "waiting" | "delivered" | "failed" | "void";
  tries: number;
  next_at?: string;
  outcome?: string;
  status?: number;
}

const kinds: [kind: Endpoint["kind"], name: string, says: string][] = [
  ["webhook", "Webhook", "A program of yours. It knows Heed by a secret, which is shown once (Standard Webhooks)."],
  ["slack", "Slack", "The address of an incoming webhook, which Slack gives to a channel."],
  ["email", "E-mail", "Addresses, separated by spaces."],
];

const nouns: [noun: string, name: string][] = [["alert", "Alerts"], ["finding", "Findings"], ["review", "Reviews"], ["feedback", "Each feedback"]];

/** What an endpoint is told of, in words. */
const told = (events: string[]): string => events.map((e) => (e.endsWith(".*") ? nouns.find(([noun]) => e === `${noun}.*`)?.[1].toLowerCase() ?? e : e)).join(", ");

const outcomes: Record<string, string> = {
  taken: "taken", refused: "refused", gone: "says it is gone", redirected: "points elsewhere, which is not followed", late: "no answer in 15 s", unreachable: "cannot be reached",
  private: "its address is private: this server does not speak to those", unconfigured: "this server has no mail server", erased: "what it was about is erased",
};

const path = "/v1/endpoints";
const again = () => forget(path);

export function Notifications() {
  const all = useAsk<{ items: Endpoint[]; mail: boolean }>(may("notify") ? within(path) : null);
  const [problem, busy, change] = useChange();
  const [fresh, setFresh] = useState<Endpoint>();
  if (!may("notify")) return <p class="why">Only owners and admins see where this is told. <a href={link("/alerts")}>What is watched</a> is for everybody who reads feedback.</p>;
  const open = address.value.searchParams.get("endpoint");
  const run = (work: () => Promise<unknown>) => change(() => work().then(again));
  return (
    <div class="stack">
      <Part title="Where it is told" caption="What happens here goes out as numbers, tags, states and titles; what people wrote never does. Nothing is lost over a restart, and what is not taken is tried for three days.">
        <Trouble error={problem} />
        {fresh?.secret && (
          <div class="said">
            <b>The secret of {fresh.name}.</b> It is shown this once. {fresh.old_secret_until && "The one before signs beside it for a day."}
            <pre>{fresh.secret}</pre><Copy text={fresh.secret} />
          </div>
        )}
        <Ready answer={all}>
          {(list) => (
            <Fragment>
              <Failing all={list.items} />
              {list.items.map((e) => (
                <div class="eye watch" key={e.id}>
                  <div>
                    <b><bdi>{e.name}</bdi></b> <small><StateOf e={e} /></small>
                    <p class="note">{kinds.find(([k]) => k === e.kind)![1]} at {e.host}, told of {told(e.events)}.</p>
                  </div>
                  <span class="acts">
                    <button class="plain" aria-expanded={open === e.id} onClick={() => look(open === e.id ? null : e.id)}>{open === e.id ? "Close log" : "Log"}</button>
                    {e.state === "active" && <button class="plain" disabled={busy} onClick={() => run(async () => { await call("POST", within(`${path}/${e.id}/test`)); setTimeout(again, 1500); setTimeout(again, 4000); look(e.id); })}>Test</button>}
                    <Turn e={e} busy={busy} run={run} />
                    {e.kind === "webhook" && <button class="plain" disabled={busy} onClick={() => run(async () => setFresh(await call<Endpoint>("POST", within(`${path}/${e.id}/rotate`))))}>New secret</button>}
                    <button class="plain bad" disabled={busy} onClick={() => confirm(`Delete ${e.name}? What waits for it is not sent, and its log goes.`) && run(() => call("DELETE", within(`${path}/${e.id}`)))}>Delete</button>
                  </span>
                </div>
              ))}
              {list.items.length === 0 && <p class="soft">Nothing is told outside yet.</p>}
              <Make mail={list.mail} busy={busy} make={(body) => run(async () => setFresh(await call<Endpoint>("POST", within(path), body)))} />
            </Fragment>
          )}
        </Ready>
      </Part>
      {open && all.data?.items.some((e) => e.id === open) && <Log e={all.data.items.find((e) => e.id === open)!} key={open} />}
      <Part title="What is watched" caption="Alerts look at the numbers each minute; endpoints that are told of alerts hear of them."><a href={link("/alerts")}>Alerts</a></Part>
    </div>
  );
}

const look = (id: string | null) => go(link("/settings/notifications", id ? { endpoint: id } : {}));

/** Says what needs eyes before the list does. */
function Failing({ all }: { all: Endpoint[] }) {
  const off = all.filter((e) => e.state === "disabled");
  if (!off.length) return null;
  return (
    <div class="problem" role="alert">
      <b>{counted(off.length, "place is", "places are")} told nothing any more.</b>{" "}
      {off.map((e) => `${e.name} ${e.reason === "gone" ? "answered that it is gone" : "took nothing for three days"}.`).join(" ")} What happens meanwhile waits for 30 days: mend it, then let it go on.
    </div>
  );
}

function StateOf({ e }: { e: Endpoint }): ComponentChildren {
  const waits = e.waiting > 0 ? `, ${e.waiting >= 1000 ? "1,000 or more wait" : counted(e.waiting, "waits", "wait")}` : "";
  if (e.state === "disabled") return <span class="bad">off{waits}</span>;
  if (e.state === "paused") return <span class="soft">paused{waits}</span>;
  if (e.failing_since) return <span class="bad">takes nothing since {minute(e.failing_since)}{waits}</span>;
  return <span>on{waits}</span>;
}

/** Pauses an endpoint, or has it go on with what it missed or without. */
function Turn({ e, busy, run }: { e: Endpoint; busy: boolean; run: (work: () => Promise<unknown>) => void }) {
  const turn = (body: object) => run(() => call("PATCH", within(`${path}/${e.id}`), { version: e.version, ...body }));
  if (e.state === "active") return <button class="plain" disabled={busy} onClick={() => turn({ state: "paused" })}>Pause</button>;
  return (
    <Fragment>
      <button class="plain" disabled={busy} onClick={() => turn({ state: "active" })}>Go on</button>
      <button class="plain" disabled={busy} title="What happened meanwhile is not sent" onClick={() => turn({ state: "active", missed: "drop" })}>Go on from now</button>
    </Fragment>
  );
}

function Make({ mail, busy, make }: { mail: boolean; busy: boolean; make: (body: object) => void }) {
  const [kind, setKind] = useState<Endpoint["kind"]>("webhook");
  const [name, setName] = useState("");
  const [to, setTo] = useState("");
  const [chosen, setChosen] = useState<string[]>(["alert", "finding"]);
  const events = chosen.filter((noun) => kind === "webhook" || noun !== "feedback").map((noun) => `${noun}.*`);
  const submit = (e: Event) => {
    e.preventDefault();
    make({ kind, name, events, ...(kind === "email" ? { to: to.split(/[\s,;]+/).filter(Boolean) } : { url: to.trim() }) });
    setTo("");
  };
  return (
    <form class="group" onSubmit={submit}>
      <h3>Tell another place</h3>
      <div class="line-form">
        <select class="chip" aria-label="Kind of place" value={kind} onChange={(e) => setKind(e.currentTarget.value as Endpoint["kind"])}>
          {kinds.map(([value, label]) => <option value={value} disabled={value === "email" && !mail}>{label}</option>)}
        </select>
        <input aria-label="Name of the place" placeholder="Name, such as the team’s channel" maxLength={100} value={name} onInput={(e) => setName(e.currentTarget.value)} required />
        <input aria-label="Address" type="text" inputMode={kind === "email" ? "email" : "url"} autocomplete="off" placeholder={kind === "email" ? "ada@example.com bob@example.com" : kind === "slack" ? "https://hooks.slack.com/services/…" : "https://example.com/hooks/heed"} value={to} onInput={(e) => setTo(e.currentTarget.value)} required />
      </div>
      <p class="note">{kinds.find(([k]) => k === kind)![2]} It is kept sealed, and shown to nobody again.{!mail && " Mail needs a mail server: smtp.host in this server’s settings."}</p>
      <fieldset class="checks">
        <legend>Told of</legend>
        {nouns.filter(([noun]) => kind === "webhook" || noun !== "feedback").map(([noun, label]) => (
          <label><input type="checkbox" checked={chosen.includes(noun)} onChange={(e) => setChosen(e.currentTarget.checked ? [...chosen, noun] : chosen.filter((n) => n !== noun))} /> {label}</label>
        ))}
      </fieldset>
      <button class="button main" disabled={busy || events.length === 0}>Tell it</button>
    </form>
  );
}

function Log({ e }: { e: Endpoint }) {
  const log = `${path}/${e.id}/deliveries`;
  const page = useAsk<{ items: Delivery[]; next: string }>(within(log));
  const [problem, busy, change] = useChange();
  const moving = page.data?.items.some((d) => d.state === "waiting");
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => forget(log), 5000);
    return () => clearInterval(timer);
  }, [moving]);
  return (
    <Part title={`What ${e.name} was sent`} caption="The newest hundred of the last 30 days. Sending again uses the same id, by which a program knows what it had.">
      <Trouble error={problem} />
      <Ready answer={page}>
        {(list) => list.items.length === 0 ? <p class="soft">Nothing yet.</p> : (
          <div class="scroll tall" tabIndex={0}><table>
            <thead><tr><th class="wide">Happened</th><th>What</th><th class="wide">About</th><th>Outcome</th><td /></tr></thead>
            <tbody>{list.items.map((d) => (
              <tr>
                <td class="soft wide">{ago(d.happened_at)}</td><td><code>{d.type}</code></td><td class="wide soft"><About d={d} /></td>
                <td><Outcome d={d} /></td>
                <td class="number">{d.state !== "waiting" && <button class="plain" disabled={busy} onClick={() => change(() => call("POST", within(`${log}/${d.id}/replay`)).then(() => { again(); setTimeout(again, 1500); }))}>Send again</button>}</td>
              </tr>
            ))}</tbody>
          </table></div>
        )}
      </Ready>
    </Part>
  );
}

function About({ d }: { d: Delivery }) {
  const noun = d.type.split(".")[0];
  const page = noun === "feedback" ? `/feedback/${d.object}` : noun === "finding" ? `/findings/${d.object}` : noun === "alert" ? "/alerts" : "";
  return page ? <a href={link(page)}>{d.object.slice(0, 12)}…</a> : null;
}

function Outcome({ d }: { d: Delivery }) {
  const part = d.outcome === "taken" && (d.status ?? 0) >= 400 ? ", but not for every mailbox" : "";
  const said = d.outcome ? `${outcomes[d.outcome] ?? d.outcome}${part}${d.status && (part || d.outcome !== "taken") ? ` (${d.status})` : ""}` : "on its way";
  const tries = d.tries > 1 ? `, ${counted(d.tries, "try", "tries")}` : "";
  if (d.state === "waiting") return <span class={d.outcome ? "bad" : "soft"}>{said}{tries}{d.outcome && d.next_at ? `, again ${minute(d.next_at)}` : ""}</span>;
  return <span class={d.state === "failed" ? "bad" : ""}>{said}{tries}</span>;
}
