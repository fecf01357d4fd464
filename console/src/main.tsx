/** The console: who is looking, where, and at what. */
import { signal } from "@preact/signals";
import { Fragment, h, render } from "preact";
import { useEffect } from "preact/hooks";
import { Account } from "./account";
import { call, may, Problem, signedIn, useAsk, type Session } from "./ask";
import { Explore } from "./explore";
import { Gate } from "./gate";
import { Dialogs, listenToKeys, places, theme } from "./keys";
import { lazy } from "./lazy";
import { Overdue } from "./overdue";
import { FeedbackList, ResponseList } from "./lists";
import { arrived, Live, stream } from "./live";
import { Overview } from "./overview";
import { Wait } from "./parts";
import type { List } from "./shapes/lists";
import type { Project } from "./shapes/projects";
import { begin, Tour } from "./tour";
import { address, go, link, project } from "./url";
import { useInboxCount } from "./waiting";
import { count } from "./words";

const Inbox = lazy(() => import("./inbox").then((m) => m.Inbox));
const Findings = lazy(() => import("./findings").then((m) => m.Findings));
const Privacy = lazy(() => import("./privacy").then((m) => m.Privacy));
const Datasets = lazy(() => import("./datasets").then((m) => m.Datasets));
const AlertsPage = lazy(() => import("./alerts").then((m) => m.AlertsPage));
const Reviews = lazy(() => import("./reviews").then((m) => m.Reviews));
const Audit = lazy(() => import("./audit").then((m) => m.Audit));
const Settings = lazy(() => import("./settings").then((m) => m.Settings));

const pages: Record<string, () => preact.ComponentChildren> = {
  "": () => <Overview />, overview: () => <Overview />, live: () => <Live />, explore: () => <Explore />,
  responses: () => <ResponseList />, feedback: () => <FeedbackList />, inbox: () => <Inbox />, findings: () => <Findings />, reviews: () => <Reviews />, datasets: () => <Datasets />, alerts: () => <AlertsPage />, audit: () => <Audit />, privacy: () => <Privacy />, settings: () => <Settings />,
  account: () => <Account />,
};

const section = () => address.value.pathname.split("/")[1] ?? "";

/** The one-time code in the address, until it is used; a fragment is sent to no server. */
const code = signal(location.pathname === "/enter" ? location.hash.slice(1) : "");

/** What the identity provider sent the browser back with, until it is used. */
const answer = signal(location.pathname === "/enter/oidc" ? location.search.slice(1) : "");

const answered = () => { answer.value = ""; };

function App() {
  useEffect(() => {
    call<Session>("GET", "/v1/session").then(
      (session) => (signedIn.value = session),
      (error: Problem) => (signedIn.value = error.status === 401 ? null : undefined),
    );
  }, []);
  useEffect(() => {
    if (signedIn.value) code.value = "";
  }, [signedIn.value]);
  if (answer.value) return <Gate code="" answer={answer.value} answered={answered} key="answer" />;
  if (!signedIn.value && code.value) return <Gate code={code.value} answer="" answered={answered} />;
  if (signedIn.value === undefined) return <main class="gate"><Wait /></main>;
  if (signedIn.value === null) return <Gate code="" answer="" answered={answered} key="no code" />;
  return <Frame />;
}

function Frame() {
  useEffect(listenToKeys, []);
  useEffect(stream, []);
  useEffect(() => {
    document.title = `${here()} – Heed`.replace(/^./, (c) => c.toUpperCase());
    // On a phone the places are a strip, in which the one that is looked at may be out of sight.
    const at = document.querySelector<HTMLElement>(".places > [aria-current]");
    if (at?.offsetParent) at.parentElement!.scrollLeft = at.offsetLeft - (at.parentElement!.clientWidth - at.offsetWidth) / 2;
  }, [address.value.pathname]);
  const page = pages[here()] ?? pages.overview!;
  return (
    <Fragment>
      <a class="skip" href="#page">To the page</a>
      <div class="frame">
        <Places />
        <main id="page" tabIndex={-1}><Overdue />{page()}</main>
      </div>
      <Dialogs />
      <Tour />
    </Fragment>
  );
}

/** The place that is looked at: where none is named, the overview, or the first there is for whoever may not see it. */
const here = () => section() || (may("numbers") ? "overview" : (places()[0]?.[0].slice(1) ?? ""));

function Places() {
  const minute = arrived.value.filter((a) => a.kind === "feedback" && Date.now() - a.at < 60_000).length;
  const waiting = useInboxCount();
  return (
    <nav class="places" aria-label="Places">
      <a class="brand" href={link("/overview")}>heed</a>
      {may("projects") && <Projects />}
      {places().map(([path, name]) => (
        <Fragment>
          {name === "Privacy" && <hr />}
          <a href={link(path)} aria-current={path === `/${here()}` ? "page" : undefined}>{name}{name === "Live" && minute > 0 && <small>{minute}/min</small>}{name === "Inbox" && waiting && waiting.open > 0 && <small class={waiting.overdue ? "bad" : ""}>{count(waiting.open)}</small>}</a>
        </Fragment>
      ))}
      <a class="phone" href={link("/account")} aria-current={here() === "account" ? "page" : undefined}>You</a>
      <div class="who">
        <a href={link("/account")} aria-current={here() === "account" ? "page" : undefined}>{signedIn.value!.name}, {signedIn.value!.role.replace("_", " ")}</a>
        <button class="plain" onClick={() => theme(theme() === "dark" || (!theme() && matchMedia("(prefers-color-scheme: dark)").matches) ? "light" : "dark")}>Light or dark</button>
        <button class="plain" onClick={() => void call("DELETE", "/v1/session").finally(() => (signedIn.value = null))}>Sign out</button>
        <button class="plain" onClick={begin}>Tour</button>
        <span><kbd>?</kbd> keys</span>
      </div>
    </nav>
  );
}

/** Which project is looked at, where there are several. */
function Projects() {
  const projects = useAsk<List<Project>>("/v1/projects");
  const items = projects.data?.items ?? [];
  useEffect(() => {
    if (!project.value && items.length > 1) go(link(address.value.pathname, { project: items[0]!.name }), true);
  }, [items.length, address.value]);
  if (items.length < 2) return null;
  return (
    <select class="chip" aria-label="Project" onChange={(e) => go(link(`/${section()}`, { project: e.currentTarget.value }))}>
      {items.map((p) => <option value={p.name} selected={p.name === project.value}>{p.name}</option>)}
    </select>
  );
}

/** Links within the console change the page without loading it anew. */
document.addEventListener("click", (e) => {
  const a = (e.target as Element).closest<HTMLAnchorElement | SVGAElement>("a");
  if (!a || a.target || e.defaultPrevented || e.button !== 0 || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  const url = new URL(typeof a.href === "string" ? a.href : a.href.baseVal, location.href);
  if (url.origin !== location.origin || url.hash || !((url.pathname.split("/")[1] ?? "") in pages)) return;
  e.preventDefault();
  const elsewhere = url.pathname.split("/")[1] !== section();
  go(url.href);
  if (elsewhere) scrollTo(0, 0);
});

theme(localStorage.getItem("heed-theme") ?? "");
if (window !== window.top) document.documentElement.classList.add("framed");
render(<App />, document.body);
