/** What is published of a project. As the API tells it; see schema/openapi.yaml. */

/** Numbers with noise that anybody may read. */
export interface Publication {
  id: string;
  from: string;
  to: string;
  by?: string;
  epsilon_thousandths: number;
  margin: number;
  rows: { value: string; up: number; down: number }[];
  created_at: string;
  withdrawn_at?: string;
}

export interface Publications {
  items: Publication[];
  spent_thousandths: number;
  budget_thousandths: number;
}
