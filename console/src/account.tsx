/** Oneself: where one is signed in, and by what one comes in. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, forget, signedIn, useAsk, useChange } from "./ask";
import { beginSignIn, useWays } from "./gate";
import { theme } from "./keys";
import { Part, Trouble } from "./parts";
import { Sessions } from "./sessions";
import { begin } from "./tour";
import { named } from "./words";

export function Account() {
  const me = signedIn.value!;
  const { data } = useAsk<{ connected: boolean; asks_password: boolean }>("/v1/session");
  return (
    <Fragment>
      <h1 class="say">You are <b><bdi>{me.name}</bdi></b>, {named(me.role).toLowerCase()}.</h1>
      <p class="why">A session ends when it was not used for eight hours, and after a week in any case. Of a browser only its family is kept: no address, no version.</p>
      <div class="stack">
        <div class="halves">
          <Looks />
          <Part title="Tour" caption="Five minutes through what is here: from what people said to a fix that is proven, and word back to them."><button class="button" onClick={begin}>Take the tour</button></Part>
        </div>
        <Part title="Where you are signed in" caption="End what you do not know, and choose a new password then."><Sessions /></Part>
        <div class="halves">
          <Password name={me.name} asked={data?.asks_password ?? false} />
          <Provider connected={data?.connected ?? false} />
        </div>
      </div>
    </Fragment>
  );
}

const themes: [theme: string, name: string][] = [["", "As the system"], ["light", "Light"], ["dark", "Dark"]];

/** Light or dark, where the places have no room to say so. */
const Looks = () => (
  <Part title="Light or dark" caption="In this browser.">
    <div class="moves" role="group" aria-label="Light or dark">{themes.map(([id, name]) => <button class="chip" aria-pressed={theme() === id} onClick={() => theme(id)}>{name}</button>)}</div>
  </Part>
);

/** Another password. Who has one is asked for it, unless a one-time link let them in. */
function Password({ name, asked }: { name: string; asked: boolean }) {
  const [problem, busy, change] = useChange();
  const [text, setText] = useState("");
  const [current, setCurrent] = useState("");
  const [kept, setKept] = useState(false);
  const keep = () => change(async () => {
    await call("PUT", "/v1/session/password", { password: text, current });
    setText("");
    setCurrent("");
    setKept(true);
    forget("/v1/session"); // and where one is signed in
  });
  return (
    <Part title="Password" caption="Twelve characters or more. Every other session of yours ends.">
      <Trouble error={problem} />
      {kept && <p class="said" role="status">It is your password now.</p>}
      <form class="line-form" onSubmit={(e) => { e.preventDefault(); keep(); }}>
        <input type="text" name="name" value={name} autocomplete="username" class="hidden" tabIndex={-1} aria-hidden="true" readOnly />
        {asked && <input type="password" aria-label="Current password" placeholder="Current password" autocomplete="current-password" maxLength={256} required value={current}
          onInput={(e) => setCurrent(e.currentTarget.value)} />}
        <input type="password" aria-label="New password" placeholder="New password" autocomplete="new-password" minLength={12} maxLength={256} required value={text}
          onInput={(e) => { setText(e.currentTarget.value); setKept(false); }} />
        <button class="button main" disabled={busy}>Change it</button>
      </form>
    </Part>
  );
}

/** Connecting one's account at the identity provider, where there is one. */
function Provider({ connected }: { connected: boolean }) {
  const ways = useWays();
  const [problem, busy, change] = useChange();
  if (!ways?.oidc) return null;
  const name = ways.oidc.name;
  return (
    <Part title={`Sign-in by ${name}`} caption={connected ? `Your account at ${name} is connected: you come in by it, without a password.` : `Connect your account at ${name} once, and come in by it from then on.`}>
      <Trouble error={problem} />
      <button class={connected ? "button" : "button main"} disabled={busy} onClick={() => change(() => beginSignIn({ to: "/account" }))}>{connected ? "Connect another account" : `Connect ${name}`}</button>
    </Part>
  );
}
