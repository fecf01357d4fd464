/**
 * Seals a text so that only the holder of one private key can read it, and no
 * proxy or log on the way: HPKE (RFC 9180), base mode, with DHKEM(P-256,
 * HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, on WebCrypto.
 */

type Bytes = Uint8Array<ArrayBuffer>;

const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
const kem = utf8("KEM\0\x10");
const suite = utf8("HPKE\0\x10\0\x01\0\x02");
const none = new Uint8Array();

function join(...parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

async function hmac(key: Bytes, ...parts: Uint8Array[]): Promise<Bytes> {
  // An empty key is one of zeros, which WebCrypto takes.
  const by = await crypto.subtle.importKey("raw", key.length ? key : new Uint8Array(32), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", by, join(...parts)));
}

const extract = (id: Bytes, salt: Bytes, label: string, key: Bytes) => hmac(salt, utf8("HPKE-v1"), id, utf8(label), key);

/** One block of HKDF is as much as is ever asked for. */
const expand = async (id: Bytes, key: Bytes, label: string, info: Bytes, length: number) =>
  (await hmac(key, new Uint8Array([0, length]), utf8("HPKE-v1"), id, utf8(label), info, new Uint8Array([1]))).slice(0, length);

/**
 * Seals plain for the public key, an uncompressed point; info and aad must be
 * given again to open it. Only test vectors bring a key pair of their own.
 */
export async function seal(publicKey: Bytes, info: Bytes, aad: Bytes, plain: Bytes, pair?: CryptoKeyPair): Promise<Bytes> {
  const curve = { name: "ECDH", namedCurve: "P-256" };
  const { subtle } = crypto;
  const to = await subtle.importKey("raw", publicKey, curve, false, []);
  pair ??= await subtle.generateKey(curve, false, ["deriveBits"]);
  const enc = new Uint8Array(await subtle.exportKey("raw", pair.publicKey));
  const shared = new Uint8Array(await subtle.deriveBits({ name: "ECDH", public: to }, pair.privateKey, 256));

  const secret = await expand(kem, await extract(kem, none, "eae_prk", shared), "shared_secret", join(enc, publicKey), 32);
  const context = join(new Uint8Array(1), await extract(suite, none, "psk_id_hash", none), await extract(suite, none, "info_hash", info));
  const root = await extract(suite, secret, "secret", none);
  const key = await subtle.importKey("raw", await expand(suite, root, "key", context, 32), "AES-GCM", false, ["encrypt"]);
  const iv = await expand(suite, root, "base_nonce", context, 12);
  return join(enc, new Uint8Array(await subtle.encrypt({ name: "AES-GCM", iv, additionalData: aad }, key, plain)));
}
