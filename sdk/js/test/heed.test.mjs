import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { createHeed, HeedError, mintToken } from "../dist/index.js";
import { heedMetadata, responseIdOf, tokenFor } from "../dist/ai-sdk.js";
import { heedFeedbackAdapter } from "../dist/assistant-ui.js";

const key = "heed_sk_Vectors1_ForTestVectorsOnlyNeverInService34mXXU";

test("tokens are those of the shared vectors", async () => {
  const vectors = JSON.parse(readFileSync(new URL("../../../schema/vectors/tokens.json", import.meta.url), "utf8")).filter((v) => v.minted);
  assert.ok(vectors.length > 5);
  for (const { name, secret_key, claims, token } of vectors) {
    const minted = await mintToken(secret_key, {
      responseId: claims.rid, user: claims.sub, responseTime: claims.rat, acts: claims.act, issuedAt: claims.iat, expiresInS: claims.exp - claims.iat,
    });
    assert.equal(minted, token, name);
  }
});

test("what no token may hold is refused", async () => {
  for (const [secret, claims] of [
    ["heed_pk_Vectors1_x", { responseId: "r" }],
    [key, { responseId: "" }],
    [key, { responseId: "r".repeat(257) }],
    [key, { responseId: "a\0" }],
    [key, { responseId: "r", expiresInS: 2592001 }],
    [key, { responseId: "r", acts: ["read"] }],
  ])
    await assert.rejects(mintToken(secret, claims));
});

/** A fetch that answers with what it is given, in order, and notes what it was asked. */
function scripted(...answers) {
  const asked = [];
  const fake = async (url, init) => {
    asked.push({ url, ...init });
    const next = answers.shift();
    if (next instanceof Error) throw next;
    return new Response(JSON.stringify(next.body ?? {}), { status: next.status, headers: next.headers });
  };
  return { asked, fetch: fake };
}

test("a call that passes is made again with the same key", async () => {
  const { asked, fetch } = scripted(new TypeError("offline"), { status: 503 }, { status: 201, body: { vote: "up" } });
  const state = await createHeed({ url: "http://heed/", key, surface: "web", fetch }).feedback({ response_id: "r", vote: "up" });
  assert.equal(state.vote, "up");
  assert.equal(asked.length, 3);
  assert.equal(new Set(asked.map((call) => call.headers["Idempotency-Key"])).size, 1);
  assert.deepEqual(JSON.parse(asked[0].body), { surface: "web", response_id: "r", vote: "up" });
});

test("a call that is refused is not", async () => {
  const { asked, fetch } = scripted({ status: 400, body: { code: "invalid", detail: "vote must be one of" } });
  await assert.rejects(createHeed({ url: "http://heed", key, fetch }).feedback({ vote: "sideways" }), (problem) => {
    assert.ok(problem instanceof HeedError);
    assert.deepEqual([problem.code, problem.status, problem.message], ["invalid", 400, "vote must be one of"]);
    return true;
  });
  assert.equal(asked.length, 1);
});

test("assistant-ui's thumbs become votes", async () => {
  const { asked, fetch } = scripted({ status: 201 }, { status: 201 });
  const adapter = heedFeedbackAdapter(createHeed({ url: "http://heed", key, fetch }));
  adapter.submit({ message: { id: "m1", metadata: { custom: { response_id: "chatcmpl-1" } } }, type: "negative" });
  adapter.submit({ message: { id: "m2" }, type: "positive" });
  assert.deepEqual(asked.map((call) => JSON.parse(call.body)), [{ response_id: "chatcmpl-1", vote: "down" }, { response_id: "m2", vote: "up" }]);
});

test("the AI SDK's metadata carries the id of the response", async () => {
  const metadata = heedMetadata();
  // The parts of a stream of version 6, as recorded.
  const parts = [{ type: "start" }, { type: "start-step" }, { type: "text-delta" }, { type: "finish-step", response: { id: "chatcmpl-9" } }, { type: "finish" }];
  assert.deepEqual(parts.map((part) => metadata({ part })).filter(Boolean), [{ heed: { response_id: "chatcmpl-9" } }]);
  assert.equal(responseIdOf({ id: "m", metadata: { heed: { response_id: "chatcmpl-9" } } }), "chatcmpl-9");
  assert.equal(responseIdOf({ id: "m" }), "m");
  assert.match(await tokenFor(key, { id: "m" }, "u-1"), /^eyJ/);
});

test("a real server takes it all", { skip: !process.env.HEED_URL && "HEED_URL names no server" }, async () => {
  const url = process.env.HEED_URL;
  const heed = createHeed({ url, key: process.env.HEED_KEY });
  await heed.events([{ type: "response", response_id: "js-1", model: "m-1", status: "ok" }]);
  const state = await heed.feedback({ response_id: "js-1", vote: "down", tags: ["incorrect"], comment: "no", user: "u-1" });
  assert.deepEqual([state.vote, state.has_comment, state.bound], ["down", true, true]);
  assert.equal((await heed.feedback({ response_id: "js-1", comment: null, user: "u-1" })).has_comment, false);
  assert.equal((await heed.retract(state.id)).vote, "none");
  assert.deepEqual(await heed.signal("js-1", "copied", 12), { accepted: 1, rejected: [] });
  const token = await mintToken(process.env.HEED_KEY, { responseId: "js-2" });
  assert.equal((await createHeed({ url, token }).feedback({ vote: "up" })).trust, "token");
});
