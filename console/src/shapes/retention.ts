/** For how long what is kept. As the API tells it; see schema/openapi.yaml. */

export type RetentionClassName = "responses" | "feedback" | "signals" | "numbers" | "attachments" | "audit";

/** A kind of what is kept. */
export interface RetentionClass {
  class: RetentionClassName;
  days: number;
  before?: string;
  due: number;
  deleted: number;
  untold?: boolean;
}

/** For how long what is kept, and what becomes of it next. */
export interface RetentionStatus {
  classes: RetentionClass[];
  clock: "trusted" | "jumped" | "behind";
  now: string;
  seen_at: string;
  next_run?: string;
  last_run?: string;
  keys_destroyed: number;
  file: { written_at?: string; deleted_since?: string; bytes: number; rewrite_by?: string; trouble?: string };
  audit_days: number;
}
