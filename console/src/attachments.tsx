/** What people attached to their feedback, read one at a time, with a reason. */
import { Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, forget, may, useAsk, within, type Problem } from "./ask";
import { Quote, Trouble } from "./parts";
import { UseAttached } from "./marks";
import type { Attachment, Said, Revealed, SealedAttachment } from "./shapes/attachments";
import type { List } from "./shapes/lists";
import { unseal } from "./unseal";
import { day, hour, moment, named } from "./words";

const scopes: Record<string, string> = {
  answer: "The question and its answer", messages: "Some messages of the conversation", conversation: "The whole conversation",
};

const fates: Record<string, string> = {
  withdrawn: "withdrawn, and destroyed", expired: "destroyed, its days were over", erased: "destroyed with the person’s data",
};

export function Attachments({ feedback }: { feedback: string }) {
  const items = useAsk<List<Attachment>>(within(`/v1/feedback/${encodeURIComponent(feedback)}/attachments`)).data?.items ?? [];
  if (!items.length) return null;
  return (
    <Fragment>
      <h2>Attached, with consent</h2>
      {items.map((a) => <Attached key={a.id} a={a} />)}
    </Fragment>
  );
}

function Attached({ a }: { a: Attachment }) {
  const [shown, setShown] = useState<Revealed>();
  useEffect(() => {
    if (!shown) return;
    const timer = setTimeout(() => setShown(undefined), Date.parse(shown.expires_at) - Date.now());
    return () => clearTimeout(timer);
  }, [shown]);
  return (
    <div class="attached">
      <p>
        {scopes[a.scope] ?? a.scope}
        <span class="soft"> {a.ended_at ? `${fates[a.ended_by ?? ""] ?? "destroyed"} ${day(a.ended_at)}` : `agreed to ${moment(a.consent.time)}, kept until ${day(a.expires_at)}`}</span>
      </p>
      {!a.ended_at && !shown && may("reveal") && <Ask a={a} done={setShown} />}
      {shown?.sealed && !shown.parts && <Unseal sealed={shown.sealed} done={(parts) => setShown({ ...shown, parts })} />}
      {shown?.parts?.map((p) => <Quote text={p.text}><p class="soft">{p.role === "user" ? "Asked" : p.role === "assistant" ? "Answered" : named(p.role)}</p></Quote>)}
      {shown?.parts && !shown.sealed && <UseAttached feedback={a.feedback_id} attachment={a.id} />}
      {shown && (
        <p class="note">{shown.parts ? "As it was said. Hidden again" : "Taken away again"} at {hour(shown.expires_at)}. <button class="plain" onClick={() => setShown(undefined)}>Hide now</button></p>
      )}
    </div>
  );
}

/** Opens what only a key file of the customer's opens. The file is read here, and sent nowhere. */
function Unseal({ sealed, done }: { sealed: SealedAttachment; done: (parts: Said[]) => void }) {
  const [problem, setProblem] = useState<Error>();
  const open = (file: File | undefined) => {
    setProblem(undefined);
    file?.text().then((text) => unseal(text, sealed)).then(done, setProblem);
  };
  const save = () => {
    const url = URL.createObjectURL(new Blob([JSON.stringify(sealed)], { type: "application/json" }));
    Object.assign(document.createElement("a"), { href: url, download: `${sealed.id}.json` }).click();
    setTimeout(() => URL.revokeObjectURL(url));
  };
  return (
    <Fragment>
      <p>Sealed for your key <code>{sealed.key_id}</code>. This server cannot open it.</p>
      {problem && <p class="problem" role="alert">{problem.message}</p>}
      <label class="button main">Open with the key file<input type="file" class="hidden" onChange={(e) => { open(e.currentTarget.files?.[0]); e.currentTarget.value = ""; }} /></label>{" "}
      <button class="button" onClick={save}>Save it sealed</button>
      <p class="note">The key file is read in this page and sent nowhere. One that age protects opens it elsewhere: <code>heed keys open {sealed.id}.json --private FILE</code></p>
    </Fragment>
  );
}

function Ask({ a, done }: { a: Attachment; done: (r: Revealed) => void }) {
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [problem, setProblem] = useState<Problem>();
  const path = `/v1/attachments/${encodeURIComponent(a.id)}`;
  const read = () => call("POST", within(`${path}/reveals`), { reason }).then(() => call<Revealed>("GET", within(`${path}/content`)))
    .then(done, (p: Problem) => { setProblem(p); forget(`/v1/feedback/${a.feedback_id}/attachments`); });
  if (!open) return <button class="button" onClick={() => setOpen(true)}>Read it</button>;
  return (
    <form onSubmit={(e) => { e.preventDefault(); setProblem(undefined); void read(); }}>
      <Trouble error={problem} />
      <label class="field"><span>Why do you need to read this?</span>
        <input value={reason} minLength={4} maxLength={500} required autoFocus onInput={(e) => setReason(e.currentTarget.value)} />
      </label>
      <p class="note">Your name, the time and this reason are written down. You can read it for fifteen minutes, and one at a time.{a.key_id?.startsWith("ck_") && " It is sealed for your own key: have its file at hand."}</p>
      <button class="button main">Read it</button> <button type="button" class="button" onClick={() => setOpen(false)}>Cancel</button>
    </form>
  );
}
