// Arize's instrumentation of the OpenAI client, unchanged, and a person's
// annotation afterwards, against a real heed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { setSession, setUser } from "@arizeai/openinference-core";
import { OpenAIInstrumentation } from "@arizeai/openinference-instrumentation-openai";
import { context, trace } from "@opentelemetry/api";
import OpenAI from "openai";

import { eventually } from "./heed.mjs";
import { idOf, providerURL, spansOf, tracerProvider } from "./spans.mjs";

tracerProvider.register();
new OpenAIInstrumentation({ tracerProvider }).manuallyInstrument(OpenAI);
const openai = new OpenAI({ apiKey: "theirs", baseURL: `${providerURL}/v1`, maxRetries: 0 });
const messages = [{ role: "user", content: "canary" }];

// ask makes one call in a conversation and returns its one span.
async function ask(call) {
  const spans = await spansOf(() => context.with(setUser(setSession(context.active(), { sessionId: "c-1" }), { userId: "canary-user" }), call));
  assert.equal(spans.length, 1);
  return spans[0];
}

const recorded = (span, facts) => eventually(`/v1/responses/${idOf(span)}`, ({ response, feedback }) => {
  const { traceId, spanId } = span.spanContext();
  const { time, received_at, respondent, duration_ms, ...rest } = response;
  assert.match(respondent, /^[0-9a-f]{32}$/);
  assert.ok(duration_ms > 0);
  assert.deepEqual(rest, { response_id: idOf(span), trace_id: traceId, span_id: spanId, operation: "chat", conversation_id: "c-1", provider: "openai", ...facts });
  return { response, feedback };
});

test("a chat completion, and what a person said of it later", async () => {
  const span = await ask(() => openai.chat.completions.create({ model: "m", messages }));
  await recorded(span, { model: "mistral-small-latest", status: "ok", finish_reason: "stop", input_tokens: 69, output_tokens: 9, cached_tokens: 0 });

  await spansOf(async () => {
    const annotation = "annotations.0.annotation.";
    trace.getTracer("feedback").startSpan("feedback", {
      root: true, links: [{ context: span.spanContext() }],
      attributes: { "openinference.span.kind": "EVALUATOR", "user.id": "canary-user", [`${annotation}name`]: "thumbs", [`${annotation}score`]: 0, [`${annotation}explanation`]: "not a code", [`${annotation}annotator_kind`]: "HUMAN" },
    }).end();
  });
  await eventually(`/v1/responses/${idOf(span)}`, ({ feedback }) => {
    assert.deepEqual(feedback.map((f) => [f.vote, f.comment, f.bound, f.trust]), [["down", "not a code", true, "server"]]);
  });
});

const cached = { model: "gpt-4o-2024-08-06", status: "ok", input_tokens: 1300, output_tokens: 40, cached_tokens: 1024, reasoning_tokens: 16, cost_usd: ((1300 - 1024) * 2.5 + 1024 * 1.25 + 40 * 10) / 1e6 };

test("with most of the input cached, streamed or not", async () => {
  await recorded(await ask(() => openai.chat.completions.create({ model: "cached", messages })), { ...cached, finish_reason: "length" });
  const span = await ask(async () => {
    for await (const _ of await openai.chat.completions.create({ model: "cached", messages, stream: true, stream_options: { include_usage: true } }));
  });
  // Of a stream this instrumentation tells the finish, and of a call that fails nothing.
  await recorded(span, { model: "cached", status: "ok", finish_reason: "stop" });
});

test("the Responses API", async () => {
  const span = await ask(() => openai.responses.create({ model: "m", input: "canary" }));
  await recorded(span, { model: "gpt-4o-2024-08-06", status: "ok", input_tokens: 51, output_tokens: 11, cached_tokens: 0, reasoning_tokens: 0, cost_usd: (51 * 2.5 + 11 * 10) / 1e6 });
});
