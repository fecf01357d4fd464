/** What the audit log tells, in words. */
import type { Act } from "./shapes/audit";
import { named } from "./words";

/** What somebody did, with {} for what it was done to and {name} for a detail. A browser test holds the list against the API's. */
const did: Record<string, string> = {
  "audit.begun": "began this log",
  "audit.expired": "let the oldest records end",
  "project.created": "made the project {}",
  "project.updated": "changed settings of {}",
  "project.attachment_key_changed": "changed who can open what is attached in {}",
  "slack.connected": "connected Slack",
  "slack.removed": "took Slack away",
  "github.connected": "connected a repository at GitHub",
  "github.removed": "took the repository at GitHub away",
  "key.created": "made the key {}",
  "key.revoked": "revoked the key {}",
  "member.added": "added {} as {role}",
  "member.removed": "removed {}, who was {role}",
  "member.role_changed": "made {} {role}, who was {from}",
  "member.identity_linked": "linked {} to an account of the identity provider",
  "member.link_made": "made a one-time link for {}",
  "member.password_changed": "set the password of {}",
  "session.opened": "signed {} in",
  "session.refused": "was refused to sign in as {}",
  "session.ended": "signed {} out",
  "attachment.revealed": "asked to read what somebody attached",
  "attachment.refused": "was refused to read what somebody attached",
  "export.made": "exported {list}",
  "subject.exported": "exported everything about one person",
  "erasure.requested": "asked for a person to be erased",
  "erasure.done": "erased a person",
  "retention.enforced": "deleted in {} what had been kept long enough",
  "publication.made": "published numbers, with noise",
  "publication.withdrawn": "withdrew published numbers",
  "retention.suspended": "suspended retention, as the clock had jumped",
  "retention.resumed": "let retention go on",
  "events.rewritten": "wrote the file of events anew, without what was deleted",
  "root_key.rotated": "replaced the root key",
  "project_key.rotated": "replaced the key of {}",
  "project_key.destroyed": "destroyed the key of {}",
  "pseudonyms.ended": "ended the pseudonyms of {}",
  "dataset.marked": "marked feedback for {purpose}",
  "dataset.changed": "changed the dataset {}",
  "dataset.exported": "took a file of the dataset {}",
  "review.frozen": "wrote {}",
  "review.changed": "changed {}",
  "review.cadence_changed": "changed when reviews of {} are written",
  "finding.changed": "changed the finding {}",
  "inbox.changed": "handled feedback in the inbox",
  "endpoint.changed": "changed where it is told: {}",
  "alert.changed": "changed the alert {}",
};

/** Every action that has words. */
export const actions = Object.keys(did);

/** What was done, where a detail says it more closely than the action does; nothing where none does. */
function closer({ action, actor, object, details = {} }: Act): string | undefined {
  const { changed = "", kind = "", how, unmarked, view } = details;
  const oneself = !!object && actor.id === object;
  switch (action) {
    case "member.password_changed": return oneself ? "chose a new password" : undefined;
    case "member.identity_linked": return oneself ? "linked an account of the identity provider" : undefined;
    case "session.opened": return oneself ? "signed in" : undefined;
    case "session.ended": return oneself ? "signed out" : undefined;
    case "session.refused": return object ? undefined : "was refused to sign in";
    case "attachment.revealed": return details.read ? "read what somebody attached" : undefined;
    case "export.made": return how === "counted" ? "has read {items} of {list}" : undefined;
    case "dataset.marked": return unmarked ? "took marks for {purpose} back" : undefined;
    case "dataset.changed": return { made: "made the dataset {}", deleted: "deleted the dataset {}", version: "had version {version} of {} built", built: "built version {version} of {}", failed: "could not build version {version} of {}" }[changed];
    case "review.changed": return { edited: "wrote in {}", decided: "took a decision in {}", outcome: "said what became of a decision in {}", overdue: "noted that {} is overdue", closed: "closed {}" }[kind];
    case "finding.changed": return changed.includes("title") && changed.includes("measure") && details.state === "new" ? "made the finding {}"
      : changed.split(",").includes("state") ? "took the finding {} to {state}"
        : { notes: "wrote a note on the finding {}", public: "wrote what people are told of the finding {}", feedback: "filed feedback under the finding {}, or took it away" }[changed];
    case "inbox.changed": return view ? (view === "removed" ? "removed a view of the inbox" : "kept a view of the inbox") : details.items ? "changed {items} items of the inbox" : undefined;
    case "endpoint.changed": return { created: "had it told to {}", ended: "had it told to {} no more" }[changed];
    case "alert.changed": return {
      created: "watches by the alert {}", snoozed: "snoozed the alert {}", ended: "ended the alert {}", fired: "found that the alert {} fires", resolved: "found that the alert {} has resolved",
    }[changed];
    default: return undefined;
  }
}

/** A part of a sentence: words, or what something was done to. */
export type Said = string | { id: string; name?: string };

/** What was done, in parts. An action that is not known is told by its own name. */
export function told(a: Act, names: Record<string, string>): Said[] {
  const words = closer(a) ?? did[a.action];
  if (!words) return [`did “${plainly(a.action)}”`, ...(a.object ? [" to ", target(a.object, names)] : [])];
  return words.split(/(\{\w*\})/).filter(Boolean).map((part) => {
    if (part === "{}") return a.object ? target(a.object, names) : "something";
    const detail = /^\{(\w+)\}$/.exec(part)?.[1];
    return detail ? (a.details?.[detail] ?? "something").replaceAll("_", " ") : part;
  });
}

const target = (id: string, names: Record<string, string>): Said => (names[id] ? { id, name: names[id] } : { id });

/** "key.created" → "Key: created" */
export const plainly = (action: string): string => named(action.replace(".", ": "));

/** Who did it. */
export function who({ actor }: Act, names: Record<string, string>): string {
  if (actor.kind === "server") return "Heed";
  if (actor.kind === "nobody") return "Somebody";
  if (actor.kind === "operator") return "The operator";
  const name = actor.name ?? names[actor.id ?? ""] ?? actor.id ?? "";
  return actor.kind === "key" ? `The key ${name}` : name || named(actor.kind);
}
