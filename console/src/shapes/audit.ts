/** Who did what. As the API tells it; see schema/openapi.yaml. */
import type { List } from "./lists";

export interface Act {
  number: number;
  time: string;
  actor: { kind: string; id?: string; name?: string };
  project?: string;
  action: string;
  object?: string;
  details?: Record<string, string>;
}

/** What ids in it are called now is by id in names. */
export interface ActList extends List<Act> {
  names: Record<string, string>;
}
