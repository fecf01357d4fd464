// The AI SDK's telemetry, as it is from version 7 on and as it was before,
// unchanged, against a real heed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { createOpenAI } from "@ai-sdk/openai";
import { LegacyOpenTelemetry, OpenTelemetry } from "@ai-sdk/otel";
import { generateText, streamText } from "ai";

import { eventually } from "./heed.mjs";
import { idOf, providerURL, spansOf, tracerProvider } from "./spans.mjs";

const tracer = tracerProvider.getTracer("ai");
const openai = createOpenAI({ apiKey: "theirs", baseURL: `${providerURL}/v1` });

const messages = { prompt: "canary", runtimeContext: { userId: "canary-user", sessionId: "c-1" } };
const said = { functionId: "support", includeRuntimeContext: { userId: true, sessionId: true } };

// answers asks a model whole and streamed, and returns what heed has of the answers.
async function answers(model, integrations, facts) {
  const telemetry = { integrations, ...said };
  const ids = [];
  await spansOf(async () => ids.push((await generateText({ model, telemetry, ...messages })).response.id));
  await spansOf(async () => {
    const answer = streamText({ model, telemetry, ...messages });
    await answer.consumeStream();
    ids.push((await answer.response).id);
  });
  for (const [n, id] of ids.entries()) {
    await eventually(`/v1/responses/${id}`, ({ response }) => {
      const { time, received_at, duration_ms, trace_id, span_id, part_of, ttft_ms, respondent, ...rest } = response;
      assert.match(respondent, /^[0-9a-f]{32}$/);
      assert.ok(duration_ms > 0 && n === 0 || ttft_ms > 0);
      assert.deepEqual(rest, { response_id: id, provider: "openai", model: "gpt-4o-2024-08-06", status: "ok", conversation_id: "c-1", ...facts[n] });
    });
  }
}

test("from version 7 on, streamed or not", async () => {
  const cached = { operation: "chat", feature: "support", input_tokens: 1300, output_tokens: 40, cached_tokens: 1024, cost_usd: ((1300 - 1024) * 2.5 + 1024 * 1.25 + 40 * 10) / 1e6 };
  await answers(openai.chat("cached"), new OpenTelemetry({ tracer, runtimeContext: true }), [{ ...cached, finish_reason: "length" }, { ...cached, finish_reason: "stop" }]);
});

test("before, streamed or not", async () => {
  const facts = { feature: "support", cached_tokens: 0, reasoning_tokens: 0 };
  await answers(openai.responses("m"), new LegacyOpenTelemetry({ tracer }), [
    { ...facts, operation: "chat", finish_reason: "stop", input_tokens: 51, output_tokens: 11, cost_usd: (51 * 2.5 + 11 * 10) / 1e6 },
    { ...facts, operation: "chat", finish_reason: "tool-calls", input_tokens: 75, output_tokens: 16, cost_usd: (75 * 2.5 + 16 * 10) / 1e6 },
  ]);
});

test("a call that fails", async () => {
  const spans = await spansOf(() => assert.rejects(generateText({ model: openai.chat("busy"), maxRetries: 0, ...messages, telemetry: { integrations: new OpenTelemetry({ tracer }), ...said } })), 3);
  const call = spans.find((span) => span.attributes["gen_ai.operation.name"] === "chat");
  await eventually(`/v1/responses/${idOf(call)}`, ({ response }) => {
    const { model, provider, status, error_type, error_code } = response;
    assert.deepEqual({ model, provider, status, error_type, error_code }, { model: "busy", provider: "openai", status: "error", error_type: "rate_limit", error_code: "AI_APICallError" });
  });
});
