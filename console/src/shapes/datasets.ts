/** What is marked, chosen and built. As the API tells it; see schema/openapi.yaml. */

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
