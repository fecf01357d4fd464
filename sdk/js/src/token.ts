/** What a feedback token says. Times are Unix seconds. */
export interface TokenClaims {
  /** The one response it is for. */
  responseId: string;
  /** The person as your application knows them; who holds the token can read it, so an opaque id. */
  user?: string;
  /** When the response began. */
  responseTime?: number;
  /** What it allows; everything if left out. */
  acts?: ("rate" | "comment" | "attach")[];
  /** Now, if left out. */
  issuedAt?: number;
  /** A day, if left out; at most 30 days. */
  expiresInS?: number;
}

const acts = ["rate", "comment", "attach"] as const;
const encoder = new TextEncoder();

function base64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function bounded(text: string): boolean {
  return encoder.encode(text).length <= 256 && !text.includes("\0");
}

/** Makes a token that lets whoever holds it rate one response. It calls nobody; equal claims make equal tokens. */
export async function mintToken(secretKey: string, claims: TokenClaims): Promise<string> {
  const parts = secretKey.split("_");
  const issued = claims.issuedAt ?? Math.floor(Date.now() / 1000);
  const lifetime = claims.expiresInS ?? 86_400;
  if (parts.length != 4 || parts[0] != "heed" || parts[1] != "sk") throw new TypeError("only a secret key (heed_sk_…) makes feedback tokens");
  if (!claims.responseId || !bounded(claims.responseId)) throw new TypeError("responseId must be 1 to 256 bytes without NUL");
  if (!bounded(claims.user ?? "")) throw new TypeError("user must be at most 256 bytes without NUL");
  if (!(lifetime >= 1 && lifetime <= 2_592_000)) throw new RangeError("expiresInS must be from 1 to 30 days");
  if (claims.acts && !(claims.acts.length && claims.acts.every((act) => acts.includes(act)))) throw new TypeError("acts must be out of rate, comment and attach");
  const part = (value: object) => base64(encoder.encode(JSON.stringify(value)));
  const signed =
    part({ alg: "HS256", typ: "JWT", kid: parts[2] }) +
    "." +
    part({
      aud: "heed",
      rid: claims.responseId,
      sub: claims.user || undefined,
      rat: claims.responseTime,
      act: claims.acts && acts.filter((act) => claims.acts!.includes(act)),
      iat: issued,
      exp: issued + lifetime,
    });
  const secret = await crypto.subtle.digest("SHA-256", encoder.encode("heed-token-v1:" + secretKey));
  const key = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return signed + "." + base64(new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(signed))));
}
