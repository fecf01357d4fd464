/** Answers, and what became of them. As the API tells it; see schema/openapi.yaml. */
import type { Feedback } from "./feedback";

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
