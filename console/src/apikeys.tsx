/** Keys of a project: what each may do, until when, and when it was last used. */
import { signal } from "@preact/signals";
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, forget, may, useAsk, useChange, within } from "./ask";
import { Copy, Part, Ready, Trouble } from "./parts";
import { recently } from "./sessions";
import type { Key } from "./shapes/keys";
import type { List } from "./shapes/lists";
import { link } from "./url";
import { ago, day } from "./words";

type Kind = Key["kind"];

/** Keys that were made while the console is open: the only moment when they can be read. */
export const made = signal<{ key: string; kind: Kind; id: string; replaces?: Key }[]>([]);

interface Plan {
  kind: Kind;
  scope?: string;
  name: string;
  expires_at?: string;
}

export async function makeKey(plan: Plan, replaces?: Key): Promise<void> {
  const key = await call<Key & { key: string }>("POST", within("/v1/keys"), plan);
  made.value = [{ key: key.key, kind: plan.kind, id: key.id, ...(replaces ? { replaces } : {}) }, ...made.value];
  forget("/v1/keys");
}

/** What a secret key may do, by scope, and what of it not everybody who makes keys may do. */
const scopes: [scope: string, name: string, says: string, beyond?: string][] = [
  ["all", "everything", "Everything in this project, its keys and erasing people among it.", "erase"],
  ["write", "write", "Send answers and feedback, and make tokens. It reads nothing back."],
  ["read", "read", "Read numbers, answers and feedback, what people wrote among it. It changes nothing.", "texts"],
  ["numbers", "numbers", "Read statistics alone, as for a dashboard."],
];

/** Those that one may give: nobody makes a key that may do more than they. */
const given = () => scopes.filter(([, , , beyond]) => !beyond || may(beyond));

const lifetimes: [days: number, name: string][] = [[0, "no end"], [30, "30 days"], [90, "90 days"], [365, "a year"]];

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

const ended = (k: Key) => !!k.expires_at && Date.parse(k.expires_at) <= Date.now();

export function Keys() {
  const keys = useAsk<List<Key>>(may("keys.read") ? within("/v1/keys") : null);
  const [problem, busy, change] = useChange();
  const [kind, setKind] = useState<Kind>("pk");
  const [scope, setScope] = useState(() => given()[0]![0]);
  const [days, setDays] = useState(0);
  const [name, setName] = useState("");
  const make = () => change(() => makeKey({ kind, name, ...(kind === "sk" ? { scope } : {}), ...(days ? { expires_at: inDays(days) } : {}) }).then(() => setName("")));
  const revoke = (key: Key) => confirm(`Revoke ${key.name || key.id}? It and every token made with it end within a second.`) &&
    change(() => call("DELETE", within(`/v1/keys/${key.id}`)).then(() => forget("/v1/keys")));
  const replace = (k: Key) => change(() => makeKey({
    kind: k.kind, name: k.name, ...(k.scope ? { scope: k.scope } : {}),
    ...(k.expires_at ? { expires_at: new Date(Date.now() + Date.parse(k.expires_at) - Date.parse(k.created_at)).toISOString() } : {}),
  }, k));
  if (!may("keys.read")) return <p class="why">Only those who manage keys see them.</p>;
  return (
    <Part title="Keys" caption="A secret key stays on your server and does what its scope says. A publishable key may stand in a page: it only gives feedback, from the allowed origins.">
      <Trouble error={problem} />
      {made.value.map((m) => (
        <div class="said">
          <b>{m.kind === "sk" ? "Secret" : "Publishable"} key.</b> It is shown this once; Heed keeps only its hash.
          {m.replaces && <Fragment> It takes the place of <b>{m.replaces.name || m.replaces.id}</b>, which {m.replaces.last_used_at ? `was last used ${recently(m.replaces.last_used_at)}` : "was never used"}: give the new one to every program, and revoke the old one once it is used no more.</Fragment>}
          <pre>{m.key}</pre><Copy text={m.key} /> <a href={link("/settings/snippets")}>Lines to paste with it</a>
        </div>
      ))}
      <Ready answer={keys}>
        {(list) => (
          <div class="scroll tall" tabIndex={0}><table>
            <thead><tr><th>Name</th><th>May</th><th class="wide">Begins with</th><th class="wide">Made</th><th>Last used</th><th>Ends</th><td /></tr></thead>
            <tbody>{list.items.map((k) => (
              <tr class={k.revoked_at || ended(k) ? "over" : ""}>
                <td>{k.name}</td>
                <td>{k.kind === "pk" ? "give feedback" : scopes.find(([s]) => s === k.scope)?.[1]}</td>
                <td class="wide"><code>heed_{k.kind}_{k.id}</code></td><td class="soft wide">{day(k.created_at)}</td>
                <td class="soft">{k.last_used_at ? recently(k.last_used_at) : "never"}</td>
                <td class="soft"><Ends k={k} /></td>
                <td class="number">{may("keys") && !k.revoked_at && !ended(k) && (
                  <span class="acts">{(k.kind === "pk" || given().some(([s]) => s === k.scope)) && <button class="plain" disabled={busy} onClick={() => replace(k)}>Replace</button>}<button class="plain bad" disabled={busy} onClick={() => revoke(k)}>Revoke</button></span>
                )}</td>
              </tr>
            ))}</tbody>
          </table></div>
        )}
      </Ready>
      {may("keys") && (
        <Fragment>
          <form class="line-form note" onSubmit={(e) => { e.preventDefault(); make(); }}>
            <select class="chip" aria-label="Kind" value={kind} onChange={(e) => setKind(e.currentTarget.value as Kind)}>
              <option value="pk">publishable</option><option value="sk">secret</option>
            </select>
            {kind === "sk" && (
              <select class="chip" aria-label="Scope" value={scope} onChange={(e) => setScope(e.currentTarget.value)}>
                {given().map(([value, name]) => <option value={value}>{name}</option>)}
              </select>
            )}
            <select class="chip" aria-label="Ends after" value={days} onChange={(e) => setDays(Number(e.currentTarget.value))}>
              {lifetimes.map(([value, name]) => <option value={value}>{name}</option>)}
            </select>
            <input aria-label="Name of the key" placeholder="What it is for" maxLength={128} value={name} onInput={(e) => setName(e.currentTarget.value)} />
            <button class="button main" disabled={busy}>Make a key</button>
          </form>
          {kind === "sk" && <p class="note">{scopes.find(([s]) => s === scope)![2]}</p>}
        </Fragment>
      )}
    </Part>
  );
}

/** Until when a key is good. */
function Ends({ k }: { k: Key }) {
  if (k.revoked_at) return <Fragment>revoked {ago(k.revoked_at)}</Fragment>;
  if (!k.expires_at) return <Fragment>–</Fragment>;
  if (ended(k)) return <Fragment>ended {ago(k.expires_at)}</Fragment>;
  const days = Math.ceil((Date.parse(k.expires_at) - Date.now()) / 86_400_000);
  return <time dateTime={k.expires_at} class={days <= 14 ? "bad" : ""}>{days <= 14 ? `in ${days} d` : day(k.expires_at)}</time>;
}
