/** What a page shows while nothing has arrived: how to make something arrive. */
import { Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { listen } from "./live";
import { Copy } from "./parts";
import { filters, link } from "./url";

export function Empty() {
  const [arrived, setArrived] = useState(false);
  useEffect(() => listen(() => setArrived(true)), []);
  const call = `curl ${location.origin}/v1/feedback \\\n  -H 'Authorization: Bearer YOUR_SECRET_KEY' \\\n  -d '{"response_id":"my-first","vote":"up"}'`;
  if (arrived) {
    return <Fragment><h1 class="good">The first has arrived.</h1><p class="why"><a href={link("/live")}>See it live</a>, or load this page anew.</p></Fragment>;
  }
  return (
    <Fragment>
      <h1>Nothing has arrived in this time{filters.value.length ? " that these filters keep" : ""}.</h1>
      <p class="why"><span class="pulse" />Listening. This page turns by itself when the first click comes.</p>
      <div class="empty">
        <h2>Send a click by hand</h2>
        <pre>{call}</pre>
        <Copy text={call} /> <a href={link("/settings/snippets")}>Keys, and lines for your page</a>
      </div>
    </Fragment>
  );
}
