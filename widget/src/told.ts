/**
 * Tells people what became of what they said: once for each step that it takes,
 * one thing at a time, where they give feedback anyway. Loaded only where there
 * is something to tell.
 */
import type { Options } from "./core";
import type { Face, Form, Given } from "./element";

interface FollowUp {
  feedback: string;
  response_id?: string;
  state: "received" | "looking" | "fixed" | "declined";
  sentence?: string;
  release?: string;
  since: string;
}

/** What this browser has shown: the state by feedback, and when the server was asked last. */
interface Seen {
  at: number;
  states: Record<string, string>;
}

const css = `
.told { margin: 8px 0 0; padding: 8px 12px; border: 1px solid var(--_l); border-radius: 12px; background: var(--_p); max-width: 40em; display: flex; gap: 4px 12px; align-items: start; }
.told div { flex: 1; }
.told b { font-weight: 600; }
.told p { margin: 2px 0 0; }
.told button { border-color: var(--_l); padding: 2px 12px; }
`;

/** How often, in milliseconds, a browser asks. */
const pause = 36e5;

/** How many it asks for, as many as the server answers. */
const most = 20;

let sheet: CSSStyleSheet | undefined;

function stored<T>(name: string, empty: T): T {
  try {
    return JSON.parse(localStorage[name]) ?? empty;
  } catch {
    return empty;
  }
}

function keep(seen: Seen) {
  try {
    localStorage.heedTold = JSON.stringify(seen);
  } catch {}
}

async function ask({ url = "", key, token }: Options, body: object): Promise<FollowUp[]> {
  const answer = await fetch(url + "/v1/followups", {
    method: "POST",
    headers: { "Content-Type": "application/json", Authorization: "Bearer " + (token ?? key) },
    body: JSON.stringify(body),
  });
  return answer.ok ? (await answer.json()).items : [];
}

const rank = (news: FollowUp) => ["fixed", "declined", "looking"].indexOf(news.state);

/** What is news in this browser, the best of it. */
function best(all: FollowUp[], { states }: Seen): FollowUp | undefined {
  return all
    .filter((one) => one.state != "received" && states[one.feedback] != one.state)
    .sort((a, b) => rank(a) - rank(b) || b.since.localeCompare(a.since))[0];
}

const faces = new Set<Face>();
/** Whether this page has asked. */
let asked = false;
const responseOf = (face: Face) => (face.group.getRootNode() as ShadowRoot).host?.getAttribute("response-id");

export async function tell(face: Face, form: Form, options: Options) {
  const seen = stored<Seen>("heedTold", { at: 0, states: {} });
  const given = stored<Given[]>("heed", []).filter(([, , choice]) => choice != "none");
  faces.add(face);
  if (asked || !given[0] || Date.now() - seen.at < pause) return;
  asked = true;
  keep({ ...seen, at: Date.now() });
  // With a token the server goes by the person whom it names, and knows feedback by its response.
  const news = best(await ask(options, options.token ? { responses: given.map(([response]) => response).slice(0, most) } : { feedback: given.map(([, id]) => id).slice(0, most) }), seen);
  if (news) show([...faces].find((other) => responseOf(other) == news.response_id) ?? face, form, options, news);
}

function show(face: Face, { words }: Form, options: Options, news: FollowUp) {
  const root = face.group.getRootNode() as ShadowRoot;
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  const element = (tag: string, text = "") => Object.assign(document.createElement(tag), { textContent: text });
  const box = Object.assign(element("div"), { className: "told", role: "status" });
  box.setAttribute("part", "told");
  const said = element("div");
  const became = news.release ? words.released!.replace("{release}", `\u2068${news.release}\u2069`) : words[news.state]!;
  said.append(element("span", words.told + " "), element("b", became));
  if (news.sentence) said.append(Object.assign(element("p", news.sentence), { dir: "auto" }));
  const close = Object.assign(element("button", words.told_close), { onclick: () => box.remove() });
  box.append(said, close);
  root.append(box);
  new IntersectionObserver(([entry], observer) => {
    if (!entry!.isIntersecting) return;
    observer.disconnect();
    const { at, states } = stored<Seen>("heedTold", { at: 0, states: {} });
    delete states[news.feedback]; // what was shown last stands last, and the oldest go first
    keep({ at, states: Object.fromEntries(Object.entries({ ...states, [news.feedback]: news.state }).slice(-100)) });
    ask(options, { shown: true, ...(options.token ? { responses: [news.response_id] } : { feedback: [news.feedback] }) }).catch(() => {});
  }).observe(box);
}
