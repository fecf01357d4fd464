// OpenLLMetry, unchanged, against a real heed.
import assert from "node:assert/strict";
import { test } from "node:test";

import Anthropic from "@anthropic-ai/sdk";
import * as traceloop from "@traceloop/node-server-sdk";
import OpenAI from "openai";

import { eventually, secretKey, url } from "../clients/heed.mjs";

const providerURL = process.env.PROVIDER_URL;
traceloop.initialize({
  appName: "clients", baseUrl: url, apiKey: secretKey, disableBatch: true, silenceInitializationMessage: true, traceloopSyncEnabled: false,
  instrumentModules: { openAI: OpenAI },
});
const openai = new OpenAI({ apiKey: "theirs", baseURL: `${providerURL}/v1`, maxRetries: 0 });
const anthropic = new Anthropic({ apiKey: "theirs", baseURL: providerURL, maxRetries: 0 });
const messages = [{ role: "user", content: "canary" }];

// ask makes one call in a workflow.
const ask = async (call) => {
  const answer = await traceloop.withAssociationProperties({ user_id: "canary-user", session_id: "c-1" }, () => traceloop.withWorkflow({ name: "support" }, call));
  await traceloop.forceFlush();
  return answer;
};

const recorded = (id, facts) => eventually(`/v1/responses/${id}`, ({ response }) => {
  assert.match(response.respondent, /^[0-9a-f]{32}$/);
  const { time, received_at, respondent, duration_ms, trace_id, span_id, part_of, ...rest } = response;
  assert.deepEqual(rest, { response_id: id, operation: "chat", conversation_id: "c-1", feature: "support", ...facts });
});

// Its instrumentation of OpenAI tells of no cached tokens, and those of a stream it
// counts by itself.
const cached = { provider: "openai", model: "gpt-4o-2024-08-06", status: "ok", input_tokens: 1300, output_tokens: 40, cost_usd: (1300 * 2.5 + 40 * 10) / 1e6 };

test("chat completions, streamed or not", async () => {
  const whole = await ask(() => openai.chat.completions.create({ model: "cached", messages }));
  await recorded(whole.id, { ...cached, finish_reason: "length" });
  const id = await ask(async () => {
    let id;
    for await (const chunk of await openai.chat.completions.create({ model: "cached", messages, stream: true, stream_options: { include_usage: true } })) id = chunk.id;
    return id;
  });
  await recorded(id, { ...cached, finish_reason: "stop", input_tokens: 2, output_tokens: 6, cost_usd: (2 * 2.5 + 6 * 10) / 1e6 });
});

test("messages, which the Anthropic client itself tells of", async () => {
  const whole = await ask(() => anthropic.messages.create({ model: "cached", max_tokens: 9, messages }));
  await recorded(whole.id, {
    provider: "anthropic", model: "claude-haiku-4-5-20251001", status: "ok", finish_reason: "max_tokens", input_tokens: 2320, output_tokens: 40, cached_tokens: 2000,
    cost_usd: (20 * 1 + 300 * 1.25 + 2000 * 0.1 + 40 * 5) / 1e6,
  });
});
