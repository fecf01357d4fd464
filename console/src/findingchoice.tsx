/** Choosing one of all findings, however many there are. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { useEvery } from "./ask";
import { Pick, type Choice } from "./choose";
import { Modal } from "./keys";
import { Wait } from "./parts";
import type { Finding } from "./shapes/findings";
import { named } from "./words";

/** The states of findings that are open. */
export function openStates(): URLSearchParams {
  const params = new URLSearchParams();
  for (const state of ["new", "triaged", "fixing", "fixed", "regressed"]) params.append("state", state);
  return params;
}

/** Findings by a part of their title; only the open ones, unless all are asked for. */
export function PickFinding(props: { label: string; all?: boolean; without?: string[]; choose: (c: Choice) => void }) {
  const findings = useEvery<Finding>("/v1/findings", props.all ? undefined : openStates());
  if (!findings) return <p class="foot"><Wait /></p>;
  const choices = findings.filter((f) => !props.without?.includes(f.id)).map((f) => ({ id: f.id, name: f.title, hint: named(f.state) }));
  return <Pick label={props.label} choices={choices} chosen="" none={props.all ? "No finding is called that." : "No open finding is called that."} choose={props.choose} />;
}

/** A button that opens the choice, and says what was chosen. */
export function ChooseFinding(props: { label: string; says: string; class?: string; all?: boolean; without?: string[]; choose: (c: Choice) => void }) {
  const [open, setOpen] = useState(false);
  return (
    <Fragment>
      <button type="button" class={props.class ?? "chip"} aria-haspopup="dialog" aria-label={props.says === props.label ? undefined : `${props.label}: ${props.says}`} onClick={() => setOpen(true)}><bdi>{props.says}</bdi></button>
      <Modal open={open} close={() => setOpen(false)} class="palette" label={props.label}>
        <PickFinding {...props} choose={(c) => { setOpen(false); props.choose(c); }} />
      </Modal>
    </Fragment>
  );
}
