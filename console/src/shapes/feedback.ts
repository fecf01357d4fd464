/** What people said. As the API tells it; see schema/openapi.yaml. */

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

/** One feedback, with where it is filed. */
export interface FeedbackDetail extends Feedback {
  findings: { id: string; title: string; state: string; joined: string }[];
}
