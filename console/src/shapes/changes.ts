/** Changes of the product. As the API tells it; see schema/openapi.yaml. */

export interface Change {
  id: string;
  name: string;
  value?: string;
  time: string;
  note?: string;
}

export interface ProductChange {
  name: string;
  value?: string;
  time?: string;
}
