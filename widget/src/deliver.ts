/**
 * Seals what somebody attaches, and sends it. Loaded only once somebody does.
 */
import type { Attach } from "./element";
import { seal } from "./seal";

/** What is sealed is padded to a multiple of so many bytes, so that its length says little. */
const block = 4096;

const utf8 = (text: string) => new TextEncoder().encode(text);

/** Parts as they are sealed: JSON in UTF-8, and spaces. */
function packed(parts: object): Uint8Array<ArrayBuffer> {
  const json = utf8(JSON.stringify({ parts }));
  const whole = new Uint8Array(Math.ceil(json.length / block) * block).fill(32);
  whole.set(json);
  return whole;
}

function base64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += block) text += String.fromCharCode(...bytes.subarray(at, at + block));
  return btoa(text);
}

/** What the server said, or what it would say. */
export type Outcome = Pick<Response, "ok" | "status"> & Partial<Pick<Response, "json">>;

/** Asks the server; what cannot be asked is a Response of status 0. */
export type Ask = (method: string, path: string, body?: object) => Promise<Response>;

/**
 * Delivers parts for a vote. The vote goes first, so that the server has it, and
 * tells what it calls it; sealed is called between. Nothing is kept where it cannot
 * be sent.
 */
export async function deliver(ask: Ask, { key_id, public_key, info, max_bytes, notice }: Attach, vote: object, scope: string, parts: object, sealed: () => void): Promise<Outcome> {
  const time = new Date();
  const voted = await ask("POST", "feedback", vote);
  if (!voted.ok) return voted;
  const { id } = await voted.json();
  const point = Uint8Array.from(atob(public_key.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const bytes = await seal(point, utf8(info), utf8(id), packed(parts));
  if (bytes.length > max_bytes) return { ok: false, status: 413 };
  sealed();
  return ask("POST", "attachments", { feedback_id: id, scope, consent: { version: notice.version, hash: notice.hash, time }, key_id, sealed: base64(bytes) });
}
