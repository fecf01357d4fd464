/** A project and its settings. As the API tells it; see schema/openapi.yaml. */
import type { Tracker } from "./integrations";

export interface Project {
  id: string;
  name: string;
  origins: string[];
  content: "none" | "redacted";
  tags: string[];
  forms: FeedbackForm[];
  commands: "on" | "off";
  attachment_days: number;
  attachment_key: string;
  attachment_key_since?: string;
  attachment_key_id: string;
  attachment_keys: { key_id: string; attachments: number; until: string }[];
  redact_patterns: RedactPattern[];
  privacy: PrivacyPolicy;
  inbox: { unsafe_days: number; down_days: number; causes: string[] };
  /** Every cause that reviewers tell apart, its own last. */
  causes: string[];
  tracker: Tracker;
  created_at: string;
  refused_origins: { origin: string; times: number; last: string }[];
  /** Names of what the operator set up. */
  recognizers: string[];
}

/** How a project treats what it knows of people. */
export interface PrivacyPolicy {
  smallest_group: number;
  controller: string;
  contact: string;
  /** One of the project's recognizers; empty: none. */
  recognizer: string;
  pseudonyms: "epoch" | "stable" | "ephemeral";
  pseudonym_months: number;
}

/** What redaction finds besides what it knows. */
export interface RedactPattern {
  name: string;
  pattern: string;
}

/** What people are asked about the answers of one feature, "" for all others. */
export interface FeedbackForm {
  feature: string;
  style?: "thumbs" | "stars" | "faces";
  tags?: string[] | undefined;
  praise?: string[];
  questions?: Question[];
  no_comment?: boolean;
  no_correction?: boolean;
  words?: Record<string, string>;
}

export interface Question {
  name: string;
  text: string;
  choices?: string[];
}
