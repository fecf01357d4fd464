/** The bar on top of a page: project, span of time, filters. All of it stands in the address. */
import { Fragment, h } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { about, useAsk, within } from "./ask";
import { useTagNames } from "./parts";
import type { Stats } from "./shapes/stats";
import { address, filter, filterable, filters, go, link, span, spanName, spans } from "./url";
import { drop, save, views } from "./views";
import { count, counted, dimensions, valued } from "./words";

/** Lets every page open the filter menu with "/". */
export const filterMenu = { open: () => {} };

export function Bar({ timeless, views, children }: { timeless?: boolean; views?: preact.ComponentChildren; children?: preact.ComponentChildren }) {
  const name = useTagNames();
  return (
    <div class="bar">
      {!timeless && (
        <select class="chip" aria-label="Span of time" value={spanName.value}
          onChange={(e) => go(link(address.value.pathname, { span: e.currentTarget.value }))}>
          {Object.entries(spans).map(([key, s]) => <option value={key} selected={key === spanName.value}>{s.name}</option>)}
        </select>
      )}
      {filters.value.map(([dimension, value]) => (
        <button class="chip" onClick={() => filter(dimension, value, false)} title="Take this filter out">
          {dimensions[dimension]}: <b>{dimension === "tag" ? name(value) : valued(value)}</b> <span aria-hidden="true">×</span>
        </button>
      ))}
      <Menu />
      {views ?? <Views />}
      <span class="space" />
      {children}
    </div>
  );
}

/** What was saved, and saving what is looked at. */
function Views() {
  const [open, setOpen] = useState(false);
  const [name, setName] = useState("");
  const ref = useRef<HTMLDivElement>(null);
  useOutside(ref, open, () => setOpen(false));
  const submit = (e: Event) => {
    e.preventDefault();
    if (name.trim()) save(name.trim());
    setName("");
    setOpen(false);
  };
  return (
    <div class="menu" ref={ref}>
      <button class="chip" aria-expanded={open} onClick={() => setOpen(!open)}>Views</button>
      {open && (
        <div>
          {views.value.map((v) => (
            <div class="line-form">
              <button onClick={() => { setOpen(false); go(v.href); }}>{v.name}</button>
              <button class="bad" aria-label={`Forget ${v.name}`} onClick={() => drop(v.name)}>Forget</button>
            </div>
          ))}
          <form class="line-form" onSubmit={submit}>
            <input aria-label="Name of this view" placeholder="Save this view as" maxLength={60} value={name} onInput={(e) => setName(e.currentTarget.value)} />
          </form>
        </div>
      )}
    </div>
  );
}

/** Closes a menu on Escape and on a click elsewhere. */
export function useOutside(ref: { current: HTMLElement | null }, open: boolean, close: () => void): void {
  useEffect(() => {
    if (!open) return;
    const away = (e: Event) => {
      if (e instanceof KeyboardEvent ? e.key === "Escape" : !ref.current?.contains(e.target as Node)) close();
    };
    addEventListener("pointerdown", away);
    addEventListener("keydown", away);
    return () => {
      removeEventListener("pointerdown", away);
      removeEventListener("keydown", away);
    };
  }, [open]);
}

/** Values that are no dimension of statistics are listed here. */
const fixed: Record<string, string[]> = {
  vote: ["up", "down", "none"], status: ["ok", "error"], trust: ["server", "token", "public"], bound: ["true", "false"],
};

function Menu() {
  const [open, setOpen] = useState(false);
  const [dimension, setDimension] = useState<string | null>(null);
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    filterMenu.open = () => setOpen(true);
    return () => {
      filterMenu.open = () => {};
    };
  }, []);
  useOutside(ref, open, () => setOpen(false));
  useEffect(() => {
    if (!open) return setDimension(null);
    ref.current?.querySelector<HTMLElement>("div button")?.focus();
  }, [open, dimension]);
  return (
    <div class="menu" ref={ref}>
      <button class="chip" aria-expanded={open} onClick={() => setOpen(!open)}>+ filter</button>
      {open && (
        <div>
          {dimension === null
            ? filterable.map((d) => <button onClick={() => setDimension(d)}>{dimensions[d]}</button>)
            : <Values dimension={dimension} done={() => setOpen(false)} />}
        </div>
      )}
    </div>
  );
}

/** How many values are shown at once, and from how many on one can search. */
const most = 50, many = 12;

function Values({ dimension, done }: { dimension: string; done: () => void }) {
  const name = useTagNames();
  const [text, setText] = useState("");
  const known = fixed[dimension];
  const stats = useAsk<Stats>(known ? null : within("/v1/stats", about(span.value, dimension === "tag" ? {} : { by: dimension }, [dimension])));
  const values: [string, number][] = known
    ? known.map((v) => [v, -1])
    : dimension === "tag"
      ? Object.entries(stats.data?.groups[0]?.tags ?? {})
      : (stats.data?.groups ?? []).map((g) => [g.key[dimension] ?? "", g.responses || (g.rated ?? 0)]);
  if (!known && stats.stale) return <p class="soft">Asking …</p>;
  const choose = (value: string) => {
    done();
    filter(dimension, value, true);
  };
  const said = (value: string) => (dimension === "tag" ? name(value) : valued(value));
  const found = values.filter(([value]) => said(value).toLowerCase().includes(text.trim().toLowerCase())).sort((a, b) => b[1] - a[1]);
  return (
    <Fragment>
      {values.length === 0 && <p class="soft">No values in this time.</p>}
      {values.length > many && <input aria-label={`Search ${dimensions[dimension]}`} placeholder="Type a part of it" value={text} onInput={(e) => setText(e.currentTarget.value)} onKeyDown={(e) => e.key === "Enter" && found[0] && choose(found[0][0])} />}
      {found.slice(0, most).map(([value, n]) => (
        <button onClick={() => choose(value)}>
          <span>{said(value)}</span>
          {n >= 0 && <span class="soft">{count(n)}</span>}
        </button>
      ))}
      {found.length > most && <p class="soft">And {counted(found.length - most, "other")}: type a part of it.</p>}
      {values.length > 0 && found.length === 0 && <p class="soft">Nothing is called that.</p>}
    </Fragment>
  );
}
