/** Small parts that every page is made of. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { useAsk, within, type Answer, type Problem } from "./ask";
import { counted, named } from "./words";

/** Says what went wrong and what was kept. */
export const Trouble = ({ error }: { error?: Problem | undefined }) =>
  error ? <p class="problem" role="alert">{error.message}</p> : null;

/** A titled part of a page of settings. */
export const Part = ({ title, caption, children }: { title: string; caption: ComponentChildren; children: ComponentChildren }) => (
  <section class="card"><h2>{title}</h2><p class="caption">{caption}</p>{children}</section>
);

export interface Table {
  head: string[];
  rows: (string | number)[][];
}

/** A titled part of a page. With a table, a button shows the chart as numbers. */
export function Card(props: { title: string; caption?: string; table?: Table | null; stale?: boolean; children: ComponentChildren }) {
  const [asTable, setAsTable] = useState(false);
  return (
    <section class="card">
      <header>
        <h2>{props.title}</h2>
        {props.table && <button class="plain" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>{asTable ? "Chart" : "Table"}</button>}
      </header>
      {props.caption && <p class="caption">{props.caption}</p>}
      <div class={props.stale ? "stale" : ""}>{asTable && props.table ? <Numbers {...props.table} /> : props.children}</div>
    </section>
  );
}

/** A table of numbers: all columns but the first are right-aligned. */
export const Numbers = ({ head, rows }: Table) => (
  <div class="scroll" tabIndex={0}>
    <table>
      <thead><tr>{head.map((name, i) => <th scope="col" class={i ? "number" : ""}>{name}</th>)}</tr></thead>
      <tbody>{rows.map((row) => <tr>{row.map((cell, i) => <td class={i ? "number" : ""}>{cell}</td>)}</tr>)}</tbody>
    </table>
  </div>
);

/** How many people are known to have spoken: votes that name nobody are of people whom nobody counted. */
export const People = ({ n }: { n: number }) =>
  <span title="Whom your application names, each by a pseudonym. Votes that name nobody are not among them.">{counted(n, "person", "people")} named</span>;

/** A number that opens its evidence, and says on hover what it is made of. */
export const N = (props: { href?: string; title?: string; kind?: "good" | "bad" | undefined; children: ComponentChildren }) =>
  props.href
    ? <a href={props.href} title={props.title} class={props.kind}>{props.children}</a>
    : <b title={props.title} class={props.kind}>{props.children}</b>;

/** The width of an element, and what to give it as ref. */
export function useWidth(): [number, preact.RefObject<HTMLDivElement | null>] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useLayoutEffect(() => {
    const element = ref.current!;
    setWidth(element.clientWidth);
    const observer = new ResizeObserver(() => setWidth(element.clientWidth));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [width, ref];
}

/** A button that copies a text and says so. */
export function Copy({ text, children }: { text: string; children?: ComponentChildren }) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2000);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = () => navigator.clipboard.writeText(text).then(() => setCopied(true), () => setCopied(false));
  return <button class="button" onClick={copy}><span aria-live="polite">{copied ? "Copied" : children ?? "Copy"}</span></button>;
}

/** The project's labels of tags; a tag without one is called by its name. */
export function useTagNames(): (tag: string) => string {
  const form = useAsk<{ tags: [string, string][] }>(within("/v1/form", new URLSearchParams({ lang: "en" })));
  const labels = new Map(form.data?.tags);
  return (tag) => labels.get(tag) ?? named(tag);
}

/** The tags of a feedback. */
export const Tags = ({ tags, name }: { tags: string[]; name: (tag: string) => string }) =>
  tags.length ? <span class="tags">{tags.map((tag) => <span class={tag === "unsafe" ? "tag bad" : "tag"}>{name(tag)}</span>)}</span> : null;

/** What a person said, in one word. */
export function Vote({ vote, score }: { vote: string; score?: { value: number; max: number } | null }) {
  if (vote === "up") return <span class="vote up">Good</span>;
  if (vote === "down") return <span class="vote down">Bad</span>;
  return <span class="soft">{score ? `${score.value} of ${score.max}` : "No vote"}</span>;
}

/** Text that somebody wrote, shown as text, whatever is in it. */
export const Quote = ({ text, status, children }: { text?: string | null | undefined; status?: string | undefined; children?: ComponentChildren }) => {
  if (status) return <p class="soft">{reasons[status] ?? status}</p>;
  return text ? <Fragment>{children}<blockquote class="quote" dir="auto">{text}</blockquote></Fragment> : null;
};

/** What an answer was given. A list of messages is told one by one, as they are; whatever else was sent stands as it was sent. */
export const Asked = ({ text, status }: { text?: string | null | undefined; status?: string | undefined }) => (
  <Fragment>{messages(text ?? "").map((m, i) => <Quote text={m.content} status={i ? undefined : status}><p class="soft">{m.role === "user" ? "Asked" : m.role === "assistant" ? "Answered" : named(m.role)}, redacted</p></Quote>)}</Fragment>
);

/** The messages of a conversation, where all of them are plain text. */
function messages(text: string): { role: string; content: string }[] {
  try {
    const list = text[0] === "[" ? JSON.parse(text) : [];
    if (list.length && list.every((m: unknown) => typeof (m as { role: unknown })?.role === "string" && typeof (m as { content: unknown }).content === "string")) return list;
  } catch {
    // It was no JSON, or is none since it was redacted.
  }
  return [{ role: "user", content: text }];
}

const reasons: Record<string, string> = {
  erased: "This text was erased: its key is destroyed.",
  withheld: "This text is withheld: it could not be redacted for certain.",
  role: "Your role reads no texts.",
  damaged: "This text cannot be opened: it is not what was sealed here.",
};

/** What somebody writes in place of a text that others may change meanwhile. */
export interface Draft {
  text: string;
  set: (text: string) => void;
  end: () => void;
  /** Keeps it, and ends it where that was done. What somebody else wrote since it was begun is replaced only by who has been told of that. */
  keep: (keep: (text: string) => Promise<boolean>) => void;
  /** Whether somebody else did, and whether who saved has been told. */
  theirs: boolean;
  told: boolean;
}

/** A draft in place of what is said now, once it is begun. */
export function useDraft(said: string): [draft: Draft | null, begin: (text?: string) => void] {
  const [draft, setDraft] = useState<{ text: string; of: string; told: boolean } | null>(null);
  const begin = (text = said) => setDraft({ text, of: said, told: false });
  if (!draft) return [null, begin];
  const theirs = draft.of !== said;
  const tell = () => setDraft((now) => now && { ...now, told: true });
  return [{
    text: draft.text, theirs, told: draft.told,
    set: (text) => setDraft({ ...draft, text }),
    end: () => setDraft(null),
    keep: (keep) => (theirs && !draft.told ? tell() : void keep(draft.text).then((ok) => (ok ? setDraft(null) : tell()))),
  }, begin];
}

/** Says that a draft would replace what somebody else wrote. */
export const Theirs = ({ draft }: { draft: Draft }) =>
  draft.theirs ? <p class="problem" role="status">Somebody else wrote here since you began: it stands above.{draft.told && " Save once more to replace it."}</p> : null;

/** Waits quietly: nothing is shown before 200 ms. */
export function Wait() {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return late ? <p class="soft" role="status">Asking …</p> : null;
}

/** Shows an answer once it is there. */
export function Ready<T>({ answer, children }: { answer: Answer<T>; children: (data: T) => ComponentChildren }) {
  if (answer.data === undefined) return answer.error ? <Trouble error={answer.error} /> : <Wait />;
  return <Fragment><Trouble error={answer.error} />{children(answer.data)}</Fragment>;
}
