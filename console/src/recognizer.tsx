/** Which of the operator's recognisers looks at a project's texts besides redaction. */
import { Fragment, h } from "preact";
import type { Problem } from "./ask";
import { Trouble } from "./parts";
import type { Project } from "./shapes/projects";

export function Recognizer({ p, mayManage, problem, busy, save }: {
  p: Project; mayManage: boolean; problem: Problem | undefined; busy: boolean; save: (recognizer: string) => void;
}) {
  const chosen = p.privacy.recognizer;
  const gone = chosen !== "" && !p.recognizers.includes(chosen);
  const choices: [name: string, say: string, means: string][] = [
    ["", "None", "Redaction alone: forms, check digits, phrases and lists of names. No text leaves Heed."],
    ...[...p.recognizers, ...(gone ? [chosen] : [])].map((name): [string, string, string] =>
      [name, name, "It is shown every text before the first write. What it finds is replaced as well; what it does not answer in time is withheld: sealed, and never shown."]),
  ];
  return (
    <section class="card"><h2>Recogniser</h2>
      <p class="caption">A program with a model, such as Presidio, finds names that no list has. Which there are is up to the operator of this server.</p>
      <Trouble error={problem} />
      {gone && <p class="problem" role="alert">This server has no recogniser <b>{chosen}</b> any more, so every text is withheld. Choose another, or have the operator set it up again.</p>}
      {p.recognizers.length === 0 && !gone
        ? <p class="soft">None is set up on this server: the setting <code>recognizers</code> adds one.</p>
        : <Fragment>{choices.map(([name, say, means]) => (
            <label class="choice"><input type="radio" name="recognizer" checked={name === chosen} disabled={!mayManage || busy} onChange={() => save(name)} /><b>{say}</b><small>{means}</small></label>
          ))}</Fragment>}
    </section>
  );
}
