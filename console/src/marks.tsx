/** Saying for what feedback may be used. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, forget, may, useAsk, useChange, within } from "./ask";
import { Modal } from "./keys";
import { grouped, said } from "./makefinding";
import { Trouble } from "./parts";
import type { Mark } from "./shapes/datasets";
import type { Feedback } from "./shapes/feedback";
import type { List } from "./shapes/lists";
import { filters, span, spanName, spans } from "./url";
import { count, counted, moment, named } from "./words";

export const purposes = ["evaluation", "training"];

const marksOf = (feedback: string) => `/v1/feedback/${encodeURIComponent(feedback)}/marks`;

const again = (feedback: string) => {
  forget(marksOf(feedback));
  forget("/v1/datasets");
};

/** For what a feedback may be used, and marking it. */
export function Marks({ feedback }: { feedback: string }) {
  const { data, error } = useAsk<List<Mark>>(within(marksOf(feedback)));
  const [problem, busy, change] = useChange();
  // Whoever may mark sees where at once, so that what is below does not move under the pointer when the marks come.
  if (data ? !may("mark") && data.items.length === 0 : error || !may("mark")) return null;
  const of = (purpose: string) => data?.items.find((m) => m.purpose === purpose);
  const mark = (purpose: string) => change(() => call("POST", within("/v1/datasets/marks"), { purpose, feedback: [feedback] }).finally(() => again(feedback)));
  const unmark = (purpose: string) => change(() => call("POST", within("/v1/datasets/unmarks"), { purpose, feedback: [feedback] }).finally(() => again(feedback)));
  return (
    <Fragment>
      <h2 class="below">Use for datasets</h2>
      <Trouble error={problem} />
      <dl class="facts marks">
        {purposes.map((purpose) => {
          const m = of(purpose);
          if (!m && !may("mark")) return null;
          return (
            <Fragment key={purpose}>
              <dt>{named(purpose)}</dt>
              <dd>
                {m && <span title={`Marked ${moment(m.at)}`}>{m.attachment_id ? "with what is attached" : m.texts ? "with its texts" : "without texts"}</span>}
                {may("mark") && (!m || !m.texts) && <button class="plain" disabled={busy || !data} onClick={() => mark(purpose)}>{m ? "Use its texts, too" : `Use for ${purpose}`}</button>}
                {may("mark") && m && <button class="plain" disabled={busy} onClick={() => unmark(purpose)}>Take back</button>}
              </dd>
            </Fragment>
          );
        })}
      </dl>
    </Fragment>
  );
}

/** Marking what is attached, while it is revealed. Every notice so far says that it trains no models. */
export function UseAttached({ feedback, attachment }: { feedback: string; attachment: string }) {
  const marks = useAsk<List<Mark>>(within(marksOf(feedback))).data?.items ?? [];
  const [problem, busy, change] = useChange();
  if (!may("mark")) return null;
  const used = marks.some((m) => m.attachment_id === attachment);
  const use = () => change(() => call("POST", within("/v1/datasets/marks"), { purpose: "evaluation", feedback: [feedback], attachment_id: attachment }).finally(() => again(feedback)));
  return (
    <Fragment>
      <Trouble error={problem} />
      {used ? <p class="soft">Used for evaluation.</p> : <p><button class="button" disabled={busy} onClick={use}>Use for evaluation</button></p>}
      <p class="note">Redacted, as question and answer of a test case. The person was told that it trains no models, so it cannot be used for training.</p>
    </Fragment>
  );
}

/** The button that marks what is picked, or all that the filters keep. */
export function MarkFeedback({ picked }: { picked: Feedback[] }) {
  const [open, setOpen] = useState(false);
  if (!may("mark") || (picked.length === 0 && filters.value.length === 0)) return null;
  return (
    <Fragment>
      <button class="button" onClick={() => setOpen(true)}>Mark for datasets</button>
      <Modal open={open} close={() => setOpen(false)} label="Mark for datasets"><Form picked={picked} close={() => setOpen(false)} /></Modal>
    </Fragment>
  );
}

function Form({ picked, close }: { picked: Feedback[]; close: () => void }) {
  const [purpose, setPurpose] = useState("evaluation");
  const [done, setDone] = useState<{ marked: number; matched: number }>();
  const [problem, busy, change] = useChange();
  const filter = grouped(filters.value);
  const window = { from: new Date(span.value.from).toISOString(), to: new Date(span.value.to).toISOString() };
  const mark = (e: Event) => {
    e.preventDefault();
    change(() => call<{ marked: number; matched: number }>("POST", within("/v1/datasets/marks"), {
      purpose, ...(picked.length > 0 ? { feedback: picked.map((f) => f.id) } : { filter, ...window }),
    }).then(setDone).finally(() => { forget("/v1/datasets"); for (const f of picked) forget(marksOf(f.id)); }));
  };
  if (done) {
    return <div><h2>Marked</h2><p>{counted(done.matched, "item")} for {purpose}, {count(done.marked)} of them new.</p><button class="button main" onClick={close}>Good</button></div>;
  }
  return (
    <form onSubmit={mark}>
      <h2>Mark for datasets</h2>
      <p class="caption">{picked.length > 0 ? `${counted(picked.length, "piece")} of feedback that you picked and looked at: with texts, and with question and answer where they are kept.`
        : `All feedback with ${said(filter, (t) => named(t))} in the ${spans[spanName.value].name}. Nobody looked at each, so votes, tags and names are used, and no text.`} Attachments are marked one at a time, where they are read.</p>
      <Trouble error={problem} />
      {purposes.map((p) => <label class="choice"><input type="radio" name="purpose" checked={purpose === p} onChange={() => setPurpose(p)} /><b>{named(p)}</b></label>)}
      <button class="button main" disabled={busy}>Mark</button> <button type="button" class="button" onClick={close}>Cancel</button>
    </form>
  );
}
