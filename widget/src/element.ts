import { createHeed, flush, type Change, type Options, type Outcome } from "./core";
import css from "./style.css";

/** What a project's form offers and says; see GET /v1/form. */
interface Form {
  tags: [name: string, label: string][];
  comment?: boolean;
  correction?: boolean;
  words: Record<string, string>;
}

/** The form until the project's own has come, or where it cannot be had. */
const fallback: Form = {
  tags: [],
  words: {
    up: "Good answer",
    down: "Bad answer",
    thanks: "Thanks.",
    undo: "Undo",
    queued: "Saved. It will be sent when you are online.",
  },
};

const thumb = "M7 10v10H4V10zM7 11l4-8c1.6 0 2.5 1 2.5 2.5V9h5a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.3 20H7";

/** What the page knows of its own feedback: response, id ("" with a token) and vote, newest first. */
type Given = [response: string, id: string, vote: string];

const forms: Record<string, Promise<Form>> = {};
const senders: Record<string, ReturnType<typeof createHeed>> = {};
let defaults: Options = {};
let sheet: CSSStyleSheet | undefined;

function senderOf(options: Options) {
  return (senders[(options.url ?? "") + options.token + options.key] ??= createHeed(options));
}

/** Fetches the project's form, once for a page and language. */
function formOf({ url = "", key, token }: Options, lang: string): Promise<Form> {
  return (forms[url + lang] ??= fetch(`${url}/v1/form?lang=${encodeURIComponent(lang)}`, {
    headers: { Authorization: "Bearer " + (token ?? key) },
  })
    .then((answer) => (answer.ok ? answer.json() : fallback))
    .catch(() => fallback));
}

function remembered(): Given[] {
  try {
    return JSON.parse(localStorage.heed) as Given[];
  } catch {
    return [];
  }
}

/** The id of this browser's feedback on a response, and what it said last. */
function given(response: string, withId: boolean): Given {
  const id = withId ? "w" + crypto.getRandomValues(new Uint32Array(4)).join("-") : "";
  return remembered().find(([other]) => other == response) ?? [response, id, "none"];
}

function remember(entry: Given) {
  try {
    localStorage.heed = JSON.stringify([entry, ...remembered().filter(([other]) => other != entry[0])].slice(0, 100));
  } catch {
    // Without storage a reload starts anew.
  }
}

/** Gives feedback in this browser's name, so that the same answer has one feedback however often. */
async function give(options: Options, response: string, change: Change): Promise<Outcome> {
  const entry = given(response, !options.token);
  entry[2] = change.vote ?? entry[2];
  remember(entry);
  return senderOf(options).send(response, { id: entry[1] || undefined, ...change });
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, properties: object, ...children: Node[]): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** The life of one element: its parts, what it knows, and what a click does. */
function face(host: HTMLElement) {
  let form = fallback;
  let vote = "none";
  let wanted = false; // the panel, once the form is there
  let tags = new Set<string>();
  let later: ReturnType<typeof setTimeout>;

  const options = (): Options =>
    Object.fromEntries(["url", "key", "token"].map((name) => [name, host.getAttribute(name) ?? defaults[name as keyof Options]]));
  const response = () => host.getAttribute("response-id") ?? "";
  const signal = (name: string, value?: number) => senderOf(options()).signal(response(), name, value);

  const thumbOf = (choice: string) => {
    const part = (name: string, attribute: string, value: string) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      element.setAttribute(attribute, value);
      return element;
    };
    const picture = part("svg", "viewBox", "0 0 24 24");
    picture.append(part("path", "d", thumb));
    return make("button", { className: choice, part: choice, onclick: () => choose(choice) }, picture);
  };
  const button = (name: string, onclick: () => void) => make("button", { className: name, part: name, onclick });
  const row = (...children: Node[]) => make("div", { className: "row", role: "group" }, ...children);
  const text = (name: string) => make("textarea", { rows: 1, maxLength: 8000, dir: "auto", part: name });

  const up = thumbOf("up");
  const down = thumbOf("down");
  const said = make("span", { role: "status" });
  const undo = button("link", () => choose(vote));
  const more = button("link", () => open(true));
  const group = row(up, down, said, undo, more);
  const title = make("b", {});
  const chips = row();
  const comment = text("comment");
  const correction = text("correction");
  const send = button("send", () => submit());
  const note = make("span", {});
  const panel = make("div", { className: "panel", part: "panel", role: "group" }, title, chips, comment, correction, row(send, note));

  /** A click on a thumb is stored at once. The same thumb again takes everything back. */
  const choose = (choice: string) => {
    const taken = choice == vote;
    vote = taken ? "none" : choice;
    tags.clear();
    if (taken) comment.value = correction.value = "";
    open(vote == "down");
    store({ vote: vote as Change["vote"], tags: null, ...(taken && { comment: null, correction: null }) }, taken ? "" : "thanks");
  };

  const toggle = (tag: string) => {
    if (!tags.delete(tag)) tags.add(tag);
    draw();
    clearTimeout(later);
    later = setTimeout(() => store({ tags: [...tags] }, ""), 500);
  };

  const focus = () => (vote == "up" ? up : down).focus();

  const submit = () => {
    clearTimeout(later);
    open(false);
    focus();
    store({ tags: [...tags], comment: comment.value || null, correction: correction.value || null }, "thanks");
  };

  const store = async (change: Change, word: string) => {
    say(word);
    const outcome = await give(options(), response(), change);
    if (outcome != "sent") say(outcome);
    host.dispatchEvent(new CustomEvent("heed", { bubbles: true, composed: true, detail: { ...change, outcome } }));
  };

  const say = (word: string) => {
    said.textContent = (panel.hidden && form.words[word]) || "";
    undo.hidden = vote == "none" || !panel.hidden;
    more.hidden = undo.hidden || !form.comment;
  };

  const open = (asked: boolean) => {
    wanted = asked;
    panel.hidden = !asked || !form.words.why;
    draw();
    say("");
  };

  const draw = () => {
    const words = form.words;
    const bad = vote == "down";
    for (const thumb of [up, down]) {
      thumb.ariaLabel = thumb.title = words[thumb.className]!;
      thumb.ariaPressed = String(thumb.className == vote);
    }
    group.ariaLabel = words.group!;
    undo.textContent = words.undo!;
    more.textContent = words.more!;
    title.textContent = panel.ariaLabel = chips.ariaLabel = words[bad ? "why" : "praise"]!;
    send.textContent = words.send!;
    note.textContent = words.saved!;
    comment.ariaLabel = comment.placeholder = words.comment!;
    correction.ariaLabel = correction.placeholder = words.correction!;
    comment.hidden = !form.comment;
    correction.hidden = !form.correction || !bad;
    chips.hidden = !bad;
    if (!chips.firstChild)
      for (const [name, textContent] of form.tags) chips.append(Object.assign(button("tag", () => toggle(name)), { name, textContent }));
    for (const chip of chips.children as HTMLCollectionOf<HTMLButtonElement>) chip.ariaPressed = String(tags.has(chip.name));
  };

  const copied = (event: ClipboardEvent) => {
    const answer = document.getElementById(host.getAttribute("for") ?? "") ?? host.parentElement;
    if (answer?.contains(event.target as Node)) signal("copied", String(getSelection()).length);
  };

  const seen = new IntersectionObserver(
    ([entry]) => {
      if (entry!.isIntersecting) {
        seen.disconnect();
        signal("shown");
      }
    },
    { threshold: 0.5 },
  );

  panel.onkeydown = (event) => {
    if (event.key == "Escape") {
      open(false);
      focus();
    } else if (event.key == "Enter" && (event.ctrlKey || event.metaKey)) submit();
  };
  const root = host.attachShadow({ mode: "open" });
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
  root.adoptedStyleSheets = [sheet];
  root.append(group, panel);

  return {
    signal,
    start() {
      seen.observe(host);
      document.addEventListener("copy", copied);
    },
    stop() {
      seen.disconnect();
      document.removeEventListener("copy", copied);
    },
    /** Begins anew for the response that the attributes name now. */
    async reset() {
      vote = given(response(), false)[2];
      tags.clear();
      comment.value = correction.value = "";
      chips.replaceChildren();
      open(false);
      form = await formOf(options(), host.closest<HTMLElement>("[lang]")?.lang || navigator.language);
      open(wanted);
    },
  };
}

const Base = (globalThis.HTMLElement ?? Object) as typeof HTMLElement;

/**
 * <heed-feedback response-id="…" token="…">: thumbs that store the vote on the
 * first click, and then ask why. It fires "heed" events with what was given
 * and what became of it.
 */
export class HeedFeedback extends Base {
  static observedAttributes = ["response-id", "token", "lang"];

  #face = face(this);

  connectedCallback() {
    this.#face.start();
    this.#face.reset();
  }

  disconnectedCallback() {
    this.#face.stop();
  }

  attributeChangedCallback() {
    if (this.isConnected) this.#face.reset();
  }

  /** Notes what somebody did with the answer, such as "regenerated"; value is a number. */
  signal(name: string, value?: number) {
    this.#face.signal(name, value);
  }
}

/** Plain pages: <button data-heed-vote="up" data-response-id="…"> votes, and again takes back. */
function onClick(event: Event) {
  const mark = "[data-heed-vote]";
  const responseOf = (element: HTMLElement) => element.closest<HTMLElement>("[data-response-id]")?.dataset.responseId;
  const button = (event.target as Element).closest<HTMLElement>(mark);
  const response = button && responseOf(button);
  if (!response) return;
  const vote = button.ariaPressed == "true" ? "none" : (button.dataset.heedVote as Change["vote"]);
  for (const other of document.querySelectorAll<HTMLElement>(mark))
    if (responseOf(other) == response) other.ariaPressed = String(other.dataset.heedVote == vote);
  give(defaults, response, { vote });
}

/** Defines the element. What its attributes leave out is taken from options. */
export function define(options: Options) {
  defaults = options;
  if (globalThis.customElements && !customElements.get("heed-feedback")) {
    customElements.define("heed-feedback", HeedFeedback);
    document.addEventListener("click", onClick);
    flush(); // what an earlier visit could not send
  }
}
