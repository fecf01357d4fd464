/** Feedback that wants eyes. As the API tells it; see schema/openapi.yaml. */
import type { Feedback } from "./feedback";

/** How much is in the inbox. */
export interface InboxCount {
  open: number;
  unsafe: number;
  overdue: number;
  mine: number;
}

export interface InboxLock {
  by: string;
  mine: boolean;
  until: string;
}

/** Feedback that wants eyes, or did. */
export interface InboxEntry {
  feedback_id: string;
  version: number;
  state: "open" | "done" | "filed" | "gone";
  severity: "unsafe" | "broken" | "why" | "bad" | "words";
  people: number;
  opened_at: string;
  assignee?: string;
  assignee_name?: string;
  cause?: string;
  finding?: string;
  has_answer: boolean;
  due_at?: string;
  overdue: boolean;
  reasons: string[];
  lock?: InboxLock;
  feedback: Feedback;
}

export interface InboxEvent {
  number: number;
  time: string;
  by: { kind: string; name?: string };
  state?: string;
  assignee?: string;
  cause?: string;
  finding?: string;
  answer?: "written" | "taken";
}

export interface InboxDetail extends InboxEntry {
  answer?: string;
  answer_status?: string;
  finding_title?: string;
  history: InboxEvent[];
  conversation: Feedback[];
}

export interface InboxChanged {
  item: InboxEntry;
  next?: InboxEntry;
}

export interface InboxBulk {
  count: number;
  changed: number;
  as_of: string;
  next?: string;
}

export interface InboxView {
  id: string;
  name: string;
  query: string;
}
