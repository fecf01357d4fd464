/**
 * Opens what widget/src/seal.ts seals, for tests: HPKE (RFC 9180) base mode with
 * DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM, written apart from the
 * sealer and on another library, so that both would have to be wrong in one way.
 */
import { createDecipheriv, createECDH, createHmac } from "node:crypto";

const kem = Buffer.from("KEM\0\x10");
const suite = Buffer.from("HPKE\0\x10\0\x01\0\x02");

const hmac = (key, ...parts) => createHmac("sha256", key).update(Buffer.concat(parts.map((part) => Buffer.from(part)))).digest();
const extract = (id, salt, label, key) => hmac(salt, "HPKE-v1", id, label, key);
const expand = (id, key, label, info, length) => hmac(key, Buffer.from([0, length]), "HPKE-v1", id, label, info, [1]).subarray(0, length);

/** Opens sealed, and throws if that is not what was sealed with this info and aad. */
export function open(privateKey, info, aad, sealed) {
  const ecdh = createECDH("prime256v1");
  ecdh.setPrivateKey(privateKey);
  const enc = sealed.subarray(0, 65);
  if (enc[0] != 4) throw new Error("not an uncompressed point");
  const shared = expand(kem, extract(kem, "", "eae_prk", ecdh.computeSecret(enc)), "shared_secret", Buffer.concat([enc, ecdh.getPublicKey()]), 32);
  const context = Buffer.concat([Buffer.from([0]), extract(suite, "", "psk_id_hash", ""), extract(suite, "", "info_hash", info)]);
  const secret = extract(suite, shared, "secret", "");
  const cipher = createDecipheriv("aes-256-gcm", expand(suite, secret, "key", context, 32), expand(suite, secret, "base_nonce", context, 12));
  cipher.setAAD(Buffer.from(aad));
  cipher.setAuthTag(sealed.subarray(-16));
  return Buffer.concat([cipher.update(sealed.subarray(65, -16)), cipher.final()]);
}
