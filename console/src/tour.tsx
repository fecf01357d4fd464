/** A walk of five minutes through the loop: from what people said to a fix that is proven, and word back to them. */
import { effect, signal } from "@preact/signals";
import { h } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { call, within } from "./ask";
import { places } from "./keys";
import type { Finding } from "./shapes/findings";
import type { List } from "./shapes/lists";
import { address, go, link } from "./url";

interface Stop {
  /** The place it is at; where somebody may not go, the tour leaves it out. */
  place: string;
  /** Which page of the place, if it is not the place's own. */
  page?: () => Promise<string>;
  /** What it speaks of, by its selector; absent: the page. */
  of?: string;
  title: string;
  text: string;
}

/** A finding that was carried to its end, or as far as any. */
async function furthest(): Promise<string> {
  for (const state of ["verified", "fixed", "fixing", "triaged", "new"]) {
    const found = await call<List<Finding>>("GET", within("/v1/findings", new URLSearchParams({ state, limit: "1" })));
    if (found.items[0]) return `/findings/${found.items[0].id}`;
  }
  return "/findings";
}

const stops: Stop[] = [
  { place: "/overview", of: ".say", title: "What is true", text: "Every page begins with a sentence that its numbers can bear. A share comes with its range and with how many people spoke. Each number opens the answers behind it." },
  { place: "/overview", of: ".card svg", title: "When it changed", text: "The dotted lines are changes of your product: heed mark prompt v14 draws one. Here a new prompt came, and the share of good votes fell." },
  { place: "/feedback", title: "What people said", text: "One click was enough to be here. Comments were redacted before they were stored, and each stands beside the answer it is about: what was asked and answered, where the project keeps that, and model, prompt, speed, failure. Open one." },
  { place: "/inbox", title: "What wants eyes", text: "The inbox ranks what nobody has handled: what is unsafe, what is broken, then bad votes that say why, the latest day first. Keys do the rest: e is done with it, a gives it to somebody, t names the cause, f files it under a finding." },
  { place: "/findings", page: furthest, of: ".duty", title: "A problem with an owner", text: "A finding gathers what people say of one problem, and what matches it later joins by itself. It has an owner, a day, a cause, and a measure of its own." },
  { place: "/findings", page: furthest, of: ".finding .card", title: "A fix that is proven", text: "When its change is marked, Heed compares votes before and since, by a test that holds however often one looks. It says verified by itself, and opens the finding again if the problem comes back." },
  { place: "/findings", page: furthest, of: ".told", title: "Word back to the people who spoke", text: "One sentence from you, shown once in the widget and always on their link. Nobody’s address is needed, and nothing else of the finding is told." },
  { place: "/alerts", of: ".watch", title: "When nobody looks", text: "An alert looks at one number each minute and tells your team, by Slack, mail or a webhook, when it passes what you set. It fires once, resolves by itself, and its history stays." },
  { place: "/reviews", page: latest, title: "A habit", text: "Once a week Heed freezes what changed, what is open and what was fixed, with ranges. You take decisions, and the next review opens with what came of them." },
  { place: "/datasets", title: "Better answers next time", text: "What reviewers have read and marked becomes data to train and test on, with a card that says where each row came from and who agreed to it." },
  { place: "/privacy", title: "What is kept, and for how long", text: "What people write is sealed, and no user id is kept. People can be told what is held about them and be erased, with a receipt. This page says what holds for this project, from its settings." },
  { place: "/settings", page: async () => "/settings/snippets", title: "Your own product", text: "These lines put the widget on a page or send feedback from a server. The first click shows here within a second." },
];

/** The review that was opened last. */
async function latest(): Promise<string> {
  const [review] = (await call<List<{ id: string }>>("GET", within("/v1/reviews", new URLSearchParams({ limit: "1" })))).items;
  return review ? `/reviews/${review.id}` : "/reviews";
}

const kept = "heed-tour";

/** Which stop somebody is at; null: no tour is under way. It goes on where a page is loaded anew. */
const at = signal<number | null>(sessionStorage.getItem(kept) === null ? null : Number(sessionStorage.getItem(kept)));

effect(() => {
  if (at.value === null) sessionStorage.removeItem(kept);
  else sessionStorage.setItem(kept, String(at.value));
});

/** The stops for whoever is signed in. */
const open = () => stops.filter((stop) => places().some(([path]) => path === stop.place));

/** Goes to a stop, whose page may have to be found first. */
async function visit(n: number): Promise<void> {
  const stop = open()[n];
  at.value = stop ? n : null;
  if (!stop) return;
  const page = (await stop.page?.().catch(() => undefined)) ?? stop.place;
  if (address.value.pathname !== page) go(link(page));
}

export const begin = () => void visit(0);

export function Tour() {
  useEffect(() => {
    if (!address.value.searchParams.has("tour")) return;
    go(link(address.value.pathname, { tour: null }), true);
    begin();
  }, []);
  const stop = at.value === null ? undefined : open()[at.value];
  const next = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!stop) return;
    next.current?.focus({ preventScroll: true });
    if (!stop.of) return;
    // What it speaks of may be loaded later than the page.
    let shown: Element | null = null;
    const look = () => {
      const found = document.querySelector(`#page ${stop.of}`);
      if (!found || found === shown) return;
      shown?.classList.remove("toured");
      shown = found;
      found.classList.add("toured");
      found.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
    };
    look();
    const watch = new MutationObserver(look);
    watch.observe(document.getElementById("page")!, { childList: true, subtree: true });
    return () => {
      watch.disconnect();
      shown?.classList.remove("toured");
    };
  }, [stop]);
  if (!stop) return null;
  const n = at.value!;
  const last = n === open().length - 1;
  return (
    <aside class="tour" aria-label="Tour">
      <p class="eyebrow">{n + 1} of {open().length}</p>
      <div aria-live="polite"><h2>{stop.title}</h2><p>{stop.text}</p></div>
      <div class="moves">
        {n > 0 && <button class="button" onClick={() => void visit(n - 1)}>Back</button>}
        <button class="button main" ref={next} onClick={() => void visit(n + 1)}>{last ? "Done" : "Next"}</button>
        {!last && <button class="plain" onClick={() => (at.value = null)}>End the tour</button>}
      </div>
    </aside>
  );
}
