/** What people attached. As the API tells it; see schema/openapi.yaml. */

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

export interface Said {
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
  parts?: Said[];
  sealed?: SealedAttachment;
  expires_at: string;
}
