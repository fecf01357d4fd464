/** Who has the key of what people attach: the server, or the customer alone. */
import { Fragment, h } from "preact";
import { useState } from "preact/hooks";
import { Copy, Trouble } from "./parts";
import type { Problem } from "./ask";
import type { Project } from "./shapes/projects";
import { count, day, moment } from "./words";

interface Props {
  p: Project;
  mayManage: boolean;
  problem: Problem | undefined;
  busy: boolean;
  use: (key: string) => void;
}

const command = "heed keys make --out heed-attachments.key";
const ofCustomer = (id: string) => id.startsWith("ck_");

export function AttachmentKeys({ p, mayManage, problem, busy, use }: Props) {
  const theirs = ofCustomer(p.attachment_key_id);
  const [choosing, setChoosing] = useState(false);
  const [key, setKey] = useState("");
  const back = () => {
    if (theirs && confirm("From the next attachment on, this server can open what people attach. What was attached before still needs your key.")) use("");
    else setChoosing(false);
  };
  return (
    <Fragment>
      <Trouble error={problem} />
      <label class="choice"><input type="radio" name="keys" checked={!theirs && !choosing} disabled={busy || !mayManage} onChange={back} />
        <b>Reviewers, here</b><small>This server keeps the key. A reviewer reads one at a time, with a reason. Whoever has the data directory with root.key could open all of them.</small></label>
      <label class="choice"><input type="radio" name="keys" checked={theirs || choosing} disabled={busy || !mayManage} onChange={() => setChoosing(true)} />
        <b>Only those who have your key</b><small>You make a key pair on a machine of yours, and this server gets the public half: it seals, and can never open. A reviewer is handed what is sealed, with a reason as always, and opens it with the key file.</small></label>
      {choosing && mayManage && (
        <form class="steps" onSubmit={(e) => { e.preventDefault(); use(key.trim()); }}>
          <p class="note">1. Make the key on a machine of yours. Keep a copy of the file: without it nobody can ever open what is sealed for it.</p>
          <div class="line-form"><pre>{command}</pre><Copy text={command} /></div>
          <label class="field"><span>2. The public key that it prints</span>
            <input value={key} placeholder="heed_attach_public_…" spellcheck={false} autocomplete="off" required pattern="\s*heed_attach_public_[\w\-]{87}\s*"
              title="heed_attach_public_ and 87 characters, as heed keys make prints it" onInput={(e) => setKey(e.currentTarget.value)} /></label>
          <button class="button main" disabled={busy}>Use this key</button> <button type="button" class="button" onClick={() => setChoosing(false)}>Cancel</button>
        </form>
      )}
      <p class="note">Now: sealed for <code>{p.attachment_key_id}</code>, {theirs ? "your key" : "the server’s key"}{p.attachment_key_since ? `, since ${moment(p.attachment_key_since)}` : ""}. {theirs && mayManage && !choosing && <button class="plain" onClick={() => setChoosing(true)}>Change to another key</button>}</p>
      {p.attachment_keys.length > 0 && (
        <div class="scroll" tabIndex={0}><table>
          <thead><tr><th>What is kept is sealed for</th><th>Until</th><th class="number">Kept</th></tr></thead>
          <tbody>{p.attachment_keys.map((u) => (
            <tr><td><code>{u.key_id || "before keys had ids"}</code> <span class="soft">{ofCustomer(u.key_id) ? "your key; keep it until then" : "the server’s key"}</span></td>
              <td>{day(u.until)}</td><td class="number">{count(u.attachments)}</td></tr>
          ))}</tbody>
        </table></div>
      )}
    </Fragment>
  );
}
