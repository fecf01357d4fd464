/** The keyboard: places, filters, lists, and a palette that finds everything. */
import { signal } from "@preact/signals";
import { Fragment, h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { may } from "./ask";
import { filterMenu } from "./filters";
import { begin } from "./tour";
import { address, go, link, spans } from "./url";
import { views } from "./views";

/** Where one can go, with the key that follows g, and what one may do who can. */
const all: [path: string, name: string, key: string, action: string][] = [
  ["/live", "Live", "l", "items"], ["/overview", "Overview", "o", "numbers"], ["/explore", "Explore", "e", "numbers"],
  ["/responses", "Responses", "r", "items"], ["/feedback", "Feedback", "f", "items"], ["/inbox", "Inbox", "i", "items"], ["/findings", "Findings", "n", "items"], ["/reviews", "Reviews", "v", "items"], ["/datasets", "Datasets", "d", "items"], ["/alerts", "Alerts", "t", "items"],
  ["/audit", "Audit", "a", "audit"],
  ["/privacy", "Privacy", "p", "privacy"], ["/settings", "Settings", "s", "settings.read"],
];

/** Where whoever is signed in can go. */
export const places = () => all.filter(([, , , action]) => may(action));

/** Moves in the list that is shown, if one is. */
export const moves = signal<((by: number) => void) | null>(null);

/** Picks the item that is open, for what is done with several; or lets it go. */
export const pick = signal<(() => void) | null>(null);

/** What a key does to the item that is open, on the page that is shown. */
export const acts = signal<Record<string, () => void> | null>(null);

const palette = signal(false);
const help = signal(false);

const themed = signal("");

/** Chooses light, dark, or what the system says, and tells which. */
export function theme(next?: string): string {
  if (next !== undefined) {
    localStorage.setItem("heed-theme", next);
    if (next) document.documentElement.dataset.theme = next;
    else delete document.documentElement.dataset.theme;
    themed.value = next;
  }
  return themed.value;
}

function typing(e: KeyboardEvent): boolean {
  const on = e.target as HTMLElement;
  return on.closest("input, textarea, select, [contenteditable]") !== null || document.querySelector("dialog[open]") !== null;
}

/** Listens for keys until the function it returns is called. */
export function listenToKeys(): () => void {
  let going = 0;
  const down = (e: KeyboardEvent) => {
    if ((e.ctrlKey || e.metaKey) && e.key === "k") {
      e.preventDefault();
      palette.value = !palette.value;
      return;
    }
    if (e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
    const place = Date.now() - going < 1500 && places().find(([, , key]) => key === e.key);
    going = 0;
    if (place) return go(link(place[0]));
    switch (e.key) {
      case "g":
        going = Date.now();
        break;
      case "j":
      case "k":
        moves.value?.(e.key === "j" ? 1 : -1);
        break;
      case "x":
        pick.value?.();
        break;
      case "/":
        e.preventDefault();
        filterMenu.open();
        break;
      case "?":
        help.value = true;
        break;
      case "Escape": {
        const close = acts.value?.["Escape"];
        if (close) return close();
        const [, section, item] = address.value.pathname.split("/");
        if (item && section !== "settings") go(link(`/${section}`));
        break;
      }
      default: {
        const act = acts.value?.[e.key];
        if (act) e.preventDefault();
        act?.();
      }
    }
  };
  addEventListener("keydown", down);
  return () => removeEventListener("keydown", down);
}

/** Opens as a modal dialog while open is true. */
export function Modal(props: { open: boolean; close: () => void; class?: string; label: string; children: preact.ComponentChildren }) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (props.open) ref.current?.showModal();
    else ref.current?.close();
  }, [props.open]);
  return (
    <dialog ref={ref} class={props.class} aria-label={props.label} onClose={props.close}
      onClick={(e) => e.target === e.currentTarget && props.close()}>
      {props.open && props.children}
    </dialog>
  );
}

export const Dialogs = () => (
  <Fragment>
    <Modal open={palette.value} close={() => (palette.value = false)} class="palette" label="Find"><Palette /></Modal>
    <Modal open={help.value} close={() => (help.value = false)} label="Keys">
      <div>
        <h2>Keys</h2>
        <dl class="facts">
          {[[`g then ${places().map(([, , key]) => key).join(" ")}`, `go to ${places().map(([, name]) => name).join(", ")}`], ["/", "filter"], ["j k", "next and previous in a list"], ["x", "pick for a finding or a dataset"],
            ["e a t f", "in the inbox: handled, assign, name the cause, file under a finding"], ["w u", "in the inbox: write the right answer, undo"],
            ["Esc", "close what is open"], ["Ctrl K", "find a place or a command"], ["?", "this list"]].map(([key, what]) => <Fragment><dt><kbd>{key}</kbd></dt><dd>{what}</dd></Fragment>)}
        </dl>
        <p><button class="button" onClick={() => (help.value = false)}>Close</button></p>
      </div>
    </Modal>
  </Fragment>
);

interface Command {
  name: string;
  hint: string;
  run: () => void;
}

function commands(): Command[] {
  return [
    ...places().map(([path, name, key]) => ({ name, hint: `g ${key}`, run: () => go(link(path)) })),
    ...["origins", "keys", "snippets", "forms", "inbox", "content", "redaction", "privacy", "integrations", "notifications", "members"].map((part) => ({ name: `Settings: ${part}`, hint: "", run: () => go(link(`/settings/${part}`)) })),
    ...views.value.map((v) => ({ name: `View: ${v.name}`, hint: "", run: () => go(v.href) })),
    ...Object.entries(spans).map(([span, s]) => ({ name: `Show the ${s.name}`, hint: "", run: () => go(link(address.value.pathname, { span })) })),
    { name: "Light", hint: "theme", run: () => theme("light") },
    { name: "Dark", hint: "theme", run: () => theme("dark") },
    { name: "As the system", hint: "theme", run: () => theme("") },
    { name: "Keys", hint: "?", run: () => (help.value = true) },
    { name: "Tour", hint: "five minutes", run: begin },
  ];
}

function Palette() {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = commands().filter((c) => text.toLowerCase().split(/\s+/).every((word) => c.name.toLowerCase().includes(word)));
  const run = (c: Command | undefined) => {
    palette.value = false;
    c?.run();
  };
  const keyed = (e: KeyboardEvent) => {
    if (e.key === "Enter") run(found[at]);
    else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      setAt((at + (e.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(1, found.length));
    }
  };
  return (
    <Fragment>
      <input autofocus placeholder="Go to, show, choose" aria-label="Find" role="combobox" aria-expanded="true" aria-controls="found" aria-activedescendant={`found-${at}`}
        value={text} onInput={(e) => { setText(e.currentTarget.value); setAt(0); }} onKeyDown={keyed} />
      <ul id="found" role="listbox" aria-label="Found">
        {found.map((c, i) => (
          <li id={`found-${i}`} role="option" aria-selected={i === at} onClick={() => run(c)} onPointerMove={() => setAt(i)}><span>{c.name}</span><span class="soft">{c.hint}</span></li>
        ))}
        {found.length === 0 && <li>Nothing is called that.</li>}
      </ul>
    </Fragment>
  );
}
