/** Signing in: by a one-time link, then by name and password. */
import { Fragment, h } from "preact";
import { useEffect, useState } from "preact/hooks";
import { call, signedIn, type Problem, type Session } from "./ask";
import { Trouble } from "./parts";
import { go } from "./url";

type Entered = Session & { needs_password: boolean };

/** The form for who is not signed in, or came by a link. */
export function Gate({ code }: { code: string }) {
  const [problem, setProblem] = useState<Problem>();
  const [entered, setEntered] = useState<Entered>();
  const [busy, setBusy] = useState(false);
  const enter = (session: Entered) => {
    if (session.needs_password) setEntered(session);
    else welcome(session);
  };
  const welcome = (session: Session) => {
    signedIn.value = { name: session.name, role: session.role, may: session.may };
    if (location.pathname === "/enter") go("/overview", true);
  };
  const attempt = (work: Promise<void>) => {
    setBusy(true);
    setProblem(undefined);
    work.catch(setProblem).finally(() => setBusy(false));
  };
  const useCode = () => attempt(call<Entered>("POST", "/v1/session", { code }).then(enter));
  useEffect(() => {
    if (code) history.replaceState(null, "", "/enter"); // a link that was used stays in no history
  }, []);
  const submit = (e: SubmitEvent) => {
    e.preventDefault();
    const form = new FormData(e.currentTarget as HTMLFormElement);
    if (entered) attempt(call<Session>("PUT", "/v1/session/password", { password: form.get("password") }).then(() => welcome(entered)));
    else attempt(call<Entered>("POST", "/v1/session", { name: form.get("name"), password: form.get("password") }).then(enter));
  };
  return (
    <main class="gate">
      {entered ? (
        <form onSubmit={submit}>
          <h1>Welcome, {entered.name}. Choose a password.</h1>
          <p class="why">Twelve characters or more. The link that brought you here is used up.</p>
          <Trouble error={problem} />
          <input type="text" name="name" value={entered.name} autocomplete="username" class="hidden" tabIndex={-1} aria-hidden="true" readOnly />
          <label class="field"><span>Password</span><input type="password" name="password" autocomplete="new-password" minLength={12} maxLength={256} required autofocus /></label>
          <button class="button main" disabled={busy}>Keep it and go on</button>
        </form>
      ) : code ? (
        <Fragment>
          <h1>Enter Heed with this one-time link.</h1>
          <p class="why">It works once, so it waits for you rather than for whatever looked at it first.</p>
          <Trouble error={problem} />
          <button class="button main" disabled={busy} onClick={useCode} autofocus>Enter</button>
        </Fragment>
      ) : (
        <form onSubmit={submit}>
          <h1>Sign in to Heed</h1>
          <p class="why">Forgotten? <code>heed user link NAME</code> on the server makes a one-time link. New? <code>heed user add NAME</code> does.</p>
          <Trouble error={problem} />
          <label class="field"><span>Name</span><input name="name" autocomplete="username" required autofocus /></label>
          <label class="field"><span>Password</span><input type="password" name="password" autocomplete="current-password" required /></label>
          <button class="button main" disabled={busy}>Sign in</button>
        </form>
      )}
    </main>
  );
}
