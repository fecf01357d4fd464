/** One of several, by typing a part of its name. */
import { Fragment, h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { counted } from "./words";

export interface Choice {
  id: string;
  name: string;
  hint?: string;
}

/** How many are shown at once; what is typed finds the others. */
const most = 50;

export function Pick(props: { label: string; choices: Choice[]; chosen: string; choose: (c: Choice) => void; none?: string }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const words = text.toLowerCase().split(/\s+/);
  const all = props.choices.filter((c) => words.every((word) => c.name.toLowerCase().includes(word)));
  const found = all.slice(0, most);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => void list.current?.children[at]?.scrollIntoView({ block: "nearest" }), [at]);
  // Whoever types fast is done before the server has told what there is.
  const entered = useRef(false);
  useEffect(() => {
    if (!entered.current || !found[at]) return;
    entered.current = false;
    props.choose(found[at]);
  });
  const keyed = (e: KeyboardEvent) => {
    entered.current = e.key === "Enter" && !found[at];
    if (e.key === "Enter") {
      e.preventDefault();
      if (found[at]) props.choose(found[at]);
    } else if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      setAt((at + (e.key === "ArrowDown" ? 1 : found.length - 1)) % Math.max(1, found.length));
    }
  };
  return (
    <Fragment>
      <input autofocus placeholder={props.label} aria-label={props.label} role="combobox" aria-expanded="true" aria-controls="choices" aria-activedescendant={`choice-${at}`}
        value={text} onInput={(e) => { setText(e.currentTarget.value); setAt(0); }} onKeyDown={keyed} />
      <ul id="choices" role="listbox" aria-label={props.label} ref={list}>
        {found.map((c, i) => (
          <li id={`choice-${i}`} role="option" aria-selected={i === at} onClick={() => props.choose(c)} onPointerMove={() => setAt(i)}>
            <span><bdi>{c.name}</bdi></span><span class="soft">{c.id !== "" && c.id === props.chosen ? "now" : c.hint ?? ""}</span>
          </li>
        ))}
        {found.length === 0 && <li role="option" aria-selected="false" aria-disabled="true">{props.none ?? "Nothing is called that."}</li>}
      </ul>
      <p class={all.length > most ? "foot soft" : "hidden"} role="status">{all.length > most ? `And ${counted(all.length - most, "other")}: type a part of the name.` : ""}</p>
    </Fragment>
  );
}
