/** The Slack app whose buttons give feedback. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, forget, useAsk, useChange, within } from "./ask";
import { Copy, Part, Ready, Trouble } from "./parts";
import type { SlackApp } from "./shapes/integrations";
import { ago } from "./words";

const path = "/v1/integrations/slack";

/** The blocks that a bot adds below an answer. */
const blocks = JSON.stringify([{
  type: "context_actions",
  elements: [{
    type: "feedback_buttons", action_id: "heed",
    positive_button: { text: { type: "plain_text", text: "Good" }, accessibility_label: "Good answer", value: JSON.stringify({ response_id: "chatcmpl-1", vote: "up" }) },
    negative_button: { text: { type: "plain_text", text: "Bad" }, accessibility_label: "Bad answer", value: JSON.stringify({ response_id: "chatcmpl-1", vote: "down" }) },
  }],
}], null, 2);

export function SlackButtons({ mayManage }: { mayManage: boolean }) {
  const app = useAsk<SlackApp>(within(path));
  return (
    <Part title="Feedback buttons in Slack" caption="People who read answers in Slack vote below them; a bad vote asks for the reason. It is an app of yours: Slack signs each click, and a bot token lets Heed show the dialog.">
      <Ready answer={app}>{(a) => <App app={a} mayManage={mayManage} key={String(a.connected)} />}</Ready>
    </Part>
  );
}

function App({ app, mayManage }: { app: SlackApp; mayManage: boolean }) {
  const [problem, busy, change] = useChange();
  const [secret, setSecret] = useState("");
  const [token, setToken] = useState("");
  const put = (body: object) => change(() => call("PUT", within(path), { ...(app.connected && { version: app.version }), ...body }).then(() => { setSecret(""); setToken(""); }).finally(() => forget(path)));
  const remove = () => confirm("Take the app away? Its buttons do nothing from then on.") && change(() => call("DELETE", within(path)).finally(() => forget(path)));
  const url = location.origin + (app.path ?? "");
  return (
    <Fragment>
      <Trouble error={problem} />
      {app.connected && (
        <Fragment>
          <p class="note">Connected {ago(app.created_at!)}; {app.has_bot_token ? "a bad vote asks for the reason." : "votes alone: without a bot token nobody is asked for the reason."}</p>
          <p class="note">Request URL, for the app’s <b>Interactivity &amp; Shortcuts</b>:</p>
          <pre tabIndex={0}>{url}</pre><Copy text={url} />
          <p class="note">Below each answer, with its own id:</p>
          <pre tabIndex={0}>{blocks}</pre><Copy text={blocks} />
        </Fragment>
      )}
      {mayManage && (
        <form class="note" onSubmit={(e) => { e.preventDefault(); put({ ...(secret && { signing_secret: secret.trim() }), ...(token && { bot_token: token.trim() }) }); }}>
          <label class="field"><span>Signing secret{app.connected && ", to change it"}</span>
            <input type="password" autoComplete="off" value={secret} required={!app.connected} onInput={(e) => setSecret(e.currentTarget.value)} /></label>
          <label class="field"><span>Bot token{app.has_bot_token ? ", to change it" : ", if Heed is to ask for reasons"}</span>
            <input type="password" autoComplete="off" placeholder="xoxb-…" value={token} onInput={(e) => setToken(e.currentTarget.value)} /></label>
          <p class="note">Both are sealed, and shown to nobody again.</p>
          <p class="moves">
            <button class="button main" disabled={busy || (app.connected && !secret && !token)}>{app.connected ? "Save" : "Connect"}</button>
            {app.has_bot_token && <button type="button" class="plain" disabled={busy} onClick={() => put({ bot_token: "" })}>Ask for no reasons</button>}
            {app.connected && <button type="button" class="plain bad" disabled={busy} onClick={remove}>Take the app away</button>}
          </p>
        </form>
      )}
    </Fragment>
  );
}
