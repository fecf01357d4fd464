/** Who works here, and where they are signed in. As the API tells it; see schema/openapi.yaml. */

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
