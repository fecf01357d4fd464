/**
 * Opens, in this page, what only a customer's key opens: HPKE (RFC 9180), base mode,
 * with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, on WebCrypto. The
 * key comes from a file that heed keys make wrote, and goes nowhere.
 */
import type { Said, SealedAttachment } from "./shapes/attachments";

type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
const kem = utf8("KEM\0\x10");
const suite = utf8("HPKE\0\x10\0\x01\0\x02");
const none = new Uint8Array();
const curve = { name: "ECDH", namedCurve: "P-256" };
const pointBytes = 65;
const mostParts = 2000;

const join = (...parts: Bytes[]): Bytes => {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
};

async function hmac(key: Bytes, ...parts: Bytes[]): Promise<Bytes> {
  // An empty key is one of zeros, which WebCrypto takes.
  const by = await crypto.subtle.importKey("raw", key.length ? key : new Uint8Array(32), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", by, join(...parts)));
}

const extract = (id: Bytes, salt: Bytes, label: string, key: Bytes) => hmac(salt, utf8("HPKE-v1"), id, utf8(label), key);

/** One block of HKDF is as much as is ever asked for. */
const expand = async (id: Bytes, key: Bytes, label: string, info: Bytes, length: number) =>
  (await hmac(key, new Uint8Array([0, length]), utf8("HPKE-v1"), id, utf8(label), info, new Uint8Array([1]))).slice(0, length);

const fromBase64 = (text: string): Bytes => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
const toBase64 = (bytes: Bytes) => btoa(String.fromCharCode(...bytes)).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

interface Pair {
  point: Bytes;
  secret: CryptoKey;
}

/** Reads a key file. What it says of the public key must be the private one's: a browser refuses other pairs. */
async function pairIn(file: string): Promise<Pair> {
  if (file.startsWith("-----BEGIN AGE") || file.startsWith("age-encryption.org/"))
    throw new Error("This key file is protected by age, which a page cannot open. Save the sealed file, and open it with heed keys open.");
  const d = /^heed_attach_private_([\w-]{43})\r?$/m.exec(file)?.[1];
  const x = /^# public key: heed_attach_public_([\w-]{87})\r?$/m.exec(file)?.[1];
  if (!d || !x) throw new Error("This is no key file: choose the one that heed keys make wrote.");
  const point = fromBase64(x);
  const jwk = { kty: "EC", crv: "P-256", x: toBase64(point.slice(1, 33)), y: toBase64(point.slice(33)), d };
  const secret = await crypto.subtle.importKey("jwk", jwk, curve, false, ["deriveBits"]).catch(() => {
    throw new Error("This key file is damaged: its two keys do not belong together.");
  });
  return { point, secret };
}

async function idOf(point: Bytes): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", point));
  return "ck_" + Array.from(hash.slice(0, 8), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function decrypted({ point, secret }: Pair, info: Bytes, aad: Bytes, sealed: Bytes): Promise<string> {
  const { subtle } = crypto;
  const enc = sealed.slice(0, pointBytes);
  const from = await subtle.importKey("raw", enc, curve, false, []);
  const agreed = new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: from }, secret, 256));
  const shared = await expand(kem, await extract(kem, none, "eae_prk", agreed), "shared_secret", join(enc, point), 32);
  const context = join(new Uint8Array(1), await extract(suite, none, "psk_id_hash", none), await extract(suite, none, "info_hash", info));
  const root = await extract(suite, shared, "secret", none);
  const key = await subtle.importKey("raw", await expand(suite, root, "key", context, 32), "AES-GCM", false, ["decrypt"]);
  const iv = await expand(suite, root, "base_nonce", context, 12);
  return new TextDecoder().decode(await subtle.decrypt({ name: "AES-GCM", iv, additionalData: aad }, key, sealed.slice(pointBytes)));
}

const isPart = (part: unknown): part is Said => {
  const { role, text } = (part ?? {}) as Record<string, unknown>;
  return typeof text === "string" && typeof role === "string" && ["user", "assistant", "system", "tool"].includes(role);
};

/** Opens a sealed attachment with the text of a key file. Errors say what to do. */
export async function unseal(file: string, s: SealedAttachment): Promise<Said[]> {
  if (!crypto.subtle) throw new Error("A page opens this only over https. Save the sealed file, and open it with heed keys open.");
  const pair = await pairIn(file);
  if ((await idOf(pair.point)) !== s.key_id) throw new Error(`This is sealed for the key ${s.key_id}, and the file has another: choose that key’s file.`);
  try {
    const { parts } = JSON.parse(await decrypted(pair, utf8(`heed/attachment/v1/${s.project}/${s.key_id}`), utf8(s.feedback_id), fromBase64(s.sealed)));
    if (Array.isArray(parts) && parts.length > 0 && parts.length <= mostParts && parts.every(isPart)) return parts;
  } catch {}
  throw new Error("This does not open: it is not what was sealed, or whoever sealed it did it wrong.");
}
