/** What people are asked, by feature, beside the real widget asking it. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { Trouble, useTagNames } from "./parts";
import type { FeedbackForm, Project, Question } from "./shapes/projects";
import type { Problem } from "./ask";

interface Props {
  p: Project;
  mayManage: boolean;
  problem: Problem | undefined;
  busy: boolean;
  save: (body: { tags: string[]; forms: FeedbackForm[] }) => void;
}

const styles: [style: string, name: string, say: string][] = [
  ["thumbs", "Thumbs", "One click says good or bad. More people answer."],
  ["stars", "Stars", "One to five. Four and five count as good votes, one and two as bad ones."],
  ["faces", "Faces", "The same five, as faces."],
];

/** The texts that are worth a project's own words. */
const wordings: [word: string, name: string, usual: string][] = [
  ["why", "After a bad vote", "What went wrong?"],
  ["praise", "After a good vote", "What was good?"],
  ["comment", "Comment", "Anything to add? (optional)"],
  ["correction", "Correction", "What should it have said? (optional)"],
  ["thanks", "Thanks", "Thanks."],
];

const usualPraise = ["accurate", "clear", "complete", "followed"];

/** A name made of what people read: "Did you find it?" is did_you_find_it. */
const nameOf = (text: string) => text.toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_+|_+$/g, "").slice(0, 24) || "question";

export function Forms({ p, mayManage, problem, busy, save }: Props) {
  const [tags, setTags] = useState(p.tags);
  const [forms, setForms] = useState(p.forms);
  const [feature, setFeature] = useState("");
  const [added, setAdded] = useState("");
  const form: FeedbackForm = forms.find((f) => f.feature === feature) ?? { feature };
  const change = (part: Partial<FeedbackForm>) => setForms([...forms.filter((f) => f.feature !== feature), { ...form, ...part }]);
  const changed = JSON.stringify([tags, forms]) !== JSON.stringify([p.tags, p.forms]);
  const features = [...new Set(["", ...forms.map((f) => f.feature), feature])];
  const name = useTagNames();

  const addFeature = (e: Event) => {
    e.preventDefault();
    if (added.trim()) setFeature(added.trim());
    setAdded("");
  };

  return (
    <div class="halves">
      <section class="card">
        <h2>What people are asked</h2>
        <p class="caption">A form stands under the answers of one feature, or under all that have none of their own: <code>&lt;heed-feedback feature="…"&gt;</code></p>
        <Trouble error={problem} />
        <fieldset class="plain-set" disabled={!mayManage}>
          <div class="tabs" role="group" aria-label="Form">
            {features.map((f) => <button class="chip" aria-pressed={f === feature} onClick={() => setFeature(f)}>{f || "All answers"}</button>)}
            {mayManage && (
              <form class="line-form" onSubmit={addFeature}>
                <input aria-label="Feature with a form of its own" placeholder="Another feature" maxLength={64} value={added} onInput={(e) => setAdded(e.currentTarget.value)} />
                <button class="button">Add a form</button>
              </form>
            )}
          </div>

          <Group title="What they click">
            {styles.map(([style, label, say]) => (
              <label class="choice"><input type="radio" name="style" checked={(form.style ?? "thumbs") === style} onChange={() => change({ style: style as FeedbackForm["style"] })} /><b>{label}</b><small>{say}</small></label>
            ))}
          </Group>

          <Group title="After a bad vote" say="In this order. Keys stay the same for ever, so that numbers can be compared; other tags that arrive are kept all the same.">
            {feature && <label class="choice"><input type="checkbox" checked={!form.tags} onChange={(e) => change({ tags: e.currentTarget.checked ? undefined : tags })} /><b>The tags of all answers</b></label>}
            {(!feature || form.tags) && <TagList label="New tag" tags={feature ? form.tags! : tags} name={name} change={(next) => (feature ? change({ tags: next }) : setTags(next))} />}
          </Group>

          <Group title="After a good vote" say="Nothing, unless you offer something. What people like is worth a tag where you want to compare it.">
            <TagList label="New praise" tags={form.praise ?? []} name={name} change={(praise) => change({ praise })} offer={usualPraise} />
          </Group>

          <Group title="Your own questions" say="Three at most. An answer by choice is a tag, such as found:yes; one in words becomes a part of the comment.">
            <Questions all={form.questions ?? []} change={(questions) => change({ questions })} />
          </Group>

          <Group title="Texts">
            <label class="choice"><input type="checkbox" checked={!form.no_comment} onChange={(e) => change({ no_comment: !e.currentTarget.checked })} /><b>Ask for a comment</b></label>
            <label class="choice"><input type="checkbox" checked={!form.no_correction} onChange={(e) => change({ no_correction: !e.currentTarget.checked })} /><b>Ask what the answer should have said</b></label>
            {wordings.map(([word, label, usual]) => (
              <label class="wording"><span>{label}</span>
                <input placeholder={usual} maxLength={100} value={form.words?.[word] ?? ""} onInput={(e) => {
                  const { [word]: _, ...others } = form.words ?? {};
                  change({ words: e.currentTarget.value ? { ...others, [word]: e.currentTarget.value } : others });
                }} /></label>
            ))}
            <p class="caption">Words of your own stand in every language; where you leave a line empty, Heed speaks the reader’s.</p>
          </Group>
        </fieldset>
        {mayManage && (
          <p class="note"><button class="button main" disabled={!changed || busy} onClick={() => save({ tags, forms })}>Save</button>{" "}
            {changed && <button class="plain" onClick={() => { setTags(p.tags); setForms(p.forms); }}>As it was</button>}{" "}
            {feature && forms.some((f) => f.feature === feature) && <button class="plain bad" onClick={() => { setForms(forms.filter((f) => f.feature !== feature)); setFeature(""); }}>Give {feature} no form of its own</button>}</p>
        )}
      </section>
      <Preview tags={tags} form={form} />
    </div>
  );
}

const Group = ({ title, say, children }: { title: string; say?: string; children: ComponentChildren }) => (
  <section class="group" aria-label={title}><h3>{title}</h3>{say && <p class="caption">{say}</p>}{children}</section>
);

function TagList({ label, tags, name, change, offer = [] }: { label: string; tags: string[]; name: (tag: string) => string; change: (tags: string[]) => void; offer?: string[] }) {
  const [text, setText] = useState("");
  const move = (i: number, by: number) => {
    const next = [...tags];
    const [tag] = next.splice(i, 1);
    next.splice(i + by, 0, tag!);
    change(next);
  };
  const add = (tag: string) => {
    if (tag && !tags.includes(tag)) change([...tags, tag]);
    setText("");
  };
  return (
    <Fragment>
      {tags.length > 0 && (
        <table><tbody>
          {tags.map((tag, i) => (
            <tr><td>{name(tag)}</td><td><code>{tag}</code></td>
              <td class="number"><span class="tags">
                <button class="plain" aria-label={`Move ${tag} up`} disabled={i === 0} onClick={() => move(i, -1)}>Up</button>
                <button class="plain" aria-label={`Move ${tag} down`} disabled={i === tags.length - 1} onClick={() => move(i, 1)}>Down</button>
                <button class="plain bad" aria-label={`Take ${tag} out`} onClick={() => change(tags.filter((t) => t !== tag))}>Take out</button>
              </span></td></tr>
          ))}
        </tbody></table>
      )}
      <form class="line-form note" onSubmit={(e) => { e.preventDefault(); add(text.trim()); }}>
        <input aria-label={label} placeholder="wrong_tone" maxLength={64} value={text} onInput={(e) => setText(e.currentTarget.value)} />
        <button class="button">Add</button>
        {offer.filter((tag) => !tags.includes(tag)).map((tag) => <button type="button" class="chip" onClick={() => add(tag)}>+ {name(tag)}</button>)}
      </form>
    </Fragment>
  );
}

function Questions({ all, change }: { all: Question[]; change: (all: Question[]) => void }) {
  const [text, setText] = useState("");
  const [choices, setChoices] = useState("");
  const add = (e: Event) => {
    e.preventDefault();
    const list = choices.split(",").map((choice) => choice.trim()).filter(Boolean);
    change([...all, { name: nameOf(text), text: text.trim(), ...(list.length && { choices: list }) }]);
    setText("");
    setChoices("");
  };
  return (
    <Fragment>
      {all.length > 0 && (
        <table><tbody>
          {all.map((q) => (
            <tr><td>{q.text}</td><td class="soft">{q.choices?.join(", ") ?? "in words"}</td>
              <td class="number"><button class="plain bad" aria-label={`Take the question ${q.name} out`} onClick={() => change(all.filter((other) => other !== q))}>Take out</button></td></tr>
          ))}
        </tbody></table>
      )}
      {all.length < 3 && (
        <form class="line-form note" onSubmit={add}>
          <input aria-label="Question" placeholder="Did you find what you needed?" maxLength={100} value={text} onInput={(e) => setText(e.currentTarget.value)} required />
          <input aria-label="Choices" placeholder="yes, partly, no; empty: in words" maxLength={200} value={choices} onInput={(e) => setChoices(e.currentTarget.value)} />
          <button class="button">Ask</button>
        </form>
      )}
    </Fragment>
  );
}

/** The draft in an address that the widget takes for Heed's; see /widget/preview. */
const packed = (draft: object) =>
  btoa(String.fromCharCode(...new TextEncoder().encode(JSON.stringify(draft)))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function Preview({ tags, form }: { tags: string[]; form: FeedbackForm }) {
  const place = useRef<HTMLDivElement>(null);
  const [refused, setRefused] = useState(false);
  const url = useMemo(() => `/widget/preview/${packed({ tags, form })}`, [tags, form]);
  useEffect(() => {
    const timer = setTimeout(async () => {
      const address = "/widget/v1.mjs";
      (await import(address)).define({});
      setRefused(!(await fetch(url + "/v1/form?lang=en")).ok);
      const widget = document.createElement("heed-feedback");
      widget.setAttribute("url", url);
      widget.setAttribute("feature", form.feature);
      widget.setAttribute("key", "preview");
      widget.setAttribute("response-id", `preview-${Math.random()}`);
      place.current?.replaceChildren(widget);
    }, 300);
    return () => clearTimeout(timer);
  }, [url]);
  return (
    <section class="card preview">
      <h2>How it looks</h2>
      <p class="caption">The real widget. Click it: nothing is stored.</p>
      <p>The shop in Lyon opens at 7 in the morning on Sundays.</p>
      <div ref={place} />
      {refused && <p class="why">This cannot be shown: a question has two answers of one name, or a text is too long.</p>}
    </section>
  );
}
