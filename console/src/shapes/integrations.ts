/** Where a project works with others. As the API tells it; see schema/openapi.yaml. */

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
