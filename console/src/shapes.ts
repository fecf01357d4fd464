/** What the API answers with, as far as the console reads it. See schema/openapi.yaml. */

export interface Percentiles {
  p50: number | null;
  p95: number | null;
  p99: number | null;
}

export interface Share {
  share: number | null;
  low: number | null;
  high: number | null;
  n: number | null;
}

/** Numbers of one key. Those of people are null, and tags and signals missing, where too few people are behind them to be told. */
export interface Group {
  key: Record<string, string>;
  responses: number;
  errors: number;
  error_rate: number | null;
  duration_ms: Percentiles;
  ttft_ms: Percentiles;
  retries: number;
  shown: number;
  rated: number | null;
  up: number | null;
  down: number | null;
  unbound: number | null;
  rating_rate: number | null;
  positive: Share;
  tags: Record<string, number>;
  error_types: Record<string, number>;
  error_codes: Record<string, number>;
  other_error_codes?: number;
  signals: Record<string, number>;
  respondents: number | null;
  suppressed?: boolean;
  input_tokens: number;
  output_tokens: number;
  cost_usd: number | null;
}

export interface Stats {
  groups: Group[];
  /** Set where people are told as crowds of so many. */
  fewer_than?: number;
}

/** A value of which only a range is known; without high it has no end. */
export interface Estimate {
  value: number;
  low: number;
  high: number | null;
}

export interface MetricSum {
  unit: string;
  count: number;
  sum: number;
  errors: number;
  error_rate: number | null;
  p50: Estimate | null;
  p95: Estimate | null;
  p99: Estimate | null;
  error_types: Record<string, number>;
  error_codes: Record<string, number>;
  other_error_codes?: number;
}

export interface MetricGroup {
  key: Record<string, string>;
  metrics: Record<string, MetricSum>;
}

export interface MetricStats {
  groups: MetricGroup[];
}

export interface Series {
  points: { time: string; groups: Group[] }[];
  fewer_than?: number;
}

/** Numbers with noise that anybody may read. */
export interface Publication {
  id: string;
  from: string;
  to: string;
  by?: string;
  epsilon_thousandths: number;
  margin: number;
  rows: { value: string; up: number; down: number }[];
  created_at: string;
  withdrawn_at?: string;
}

export interface Publications {
  items: Publication[];
  spent_thousandths: number;
  budget_thousandths: number;
}

export interface Change {
  id: string;
  name: string;
  value?: string;
  time: string;
  note?: string;
}

export interface Feedback {
  id: string;
  response_id: string;
  trace_id?: string;
  vote: "up" | "down" | "none";
  score: { value: number; min: number; max: number } | null;
  tags: string[];
  has_comment: boolean;
  has_correction: boolean;
  comment?: string | null;
  correction?: string | null;
  comment_status?: string;
  correction_status?: string;
  preferred_over?: string;
  surface?: string;
  trust: string;
  bound: boolean;
  respondent?: string;
  created_at: string;
  updated_at: string;
}

/** One step of a feedback. */
export interface Edit {
  time: string;
  vote?: string;
  score?: { value: number; max: number };
  tags?: string[];
  cleared?: string[];
  given?: string[];
  trust: string;
}

export interface AnswerGiven {
  response_id: string;
  time: string;
  received_at: string;
  operation?: string;
  provider?: string;
  model?: string;
  prompt_name?: string;
  prompt_version?: string;
  feature?: string;
  release?: string;
  environment?: string;
  status?: string;
  error_type?: string;
  error_code?: string;
  finish_reason?: string;
  duration_ms?: number;
  ttft_ms?: number;
  ttfb_ms?: number;
  retries?: number;
  retry_of?: string;
  input_tokens?: number;
  output_tokens?: number;
  cached_tokens?: number;
  reasoning_tokens?: number;
  cost_usd?: number;
  conversation_id?: string;
  trace_id?: string;
  span_id?: string;
  respondent?: string;
  part_of?: string;
  input?: string;
  output?: string;
  input_status?: string;
  output_status?: string;
}

export interface ResponseDetail {
  response: AnswerGiven | null;
  feedback: Feedback[];
  signals: Record<string, number>;
  parts?: Part[];
}

/** Something an agent did on the way to its answer. */
export interface Part {
  kind: "call" | "agent" | "tool" | "retrieval" | "rerank" | "memory" | "plan" | "guardrail";
  response_id?: string;
  name?: string;
  span_id?: string;
  time: string;
  status?: string;
  error_type?: string;
  error_code?: string;
  duration_ms?: number;
  ttft_ms?: number;
  input_tokens?: number;
  output_tokens?: number;
  cost_usd?: number;
}

/** One feedback, with where it is filed. */
export interface FeedbackDetail extends Feedback {
  findings: { id: string; title: string; state: string; joined: string }[];
}

/** A part of votes, in a window of time. */
export interface VoteShare {
  from: string;
  to: string;
  hits: number;
  votes: number;
  share: number | null;
  low: number;
  high: number;
}

export interface Difference {
  value: number;
  low: number;
  high: number;
}

export interface Assessment {
  verdict: "unmarked" | "waiting" | "no_before" | "no_after" | "unsure" | "better" | "worse";
  before: VoteShare;
  after?: VoteShare;
  difference?: Difference;
  needed?: number;
  proof?: VoteShare;
  watch?: VoteShare;
}

export interface ProductChange {
  name: string;
  value?: string;
  time?: string;
}

export interface Measure {
  tag?: string;
  filter?: Record<string, string[]>;
}

/** A problem under review. */
export interface Finding {
  id: string;
  version: number;
  title: string;
  state: string;
  reason?: string;
  owner?: string;
  owner_name?: string;
  due?: string;
  overdue: boolean;
  cause?: string;
  public?: string;
  change?: ProductChange;
  measure: Measure;
  selection?: { filter: Record<string, string[]>; since: string };
  moves: string[];
  measured?: Assessment;
  created_at: string;
  state_since: string;
}

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

export interface FindingEvent {
  number: number;
  time: string;
  by: { kind: string; name?: string; id?: string };
  title?: string;
  state?: string;
  reason?: string;
  owner?: string;
  due?: string;
  cause?: string;
  public?: string;
  change?: ProductChange;
  measure?: Measure;
  note?: string;
  note_status?: string;
  added?: number;
  taken?: number;
  evidence?: { before: VoteShare; after: VoteShare; difference: Difference };
  issue?: IssueStep;
}

/** What a step says of the finding's issue. */
export interface IssueStep {
  made?: boolean;
  number: number;
  url: string;
  state: GitHubIssue["state"];
  reason?: GitHubIssue["reason"];
}

/** The issue that a finding was made into, as GitHub last told. */
export interface GitHubIssue {
  repository: string;
  number: number;
  url: string;
  state: "open" | "closed" | "deleted" | "transferred";
  reason?: "completed" | "not_planned" | "duplicate" | undefined;
  since: string;
  seen_at: string;
}

export interface FindingDetail extends Finding {
  filed: number;
  matches?: { votes: number; people: number };
  follow_up: { state: "received" | "looking" | "fixed" | "declined"; sentence?: string; release?: string; since: string };
  shown: number;
  issue?: { tracker: "github" | "gitlab" | "linear" | "jira"; url: string };
  /** repository is the one that is connected now. */
  github?: { repository?: string; issue?: GitHubIssue };
  history: FindingEvent[];
}

export interface Owner {
  id: string;
  name: string;
}

/** What a person gave of a conversation. */
export interface Attachment {
  id: string;
  feedback_id: string;
  scope: string;
  key_id?: string;
  bytes: number;
  consent: { version: string; hash: string; time: string };
  created_at: string;
  expires_at: string;
  ended_at?: string;
  ended_by?: string;
}

export interface Part {
  role: string;
  text: string;
}

/** An attachment that only a customer's key opens. */
export interface SealedAttachment {
  kind: string;
  id: string;
  project: string;
  feedback_id: string;
  key_id: string;
  sealed: string;
}

/** Either of parts and sealed. */
export interface Revealed {
  parts?: Part[];
  sealed?: SealedAttachment;
  expires_at: string;
}

export interface List<T> {
  items: T[];
  next: string;
}

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
  tracker: Tracker;
  created_at: string;
  refused_origins: { origin: string; times: number; last: string }[];
  /** Names of what the operator set up. */
  recognizers: string[];
}

/** Where the project keeps its issues; kind is empty where there is none. */
export interface Tracker {
  kind: "" | "github" | "gitlab" | "linear" | "jira";
  url?: string;
  team?: string;
  project?: string;
  issue_type?: string;
  label?: string;
}

/** The repository where findings become issues; its secrets are never told, but the webhook's once. */
export interface GitHubRepo {
  connected: boolean;
  repository?: string;
  api?: string;
  labels?: string[];
  path?: string;
  token_ends_at?: string;
  heard_at?: string;
  webhook_secret?: string;
}

/** The Slack app whose buttons give feedback; its secrets are never told. */
export interface SlackApp {
  connected: boolean;
  version?: number;
  path?: string;
  has_bot_token: boolean;
  created_at?: string;
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

export interface Key {
  id: string;
  kind: "sk" | "pk";
  scope?: string;
  name: string;
  created_at: string;
  expires_at?: string;
  last_used_at?: string;
  revoked_at?: string;
}

export interface Member {
  id: string;
  name: string;
  role: string;
  connected: boolean;
  created_at: string;
}

/** A place where somebody is signed in. */
export interface SignIn {
  id: string;
  member: string;
  name: string;
  current: boolean;
  by: string;
  browser: string;
  system: string;
  begun_at: string;
  last_used_at: string;
  expires_at: string;
}

/** That a feedback may be used for something. */
export interface Mark {
  feedback_id: string;
  purpose: string;
  texts: boolean;
  attachment_id?: string;
  by: string;
  at: string;
}

/** A choice out of what is marked. */
export interface Dataset {
  id: string;
  name: string;
  purpose: string;
  selection: { filter?: Record<string, string[]>; from?: string; to?: string };
  person_cap: number;
  license?: string;
  created_at: string;
  latest?: DatasetVersion;
}

export interface DatasetList {
  items: Dataset[];
  marked: Record<string, number>;
}

export interface DatasetDetail extends Dataset {
  marked: number;
  formats: { name: string; rows: string }[];
  versions: DatasetVersion[];
}

/** What was in a dataset at a moment. */
export interface DatasetVersion {
  dataset_id: string;
  number: number;
  state: "building" | "ready" | "failed" | "stale";
  begun_at: string;
  built_at?: string;
  ended_at?: string;
  ended_by?: string;
  counts: {
    marked: number; items: number; people: number; nobody: number; capped: number; gone: number; outside: number;
    reviewed: number; content: number; attached: number; withheld: number;
    notices: Record<string, number>; trust: Record<string, number>; votes: Record<string, number>;
  };
  files: { format: string; name: string; rows: number; bytes: number; sha256: string }[];
  progress?: { done: number; total: number };
}
