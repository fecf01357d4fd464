/** What the people who spoke are told of a finding. */
import { Fragment, h } from "preact";
import { may } from "./ask";
import type { FindingDetail } from "./shapes/findings";
import { Theirs, useDraft } from "./parts";
import { counted } from "./words";

/** How the widget begins, in English; a browser test holds it against the widget's own words. */
const headlines: Record<FindingDetail["follow_up"]["state"], string> = {
  received: "", looking: "We are looking into it.", fixed: "It is fixed.", declined: "We looked into it.",
};

export function FollowUp({ f, change }: { f: FindingDetail; change: (body: object) => Promise<boolean> }) {
  const [draft, begin] = useDraft(f.public ?? "");
  const sentence = draft?.text ?? f.public ?? "";
  const told = f.follow_up;
  const writes = may("review");
  return (
    <section class="card">
      <header><h2>What people are told</h2>{f.public && <span class="soft">{told.state === "fixed" ? "fixed" : told.state === "declined" ? "why it stays" : "being looked at"}</span>}</header>
      {!f.public && !writes && <p class="soft">Nothing yet.</p>}
      {writes && (
        <form onSubmit={(e) => { e.preventDefault(); draft?.keep((text) => change({ public: text })); }}>
          {draft?.theirs && f.public && <blockquote class="quote" dir="auto">{f.public}</blockquote>}
          {draft && <Theirs draft={draft} />}
          <label class="field"><span>One sentence for the people who spoke</span>
            <textarea id="public" rows={2} maxLength={500} value={sentence} placeholder={told.state === "fixed" ? "Such as: answers on opening hours now come from the branch’s own page." : told.state === "declined" ? "Such as: prices differ by branch, so we cannot name one." : "Such as: some answers on opening hours are out of date."}
              onInput={(e) => (draft ? draft.set : begin)(e.currentTarget.value)} />
          </label>
          <p class="moves">
            <button class="button main" disabled={!sentence.trim() || sentence === (f.public ?? "")}>{f.public ? "Tell them this instead" : "Tell them"}</button>
            {f.public && <button type="button" class="button" onClick={() => void change({ public: "" }).then((ok) => ok && draft?.end())}>Stop telling</button>}
          </p>
        </form>
      )}
      {sentence.trim() && (
        <Fragment>
          <p class="caption">As they see it{f.public && sentence === f.public ? "" : ", once you save it"}:</p>
          <div class="told" role="group" aria-label="As people see it">
            <div><span class="soft">You told us about an answer.</span> <b>{told.release ? <Fragment>It is fixed in <bdi>{told.release}</bdi>.</Fragment> : headlines[told.state]}</b><p dir="auto">{sentence}</p></div>
            <span class="button" aria-hidden="true">OK</span>
          </div>
        </Fragment>
      )}
      <p class="note">
        {f.public ? (f.shown ? `Seen so far for ${counted(f.shown, "piece")} of feedback. ` : "Nobody has seen it yet. ") : "Nothing is told before there is a sentence. "}
        Whoever gave feedback that belongs to this finding sees it once in the widget, and always when they open their link. The first words follow the state by themselves; nothing else of the finding is told.
      </p>
    </section>
  );
}
