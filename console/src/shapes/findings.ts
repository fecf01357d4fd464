/** Problems under review. As the API tells it; see schema/openapi.yaml. */
import type { ProductChange } from "./changes";

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
