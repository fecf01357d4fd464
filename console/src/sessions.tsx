/** Where people are signed in, and how that is ended. */
import { h } from "preact";
import { call, forget, signedIn, useAsk, useChange } from "./ask";
import { Ready, Trouble } from "./parts";
import type { List } from "./shapes/lists";
import type { SignIn } from "./shapes/members";
import { ago, moment } from "./words";

const ways: Record<string, string> = { link: "one-time link", password: "password", oidc: "single sign-on" };

/** "Firefox on Linux", as far as it is known. */
const device = (s: SignIn) => [s.browser || "A browser", s.system].filter(Boolean).join(" on ");

/** A table of sessions: one's own, or everybody's with their names. */
export function Sessions({ everybody = false }: { everybody?: boolean }) {
  const sessions = useAsk<List<SignIn>>(everybody ? "/v1/sessions?of=everybody" : "/v1/sessions");
  const [problem, busy, change] = useChange();
  const end = (s: SignIn) => change(async () => {
    await call("DELETE", `/v1/sessions/${s.id}`);
    if (s.current) signedIn.value = null;
    else forget("/v1/sessions");
  });
  return (
    <Ready answer={sessions}>
      {(list) => (
        <div class="scroll" tabIndex={0}>
          <Trouble error={problem} />
          <table>
            <thead><tr>{everybody && <th>Member</th>}<th>Where</th><th class="wide">Signed in</th><th>Last used</th><th class="wide">Ends</th><td /></tr></thead>
            <tbody>{list.items.map((s) => (
              <tr>
                {everybody && <td><bdi>{s.name}</bdi></td>}
                <td>{device(s)}{s.current && <span class="tag here">this one</span>}</td>
                <td class="soft wide"><time dateTime={s.begun_at} title={moment(s.begun_at)}>{ago(s.begun_at)}</time>{s.by && <small> by {ways[s.by]}</small>}</td>
                <td class="soft">{recently(s.last_used_at)}</td>
                <td class="soft wide"><time dateTime={s.expires_at}>{moment(s.expires_at).replace(/:\d\d$/, "")}</time></td>
                <td class="number"><button class="plain bad" disabled={busy} aria-label={`End ${device(s)}${everybody ? ` of ${s.name}` : ""}`} onClick={() => end(s)}>{s.current ? "Sign out" : "End"}</button></td>
              </tr>
            ))}</tbody>
          </table>
        </div>
      )}
    </Ready>
  );
}

/** When something was last used, which is known to ten minutes. */
export const recently = (at: string): string => (Date.now() - Date.parse(at) < 20 * 60_000 ? "now" : ago(at));
