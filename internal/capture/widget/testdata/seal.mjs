// Seals and opens what a test asks for on standard input: node seal.mjs SEALER OPENER.
// What is refused is answered with null. All bytes are hex.
import { readFileSync } from "node:fs";

const { seal } = await import(process.argv[2]);
const { open } = await import(process.argv[3]);
const bytes = (hex) => new Uint8Array(Buffer.from(hex, "hex"));
const hex = (bytes) => Buffer.from(bytes).toString("hex");

async function pairOf({ ephemeral_key: key, ephemeral_point: point }) {
  if (!key) return undefined;
  const part = (from, to) => Buffer.from(point, "hex").subarray(from, to).toString("base64url");
  const jwk = { kty: "EC", crv: "P-256", x: part(1, 33), y: part(33, 65) };
  const d = Buffer.from(key, "hex").toString("base64url");
  const load = (jwk, uses) => crypto.subtle.importKey("jwk", jwk, { name: "ECDH", namedCurve: "P-256" }, true, uses);
  return { privateKey: await load({ ...jwk, d }, ["deriveBits"]), publicKey: await load(jwk, []) };
}

async function answer(ask) {
  try {
    const [info, aad] = [bytes(ask.info), bytes(ask.aad)];
    if (ask.sealed) return hex(open(Buffer.from(ask.private_key, "hex"), Buffer.from(info), Buffer.from(aad), Buffer.from(ask.sealed, "hex")));
    return hex(await seal(bytes(ask.public_key), info, aad, bytes(ask.plain), await pairOf(ask)));
  } catch {
    return null;
  }
}

const answers = [];
for (const ask of JSON.parse(readFileSync(0, "utf8"))) answers.push(await answer(ask));
process.stdout.write(JSON.stringify(answers));
