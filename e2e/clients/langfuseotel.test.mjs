// Langfuse's tracing over OpenTelemetry, unchanged, against a real heed.
import assert from "node:assert/strict";
import { test } from "node:test";

import { LangfuseSpanProcessor } from "@langfuse/otel";
import { propagateAttributes, startActiveObservation, startObservation } from "@langfuse/tracing";
import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

import { eventually, publicKey, secretKey, url } from "./heed.mjs";

const processor = new LangfuseSpanProcessor({ publicKey, secretKey, baseUrl: url, environment: "staging", release: "2026.12", mediaUploadEnabled: false });
new NodeTracerProvider({ spanProcessors: [processor] }).register();

test("a generation in a trace", async () => {
  const began = Date.now() - 3000;
  let generation;
  await startActiveObservation("request", () => propagateAttributes({ userId: "canary-user", sessionId: "c-1", traceName: "support" }, async () => {
    generation = startObservation("answer", {
      model: "gpt-4o-2024-08-06", input: [{ role: "user", content: "canary" }], prompt: { name: "support", version: 3, isFallback: false },
    }, { asType: "generation", startTime: new Date(began) });
    generation.update({
      completionStartTime: new Date(began + 250), output: "canary",
      usageDetails: { input: 276, input_cached_tokens: 1024, output: 24, output_reasoning_tokens: 16 }, costDetails: { total: 0.01 },
    });
    generation.end(new Date(began + 1500));
  }));
  await processor.forceFlush();
  const { traceId: trace_id, id: span_id } = generation;
  await eventually(`/v1/responses/${trace_id}-${span_id}`, ({ response }) => {
    const { time, received_at, respondent, ...rest } = response;
    assert.match(respondent, /^[0-9a-f]{32}$/);
    assert.equal(Date.parse(time), began);
    assert.deepEqual(rest, {
      response_id: `${trace_id}-${span_id}`, trace_id, span_id, conversation_id: "c-1", operation: "chat", model: "gpt-4o-2024-08-06",
      prompt_name: "support", prompt_version: "3", feature: "support", environment: "staging", release: "2026.12",
      status: "ok", duration_ms: 1500, ttft_ms: 250, input_tokens: 1300, output_tokens: 40, cached_tokens: 1024, reasoning_tokens: 16, cost_usd: 0.01,
    });
  });
});

test("a generation that failed", async () => {
  const generation = startObservation("answer", { model: "gpt-4o", level: "ERROR", statusMessage: "429 Too many requests" }, { asType: "generation" });
  generation.end();
  await processor.forceFlush();
  await eventually(`/v1/responses/${generation.traceId}-${generation.id}`, ({ response }) => {
    assert.deepEqual([response.status, response.error_type, response.error_code], ["error", "rate_limit", "429"]);
  });
});
