/** What becomes of people's data: what is stored, for how long, who may see it, and what people can ask for. */
import { Fragment, h, type ComponentChildren } from "preact";
import { may, useAsk, within } from "./ask";
import { Demands, People } from "./people";
import { N, Ready } from "./parts";
import { go, link } from "./url";
import { counted, moment, named } from "./words";

interface Fact { id: string; name: string; value: string; detail?: string; set?: string }
interface Column { names: string; kind: string; what: string }
interface Table { name: string; what: string; columns: Column[] }
interface Grant { action: string; what: string; roles: string[]; key: boolean }

interface Statement {
  made_at: string;
  project: string;
  name: string;
  page: string;
  content: "none" | "redacted";
  attachment_days: number;
  smallest_group: number;
  sections: { id: string; title: string; facts: Fact[] }[];
  retention: { class: string; what: string; days: number; then: string }[];
  receivers: { kind: string; name: string; where: string; gets: string; set: string }[];
  access: Grant[];
  erasures: { done: number; pending: number };
  audit: { records: number; verifier: string };
  data: { name: string; tables: Table[] }[];
  threats: { who: string; sees: string; cannot_see: string; because: string }[];
  limits: string[];
  projects: { id: string; name: string }[];
}

export function Privacy() {
  return <Ready answer={useAsk<Statement>(within("/v1/privacy"))}>{(s) => <Page s={s} />}</Ready>;
}

const Page = ({ s }: { s: Statement }) => (
  <Fragment>
    {s.projects.length > 1 && !may("projects") && (
      <div class="bar"><select class="chip" aria-label="Project" onChange={(e) => go(link("/privacy", { project: e.currentTarget.value }))}>
        {s.projects.map((p) => <option value={p.name} selected={p.id === s.project}>{p.name}</option>)}
      </select></div>
    )}
    <Sentence s={s} />
    <p class="why">
      From the settings in force on {moment(s.made_at)}. Texts that people write are pseudonymised and redacted, which is less than anonymous: they stay personal data.
    </p>
    <nav class="bar" aria-label="On this page">
      {([["collected", "What holds now"], ["retention", "For how long"], ["receivers", "Who receives it"], ["access", "Who may do what"], ["data", "What is stored"], ["threats", "Who can see what"]] as const).map(
        ([id, name]) => <a class="chip" href={`#${id}`}>{name}</a>)}
    </nav>
    <div class="two">
      <div class="stack">
        {s.sections.filter(({ id }) => id !== "audit").map((section) => <Part id={section.id} title={section.title}><Facts facts={section.facts} /></Part>)}
      </div>
      <div class="stack">
        {may("erase") && <People />}
        {may("erase") && <Demands />}
        <Part id="files" title="For your files" caption="Filled in from these settings; what only you know is left open.">
          <ul class="files">
            <li><a href={within("/v1/privacy/assessment")} download>Impact assessment</a><small>GDPR, Article 35, as Markdown</small></li>
            <li><a href={within("/v1/privacy/record")} download>Record of processing</a><small>GDPR, Article 30, as Markdown</small></li>
            <li><a href={s.page} target="_blank" rel="noopener">What people are told</a><small>the public page, in eight languages</small></li>
          </ul>
        </Part>
        <Part id="retention" title="For how long" caption="What ends by itself, and what ends the rest."><Retention s={s} /></Part>
        {s.sections.filter(({ id }) => id === "audit").map((section) => <Part id={section.id} title={section.title}><Facts narrow facts={section.facts} /></Part>)}
      </div>
    </div>
    <div class="stack below">
      <Part id="receivers" title="Who receives it" caption="Everybody outside who is sent something, with what each gets. Whoever got it is a recipient in the sense of the GDPR."><Receivers s={s} /></Part>
      <Part id="access" title="Who may do what" caption="Everything else is refused. Members see every project; a secret key its own."><Access grants={s.access} /></Part>
      <Part id="data" title="What is stored" caption="Every table and column, as a test holds it against the databases. Open a table to see its columns."><Data s={s} /></Part>
      <Part id="threats" title="Who can see what" caption="Those who might look, what they find, and why not more."><Threats s={s} /></Part>
    </div>
  </Fragment>
);

/** What is true, in one sentence or two. */
function Sentence({ s }: { s: Statement }) {
  const { done, pending } = s.erasures, outside = s.receivers.length;
  return (
    <h1 class="say">
      <b>{s.name}</b> keeps what people say of answers under pseudonyms, with texts <N href="#texts">redacted and sealed</N>. Prompts and answers are{" "}
      <N href="#collected">{s.content === "none" ? "dropped before the first write" : "kept redacted and sealed"}</N>,{" "}
      {s.attachment_days ? <Fragment>attachments <N href="#retention">destroyed after {counted(s.attachment_days, "day")}</N></Fragment> : <Fragment>attachments <N href="#collected">not taken</N></Fragment>}.{" "}
      {outside > 0 && <Fragment><N href="#receivers">{counted(outside, "receiver")} outside</N> {outside === 1 ? "is" : "are"} sent something. </Fragment>}
      {done + pending === 0 ? "Nobody has asked to be erased." : <Fragment><N href="#erasures">{counted(done, "person was", "people were")} erased</N>
        {pending > 0 && <Fragment>, <N kind="bad" href="#erasures">{counted(pending, "erasure is", "erasures are")} under way</N></Fragment>}.</Fragment>}
    </h1>
  );
}

const Part = ({ id, title, caption, children }: { id: string; title: string; caption?: string; children: ComponentChildren }) => (
  <section class="card" id={id} aria-label={title}><h2>{title}</h2>{caption && <p class="caption">{caption}</p>}{children}</section>
);

const Facts = ({ facts, narrow }: { facts: Fact[]; narrow?: boolean }) => (
  <dl class={narrow ? "promises narrow" : "promises"}>
    {facts.map((f) => (
      <div><dt>{f.name}</dt>
        <dd><bdi>{f.value}</bdi>{f.set?.startsWith("/") && may("settings") && <a class="set" href={link(f.set)} aria-label={`Change: ${f.name}`}>Change</a>}
          {f.detail && <small>{f.detail}</small>}{f.set && !f.set.startsWith("/") && <small>Set by <code>{f.set}</code></small>}</dd></div>
    ))}
  </dl>
);

const Retention = ({ s }: { s: Statement }) => (
  <dl class="promises narrow">
    {s.retention.map((k) => <div><dt>{k.what}</dt><dd>{k.days ? counted(k.days, "day") : "without end"}<small>{k.then}</small></dd></div>)}
  </dl>
);

const Receivers = ({ s }: { s: Statement }) => s.receivers.length === 0 ? <p class="soft">Nobody: nothing is sent on.</p> : (
  <div class="scroll whole" tabIndex={0}><table class="lines">
    <thead><tr><th scope="col">Who</th><th scope="col">Where</th><th scope="col">What they get</th><th scope="col">Set by</th></tr></thead>
    <tbody>{s.receivers.map((r) => (
      <tr><th scope="row"><bdi>{r.name}</bdi></th><td><bdi>{r.where}</bdi></td><td>{r.gets}</td>
        <td>{!r.set.startsWith("/") ? <code>{r.set}</code> : may("settings") ? <a href={link(r.set)} aria-label={`Change: ${r.name}`}>Settings</a> : "Settings"}</td></tr>
    ))}</tbody>
  </table></div>
);

function Access({ grants }: { grants: Grant[] }) {
  const roles = [...new Set(grants.flatMap((g) => g.roles))];
  const cell = (yes: boolean) => <td class="mark">{yes ? <b>yes</b> : <span class="soft">–</span>}</td>;
  return (
    <div class="scroll whole" tabIndex={0}><table class="lines">
      <thead><tr><th scope="col">May</th>{roles.map((r) => <th scope="col" class="mark">{named(r)}</th>)}<th scope="col" class="mark">Secret key</th></tr></thead>
      <tbody>{grants.map((g) => <tr><th scope="row">{named(g.what)}</th>{roles.map((r) => cell(g.roles.includes(r)))}{cell(g.key)}</tr>)}</tbody>
    </table></div>
  );
}

/** What the kinds of values are, in the order of how much they tell. */
const kinds: [string, string][] = [
  ["sealed", "encrypted under a key of its own, which the person’s key wraps"],
  ["pseudonym", "a keyed hash in place of an id"],
  ["label", "a short word that came with feedback, redacted"],
  ["key", "a wrapped key, or a hash of a credential"],
  ["open", "a number, a time, or a name your application chose"],
];

const Kind = ({ kind }: { kind: string }) => <span class={`tag kind-${kind}`}>{kind}</span>;

const Data = ({ s }: { s: Statement }) => (
  <Fragment>
    <dl class="facts kinds">{kinds.map(([kind, what]) => <Fragment><dt><Kind kind={kind} /></dt><dd>{what}</dd></Fragment>)}</dl>
    {s.data.map((file) => (
      <Fragment>
        <h3><code>{file.name}</code></h3>
        <div class="tables">{file.tables.map((table) => <Stored table={table} />)}</div>
      </Fragment>
    ))}
  </Fragment>
);

function Stored({ table }: { table: Table }) {
  const { columns } = table;
  if (columns.length === 0) return <p class="note"><Words text={table.what} /></p>;
  return (
    <details>
      <summary><code>{table.name}</code><span><Words text={table.what} /></span>
        <span class="tags">{kinds.filter(([kind]) => columns.some((c) => c.kind === kind)).map(([kind]) => <Kind kind={kind} />)}</span></summary>
      <div class="scroll" tabIndex={0}><table>
        <thead><tr><th scope="col">Columns</th><th scope="col">Kind</th><th scope="col">What it is</th></tr></thead>
        <tbody>{columns.map((c) => <tr><td><code>{c.names}</code></td><td><Kind kind={c.kind} /></td><td><Words text={c.what} /></td></tr>)}</tbody>
      </table></div>
    </details>
  );
}

const Threats = ({ s }: { s: Statement }) => (
  <Fragment>
    <div class="scroll whole" tabIndex={0}><table class="lines threats">
      <thead><tr><th scope="col">Who</th><th scope="col">Can see</th><th scope="col">Cannot see</th><th scope="col">Because</th></tr></thead>
      <tbody>{s.threats.map((t) => (
        <tr><th scope="row"><Words text={named(t.who).replace("Keys.db", "keys.db")} /></th><td><Words text={t.sees} /></td><td><Words text={t.cannot_see} /></td><td class="soft"><Words text={t.because} /></td></tr>
      ))}</tbody>
    </table></div>
    <h3>What Heed does not protect from</h3>
    <ul class="limits">{s.limits.map((limit) => <li><Words text={limit} /></li>)}</ul>
  </Fragment>
);

/** A line of the documents: code and strong words in it, and links as their words. */
const Words = ({ text }: { text: string }) => (
  <Fragment>
    {text.split(/(`[^`]+`|\*\*[^*]+\*\*|\[[^\]]+\]\([^)]+\))/).map((piece) =>
      piece.startsWith("`") ? <code>{piece.slice(1, -1)}</code> : piece.startsWith("**") ? <b>{piece.slice(2, -2)}</b> : piece.startsWith("[") ? piece.slice(1, piece.indexOf("]")) : piece)}
  </Fragment>
);
