/**
 * Offers, after a vote, to attach what was said: shows exactly what would be
 * sent, lets people change it and strike it out, and has it sealed in the browser.
 * Loaded where the project takes attachments, and only once somebody voted; what
 * seals and sends it (deliver.ts) only once somebody attaches.
 */
import css from "./attach.css";
import type { Options } from "./core";
import type { Ask, Outcome } from "./deliver";
import type { Face, Form, Given, HeedFeedback, Message } from "./element";

/** Stands for what was struck out, however long that was. */
const struck = "▮▮▮▮▮";

/** What looks like a mail address, an account or a long number. It is marked, and never decides. */
const personal =
  /[^\s@]{1,64}@[^\s@]{1,255}\.\p{L}{2,}|\b[A-Z]{2}\d\d(?: ?[A-Z\d]{4}){2,7}(?: ?[A-Z\d]{1,3})?\b|(?<![\w-])(?!\d{4}-\d\d-)\+?\(?\p{Nd}(?:[ ().\/-]{0,2}\p{Nd}){8,18}/gu;

/** The vote that a choice is: of five, the middle is none. */
const voteOf = (choice: string) => (/up|4|5/.test(choice) ? "up" : /down|1|2/.test(choice) ? "down" : null);

/** What a server that cannot be reached answers. */
const offline = () => new Response(null, { status: 500 });

let sheet: CSSStyleSheet | undefined;

interface Box extends HTMLElement {
  update(given: Given): void;
}

function make<K extends keyof HTMLElementTagNameMap>(tag: K, properties: object, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

const row = (...children: Node[]) => make("div", { className: "row" }, ...children);

/** One message: its text, to change, with what looks like an address or a number marked behind it. */
function messageOf({ role, text }: Message, label: string, changed: () => void) {
  const marks = make("pre", { ariaHidden: "true", dir: "auto" });
  // Some browsers send what they check for spelling to their maker.
  const area = make("textarea", { value: text, dir: "auto", ariaLabel: label, part: "text", rows: 1, spellcheck: false, autocomplete: "off" });
  const tick = make("input", { type: "checkbox", onchange: changed });
  const body = make("div", { className: "text" }, marks, area);
  const peek = make("span", { dir: "auto" }); // of what is not chosen
  const draw = () => {
    let at = 0;
    marks.textContent = "";
    for (const found of area.value.matchAll(personal)) {
      marks.append(area.value.slice(at, found.index), make("mark", {}, found[0]));
      at = found.index + found[0].length;
    }
    marks.append(area.value.slice(at) + "\n");
    peek.textContent = area.value.slice(0, 99);
    changed();
  };
  area.oninput = draw;
  return {
    element: make("div", {}, make("label", {}, tick, make("small", {}, label), peek), body),
    role, area, tick, body, draw,
    /** Puts a text in place of the selected, so that the browser's undo knows of it. */
    put(replacement: string) {
      area.focus();
      if (!area.matches(":focus") || !document.execCommand("insertText", false, replacement)) area.setRangeText(replacement);
      draw();
    },
  };
}

export function offer(face: Face, form: Form, { url = "", key, token }: Options, given: Given) {
  const panel = face.comment.parentElement!;
  const root = panel.getRootNode() as ShadowRoot;
  const host = root.host as HeedFeedback;
  const words = form.words;
  if (panel.nextSibling) return (panel.nextSibling as Box).update(given);
  const conversation = () => host.conversation?.filter(({ role, text }) => /^(user|assistant|system|tool)$/.test(role) && text) ?? [];
  if (!crypto.subtle || !(given[3] || conversation()[0])) return;

  let messages: ReturnType<typeof messageOf>[] = [];
  let last: (typeof messages)[0]; // that was selected in

  const button = (name: string, className: string, onclick: () => void) => make("button", { className, part: name, onclick }, words[name]!);
  const tick = make("input", { type: "checkbox", onchange: () => show(true) });
  const label = new Text();
  const shown = button("show", "more", () => show(!!what.hidden));
  const scope = make("select", { ariaLabel: words.scope, onchange: () => changed() }, ...["answer", "messages", "conversation"].map((value) => make("option", { value }, words[value]!)));
  const strike = button("strike", "tag", () => {
    if (chosen().includes(last) && last.area.selectionEnd > last.area.selectionStart) last.put(struck);
  });
  const strikeMarked = button("strike_marked", "tag", () => {
    for (const { area, body, put } of chosen())
      if (body.querySelector("mark")) {
        area.select();
        put(area.value.replace(personal, struck));
      }
  });
  const notice = make("small", { dir: "auto" });
  const send = button("attach_send", "send", () => attach());
  const what = make("div", { className: "what" });
  const said = make("span", { role: "status" });
  const withdraw = button("withdraw", "undo", () => destroy());
  const asked = row(make("label", {}, tick, label), shown);
  const foot = row(send, said, withdraw);
  const box = make("div", { className: "panel attach", part: "attach", role: "group", update }, asked, what, foot);

  /** What is ticked or said stays when the form folds away. */
  const say = (word: string) => {
    said.textContent = words[word] ?? "";
    foot.hidden = !word;
    box.classList.toggle("kept", tick.checked || !!word);
  };
  const chosen = () => messages.filter(({ element, body }) => !element.hidden && !body.hidden);

  /** Shows of the conversation what the scope names. */
  const changed = () => {
    const answer = messages.findLastIndex(({ role }) => role == "user");
    messages.forEach(({ element, tick, body }, i) => {
      element.hidden = scope.value == "answer" && i < answer;
      tick.hidden = scope.value != "messages";
      body.hidden = !tick.hidden && !tick.checked;
    });
    scope.hidden = answer < 1;
    strikeMarked.hidden = !chosen().some(({ body }) => body.querySelector("mark"));
    send.disabled = !chosen()[0];
  };

  const show = (visible: boolean) => {
    what.hidden = !visible;
    notice.textContent = form.attach!.notice.lines.join("\n");
    if (form.privacy) notice.append("\n", make("a", { href: url + form.privacy, target: "_blank" }, words.privacy!));
    shown.textContent = words[visible ? "hide" : "show"]!;
    shown.ariaExpanded = String(visible);
    send.hidden = !visible || !tick.checked;
    say(send.hidden ? "" : "sealed");
  };

  /** Offers anew, or says what is attached. */
  const begin = () => {
    tick.checked = false;
    withdraw.hidden = !given[3];
    messages = (given[3] ? [] : conversation()).map((message) => {
      const made = messageOf(message, words[message.role]!, () => changed());
      made.area.onselect = () => (last = made);
      return made;
    });
    asked.hidden = !messages[0];
    what.replaceChildren(scope, ...messages.map(({ element }) => element), make("small", {}, words.hint!), row(strike, strikeMarked), notice);
    for (const { draw } of messages) draw();
    show(false);
  };

  const ask: Ask = (method, path, body) =>
    fetch(url + "/v1/" + path, {
      method,
      headers: { "Content-Type": "application/json", Authorization: "Bearer " + (token ?? key) },
      body: body && JSON.stringify(body),
    }).catch(offline);

  const remember = (id?: string) => {
    given[3] = id;
    try {
      const all = JSON.parse(localStorage.heed) as Given[];
      all.find(([response]) => response == given[0])![3] = id;
      localStorage.heed = JSON.stringify(all);
    } catch {}
    begin();
  };

  /** Delivers once, and says what became of it. Nothing is kept where it cannot be sent. */
  const attach = async () => {
    if (what.inert) return;
    what.inert = true;
    say("sealing");
    const vote = { response_id: given[0], id: given[1] || undefined, surface: "web", vote: voteOf(given[2]) };
    const parts = chosen().map(({ role, area }) => ({ role, text: area.value }));
    const answer: Outcome = await import(url + form.attach!.deliver)
      .then(({ deliver }: typeof import("./deliver")) => deliver(ask, form.attach!, vote, scope.hidden ? "answer" : scope.value, parts, () => say("sending")), offline)
      .catch(Response.error);
    const { ok, status } = answer;
    what.inert = false;
    if (ok) {
      remember((await answer.json!()).id);
      say("attached");
      withdraw.focus();
    } else if (status == 409) {
      const fresh = await ask("GET", `form?lang=${form.lang}&feature=${encodeURIComponent(host.getAttribute("feature") ?? "")}`);
      if (fresh.ok) form.attach = (await fresh.json()).attach;
      tick.checked = false;
      show(true);
      say("changed");
      tick.focus();
    } else say(status == 413 ? "too_large" : status > 499 || status == 429 ? "unsent" : "not_attached");
  };

  const destroy = async () => {
    const { ok, status } = await ask("DELETE", "attachments/" + given[3]);
    if (ok || status == 404) {
      remember();
      say("withdrawn");
      tick.focus();
    } else say("not_withdrawn");
  };

  function update(now: Given) {
    given = now;
    label.data = box.ariaLabel = words[voteOf(given[2]) == "up" ? "attach_good" : "attach_bad"]!;
  }

  if (!sheet) (sheet = new CSSStyleSheet()).replaceSync(css);
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets.push(sheet);
  update(given);
  begin();
  if (given[3]) say("attached");
  panel.after(box);
}
