/** Where a project keeps its issues, and the way of a finding there. */
import { h } from "preact";
import { useState } from "preact/hooks";
import type { Problem } from "./ask";
import { Part, Trouble } from "./parts";
import type { FindingDetail } from "./shapes/findings";
import type { Tracker } from "./shapes/integrations";
import type { Project } from "./shapes/projects";

export const trackers = { github: "GitHub", gitlab: "GitLab", linear: "Linear", jira: "Jira" } as const;

type Field = "url" | "team" | "project" | "issue_type" | "label";

/** What each tracker needs: the field, its label, and an example. */
const fields: Record<keyof typeof trackers, [field: Field, label: string, example: string, optional?: boolean][]> = {
  github: [["url", "Repository", "https://github.com/acme/app"], ["label", "Label, if any", "ai-feedback", true]],
  gitlab: [["url", "Project", "https://gitlab.com/acme/app"]],
  linear: [["team", "Team", "ENG"], ["label", "Label, if any", "Bug", true]],
  jira: [["url", "Address", "https://acme.atlassian.net"], ["project", "Number of the project (pid)", "10000"], ["issue_type", "Number of the type of issue", "10001"]],
};

export function TrackerSettings({ p, mayManage, problem, busy, save }: {
  p: Project; mayManage: boolean; problem: Problem | undefined; busy: boolean; save: (tracker: Tracker) => void;
}) {
  const [tracker, setTracker] = useState<Tracker>(p.tracker);
  const kind = tracker.kind;
  const given = kind ? Object.fromEntries(fields[kind].map(([field]) => [field, tracker[field]?.trim()]).filter(([, value]) => value)) : {};
  const choose = (kind: Tracker["kind"]) => {
    setTracker(kind === p.tracker.kind ? p.tracker : { kind });
    if (!kind && p.tracker.kind) save({ kind });
  };
  return (
    <Part title="Issues" caption="A finding can be taken to where your team works: its page then offers a new issue, filled in with its title and numbers and a way back. Heed needs no credentials for it, and what people wrote stays here.">
      <Trouble error={problem} />
      {([["", "None"], ...Object.entries(trackers)] as [Tracker["kind"], string][]).map(([value, name]) => (
        <label class="choice"><input type="radio" name="tracker" checked={kind === value} disabled={busy || !mayManage} onChange={() => choose(value)} /><b>{name}</b></label>
      ))}
      {kind && (
        <form class="note" onSubmit={(e) => { e.preventDefault(); save({ kind, ...given }); }}>
          {fields[kind].map(([field, label, example, optional]) => (
            <label class="field"><span>{label}</span>
              <input placeholder={example} value={tracker[field] ?? ""} maxLength={300} required={!optional} disabled={!mayManage} onInput={(e) => setTracker({ ...tracker, [field]: e.currentTarget.value })} />
            </label>
          ))}
          {kind === "jira" && <p class="note">Both numbers stand in the address of Jira’s form for a new issue, and in its settings.</p>}
          {mayManage && <p class="moves"><button class="button main" disabled={busy}>Save</button></p>}
        </form>
      )}
    </Part>
  );
}

/** Opens a new issue of a finding, to look at and send; its address can then be linked as the change. */
export const OpenIssue = ({ issue }: { issue: NonNullable<FindingDetail["issue"]> }) => (
  <a href={issue.url} target="_blank" rel="noreferrer noopener" title="It shows the issue filled in; nothing is sent before you send it">Open one at {trackers[issue.tracker]}</a>
);
