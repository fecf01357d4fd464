/** For how long a person is the same person. */
import { h } from "preact";
import { useState } from "preact/hooks";
import type { PrivacyPolicy, Project } from "./shapes/projects";

const modes: [mode: PrivacyPolicy["pseudonyms"], name: string, say: string][] = [
  ["epoch", "A month", "A new pseudonym on the first of each month (UTC). Once the key of a month is destroyed, nothing tells that two months are of one person. Over longer times a person counts once a month."],
  ["stable", "For good", "One pseudonym for as long as the project says so. A person counts once over any time, and everything of theirs can always be found and erased."],
  ["ephemeral", "A day", "The key is in memory only: it is replaced each day, forgotten a day later, and lost when Heed restarts. After that nobody can find a person’s feedback, not even to erase it."],
];

const lives = [3, 6, 13, 25];

export function Pseudonyms({ p, mayManage, busy, save }: { p: Project; mayManage: boolean; busy: boolean; save: (policy: Partial<PrivacyPolicy>) => void }) {
  const { pseudonyms, pseudonym_months } = p.privacy;
  const [asked, ask] = useState<PrivacyPolicy["pseudonyms"]>();
  return (
    <section class="card"><h2>Pseudonyms</h2>
      <p class="caption">
        Your application names people, and Heed keeps a pseudonym in place of each: a keyed hash that nobody can undo, and that only who has the key can test a guess with. Choose for how long a person has the
        same one. It holds from the next event on; what is there stays as it is.
      </p>
      {modes.map(([mode, name, say]) => (
        <label class="choice"><input type="radio" name="pseudonyms" checked={(asked ?? pseudonyms) === mode} disabled={busy || !mayManage}
          onChange={() => { ask(undefined); if (mode === "ephemeral" && pseudonyms !== mode) ask(mode); else save({ pseudonyms: mode }); }} />
          <b>{name}</b><small>{say}</small></label>
      ))}
      {asked && asked !== pseudonyms && (
        <div class="note" role="alert">
          <p>From then on requests to be erased, and to be told what is kept, reach back two days at most.</p>
          <p><button class="button main" disabled={busy} onClick={() => { save({ pseudonyms: asked }); ask(undefined); }}>Use a day</button>{" "}
            <button class="button" onClick={() => ask(undefined)}>Leave it</button></p>
        </div>
      )}
      <label class="field note"><span>Former pseudonyms can be computed for</span>
        <select class="chip" value={pseudonym_months} disabled={busy || !mayManage} onChange={(e) => save({ pseudonym_months: Number(e.currentTarget.value) })}>
          {[...new Set([...lives, pseudonym_months])].sort((a, b) => a - b).map((n) => <option value={n}>{n} {n === 1 ? "month" : "months"} after their last use</option>)}
        </select>
        <small class="soft">A request to be erased reaches back as far as this. Then their key is destroyed: keep feedback no longer, because what is older cannot be found for a person any more.</small></label>
    </section>
  );
}
