/** Numbers of a window. As the API tells it; see schema/openapi.yaml. */

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

export interface Series {
  points: { time: string; groups: Group[] }[];
  fewer_than?: number;
}
