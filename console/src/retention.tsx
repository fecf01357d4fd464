/** For how long what is kept, what the next run deletes, and what of it is still on the disk. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, forget, may, useAsk, within, type Problem } from "./ask";
import { Ready, Trouble } from "./parts";
import type { Project } from "./shapes/projects";
import type { RetentionClass, RetentionClassName, RetentionStatus } from "./shapes/retention";
import { link } from "./url";
import { count, counted, date, minute } from "./words";

const classes: Record<RetentionClassName, [name: string, say: string]> = {
  responses: ["Answers", "with their steps and content"],
  feedback: ["Feedback", "votes, tags, comments, and what was said before"],
  signals: ["Signals", "what people did with an answer"],
  numbers: ["Sums by the hour", "they name nobody"],
  attachments: ["Attachments", "end one by one, within the hour"],
  audit: ["Audit log", "one for all projects: the longest holds"],
};

/** What can be chosen; the command line takes any number of days. */
const choices: Record<string, number[]> = { audit: [183, 396, 761, 1826, 0] };
const usual = [30, 90, 183, 396, 761, 1826, 0];

const spans: Record<number, string> = { 183: "6 months", 396: "13 months", 761: "25 months", 1826: "5 years" };

const kept = (c: RetentionClassName, days: number): string =>
  days ? spans[days] ?? counted(days, "day") : c === "audit" || c === "numbers" ? "for ever" : "until it is erased";

/** "3 answers", in what a class is counted in. */
const much = (c: RetentionClass, n: number): string => (c.untold ? "not told" : n === 0 ? "–" : c.class === "numbers" ? counted(n, "hour") : count(n));

export function Retention({ p }: { p: Project }) {
  const status = useAsk<RetentionStatus>(within("/v1/retention"));
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const change = (work: Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    work.then(() => { forget("/v1/retention"); forget("/v1/project"); }, setProblem).finally(() => setBusy(false));
  };
  const keep = (c: RetentionClass, days: number) => {
    const shorter = days > 0 && (c.days === 0 || days < c.days);
    const [name] = classes[c.class];
    if (shorter && !confirm(`Keep ${name.toLowerCase()} for ${kept(c.class, days)} only? The next run deletes what is older, for good. Until then this can be changed back.`)) {
      forget("/v1/retention");
      return;
    }
    change(call("PATCH", within("/v1/project"), { privacy: { retention_days: { [c.class]: days } } }));
  };
  return (
    <section class="card retention">
      <h2>How long it is kept</h2>
      <Ready answer={status}>
        {(s) => (
          <Fragment>
            <p class="caption">{next(s)}</p>
            <Trouble error={problem} />
            <Clock s={s} busy={busy} confirmed={(date) => change(call("POST", within("/v1/retention/clock"), { date }))} />
            <div class="scroll" tabIndex={0}><table>
              <thead><tr><th scope="col">What</th><th scope="col">Kept for</th><th scope="col" class="number">Next run deletes</th><th scope="col" class="number last">Last run deleted</th></tr></thead>
              <tbody>{s.classes.map((c) => (
                <tr>
                  <td>{classes[c.class][0]} <small class="soft">{classes[c.class][1]}</small></td>
                  <td><Days c={c} p={p} busy={busy} keep={(days) => keep(c, days)} /></td>
                  <td class="number">{c.due > 0 ? <b>{much(c, c.due)}</b> : <span class="soft">{c.untold ? "not told" : "–"}</span>}{c.due > 0 && c.before && <small class="soft"> before {date(c.before)}</small>}</td>
                  <td class="number soft last">{much(c, c.deleted)}</td>
                </tr>
              ))}</tbody>
            </table></div>
            <File s={s} busy={busy} rewrite={() => change(call("POST", within("/v1/retention/rewrite")))} />
          </Fragment>
        )}
      </Ready>
    </section>
  );
}

function next(s: RetentionStatus): string {
  if (!s.next_run) return "Nothing is deleted at the moment.";
  const due = s.classes.filter((c) => c.due > 0 && c.class !== "attachments").map((c) => `${count(c.due)} ${c.class === "numbers" ? "hours of sums" : c.class === "feedback" ? "pieces of feedback" : classes[c.class][0].toLowerCase()}`);
  const last = s.last_run ? ` The last one was ${minute(s.last_run)}.` : " It has not run yet.";
  if (s.classes.some((c) => c.untold)) return `The next run is ${minute(s.next_run)}. How much of people’s it deletes is told to those who see single feedback.${last}`;
  return `The next run is ${minute(s.next_run)} and deletes ${due.length ? due.join(", ") : "nothing"}.${last}`;
}

function Days({ c, p, busy, keep }: { c: RetentionClass; p: Project; busy: boolean; keep: (days: number) => void }) {
  if (c.class === "attachments") return <a href={link("/settings/content")}>{p.attachment_days ? counted(p.attachment_days, "day") : "none are taken"}</a>;
  if (!may("settings")) return <Fragment>{kept(c.class, c.days)}</Fragment>;
  const all = choices[c.class] ?? usual;
  return (
    <select class="chip" aria-label={`How long ${classes[c.class][0].toLowerCase()} are kept`} value={c.days} disabled={busy} onChange={(e) => keep(Number(e.currentTarget.value))}>
      {(all.includes(c.days) ? all : [c.days, ...all]).map((days) => <option value={days} selected={days === c.days}>{kept(c.class, days)}</option>)}
    </select>
  );
}

/** Says that the server's clock is not trusted, and asks for its date. */
function Clock({ s, busy, confirmed }: { s: RetentionStatus; busy: boolean; confirmed: (date: string) => void }) {
  if (s.clock === "trusted") return null;
  const today = s.now.slice(0, 10);
  return (
    <div class="problem" role="alert">
      <b>Nothing is deleted.</b> The server’s clock shows {date(s.now)};{" "}
      {s.clock === "jumped" ? `it showed ${date(s.seen_at)} when it was seen last. It jumped, or the server was off for longer than a day.` : `once it showed ${date(s.seen_at)}.`}{" "}
      Is today {date(s.now)}?
      {may("retention") ? <p class="note"><button class="button" disabled={busy} onClick={() => confirmed(today)}>Yes, today is {date(s.now)}</button></p> : " A privacy officer or an admin can confirm it."}
    </div>
  );
}

/** Says whether the file of events holds what was deleted. */
function File({ s, busy, rewrite }: { s: RetentionStatus; busy: boolean; rewrite: () => void }) {
  const { file } = s;
  return (
    <p class="note">
      {file.deleted_since
        ? <Fragment>Deleted rows stay in the file of events until it is written anew: this one has some from {minute(file.deleted_since)} on{file.rewrite_by ? `, and is written anew ${minute(file.rewrite_by)}` : ""}.{" "}
            {file.trouble && <b class="bad">{file.trouble} </b>}
            {may("retention") && <button class="button" disabled={busy} onClick={rewrite}>Write it anew now</button>}</Fragment>
        : `The file of events (${count(Math.max(1, Math.round(file.bytes / 1e6)))} MB) holds nothing that was deleted${file.written_at ? `; it was written anew ${minute(file.written_at)}` : ""}.`}
    </p>
  );
}
