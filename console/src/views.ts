/** Views: addresses with a name, kept in this browser. Sharing one is sharing its address. */
import { signal } from "@preact/signals";
import { address } from "./url";

export interface View {
  name: string;
  href: string;
}

const key = "heed-views";
const most = 50;

function load(): View[] {
  try {
    return JSON.parse(localStorage.getItem(key) ?? "[]") as View[];
  } catch {
    return [];
  }
}

export const views = signal<View[]>(load());

function keep(next: View[]): void {
  views.value = next.slice(0, most);
  localStorage.setItem(key, JSON.stringify(views.value));
}

/** Keeps what is looked at under a name; the same name again replaces it. */
export function save(name: string): void {
  keep([{ name, href: address.value.pathname + address.value.search }, ...views.value.filter((v) => v.name !== name)]);
}

/** Forgets a view. */
export const drop = (name: string): void => keep(views.value.filter((v) => v.name !== name));
