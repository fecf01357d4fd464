/** Datasets: what reviewers marked, chosen and written into files, and a card that says what is in them. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, forget, may, useAsk, useChange, within } from "./ask";
import { Bar } from "./filters";
import { Modal } from "./keys";
import { chosen } from "./lists";
import { grouped, said } from "./makefinding";
import { Ready, Trouble, useTagNames } from "./parts";
import type { Dataset, DatasetDetail, DatasetList, DatasetVersion } from "./shapes/datasets";
import { filters, go, link } from "./url";
import { ago, count, counted, day, moment } from "./words";

export function Datasets() {
  const id = chosen();
  return id ? <DatasetPage id={id} key={id} /> : <All />;
}

const ends: Record<string, string> = {
  erased: "somebody in it asked to be erased", withdrawn: "somebody took back what they had attached", expired: "the days of something in it are over",
  changed: "something in it was changed since", unmarked: "a reviewer took a mark back",
};

function All() {
  const answer = useAsk<DatasetList>(within("/v1/datasets"));
  return (
    <Fragment>
      <Bar timeless>{may("curate") && <Make />}</Bar>
      <Ready answer={answer}>
        {({ items, marked }) => (
          <Fragment>
            <h1 class="say">
              {(marked.training ?? 0) + (marked.evaluation ?? 0) === 0 ? "Nothing is marked for datasets yet."
                : <Fragment><b>{counted(marked.evaluation ?? 0, "item")}</b> may be used for evaluation, and <b>{count(marked.training ?? 0)}</b> for training.</Fragment>}
              {stale(items) > 0 && <Fragment> <b class="bad">{counted(stale(items), "dataset")}</b> must be built again.</Fragment>}
            </h1>
            {items.length === 0 ? <Empty /> : (
              <ul class="plainlist card" aria-label="Datasets, newest first">
                {items.map((d) => (
                  <li key={d.id}><a href={link(`/datasets/${d.id}`)}><bdi>{d.name}</bdi></a>
                    <span class="soft">for {d.purpose}</span><span class="right">{d.latest ? <Latest v={d.latest} /> : <span class="soft">no version yet</span>}</span></li>
                ))}
              </ul>
            )}
          </Fragment>
        )}
      </Ready>
    </Fragment>
  );
}

const stale = (items: Dataset[]) => items.filter((d) => d.latest?.state === "stale").length;

const Latest = ({ v }: { v: DatasetVersion }) => (
  <Fragment>version {v.number}, {v.state === "ready" ? counted(v.counts.items, "item") : <span class={v.state === "building" ? "" : "bad"}>{v.state}</span>} <span class="soft">{ago(v.begun_at)}</span></Fragment>
);

const Empty = () => (
  <div class="empty">
    <p><b>There is no dataset.</b></p>
    <p class="note">Look at <a href={link("/feedback")}>feedback</a> and mark what may be used; then make a dataset of it: for evaluation, as test cases of promptfoo; for training, as TRL and OpenAI take it; or as plain rows.</p>
  </div>
);

/** The button that opens the form. */
function Make() {
  const [open, setOpen] = useState(false);
  return (
    <Fragment>
      <button class="button" onClick={() => setOpen(true)}>Make a dataset</button>
      <Modal open={open} close={() => setOpen(false)} label="Make a dataset"><Form close={() => setOpen(false)} /></Modal>
    </Fragment>
  );
}

function Form({ close }: { close: () => void }) {
  const tag = useTagNames();
  const [name, setName] = useState("");
  const [purpose, setPurpose] = useState("evaluation");
  const [cap, setCap] = useState("20");
  const [license, setLicense] = useState("");
  const [problem, busy, change] = useChange();
  const filter = grouped(filters.value);
  const make = (e: Event) => {
    e.preventDefault();
    change(() => call<Dataset>("POST", within("/v1/datasets"), { name, purpose, person_cap: Number(cap), license, selection: { filter } }).then((d) => {
      forget("/v1/datasets");
      close();
      go(link(`/datasets/${d.id}`));
    }));
  };
  return (
    <form onSubmit={make}>
      <h2>Make a dataset</h2>
      <p class="caption">Of what is marked for its purpose{filters.value.length > 0 ? `, with ${said(filter, tag)}` : ". Choose filters first to take a part of it"}. It never changes; its versions say what was in it when.</p>
      <Trouble error={problem} />
      <label class="field"><span>Name</span><input value={name} required maxLength={100} autoFocus onInput={(e) => setName(e.currentTarget.value)} /></label>
      <label class="choice"><input type="radio" name="purpose" checked={purpose === "evaluation"} onChange={() => setPurpose("evaluation")} />
        <b>Evaluation</b><small>Models are tested by it: promptfoo, JSON Lines, CSV, Parquet.</small></label>
      <label class="choice"><input type="radio" name="purpose" checked={purpose === "training"} onChange={() => setPurpose("training")} />
        <b>Training</b><small>Models learn from it: TRL, OpenAI, JSON Lines, CSV, Parquet. Without what people attached: they were told that it trains no models.</small></label>
      <div class="halves">
        <label class="field"><span>At most of one person</span><input type="number" min={0} max={100000} value={cap} required onInput={(e) => setCap(e.currentTarget.value)} /><small class="soft">0: no cap</small></label>
        <label class="field"><span>License</span><input value={license} maxLength={64} placeholder="none is stated" onInput={(e) => setLicense(e.currentTarget.value)} /></label>
      </div>
      <button class="button main" disabled={busy}>Make it</button> <button type="button" class="button" onClick={close}>Cancel</button>
    </form>
  );
}

function DatasetPage({ id }: { id: string }) {
  const tag = useTagNames();
  const path = within(`/v1/datasets/${encodeURIComponent(id)}`);
  const answer = useAsk<DatasetDetail>(path);
  const [problem, busy, change] = useChange();
  const building = answer.data?.versions[0]?.state === "building";
  useEffect(() => {
    const timer = setInterval(() => forget(path), building ? 1000 : 30_000);
    return () => clearInterval(timer);
  }, [path, building]);
  const build = () => change(() => call("POST", within(`/v1/datasets/${encodeURIComponent(id)}/versions`)).finally(() => forget("/v1/datasets")));
  const remove = (d: Dataset) => confirm(`Delete ${d.name}? Its versions and cards go with it. What is marked stays marked.`)
    && change(() => call("DELETE", path).then(() => { forget("/v1/datasets"); go(link("/datasets")); }));
  return (
    <Fragment>
      <div class="bar">
        <a class="chip" href={link("/datasets")}>All datasets</a><span class="space" />
        {may("curate") && <button class="button main" disabled={busy || building} onClick={build}>Build {answer.data?.versions.length ? "the next version" : "a version"}</button>}
      </div>
      <Trouble error={problem} />
      <Ready answer={answer}>
        {(d) => (
          <Fragment>
            <p class="eyebrow"><span class="state">for {d.purpose}</span><span>made {ago(d.created_at)}</span></p>
            <h1 class="say"><b><bdi>{d.name}</bdi></b>. <Story d={d} /></h1>
            <p class="why">Of {counted(d.marked, "item")} marked for {d.purpose} now{Object.keys(d.selection.filter ?? {}).length > 0 && `, those with ${said(d.selection.filter, tag)}`}; {d.person_cap ? `at most ${count(d.person_cap)} of one person` : "no cap for one person"}; {d.license ? <Fragment>license <bdi>{d.license}</bdi></Fragment> : "no license is stated"}.</p>
            {d.versions.map((v, i) => <Version key={v.number} d={d} v={v} open={i === 0} />)}
            {may("curate") && <p class="acts"><button class="plain bad" disabled={busy} onClick={() => remove(d)}>Delete this dataset</button></p>}
          </Fragment>
        )}
      </Ready>
    </Fragment>
  );
}

function Story({ d }: { d: DatasetDetail }) {
  const v = d.versions[0];
  if (!v) return <Fragment>No version of it was built yet.</Fragment>;
  if (v.state === "building") return <Fragment>Version {v.number} is being built.</Fragment>;
  if (v.state === "failed") return <Fragment><b class="bad">Version {v.number} could not be built.</b> The server’s log says why.</Fragment>;
  if (v.state === "stale") return <Fragment><b class="bad">Version {v.number} is stale</b>: {ends[v.ended_by ?? ""]}. Its files are not served any more; the next version is made without that.</Fragment>;
  const c = v.counts;
  if (!c.items) return <Fragment>Version {v.number} is empty: nothing that is marked matches.</Fragment>;
  return <Fragment>Version {v.number} has <b>{counted(c.items, "item")}</b> of <b>{counted(c.people, "person", "people")}</b>{c.content > 0 ? <Fragment>, <b>{count(c.content)}</b> with question and answer</Fragment> : ", none with question and answer"}.</Fragment>;
}

function Version({ d, v, open }: { d: DatasetDetail; v: DatasetVersion; open: boolean }) {
  const at = `/v1/datasets/${encodeURIComponent(d.id)}/versions/${v.number}`;
  const p = v.progress;
  const c = v.counts;
  return (
    <details class="card version" open={open}>
      <summary><h2>Version {v.number}</h2><span class={`state ${v.state === "ready" ? "good" : v.state === "building" ? "" : "bad"}`}>{v.state}</span>
        <span class="soft">{v.state === "stale" ? `since ${moment(v.ended_at!)}: ${ends[v.ended_by ?? ""]}` : v.state === "building" ? `begun ${ago(v.begun_at)}` : day(v.built_at!)}</span></summary>
      {v.state === "building" && <p><progress value={p?.done ?? 0} max={p?.total || 1} aria-label="Progress" /> <span class="soft">{p && p.total > 0 ? `${Math.floor(100 * p.done / p.total)} %` : "begins"}</span></p>}
      {(v.state === "ready" || v.state === "stale") && (
        <Fragment>
          <dl class="facts">
            {([
              ["Chosen", `${counted(c.items, "item")} of ${count(c.marked)} marked${[[c.outside, "not of the selection"], [c.capped, "beyond the cap"], [c.gone, "gone"]].filter(([n]) => n).map(([n, why]) => `, ${count(n as number)} ${why}`).join("")}`],
              ["Looked at", `${count(c.reviewed)} one by one${c.items > c.reviewed ? `; ${count(c.items - c.reviewed)} by a filter, without texts` : ""}`],
              ["Content", c.content ? `${count(c.content)} with question and answer${c.attached ? `, ${count(c.attached)} as people attached them` : ""}` : "none"],
              ["Consent", Object.entries(c.notices).map(([notice, n]) => `${count(n)} by notice ${notice}`).join(", ") || "nothing that was attached"],
              ["Trust", Object.entries(c.trust).map(([trust, n]) => `${count(n)} ${trust}`).join(", ") || "–"],
              ["Not known", c.nobody ? `${counted(c.nobody, "item")} of nobody that is known: no cap holds for them` : ""],
              ["Left out", c.withheld ? `${counted(c.withheld, "text")} that could not be redacted or opened` : ""],
            ] as [string, ComponentChildren][]).filter(([, value]) => value).map(([name, value]) => <Fragment><dt>{name}</dt><dd>{value}</dd></Fragment>)}
          </dl>
          {v.state === "ready" && (
            <div class="scroll" tabIndex={0}><table>
              <thead><tr><th scope="col">File</th><th scope="col" class="number">Rows</th><th scope="col" class="number">Size</th><th scope="col" class="wide">A row is</th></tr></thead>
              <tbody>{v.files.map((f) => (
                <tr>
                  <td>{may("dataset") && f.rows > 0 ? <a href={within(`${at}/files/${f.format}`)} download={f.name} title={`SHA-256 ${f.sha256}`}>{f.format}</a> : <span class="soft" title={`SHA-256 ${f.sha256}`}>{f.format}</span>}</td>
                  <td class="number">{count(f.rows)}</td><td class="number">{size(f.bytes)}</td><td class="soft wide">{d.formats.find((x) => x.name === f.format)?.rows}</td>
                </tr>
              ))}</tbody>
            </table></div>
          )}
          {v.state === "ready" && v.files.some((f) => f.rows === 0) && <p class="note">{c.items === 0 ? "Nothing that is marked matches." : c.content === 0
            ? "Files of questions and answers have no rows: this project keeps none of what is marked, or nobody looked at it and marked it by itself." : "A file without rows waits for what makes one: a vote, a correction, a preference."}</p>}
          <p class="note"><a href={within(`${at}/card`, new URLSearchParams({ format: "md" }))} download="README.md">The card</a>, for whoever gets the files: how it was chosen, whose consent there is, and what not to read out of it. <a href={within(`${at}/card`)} download="card.json">As JSON</a></p>
        </Fragment>
      )}
    </details>
  );
}

const size = (bytes: number): string => (bytes < 10_000 ? `${count(bytes)} B` : bytes < 10_000_000 ? `${count(Math.round(bytes / 1000))} kB` : `${count(Math.round(bytes / 1e6))} MB`);

