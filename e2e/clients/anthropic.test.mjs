// The Anthropic client's own tracing, unchanged, against a real heed.
import assert from "node:assert/strict";
import { test } from "node:test";

import Anthropic from "@anthropic-ai/sdk";

import { eventually } from "./heed.mjs";
import { idOf, providerURL, spansOf, tracerProvider } from "./spans.mjs";

tracerProvider.register();
const anthropic = new Anthropic({ apiKey: "theirs", baseURL: providerURL, maxRetries: 0 });
const messages = [{ role: "user", content: "canary" }];

const recorded = (id, facts) => eventually(`/v1/responses/${id}`, ({ response }) => {
  const { time, received_at, duration_ms, trace_id, span_id, ttft_ms, ...rest } = response;
  assert.ok(duration_ms > 0);
  assert.deepEqual(rest, { response_id: id, operation: "chat", provider: "anthropic", ...facts });
  return response;
});

const cached = {
  model: "claude-haiku-4-5-20251001", status: "ok", input_tokens: 2320, output_tokens: 40, cached_tokens: 2000,
  cost_usd: (20 * 1 + 300 * 1.25 + 2000 * 0.1 + 40 * 5) / 1e6,
};

test("messages, streamed or not", async () => {
  let answer;
  await spansOf(async () => { answer = await anthropic.messages.create({ model: "cached", max_tokens: 9, messages }); });
  await recorded(answer.id, { ...cached, finish_reason: "max_tokens" });
  await spansOf(async () => { answer = await anthropic.messages.stream({ model: "cached", max_tokens: 9, messages }).finalMessage(); });
  const response = await recorded(answer.id, { ...cached, finish_reason: "end_turn" });
  assert.ok(response.ttft_ms > 0);
});

test("a call that fails", async () => {
  const [span] = await spansOf(() => assert.rejects(anthropic.messages.create({ model: "busy", max_tokens: 9, messages })));
  await recorded(idOf(span), { model: "busy", status: "error", error_type: "rate_limit", error_code: "rate_limit_error" });
});
