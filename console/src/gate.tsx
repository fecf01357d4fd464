/** Signing in: by a one-time link, by name and password, or by an identity provider. */
import { Fragment, h, type ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, signedIn, useAsk, useChange, type Session } from "./ask";
import { Trouble, Wait } from "./parts";
import { go } from "./url";

type Entered = Session & { needs_password: boolean; to?: string };

interface Ways {
  oidc: { name: string } | null;
}

/** By what one can sign in; undefined until that is known. Where the server does not say, by name and password. */
export function useWays(): Ways | undefined {
  const { data, error } = useAsk<Ways>("/v1/session/ways");
  return data ?? (error && { oidc: null });
}

/** Goes to the identity provider, which sends the browser back to /enter/oidc. */
export async function beginSignIn(how: { code?: string; to?: string }): Promise<void> {
  const { url } = await call<{ url: string }>("POST", "/v1/session/oidc", how);
  location.assign(url);
  await new Promise(() => {}); // the page is left
}

const welcome = (session: Entered, to = "") => {
  signedIn.value = { name: session.name, role: session.role, may: session.may };
  if (to || location.pathname.startsWith("/enter")) go(to || "/overview", true);
};

/** Where whoever is not signed in wanted to go. */
const wanted = () => (location.pathname.startsWith("/enter") ? "/" : location.pathname + location.search);

/** What stands before the console, for who is not signed in, came by a link, or comes back from the identity provider. */
export function Gate({ code, answer, answered }: { code: string; answer: string; answered: () => void }) {
  const [problem, busy, change] = useChange();
  const [entered, setEntered] = useState<Entered>();
  const enter = (session: Entered) => {
    answered();
    if (session.needs_password) setEntered(session);
    else welcome(session, session.to);
  };
  const ways = useWays();
  useEffect(() => {
    if (code || answer) history.replaceState(null, "", "/enter"); // what was used stays in no history
  }, []);
  const asked = signedIn.value !== undefined;
  useEffect(() => {
    if (answer && asked) change(() => call<Entered>("POST", "/v1/session", { oidc: answer }).then(enter));
  }, [asked]);
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement);
    if (entered) change(() => call<Entered>("PUT", "/v1/session/password", { password: form.get("password") }).then(() => welcome(entered)));
    else change(() => call<Entered>("POST", "/v1/session", { name: form.get("name"), password: form.get("password") }).then(enter));
  };
  if (entered) {
    return (
      <Door title={`Welcome, ${entered.name}. Choose a password.`} why="Twelve characters or more. The link that brought you here is used up." onSubmit={submit}>
        <Trouble error={problem} />
        <input type="text" name="name" value={entered.name} autocomplete="username" class="hidden" tabIndex={-1} aria-hidden="true" readOnly />
        <label class="field"><span>Password</span><input type="password" name="password" autocomplete="new-password" minLength={12} maxLength={256} required autofocus /></label>
        <button class="button main" disabled={busy}>Keep it and go on</button>
      </Door>
    );
  }
  if (!ways || (answer && !problem)) return <main class="gate"><Wait /></main>;
  if (code) {
    return (
      <Door title="Enter Heed with this one-time link." why="It works once. Programs that look at links do not use it up: only the button does.">
        <Trouble error={problem} />
        {ways.oidc && <button type="button" class="button main" disabled={busy} onClick={() => change(() => beginSignIn({ code }))}>Enter by {ways.oidc.name}</button>}
        <button type="button" class={ways.oidc ? "button" : "button main"} disabled={busy} onClick={() => change(() => call<Entered>("POST", "/v1/session", { code }).then(enter))} autofocus>
          {ways.oidc ? "Enter with a password" : "Enter"}</button>
      </Door>
    );
  }
  if (answer && signedIn.value) {
    return (
      <Door title="Your account there is not connected." why="You are signed in as before.">
        <Trouble error={problem} />
        <button type="button" class="button main" onClick={() => { go("/account", true); answered(); }}>Back to Heed</button>
      </Door>
    );
  }
  return (
    <Door title="Sign in to Heed" why={<Fragment>Forgotten? <code>heed user link NAME</code> on the server makes a one-time link. New? <code>heed user add NAME</code> does.</Fragment>} onSubmit={submit}>
      <Trouble error={problem} />
      {ways.oidc && (
        <Fragment>
          <button type="button" class="button main" disabled={busy} onClick={() => change(() => beginSignIn({ to: wanted() }))}>Sign in with {ways.oidc.name}</button>
          <p class="or"><span>or by name and password</span></p>
        </Fragment>
      )}
      <label class="field"><span>Name</span><input name="name" autocomplete="username" required autofocus={!ways.oidc} /></label>
      <label class="field"><span>Password</span><input type="password" name="password" autocomplete="current-password" required /></label>
      <button class={ways.oidc ? "button" : "button main"} disabled={busy}>Sign in</button>
    </Door>
  );
}

const Door = (props: { title: string; why: ComponentChildren; onSubmit?: (e: SubmitEvent) => void; children: ComponentChildren }) => (
  <main class="gate">
    <form onSubmit={props.onSubmit ?? ((e) => e.preventDefault())}>
      <h1>{props.title}</h1>
      <p class="why">{props.why}</p>
      {props.children}
    </form>
  </main>
);
