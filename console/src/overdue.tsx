/** What stands above every page while a review is overdue. */
import { Fragment, h } from "preact";
import { may, useAsk, within } from "./ask";
import { link } from "./url";

/** Says on every page that a review is overdue. */
export function Overdue() {
  const open = useAsk<{ items: { id: string; number: number; overdue: boolean }[]; waiting: boolean }>(may("items") ? within("/v1/reviews", new URLSearchParams({ state: "open" })) : null).data;
  const late = open?.items.filter((r) => r.overdue) ?? [];
  if (late.length === 0 && !open?.waiting) return null;
  return (
    <p class="banner">
      {late.length > 0 && <Fragment><b class="bad">Overdue:</b> {late.map((r, i) => <Fragment>{i > 0 && ", "}<a href={link(`/reviews/${r.id}`)}>review {r.number}</a></Fragment>)}. Look at it, decide, and close it.</Fragment>}
      {open?.waiting && <Fragment><b class="bad">A review is due and could not be written:</b> the server’s clock is not trusted, or its log says why.</Fragment>}
    </p>
  );
}
