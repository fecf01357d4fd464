/** Findings: the problems under review, and one of them with its measure, its feedback and its history. */
import { Fragment, h, type ComponentChildren } from "preact";
import { may, useEvery } from "./ask";
import { FindingPage } from "./finding";
import { chosen, Rows, usePages, wide } from "./lists";
import { openStates } from "./findingchoice";
import { MakeFinding, State } from "./makefinding";
import { Trouble, useTagNames } from "./parts";
import type { Finding } from "./shapes/findings";
import { address, link } from "./url";
import { ago, counted, day, moment, percent } from "./words";

export function Findings() {
  const id = chosen();
  return id ? <FindingPage id={id} key={id} /> : <FindingList />;
}

/** Which findings are listed, by what stands in the address. */
const shows: [show: string, name: string, params: () => Record<string, string[]>][] = [
  ["", "Open", () => ({ state: openStates().getAll("state") })], ["mine", "Mine", () => ({ owner: ["me"], state: openStates().getAll("state") })],
  ["closed", "Closed", () => ({ state: ["verified", "dismissed"] })], ["all", "All", () => ({})],
];

function FindingList() {
  const name = useTagNames();
  const show = address.value.searchParams.get("show") ?? "";
  const params = new URLSearchParams();
  for (const [key, values] of Object.entries((shows.find(([s]) => s === show) ?? shows[0]!)[2]())) for (const value of values) params.append(key, value);
  const pages = usePages<Finding>("/v1/findings", params);
  const all = useEvery<Finding>("/v1/findings");
  return (
    <Fragment>
      <div class="bar">
        {shows.map(([s, label]) => <a class="chip" aria-current={s === show ? "page" : undefined} href={link("/findings", s ? { show: s } : {})}>{label}</a>)}
        <span class="space" />
        {may("review") && <MakeFinding picked={[]} name={name} />}
      </div>
      <h1 class="say">{all && <Said all={all} />}</h1>
      <Trouble error={pages.error} />
      <Rows pages={pages} columns={wide() ? "92px minmax(0,1fr) 120px 120px 130px 70px" : "88px minmax(0,1fr) auto"} label="Findings, newest first" id={(f) => f.id} chosen={null}
        open={(f) => link(`/findings/${f.id}`)} empty={<Empty show={show} />}
        row={(f) => (
          <Fragment>
            <span><State state={f.state} /></span>
            <span title={f.title}><bdi>{f.title}</bdi></span>
            {!wide() && <span class="bad">{f.overdue ? "overdue" : ""}</span>}
            {wide() && (
              <Fragment>
                <span class="soft"><bdi>{f.owner_name ?? "nobody yet"}</bdi></span>
                <span class={f.overdue ? "bad" : "soft"}>{f.due ? `${f.overdue ? "overdue, " : "due "}${day(f.due)}` : ""}</span>
                <span class="right"><Measured f={f} /></span>
                <span class="soft right" title={moment(f.created_at)}>{ago(f.created_at).replace(" ago", "")}</span>
              </Fragment>
            )}
          </Fragment>
        )} />
    </Fragment>
  );
}

/** The share that a finding is judged by, as it was last measured. */
function Measured({ f }: { f: Finding }): ComponentChildren {
  const m = f.measured;
  if (!m || m.before.votes === 0) return <span class="soft">{m ? "no votes" : ""}</span>;
  const few = (s: { hits: number; votes: number; share: number | null }) => (s.votes < 10 ? `${s.hits} of ${s.votes}` : percent(s.share!));
  const moved = m.verdict === "better" ? "good" : m.verdict === "worse" ? "bad" : "";
  return m.after && m.after.votes > 0 ? <span>{few(m.before)} → <b class={moved}>{few(m.after)}</b></span> : <span>{few(m.before)}</span>;
}

function Said({ all }: { all: Finding[] }) {
  const n = (...states: string[]) => all.filter((f) => states.includes(f.state)).length;
  const open = n("new", "triaged", "fixing", "regressed");
  const late = all.filter((f) => f.overdue).length;
  const parts: ComponentChildren[] = [open ? <Fragment><b>{counted(open, "problem")}</b> {open === 1 ? "waits" : "wait"} for a fix</Fragment> : "No problem waits for a fix"];
  if (late) parts.push(<b class="bad">{late} overdue</b>);
  return (
    <Fragment>
      {parts.map((p, i) => <Fragment>{i > 0 && ", "}{p}</Fragment>)}.
      {n("fixed") > 0 && <Fragment> <b>{counted(n("fixed"), "fix", "fixes")}</b> {n("fixed") === 1 ? "is" : "are"} being measured.</Fragment>}
      {n("verified") > 0 && <Fragment> <b class="good">{counted(n("verified"), "fix", "fixes")}</b> helped.</Fragment>}
      {n("regressed") > 0 && <Fragment> <b class="bad">{n("regressed")}</b> came back or got worse.</Fragment>}
    </Fragment>
  );
}

function Empty({ show }: { show: string }) {
  if (show) return <Fragment>No findings here.</Fragment>;
  return (
    <Fragment>
      <p><b>Nothing is under review.</b></p>
      <p class="note">A finding is a problem with an owner, and a measure that says whether its fix helped. <a href={link("/feedback", { vote: "down" })}>Look at bad votes</a>, pick some or filter them, and make one.</p>
    </Fragment>
  );
}
