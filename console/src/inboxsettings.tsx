/** Within which time feedback is to be looked at, and which causes reviewers tell apart. */
import { h } from "preact";
import { useState } from "preact/hooks";
import { Part, Trouble } from "./parts";
import type { Project } from "./shapes/projects";
import type { Problem } from "./ask";
import { useCauses } from "./makefinding";
import { named } from "./words";

export function InboxSettings(props: { p: Project; mayManage: boolean; problem: Problem | undefined; busy: boolean; save: (body: object) => void }) {
  const { unsafe_days, down_days, causes } = props.p.inbox;
  const [unsafe, setUnsafe] = useState(String(unsafe_days));
  const [down, setDown] = useState(String(down_days));
  const [own, setOwn] = useState(causes.join(" "));
  const standard = useCauses().filter((c) => !causes.includes(c));
  const save = (e: Event) => {
    e.preventDefault();
    props.save({ inbox: { unsafe_days: Number(unsafe), down_days: Number(down), causes: own.toLowerCase().split(/[\s,]+/).filter(Boolean) } });
  };
  return (
    <Part title="Within which time feedback is handled" caption="What is open for longer is overdue, in the inbox and on the overview. 0: there is no target. Praise and other words have none.">
      <Trouble error={props.problem} />
      <form onSubmit={save}>
        <fieldset class="plain-set" disabled={!props.mayManage || props.busy}>
          <div class="halves">
            <label class="field"><span>Days for what is unsafe</span><input type="number" min={0} max={365} required value={unsafe} onInput={(e) => setUnsafe(e.currentTarget.value)} /></label>
            <label class="field"><span>Days for bad votes, and what is broken</span><input type="number" min={0} max={365} required value={down} onInput={(e) => setDown(e.currentTarget.value)} /></label>
          </div>
          <label class="field"><span>Causes of your own, besides {standard.map((c) => named(c).toLowerCase()).join(", ")}</span>
            <input placeholder="such as: billing translation" value={own} onInput={(e) => setOwn(e.currentTarget.value)} />
          </label>
          {props.mayManage && <button class="button main">Save</button>}
        </fieldset>
      </form>
    </Part>
  );
}
