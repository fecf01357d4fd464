/** What people can ask for: everything that is kept about them, or to be erased. */
import { Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, forget, may, useAsk, within, type Problem } from "./ask";
import { Ready, Trouble } from "./parts";
import { counted, moment } from "./words";

interface Held { feedback: number; responses: number; attachments: number }

interface Demand {
  id: string;
  status: "preview" | "pending" | "done";
  requested_at?: string;
  found: Held;
  receipt?: unknown;
}

const held = ({ feedback, responses, attachments }: Held): string =>
  [counted(feedback, "piece of feedback", "pieces of feedback"), counted(responses, "answer"), counted(attachments, "attachment")].join(", ");

const isNothing = (h: Held) => h.feedback + h.responses + h.attachments === 0;

/** Gives a value as a file. */
function save(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(value, null, 1)], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

const demand = (id: string) => call<Demand>("GET", within(`/v1/erasures/${encodeURIComponent(id)}`));

/** Looks a person up, and does what they asked for. Their id is sent and shown, and kept nowhere. */
export function People() {
  const [user, setUser] = useState("");
  const [found, setFound] = useState<Held>();
  const [erasure, setErasure] = useState<Demand>();
  const [problem, setProblem] = useState<Problem>();
  const [busy, setBusy] = useState(false);
  const run = (work: () => Promise<unknown>) => {
    setBusy(true);
    setProblem(undefined);
    work().catch(setProblem).finally(() => setBusy(false));
  };
  const lookUp = () => run(async () => {
    setErasure(undefined);
    setFound((await call<Demand>("POST", within("/v1/erasures"), { user, preview: true })).found);
  });
  const erase = () => confirm("Erase this person? Their texts become unreadable at once. This cannot be undone.") && run(async () => {
    setErasure(await call<Demand>("POST", within("/v1/erasures"), { user }));
    setFound(undefined);
    setUser("");
  });
  const tell = () => run(async () => save("person.json", await call("POST", within("/v1/subjects"), { user })));
  useEffect(() => {
    if (erasure?.status !== "pending") return;
    const timer = setTimeout(() => demand(erasure.id).then(setErasure, setProblem), 1000);
    return () => clearTimeout(timer);
  }, [erasure]);
  useEffect(() => {
    if (!erasure) return;
    forget("/v1/erasures");
    forget("/v1/privacy");
  }, [erasure?.status]);
  return (
    <section class="card" aria-label="Somebody asks">
      <h2>Somebody asks</h2>
      <p class="caption">Look a person up by the id that your application sends as user. It becomes a pseudonym, and is written nowhere.</p>
      <Trouble error={problem} />
      <form class="line-form" onSubmit={(e) => { e.preventDefault(); lookUp(); }}>
        <input aria-label="Id of the person" placeholder="u-42" autocomplete="off" spellcheck={false} value={user} required
          onInput={(e) => { setUser(e.currentTarget.value); setFound(undefined); }} />
        <button class="button main" disabled={busy}>Look up</button>
      </form>
      <div role="status">
        {found && (isNothing(found) ? <p class="note">Nothing is kept under this id.</p> : (
          <div class="said">
            <b>Kept about this person:</b> {held(found)}.
            <p class="line-form">
              {may("subject") && <button class="button" disabled={busy} onClick={tell}>Everything, as a file</button>}
              <button class="button bad" disabled={busy} onClick={erase}>Erase this person</button>
            </p>
          </div>
        ))}
        {erasure && (
          <div class="said">
            <b>{erasure.status === "done" ? "Erased." : "The keys are destroyed; the rest is under way."}</b> Found: {held(erasure.found)}.
            {erasure.receipt !== undefined && <p class="line-form"><button class="button" onClick={() => save(`receipt-${erasure.id}.json`, erasure.receipt)}>Receipt</button></p>}
          </div>
        )}
      </div>
    </section>
  );
}

/** The demands there were, newest first. They name nobody. */
export function Demands() {
  const demands = useAsk<{ items: Demand[] }>(within("/v1/erasures"));
  const [problem, setProblem] = useState<Problem>();
  const receipt = (d: Demand) => demand(d.id).then((whole) => save(`receipt-${d.id}.json`, whole.receipt), setProblem);
  return (
    <section class="card" id="erasures" aria-label="Asked to be erased">
      <h2>Asked to be erased</h2>
      <p class="caption">Newest first. They name nobody; <code>heed audit verify --receipt FILE</code> checks a receipt.</p>
      <Trouble error={problem} />
      <Ready answer={demands}>
        {({ items }) => items.length === 0 ? <p class="note">Nobody yet.</p> : (
          <ul class="demands">
            {items.map((d) => (
              <li><span>{moment(d.requested_at!)}<small>{held(d.found)}</small></span>
                {d.status === "done" ? <button class="button" aria-label={`Receipt of ${d.id}`} onClick={() => receipt(d)}>Receipt</button> : <span class="bad">under way</span>}</li>
            ))}
          </ul>
        )}
      </Ready>
    </section>
  );
}
