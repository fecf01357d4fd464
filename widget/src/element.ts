import { createHeed, flush, type Change, type Options, type Outcome } from "./core";
import css from "./style.css";

/** Tags to choose from. */
export type Tags = [name: string, label: string][];

/** What a project's form offers and says; see GET /v1/form. */
export interface Form {
  tags: Tags;
  praise: Tags;
  comment?: boolean;
  correction?: boolean;
  words: Record<string, string>;
  /** Where form.ts is served, if the form needs it. */
  script?: string;
  style?: string;
  questions?: { text: string; choices: Tags }[];
  extend?(face: Face, form: Form, options: Options): void;
  /** Where told.ts is served, if there is something to tell. */
  told?: string;
  /** What attach.ts needs to offer to attach what was said, if the project takes that. */
  attach?: Attach;
  /** Where people are told what becomes of their feedback. */
  privacy?: string;
  url?: string;
  lang?: string;
}

/** To whom an attachment is sealed, and what people must be told before. */
export interface Attach {
  /** Where attach.ts is served. */
  script: string;
  /** Where deliver.ts is served. */
  deliver: string;
  key_id: string;
  public_key: string;
  info: string;
  max_bytes: number;
  notice: { version: string; hash: string; lines: string[] };
}

/** One message of the conversation that an answer stands in. */
export interface Message {
  role: "user" | "assistant" | "system" | "tool";
  text: string;
}

/** What form.ts may change about a face. */
export interface Face {
  group: HTMLElement;
  comment: HTMLTextAreaElement;
  rates: HTMLButtonElement[];
  tags: Set<string>;
  /** Makes a button that rates; picture is the path of its icon. */
  rate(choice: string, picture: string, change?: Change): HTMLButtonElement;
  /** Makes buttons that tag. */
  chips(tags: Tags): HTMLButtonElement[];
  /** What was written, as it is sent. */
  text(): string;
}

/** The form until the project's own has come, or where it cannot be had. */
const fallback: Form = { tags: [], praise: [], words: { up: "Good answer", down: "Bad answer" } };

const thumb = "M7 10v10H4V10h3l4-7c1.6 0 2.5 1 2.5 2.5V9h5a2 2 0 0 1 2 2.3l-1.2 7A2 2 0 0 1 17.3 20H7";

/** What the page knows of its own feedback, newest first. With a token the server has an id of its own for it. */
export type Given = [response: string, id: string, choice: string, attachment?: string];

const forms: Record<string, Promise<Form>> = {};
const senders: Record<string, ReturnType<typeof createHeed>> = {};
let defaults: Options = {};
let sheet: CSSStyleSheet | undefined;

function senderOf(options: Options) {
  return (senders[JSON.stringify(options)] ??= createHeed(options));
}

/** Fetches a form of the project, once for a page, with the script that it needs. */
function formOf({ url = "", key, token }: Options, lang: string, feature: string): Promise<Form> {
  const address = `${url}/v1/form?lang=${lang}&feature=${encodeURIComponent(feature)}`;
  return (forms[address] ??= fetch(address, {
    headers: { Authorization: "Bearer " + (token ?? key) },
  })
    .then((answer) => answer.json())
    .then(async (form) => ({ ...fallback, ...form, url, ...(form.script && (await import(url + form.script))) }))
    .catch(() => fallback));
}

/** What is remembered; where the browser keeps nothing, only here, and a reload starts anew. */
let known: Given[] = [];

/** The id of this browser's feedback on a response, and what it chose last. */
function given(response: string): Given {
  try {
    known = JSON.parse(localStorage.heed ?? "[]");
  } catch {}
  return known.find(([other]) => other == response) ?? [response, "w" + crypto.getRandomValues(new Uint32Array(4)).join("-"), "none"];
}

/** Gives feedback in this browser's name, so that the same answer has one feedback however often. */
async function give(options: Options, response: string, change: Change, choice: string): Promise<Outcome> {
  const entry = given(response);
  entry[2] = choice;
  known = [...new Set([entry, ...known])].slice(0, 100);
  try {
    localStorage.heed = JSON.stringify(known);
  } catch {}
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
  let chosen = "none"; // up, down, or 1 to 5
  let wanted: unknown; // the panel, once the form is there
  let told = ""; // the last word on what was given, whose text may still come with the form
  let later: ReturnType<typeof setTimeout>;

  const attribute = (name: string) => host.getAttribute(name) ?? "";
  const options = (): Options => ({
    url: attribute("url") || defaults.url,
    key: attribute("key") || defaults.key,
    token: attribute("token") || defaults.token,
  });
  const response = () => attribute("response-id");
  const signal = (name: string, value?: number) => senderOf(options()).signal(response(), name, value);

  const rate = (choice: string, picture: string, change?: Change) => {
    const draw = (name: string, attribute: string, value: string) => {
      const element = document.createElementNS("http://www.w3.org/2000/svg", name);
      element.setAttribute(attribute, value);
      return element;
    };
    const svg = draw("svg", "viewBox", "0 0 24 24");
    svg.append(draw("path", "d", picture));
    return button(choice, () => (choice == chosen ? undo.click() : choose(choice, change)), svg);
  };
  const button = (name: string, onclick: () => void, ...children: Node[]) => make("button", { className: name, part: name, onclick }, ...children);
  const row = (...children: Node[]) => make("div", { className: "row", role: "group" }, ...children);
  const area = (name: string) => make("textarea", { rows: 1, maxLength: 8000, dir: "auto", className: name, part: name });
  const chips = (list: Tags) =>
    list.map(([name, textContent]) => {
      const press = () => (chip.ariaPressed = `${tags.has(name)}`);
      const chip = button(bad() ? "bad tag" : "tag", () => {
        if (!tags.delete(name)) tags.add(name);
        press();
        clearTimeout(later);
        later = setTimeout(() => store({ tags: [...tags] }, ""), 500);
      });
      press();
      return Object.assign(chip, { name, textContent });
    });

  const tags = new Set<string>();
  const thumbs = [rate("up", thumb), rate("down", thumb)];
  const said = make("span", { role: "status" });
  const undo = button("undo", () => {
    comment.value = correction.value = "";
    choose("none", { score: null, comment: null, correction: null }, "");
  });
  const more = button("more", () => open(true));
  const group = row();
  const title = make("b", {});
  const offer = row();
  const comment = area("comment");
  const correction = area("correction");
  const send = button("send", () => submit());
  const note = make("span", { className: "saved" });
  const panel = make("div", { className: "panel", part: "panel", role: "group" });
  const self = { group, comment, tags, rate, chips } as unknown as Face; // reset gives the rest

  const bad = () => chosen == "down" || chosen < "3";

  /** A click is stored at once. */
  const choose = (choice: string, change?: Change, word = "thanks") => {
    chosen = choice;
    tags.clear();
    open(bad() || (word && form.praise[0]));
    store({ vote: choice as Change["vote"], tags: null, ...change }, word);
  };

  /** Folds the panel away, back to where it came from. */
  const close = () => {
    open(false);
    group.querySelector<HTMLElement>("[aria-pressed=true]")?.focus();
  };

  const submit = () => {
    clearTimeout(later);
    close();
    store({ tags: [...tags], comment: self.text() || null, correction: correction.value || null }, "thanks");
  };

  const store = async (change: Change, word: string) => {
    say(word);
    const outcome = await give(options(), response(), change, chosen);
    if (outcome != "sent") say(outcome);
    host.dispatchEvent(new CustomEvent("heed", { bubbles: true, composed: true, detail: { ...change, outcome } }));
  };

  const say = (word = told) => {
    told = word;
    said.textContent = panel.hidden ? form.words[word]! : "";
    undo.hidden = chosen == "none" || !panel.hidden || !form.words.undo;
    more.hidden = undo.hidden || !form.comment;
  };

  const open = (asked: unknown) => {
    const words = form.words;
    wanted = asked;
    panel.hidden = !asked || !words.why;
    for (const button of self.rates) {
      button.title = words[button.className]!;
      button.ariaPressed = `${button.className == chosen}`;
    }
    group.ariaLabel = words.group!;
    for (const element of [undo, more, send, note]) element.textContent = words[element.className]!;
    title.textContent = panel.ariaLabel = offer.ariaLabel = words[bad() ? "why" : "praise"]!;
    for (const element of [comment, correction]) {
      element.ariaLabel = element.placeholder = words[element.className]!;
      element.hidden = !form[element.className as "comment"];
    }
    correction.hidden ||= !bad();
    offer.replaceChildren(...chips(bad() ? form.tags : form.praise));
    offer.hidden = !offer.firstChild;
    say();
    if (form.attach && chosen != "none")
      import(form.url + form.attach.script).then((script) => script.offer(self, form, options(), given(response()))).catch(() => {});
  };

  const copied = (event: ClipboardEvent) => {
    const answer = document.getElementById(attribute("for")) ?? host.parentElement;
    if (answer?.contains(event.target as Node)) signal("copied", String(getSelection()).length);
  };

  const seen = new IntersectionObserver(
    ([entry]) => {
      if (entry!.isIntersecting) {
        signal("shown");
        seen.disconnect();
      }
    },
    { threshold: 0.5 },
  );

  panel.onkeydown = (event) => {
    if (event.key == "Escape") close();
  };
  const root = host.attachShadow({ mode: "open" });
  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
  root.adoptedStyleSheets = [sheet];

  return {
    signal,
    stop() {
      seen.disconnect();
      document.removeEventListener("copy", copied);
    },
    /** Begins anew for the response that the attributes name now. */
    async reset() {
      seen.observe(host);
      document.addEventListener("copy", copied);
      chosen = given(response())[2];
      told = "";
      tags.clear();
      comment.value = correction.value = "";
      self.rates = thumbs;
      self.text = () => comment.value;
      root.replaceChildren(group, panel);
      group.replaceChildren(...thumbs, said, undo, more);
      panel.replaceChildren(title, offer, comment, correction, row(send, note));
      open(false);
      form = await formOf(options(), host.closest<HTMLElement>("[lang]")?.lang || navigator.language, attribute("feature"));
      form.extend?.(self, form, options());
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
  /**
   * What was said, up to the answer, oldest first: the page sets it, so that
   * people can attach it. Nothing of it is sent before they do.
   */
  declare conversation?: Message[];

  static observedAttributes = ["response-id", "token", "lang", "feature"];

  #face = face(this);

  connectedCallback() {
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
    if (responseOf(other) == response) other.ariaPressed = `${other.dataset.heedVote == vote}`;
  give(defaults, response, { vote }, vote!);
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
