// The npm clients of Langfuse, unchanged, against a real heed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { LangfuseClient } from "@langfuse/client";
import { Langfuse, LangfuseWeb } from "langfuse";

import { eventually, heed, publicKey, secretKey, url } from "./heed.mjs";

// client makes a client and notes what it complains of.
const complaints = [];
function client(Kind, options) {
  const made = new Kind({ publicKey, baseUrl: url, fetchRetryCount: 0, ...options });
  for (const kind of ["error", "warning"]) made.on(kind, (problem) => complaints.push(String(problem)));
  return made;
}

// flush sends what waits, which must all be taken.
async function flush(langfuse) {
  await langfuse.flushAsync();
  assert.deepEqual(complaints, []);
}

test("a server's traces, generations and scores", async () => {
  const langfuse = client(Langfuse, { secretKey, release: "2026.11", environment: "staging" });
  const began = Date.now() - 3000;
  const trace = langfuse.trace({ name: "support", userId: "u-42", sessionId: "conversation-1", input: "hi" });
  trace.span({ name: "retrieve" }).end({ output: [1] });
  const generation = trace.generation({
    name: "answer", model: "gpt-4o", input: [{ role: "user", content: "hi" }], startTime: new Date(began),
    prompt: { name: "support", version: 3, isFallback: false },
  });
  await flush(langfuse); // what follows comes in another call
  generation.update({ completionStartTime: new Date(began + 250) });
  generation.update({ output: "hello", endTime: new Date(began + 1500), usageDetails: { input: 8, input_cached_tokens: 2, output: 5 }, costDetails: { total: 0.01 } });
  trace.event({ name: "clicked" });
  trace.score({ id: "js-vote", name: "user-feedback", value: 1, comment: "just so" });
  generation.score({ id: "js-score", name: "quality", value: 0.8 });
  generation.score({ id: "js-tag", name: "reason", value: "too long", dataType: "CATEGORICAL" });
  trace.update({ output: "hello", release: "2026.12" });
  await flush(langfuse);

  await eventually(`/v1/responses/${generation.id}`, ({ response, feedback }) => {
    const { respondent, ...rest } = response;
    assert.match(respondent, /^[0-9a-f]{32}$/);
    assert.deepEqual({ ...rest, time: Date.parse(rest.time) }, {
      ...rest, response_id: generation.id, trace_id: trace.id, span_id: generation.id, conversation_id: "conversation-1", time: began,
      operation: "chat", model: "gpt-4o", prompt_name: "support", prompt_version: "3", feature: "support", release: "2026.12", environment: "staging",
      status: "ok", duration_ms: 1500, ttft_ms: 250, input_tokens: 10, output_tokens: 5, cached_tokens: 2, cost_usd: 0.01,
    });
    const given = Object.fromEntries(feedback.map((f) => [f.id, [f.vote, f.score?.value ?? null, f.tags, f.bound]]));
    assert.deepEqual(given, {
      "js-vote": ["up", null, [], true], "js-score": ["none", 0.8, ["quality"], true], "js-tag": ["none", null, ["too long"], true],
    });
  });
  assert.equal((await heed("/v1/feedback/js-vote")).comment, "just so");
});

test("a page's scores, and nothing else", async () => {
  const page = { additionalHeaders: { Origin: "https://app.example.com" } };
  const langfuse = client(LangfuseWeb, page);
  await langfuse.score({ id: "page-vote", traceId: "page-trace", name: "user-feedback", value: 0, comment: "not so" });
  await flush(langfuse);
  await eventually("/v1/feedback/page-vote", (feedback) => {
    assert.deepEqual([feedback.vote, feedback.trust, feedback.comment], ["down", "public", "not so"]);
  });

  // It cannot change what the server wrote, and is told.
  await langfuse.score({ id: "js-vote", traceId: "page-trace", name: "user-feedback", value: 1 });
  await langfuse.flushAsync();
  assert.match(complaints.join(), /feedback id is taken/);
  assert.equal((await heed("/v1/feedback/js-vote")).trust, "server");
});

// The newer client sends scores as before, and traces as OpenTelemetry.
test("the newer client's keys, scores and their deletion", async () => {
  const langfuse = new LangfuseClient({ publicKey, secretKey, baseUrl: url });
  assert.equal((await langfuse.api.health.health()).status, "OK");
  const { data } = await langfuse.api.projects.get();
  assert.deepEqual(data.map((project) => project.name), ["clients"]);

  const traceId = "0af7651916cd43dd8448eb211c80319c";
  langfuse.score.create({ id: "new-vote", traceId, observationId: "b7ad6b7169203331", name: "user-feedback", value: 1, comment: "right" });
  langfuse.score.create({ id: "new-fix", traceId, name: "output", value: "what it should have said", dataType: "CORRECTION" });
  await langfuse.flush();
  await eventually("/v1/feedback/new-vote", (feedback) => {
    assert.deepEqual([feedback.vote, feedback.comment, feedback.trace_id, feedback.span_id, feedback.bound], ["up", "right", traceId, "b7ad6b7169203331", false]);
  });
  await eventually("/v1/feedback/new-fix", (feedback) => assert.equal(feedback.correction, "what it should have said"));

  const { id } = await langfuse.api.legacy.scoreV1.create({ traceId, name: "thumbs", value: -1 });
  await eventually(`/v1/feedback/${id}`, (feedback) => assert.equal(feedback.vote, "down"));
  await langfuse.api.legacy.scoreV1.delete(id);
  await eventually(`/v1/feedback/${id}`, (feedback) => assert.equal(feedback.vote, "none"));
});
