/** How the project treats what it knows of people. */
import { h } from "preact";
import { useState } from "preact/hooks";
import { may, type Problem } from "./ask";
import { Trouble } from "./parts";
import { Pseudonyms } from "./pseudonyms";
import { Published } from "./publications";
import type { PrivacyPolicy, Project } from "./shapes/projects";

interface Props {
  p: Project;
  mayManage: boolean;
  problem: Problem | undefined;
  busy: boolean;
  save: (privacy: Partial<PrivacyPolicy>) => void;
}

export const Policy = ({ problem, ...rest }: Props) => (
  <div class="stack">
    <Trouble error={problem} />
    <Controller {...rest} />
    <Pseudonyms {...rest} />
    <SmallGroups {...rest} />
    {may("numbers") && <Published />}
  </div>
);

/** Who answers for people's data, and where people reach them. */
function Controller({ p, mayManage, busy, save }: Omit<Props, "problem">) {
  const [controller, setController] = useState(p.privacy.controller);
  const [contact, setContact] = useState(p.privacy.contact);
  return (
    <section class="card"><h2>Who answers for it</h2>
      <p class="caption">
        The public page <a href={`/privacy/${p.id}`} target="_blank" rel="noopener">/privacy/{p.id}</a> tells the people who give feedback what becomes of it, in their language. Once
        there is a contact, forms link to it.
      </p>
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

const sizes: [people: number, say: string][] = [
  [5, "What public bodies commonly ask for."], [11, "What is commonly asked for in health."], [1, "Whoever may read numbers reads each, however few people it is of."],
];

/** How many people a number must speak of for who sees no single items. */
function SmallGroups({ p, mayManage, busy, save }: Omit<Props, "problem">) {
  const chosen = p.privacy.smallest_group;
  const offered = sizes.some(([n]) => n === chosen) ? sizes : [[chosen, "Set by the API."] as [number, string], ...sizes];
  return (
    <section class="card"><h2>Small groups</h2>
      <p class="caption">
        What analysts are told of people: votes, tags, signals. Feedback is bound together with that of others until so many people have spoken, and only whole bundles are added up,
        so that no two numbers can be subtracted to find one person. A bundle counts in times that have all of its days, and what is left over in small groups in times that have the whole week, Monday to Sunday:
        numbers are at most the true ones. Reviewers and others who may see single feedback are not limited.
      </p>
      {offered.map(([people, say]) => (
        <label class="choice"><input type="radio" name="smallest-group" checked={chosen === people} disabled={busy || !mayManage} onChange={() => save({ smallest_group: people })} />
          <b>{people === 1 ? "Tell every number" : `Groups of ${people} people or more`}</b><small>{say}</small></label>
      ))}
      <p class="note">Counted are people whom your application names, by <code>user</code> or the token&rsquo;s <code>sub</code>. Feedback that names nobody makes no group.</p>
    </section>
  );
}
