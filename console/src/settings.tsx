/** Settings of a project, and the people who may look at it. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { Keys, made, makeKey } from "./apikeys";
import { AttachmentKeys } from "./attachmentkeys";
import { call, forget, may, signedIn, useAsk, useChange, within } from "./ask";
import { Forms } from "./forms";
import { GitHubConnection } from "./githubrepo";
import { InboxSettings } from "./inboxsettings";
import { Notifications } from "./notifications";
import { Copy, N, Part, Ready, Trouble } from "./parts";
import { Patterns } from "./patterns";
import { Policy } from "./policy";
import { Recognizer } from "./recognizer";
import { Retention } from "./retention";
import { Sessions } from "./sessions";
import type { List } from "./shapes/lists";
import type { Member } from "./shapes/members";
import type { Project } from "./shapes/projects";
import { SlackButtons } from "./slackbuttons";
import { snippets } from "./snippets";
import { TrackerSettings } from "./tracker";
import { address, link } from "./url";
import { ago, counted, day, named } from "./words";

const parts: [path: string, name: string][] = [
  ["origins", "Origins"], ["keys", "Keys"], ["snippets", "Snippets"], ["forms", "Forms"], ["inbox", "Inbox"], ["content", "Content"], ["redaction", "Redaction"], ["privacy", "Privacy"], ["integrations", "Integrations"], ["notifications", "Notifications"], ["members", "Members"],
];

const mayManage = () => may("settings");
const mayProtect = () => may("protect");

const roles = ["owner", "admin", "privacy_officer", "reviewer", "analyst", "developer", "auditor"];

/** Changes the project's settings and asks for them anew. */
const patch = async (body: object) => {
  await call("PATCH", within("/v1/project"), body);
  forget("/v1/project");
  forget("/v1/form");
  forget("/v1/privacy");
};

export function Settings() {
  const part = address.value.pathname.split("/")[2] ?? "origins";
  const project = useAsk<Project>(within("/v1/project"));
  return (
    <Ready answer={project}>
      {(p) => (
        <Fragment>
          <h1 class="say">
            Project <b>{p.name}</b> takes clicks from <N href={link("/settings/origins")}>{counted(p.origins.length, "origin")}</N>, asks with{" "}
            <N href={link("/settings/forms")}>{counted(p.tags.length, "tag")}</N>, and{" "}
            <N href={link("/settings/content")}>{p.content === "none" ? "keeps no prompts or answers" : "keeps prompts and answers redacted and sealed"}</N>.
            {p.refused_origins.length > 0 && <Fragment> <N kind="bad" href={link("/settings/origins")}>{counted(p.refused_origins.length, "origin was", "origins were")} refused</N>.</Fragment>}
          </h1>
          {!mayManage() && <p class="why">You may look at these; a developer or an admin may change them.</p>}
          {mayManage() && !mayProtect() && ["content", "redaction", "privacy"].includes(part) && <p class="why">What protects people is changed by an admin or an owner.</p>}
          <nav class="tabs" aria-label="Settings">
            {parts.map(([path, name]) => <a class="chip" href={link(`/settings/${path}`)} aria-current={part === path ? "page" : undefined}>{name}</a>)}
          </nav>
          {part === "keys" ? <Keys /> : part === "snippets" ? <Snippets /> : part === "forms" ? <FormSettings p={p} key={JSON.stringify([p.tags, p.forms])} /> : part === "inbox" ? <InboxPolicy p={p} key={JSON.stringify(p.inbox)} /> : part === "content" ? <Content p={p} /> : part === "redaction" ? <RedactionSettings p={p} key={JSON.stringify(p.redact_patterns)} /> : part === "privacy" ? <div class="stack"><PrivacySettings p={p} key={JSON.stringify(p.privacy)} /><Retention p={p} /></div> : part === "integrations" ? <div class="stack"><IssueSettings p={p} key={JSON.stringify(p.tracker)} /><GitHubConnection mayManage={mayManage()} /><SlackButtons mayManage={mayManage()} /></div> : part === "notifications" ? <Notifications /> : part === "members" ? <Members /> : <Origins p={p} />}
        </Fragment>
      )}
    </Ready>
  );
}

function Origins({ p }: { p: Project }) {
  const [problem, busy, change] = useChange();
  const [text, setText] = useState("");
  const allow = (origin: string) => change(() => patch({ origins: [...p.origins, origin] }).then(() => setText("")));
  return (
    <div class="stack">
      <Part title="Pages that may send clicks" caption="Scheme and host, as in the address bar. A publishable key works from these and from nowhere else.">
        <Trouble error={problem} />
        <table><tbody>
          {p.origins.map((origin) => (
            <tr><td><code>{origin}</code></td><td class="number">{mayManage() && <button class="plain bad" disabled={busy} onClick={() => change(() => patch({ origins: p.origins.filter((o) => o !== origin) }))}>Take out</button>}</td></tr>
          ))}
          {p.origins.length === 0 && <tr><td class="soft">None yet. Tokens and secret keys need none.</td></tr>}
        </tbody></table>
        {mayManage() && (
          <form class="line-form note" onSubmit={(e) => { e.preventDefault(); allow(text.trim().replace(/\/+$/, "")); }}>
            <input aria-label="Origin to allow" placeholder="https://app.example.com" value={text} onInput={(e) => setText(e.currentTarget.value)} required />
            <button class="button main" disabled={busy}>Allow</button>
          </form>
        )}
      </Part>
      {p.refused_origins.length > 0 && (
        <Part title="Refused lately" caption="Pages that tried since the server started, and that no project allows. Usually a new page that somebody forgot here.">
          <table><tbody>
            {p.refused_origins.map((o) => (
              <tr><td><code>{o.origin}</code></td><td class="soft">{counted(o.times, "time")}, last {ago(o.last)}</td>
                <td class="number">{mayManage() && <button class="button" disabled={busy} onClick={() => allow(o.origin)}>Allow</button>}</td></tr>
            ))}
          </tbody></table>
        </Part>
      )}
    </div>
  );
}

function Snippets() {
  const [which, setWhich] = useState("html");
  const secret = made.value.find((m) => m.kind === "sk")?.key;
  const publishable = made.value.find((m) => m.kind === "pk")?.key;
  const all = snippets(location.origin, publishable ?? "heed_pk_YOUR_PUBLISHABLE_KEY", secret ?? "heed_sk_YOUR_SECRET_KEY");
  const chosen = all.find((s) => s.id === which)!;
  const lacks = (chosen.needs === "pk" && !publishable) || (chosen.needs === "sk" && !secret);
  const [problem, busy, change] = useChange();
  const make = () => change(() => makeKey({ kind: chosen.needs!, name: "made with the snippets", ...(chosen.needs === "sk" ? { scope: "write" } : {}) }));
  return (
    <Part title="Lines to paste" caption="Every answer needs an id: the provider’s, or one of your own. Feedback carries it, and finds the answer by it.">
      <div class="tabs" role="tablist">
        {all.map((s) => <button class="chip" role="tab" aria-selected={s.id === which} onClick={() => setWhich(s.id)}>{s.name}</button>)}
      </div>
      <p class="caption">{chosen.say}</p>
      {lacks && <p class="why">The key is left out, because it is shown only when it is made. {may("keys") && <button class="button" disabled={busy} onClick={make}>Make a {chosen.needs === "pk" ? "publishable" : "secret"} key</button>}</p>}
      <Trouble error={problem} />
      <pre tabIndex={0}>{chosen.text}</pre>
      <Copy text={chosen.text} />
      {chosen.csp && <Fragment><p class="note">If your page has a Content-Security-Policy, add:</p><pre>{chosen.csp}</pre></Fragment>}
    </Part>
  );
}

function InboxPolicy({ p }: { p: Project }) {
  const [problem, busy, change] = useChange();
  return <InboxSettings p={p} mayManage={mayManage()} problem={problem} busy={busy} save={(body) => change(() => patch(body))} />;
}

function FormSettings({ p }: { p: Project }) {
  const [problem, busy, change] = useChange();
  return <Forms p={p} mayManage={mayManage()} problem={problem} busy={busy} save={(body) => change(() => patch(body))} />;
}

function RedactionSettings({ p }: { p: Project }) {
  const [problem, busy, change] = useChange();
  const [trouble, choosing, choose] = useChange();
  return (<Fragment>
    <Recognizer p={p} mayManage={mayProtect()} problem={trouble} busy={choosing} save={(recognizer) => choose(() => patch({ privacy: { recognizer } }))} />
    <Patterns p={p} mayManage={mayProtect()} problem={problem} busy={busy} save={(redact_patterns) => change(() => patch({ redact_patterns }))} />
  </Fragment>);
}

function PrivacySettings({ p }: { p: Project }) {
  const [problem, busy, change] = useChange();
  return <Policy p={p} mayManage={mayProtect()} problem={problem} busy={busy} save={(privacy) => change(() => patch({ privacy }))} />;
}

function IssueSettings({ p }: { p: Project }) {
  const [problem, busy, change] = useChange();
  return <TrackerSettings p={p} mayManage={mayManage()} problem={problem} busy={busy} save={(tracker) => change(() => patch({ tracker }).finally(() => forget("/v1/findings")))} />;
}

function Content({ p }: { p: Project }) {
  const [problem, busy, change] = useChange();
  const [keyProblem, , changeKey] = useChange();
  const choose = (content: Project["content"]) => change(() => patch({ content }));
  const command = (commands: Project["commands"]) => change(() => patch({ commands }));
  return (<div class="stack">
    <Part title="Prompts and answers" caption="What becomes of the input and output that come with a response. It holds from the next one on.">
      <Trouble error={problem} />
      {([
        ["none", "Keep none", "They are dropped before the first write. Votes, tags and numbers need none of them. What people write themselves, comments and corrections, is redacted and sealed in any case."],
        ["redacted", "Keep them redacted", "Mail addresses, phone numbers, cards, keys and the like are replaced first; what is left is sealed under a key of the person it was for, and is unreadable once that key is destroyed."],
      ] as const).map(([value, name, say]) => (
        <label class="choice"><input type="radio" name="content" checked={p.content === value} disabled={busy || !mayProtect()} onChange={() => choose(value)} /><b>{name}</b><small>{say}</small></label>
      ))}
    </Part>
    <Part title="Attachments" caption="Whether people may attach a question and its answer, as it was said, to their feedback. They are shown what is sent, and agree to a notice that names these days.">
      {([0, 7, 30, 90, ...([0, 7, 30, 90].includes(p.attachment_days) ? [] : [p.attachment_days])]).map((days) => (
        <label class="choice"><input type="radio" name="attachments" checked={p.attachment_days === days} disabled={busy || !mayProtect()} onChange={() => change(() => patch({ attachment_days: days }))} />
          <b>{days ? `Keep them ${counted(days, "day")}` : "Take none"}</b>
          {days === 0 && <small>Sealed in the person’s browser, read by a reviewer one at a time with a reason, and destroyed when their days are over: nobody can attach anything until you choose how long.</small>}
        </label>
      ))}
    </Part>
    <Part title="Who can open attachments" caption="It holds from the next attachment on, and people are told by the notice. What was attached before stays under its key.">
      <AttachmentKeys p={p} mayManage={mayProtect()} problem={keyProblem} busy={busy} use={(attachment_key) => changeKey(() => patch({ attachment_key }))} key={p.attachment_key} />
    </Part>
    <Part title="Commands in chats" caption="Where a chat goes through Heed, a message such as /+why or /- can be feedback on the answer before it.">
      {([
        ["on", "They are feedback", "The model does not see them, and Heed answers with one line. What is not exactly a command is passed on as it is."],
        ["off", "They go to the model", "No message is looked at."],
      ] as const).map(([value, name, say]) => (
        <label class="choice"><input type="radio" name="commands" checked={p.commands === value} disabled={busy || !mayManage()} onChange={() => command(value)} /><b>{name}</b><small>{say}</small></label>
      ))}
    </Part>
  </div>);
}

function Members() {
  const members = useAsk<List<Member>>(may("members") ? "/v1/users" : null);
  const [problem, busy, change] = useChange();
  const [name, setName] = useState("");
  const [role, setRole] = useState("reviewer");
  const [invited, setInvited] = useState<{ name: string; link: string }>();
  if (!may("members")) return <p class="why">Only an admin sees who else is here.</p>;
  const invite = () => change(async () => {
    const member = await call<Member & { link: string }>("POST", "/v1/users", { name, role });
    setInvited({ name, link: location.origin + member.link });
    setName("");
    forget("/v1/users");
  });
  const appoint = (m: Member, role: string) => change(() => call("PATCH", `/v1/users/${m.id}`, { role }).finally(() => forget("/v1/users")));
  return (<div class="stack">
    <Part title="Members" caption="An analyst reads numbers, of people only in groups; a reviewer also what people said; a developer keys and settings, and no texts; a privacy officer also erases and exports people; an auditor reads the audit log and what becomes of people’s data; an admin does all of it. Every member sees every project.">
      <Trouble error={problem} />
      {invited && <div class="said"><b>Give this link to {invited.name}.</b> It works once, for a day.<pre>{invited.link}</pre><Copy text={invited.link} /></div>}
      <Ready answer={members}>
        {(list) => (
          <table>
            <thead><tr><th>Name</th><th>Role</th><th>Since</th><td /></tr></thead>
            <tbody>{list.items.map((m) => (
              <tr><td>{m.name}{m.connected && <span class="tag here">single sign-on</span>}</td><td><select class="chip" aria-label={`Role of ${m.name}`} value={m.role} disabled={busy || m.name === signedIn.value?.name} onChange={(e) => appoint(m, e.currentTarget.value)}>
                {roles.map((r) => <option value={r}>{named(r)}</option>)}</select></td><td class="soft">{day(m.created_at)}</td>
                <td class="number">{m.name !== signedIn.value?.name && <button class="plain bad" disabled={busy}
                  onClick={() => confirm(`Remove ${m.name}? Their sessions end at once.`) && change(() => call("DELETE", `/v1/users/${m.id}`).then(() => forget("/v1/users")))}>Remove</button>}</td></tr>
            ))}</tbody>
          </table>
        )}
      </Ready>
      <form class="line-form note" onSubmit={(e) => { e.preventDefault(); invite(); }}>
        <input aria-label="Name of the member" placeholder="Name" maxLength={64} value={name} onInput={(e) => setName(e.currentTarget.value)} required />
        <select class="chip" aria-label="Role" value={role} onChange={(e) => setRole(e.currentTarget.value)}>
          {roles.map((r) => <option value={r}>{named(r)}</option>)}
        </select>
        <button class="button main" disabled={busy}>Invite</button>
      </form>
    </Part>
    <Part title="Signed in" caption="Where somebody lost a device, end its session here. A session ends by itself when it was not used for eight hours, and after a week.">
      <Sessions everybody />
    </Part>
  </div>);
}
