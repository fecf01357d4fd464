/** Numbers that applications measured themselves. As the API tells it; see schema/openapi.yaml. */

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
