/** Keys of a project. As the API tells it; see schema/openapi.yaml. */

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
