/** The issue at GitHub that a finding was made into. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import type { FindingDetail, GitHubIssue, IssueStep } from "./shapes/findings";
import { date, day, moment } from "./words";

/** "closed as not planned" */
const state = (i: { state: GitHubIssue["state"]; reason?: GitHubIssue["reason"] }): string =>
  i.state === "transferred" ? "moved to another repository" : i.reason === "duplicate" ? "closed as a duplicate" : i.state + (i.reason ? ` as ${i.reason.replace("_", " ")}` : "");

/** Makes the issue, or tells what became of it; that can be asked anew, since a call of GitHub's may be lost. */
export function IssueAtGitHub({ f, open }: { f: FindingDetail; open?: (() => Promise<boolean>) | undefined }) {
  const [busy, setBusy] = useState(false);
  const { issue, repository } = f.github!;
  const ask = () => { setBusy(true); void open!().finally(() => setBusy(false)); };
  if (!issue) {
    if (!open) return <span class="soft">none yet</span>;
    return <span><button class="button" disabled={busy} title={`In ${repository}: its title, its numbers and a way back. What people wrote stays here.`} onClick={ask}>{busy ? "Asking GitHub" : "Create issue at GitHub"}</button></span>;
  }
  const ended = issue.state === "deleted" || issue.state === "transferred";
  return (
    <span>
      <a href={issue.url} target="_blank" rel="noreferrer noopener" title={issue.repository}>#{issue.number}</a>{" "}
      {issue.state === "open" ? "open" : <Fragment>{state(issue)} <span class="soft" title={moment(issue.since)}>on {day(issue.since)}</span></Fragment>}
      {open && repository && !ended && <Fragment> <button class="plain" disabled={busy} title={`GitHub last told of it on ${moment(issue.seen_at)}`} onClick={ask}>Ask again</button></Fragment>}
    </span>
  );
}

/** Whether a closed issue may be what the finding waited for. Closed is not live: somebody says so. */
export const mayMark = (f: FindingDetail): boolean =>
  f.github?.issue?.state === "closed" && (f.github.issue.reason ?? "completed") === "completed" && f.moves.includes("fixed");

export const IssueDone = ({ issue, mark, open }: { issue: GitHubIssue; mark: () => void; open: boolean }) => (
  <Fragment>
    <p class="note">The issue was closed on <span title={moment(issue.since)}>{date(issue.since)}</span>. If its fix is live, say so:</p>
    <p class="moves"><button class="button" aria-expanded={open} onClick={mark}>Mark it by this issue</button></p>
  </Fragment>
);

/** What a step in the history says of the issue. */
export const issueStep = (i: IssueStep): ComponentChildren => {
  const link = <a href={i.url} target="_blank" rel="noreferrer noopener">#{i.number}</a>;
  return i.made ? <Fragment>opened issue {link}</Fragment> : <Fragment>saw issue {link} {i.state === "open" ? "reopened" : state(i)}</Fragment>;
};
