/** Pages of anything. As the API tells it; see schema/openapi.yaml. */

export interface List<T> {
  items: T[];
  next: string;
}
