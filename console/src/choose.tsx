/** One of several, by typing a part of its name. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";

export interface Choice {
  id: string;
  name: string;
  hint?: string;
}

export function Pick(props: { label: string; choices: Choice[]; chosen: string; choose: (c: Choice) => void; none?: string }) {
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const found = props.choices.filter((c) => c.name.toLowerCase().includes(text.trim().toLowerCase()));
  const keyed = (e: KeyboardEvent) => {
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
      <ul id="choices" role="listbox" aria-label={props.label}>
        {found.map((c, i) => (
          <li id={`choice-${i}`} role="option" aria-selected={i === at} onClick={() => props.choose(c)} onPointerMove={() => setAt(i)}>
            <span><bdi>{c.name}</bdi></span><span class="soft">{c.id !== "" && c.id === props.chosen ? "now" : c.hint ?? ""}</span>
          </li>
        ))}
        {found.length === 0 && <li role="option" aria-selected="false" aria-disabled="true">{props.none ?? "Nothing is called that."}</li>}
      </ul>
    </Fragment>
  );
}
