/** Who did what: the audit log, newest first. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, useAsk, type Problem } from "./ask";
import { Ready, Trouble } from "./parts";
import type { List } from "./shapes/lists";
import { ago } from "./words";

interface Act {
  number: number;
  time: string;
  actor: { kind: string; id?: string; name?: string };
  project?: string;
  action: string;
  object?: string;
  details?: Record<string, string>;
}

const who = ({ actor }: Act): string => actor.name ?? (actor.id ? `${actor.kind} ${actor.id}` : actor.kind);

const details = (a: Act): string => Object.entries(a.details ?? {}).filter(([, value]) => value).map(([name, value]) => `${name} ${value.replaceAll(",", ", ")}`).join("; ");

export function Audit() {
  const first = useAsk<List<Act>>("/v1/audit");
  const [more, setMore] = useState<List<Act>[]>([]);
  const [problem, setProblem] = useState<Problem>();
  const next = (more.at(-1) ?? first.data)?.next;
  const load = () => call<List<Act>>("GET", `/v1/audit?cursor=${next}`).then((page) => setMore([...more, page]), setProblem);
  return (
    <Fragment>
      <h1 class="say">Who did what, newest first.</h1>
      <p class="why">Nobody can change this by Heed; <code>heed audit verify</code> finds what was changed by other means.</p>
      <Trouble error={problem} />
      <Ready answer={first}>
        {(page) => (
          <div class="scroll acted" tabIndex={0}><table>
            <thead><tr><th class="number">No.</th><th>When</th><th>Who</th><th>Did</th><th>To</th><th>How</th></tr></thead>
            <tbody>{[page, ...more].flatMap((p) => p.items).map((a) => (
              <tr><td class="number">{a.number}</td><td class="soft"><time dateTime={a.time} title={a.time}>{ago(a.time)}</time></td>
                <td><bdi>{who(a)}</bdi></td><td>{a.action}</td><td><code>{a.object}</code></td><td class="soft">{details(a)}</td></tr>
            ))}</tbody>
          </table></div>
        )}
      </Ready>
      {next && <button class="button note" onClick={load}>Earlier</button>}
    </Fragment>
  );
}
