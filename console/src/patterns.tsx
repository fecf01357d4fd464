/** What a project calls personal besides what Heed knows, with a box to try it out. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, Problem, within } from "./ask";
import { Trouble } from "./parts";
import type { Project, RedactPattern } from "./shapes/projects";
import { counted } from "./words";

interface Tried { text: string; findings: { type: string }[] }

/** What is wrong, by what this page calls it: the API counts patterns. The last of them is the one that is not added yet, where there is one. */
function inWords(problem: Problem | undefined, patterns: RedactPattern[], last: boolean): Problem | undefined {
  const found = /^(?:body\.)?redact_patterns(?:\[(\d+)\]\.(name|pattern))?$/.exec(problem?.field?.location ?? "");
  if (!problem?.field || !found) return problem;
  const [, at, part] = found;
  const name = last && Number(at) === patterns.length - 1 ? "" : patterns[Number(at)]?.name;
  const field = at === undefined ? "The list of patterns" : `${part === "name" ? "Name of the pattern" : "Pattern"}${name ? ` ${name}` : ""}`;
  return new Problem(problem.status, problem.code, `${field} ${problem.field.message}`);
}

export function Patterns({ p, mayManage, problem, busy, save }: {
  p: Project; mayManage: boolean; problem: Problem | undefined; busy: boolean; save: (patterns: RedactPattern[]) => void;
}) {
  const [name, setName] = useState("");
  const [pattern, setPattern] = useState("");
  const own = p.redact_patterns;
  const added: RedactPattern[] = name || pattern ? [...own.filter((o) => o.name !== name), { name, pattern }] : own;
  return (<Fragment>
    <section class="card"><h2>Own patterns</h2>
      <p class="caption">
        What is personal in your texts besides mail addresses, cards and the like, such as numbers of customers. Characters, classes such as <code>[A-Z0-9]</code> and <code>\d</code>,
        each with <code>?</code>, <code>{"{3}"}</code> or <code>{"{2,6}"}</code> behind it; whole words only. It holds from the next event on.
      </p>
      <Trouble error={inWords(problem, added, added !== own)} />
      <table><tbody>
        {own.map((o) => (
          <tr><td>{o.name}</td><td><code>{o.pattern}</code></td>
            <td class="number">{mayManage && <button class="plain bad" disabled={busy} onClick={() => save(own.filter((other) => other !== o))}>Take out</button>}</td></tr>
        ))}
        {own.length === 0 && <tr><td class="soft">None yet.</td></tr>}
      </tbody></table>
      {mayManage && (
        <form class="line-form note" onSubmit={(e) => { e.preventDefault(); save(added); }}>
          <input aria-label="Name of the pattern" placeholder="CUSTOMER" value={name} onInput={(e) => setName(e.currentTarget.value)} required />
          <input aria-label="Pattern" placeholder="KD-[0-9]{8}" value={pattern} onInput={(e) => setPattern(e.currentTarget.value)} required />
          <button class="button main" disabled={busy}>Add</button>
        </form>
      )}
    </section>
    <TryOut patterns={added} last={added !== own} />
  </Fragment>);
}

/** Shows what redaction makes of a text with patterns that need not be saved yet. The text is stored nowhere. */
function TryOut({ patterns, last }: { patterns: RedactPattern[]; last: boolean }) {
  const [text, setText] = useState("");
  const [tried, setTried] = useState<Tried>();
  const [problem, setProblem] = useState<Problem>();
  const tryOut = () => {
    setProblem(undefined);
    call<Tried>("POST", within("/v1/redact"), { text, redact_patterns: patterns }).then(setTried, (p: Problem) => {
      setTried(undefined);
      setProblem(inWords(p, patterns, last));
    });
  };
  return (
    <section class="card"><h2>Try it out</h2>
      <p class="caption">What would be kept of a text, with the patterns above and with one that is not added yet. Nothing is stored.</p>
      <form onSubmit={(e) => { e.preventDefault(); tryOut(); }}>
        <textarea aria-label="Text to try" rows={4} value={text} onInput={(e) => setText(e.currentTarget.value)} required />
        <p class="note"><button class="button">Redact</button></p>
      </form>
      <Trouble error={problem} />
      {tried && <div role="status"><p class="note">{counted(tried.findings.length, "finding")}</p><pre>{tried.text}</pre></div>}
    </section>
  );
}
