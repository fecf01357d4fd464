/** The repository at GitHub where findings become issues. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { call, forget, useAsk, useChange, within } from "./ask";
import { Copy, Part, Ready, Trouble } from "./parts";
import type { GitHubRepo } from "./shapes/integrations";
import { ago, date } from "./words";

const path = "/v1/integrations/github";
const github = "https://api.github.com";

export function GitHubConnection({ mayManage }: { mayManage: boolean }) {
  const repo = useAsk<GitHubRepo>(within(path));
  const [secret, setSecret] = useState("");
  return (
    <Part title="GitHub issues, with their state" caption="A finding becomes an issue with one click, and its page shows when that is closed. Heed needs a token that may write issues in one repository; what people wrote stays here.">
      <Ready answer={repo}>{(r) => <Connection repo={r} mayManage={mayManage} secret={secret} told={setSecret} key={`${r.connected} ${r.repository}`} />}</Ready>
    </Part>
  );
}

/** A connection in words: whether calls come, and until when the token is good. */
function Standing({ repo }: { repo: GitHubRepo }) {
  const ends = repo.token_ends_at;
  const soon = ends !== undefined && Date.parse(ends) - Date.now() < 14 * 86_400_000;
  return (
    <p class="note">
      <b><bdi>{repo.repository}</bdi></b> is connected.{" "}
      {repo.heard_at ? `GitHub last called ${ago(repo.heard_at)}.` : "GitHub has not called yet: add the webhook below."}
      {ends && <Fragment> The token ends on <span class={soon ? "bad" : ""}>{date(ends)}</span>{soon && ": make another, and save it here"}.</Fragment>}
    </p>
  );
}

/** What to enter at GitHub, with the secret for as long as it is known here: it is told once. */
function Webhook({ repo, secret }: { repo: GitHubRepo; secret: string }) {
  const url = location.origin + (repo.path ?? "");
  return (
    <details class="fold" open={!repo.heard_at || secret !== ""}>
      <summary>Its webhook</summary>
      <p class="note">At GitHub, in the repository’s <b>Settings → Webhooks → Add webhook</b>: this payload URL, content type <b>application/json</b>, and of the events <b>Issues</b> alone.</p>
      <pre tabIndex={0}>{url}</pre><Copy text={url} />
      {secret && (
        <div role="status">
          <p class="note">Its secret, which is shown this once:</p>
          <pre tabIndex={0} aria-label="Secret of the webhook">{secret}</pre><Copy text={secret} />
        </div>
      )}
    </details>
  );
}

function Connection({ repo, mayManage, secret, told }: { repo: GitHubRepo; mayManage: boolean; secret: string; told: (secret: string) => void }) {
  const [problem, busy, change] = useChange();
  const [name, setName] = useState(repo.repository ?? "");
  const [token, setToken] = useState("");
  const [labels, setLabels] = useState((repo.labels ?? []).join(", "));
  const [api, setAPI] = useState(repo.api ?? github);
  const again = () => { forget(path); forget("/v1/findings"); };
  const put = (body: object) => change(() => call<GitHubRepo>("PUT", within(path), body).then((now) => { setToken(""); if (now.webhook_secret) told(now.webhook_secret); }).finally(again));
  const remove = () => confirm("Disconnect the repository? Its issues stay, and findings show what was last known of them.") && change(() => call("DELETE", within(path)).then(() => told("")).finally(again));
  const renew = () => confirm("Make a new secret? GitHub’s calls are refused until you paste it there.") && put({ new_secret: true });
  const listed = labels.split(",").map((l) => l.trim()).filter(Boolean);
  const plainName = name.trim().replace(/^https:\/\/github\.com\//, "").replace(/(\.git)?\/?$/, "");
  const said = { repository: plainName, labels: listed, ...(token && { token: token.trim() }), ...(api.trim() !== (repo.api ?? github) && { api: api.trim() }) };
  return (
    <Fragment>
      <Trouble error={problem} />
      {repo.connected && <Standing repo={repo} />}
      {repo.connected && mayManage && <Webhook repo={repo} secret={secret} />}
      {mayManage && (
        <form class="note" onSubmit={(e) => { e.preventDefault(); put(said); }}>
          <label class="field"><span>Owner and name</span>
            <input placeholder="acme/app" maxLength={250} required value={name} onInput={(e) => setName(e.currentTarget.value)} /></label>
          <label class="field"><span>Labels, if any, with commas between</span>
            <input placeholder="ai-feedback" maxLength={500} value={labels} onInput={(e) => setLabels(e.currentTarget.value)} /></label>
          <label class="field"><span>Token{repo.connected && ", to change it"}</span>
            <input type="password" autoComplete="off" placeholder="github_pat_…" maxLength={255} required={!repo.connected} value={token} onInput={(e) => setToken(e.currentTarget.value)} /></label>
          <p class="note">A <a href="https://github.com/settings/personal-access-tokens/new" target="_blank" rel="noreferrer noopener">fine-grained token</a> for this repository alone, with the permission <b>Issues: Read and write</b>. It is tried first, sealed, and shown to nobody again.</p>
          <details class="fold" open={api !== github}>
            <summary>GitHub Enterprise Server</summary>
            <label class="field"><span>Address of its API</span>
              <input placeholder="https://HOST/api/v3" maxLength={200} value={api} onInput={(e) => setAPI(e.currentTarget.value)} /></label>
          </details>
          <p class="moves">
            <button class="button main" disabled={busy}>{repo.connected ? "Save the connection" : "Connect the repository"}</button>
            {repo.connected && <button type="button" class="plain" disabled={busy} onClick={renew}>New webhook secret</button>}
            {repo.connected && <button type="button" class="plain bad" disabled={busy} onClick={remove}>Disconnect</button>}
          </p>
        </form>
      )}
    </Fragment>
  );
}
