/** Who answers for people's data, and where people reach them. */
import { h } from "preact";
import { useState } from "preact/hooks";
import type { Problem } from "./ask";
import { Trouble } from "./parts";
import type { PrivacyPolicy, Project } from "./shapes";

export function Policy({ p, mayManage, problem, busy, save }: {
  p: Project; mayManage: boolean; problem: Problem | undefined; busy: boolean; save: (privacy: Partial<PrivacyPolicy>) => void;
}) {
  const [controller, setController] = useState(p.privacy.controller);
  const [contact, setContact] = useState(p.privacy.contact);
  return (
    <section class="card"><h2>Who answers for it</h2>
      <p class="caption">
        The public page <a href={`/privacy/${p.id}`} target="_blank" rel="noopener">/privacy/{p.id}</a> tells the people who give feedback what becomes of it, in their language. Once
        there is a contact, forms link to it.
      </p>
      <Trouble error={problem} />
      <form onSubmit={(e) => { e.preventDefault(); save({ controller: controller.trim(), contact: contact.trim() }); }}>
        <label class="field"><span>Name</span>
          <input placeholder="Example Ltd" maxLength={128} value={controller} disabled={!mayManage} onInput={(e) => setController(e.currentTarget.value)} /></label>
        <label class="field"><span>Contact</span>
          <input placeholder="privacy@example.com" maxLength={256} value={contact} disabled={!mayManage} onInput={(e) => setContact(e.currentTarget.value)} />
          <small class="soft">An e-mail address, a web address, or words. Everybody can read it.</small></label>
        {mayManage && <button class="button main" disabled={busy}>Save</button>}
      </form>
    </section>
  );
}
