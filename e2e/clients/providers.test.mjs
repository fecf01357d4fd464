// The clients of OpenAI and Anthropic, and the AI SDK, unchanged but for their
// address and one header, through the gateway of a real heed to answers that
// providers gave once.
import assert from "node:assert/strict";
import { test } from "node:test";

import { createOpenAI } from "@ai-sdk/openai";
import Anthropic from "@anthropic-ai/sdk";
import { streamText } from "ai";
import OpenAI from "openai";

import { eventually, secretKey, url } from "./heed.mjs";

const headers = { "X-Heed-Key": secretKey, "X-Heed-User": "u-42", "X-Heed-Feature": "clients" };
const openai = new OpenAI({ apiKey: "theirs", baseURL: `${url}/gateway/openai/v1`, defaultHeaders: headers });
const anthropic = new Anthropic({ apiKey: "theirs", baseURL: `${url}/gateway/anthropic`, defaultHeaders: headers });
const messages = [{ role: "user", content: "Hi" }];

// recorded waits for a response and checks what is the same in all of them.
const recorded = (id, facts) => eventually(`/v1/responses/${id}`, ({ response }) => {
  assert.match(response.respondent, /^[0-9a-f]{32}$/);
  assert.equal(response.feature, "clients");
  assert.ok(response.duration_ms >= response.ttfb_ms && response.ttfb_ms > 0);
  const { response_id, time, received_at, duration_ms, ttfb_ms, ttft_ms, retry_of, respondent, feature, ...rest } = response;
  assert.deepEqual(rest, { retries: 0, ...facts });
  return response;
});

const chat = { operation: "chat", provider: "openai", model: "mistral-small-latest", status: "ok", finish_reason: "stop", input_tokens: 69, output_tokens: 9, cached_tokens: 0 };
const called = { operation: "chat", provider: "openai", model: "mistral-small-latest", status: "ok", finish_reason: "tool_calls", input_tokens: 96, output_tokens: 23 };

test("a chat completion, and a vote with the token that came with it", async () => {
  const { data, response } = await openai.chat.completions.create({ model: "m", messages }).withResponse();
  assert.equal(data.choices[0].message.content, "BLUE-LANTERN-42");
  assert.equal(response.headers.get("x-heed-response-id"), data.id);
  const given = await fetch(`${url}/v1/feedback`, { method: "POST", headers: { authorization: `Bearer ${response.headers.get("x-heed-token")}` }, body: '{"vote":"up"}' });
  assert.equal(given.status, 201);
  assert.equal((await recorded(data.id, chat)).ttft_ms, undefined);
  await eventually(`/v1/responses/${data.id}`, ({ feedback }) => assert.deepEqual(feedback.map((f) => [f.vote, f.trust]), [["up", "token"]]));
});

test("a chat completion, streamed", async () => {
  const stream = await openai.chat.completions.create({ model: "m", messages, stream: true });
  let id;
  for await (const chunk of stream) id = chunk.id;
  assert.ok((await recorded(id, called)).ttft_ms > 0);
});

test("a command is answered by heed, streamed or not", async () => {
  const said = [{ role: "user", content: "Hi" }, { role: "assistant", content: "BLUE-LANTERN-42" }, { role: "user", content: "/-why not a code" }];
  const line = (await openai.chat.completions.create({ model: "m", messages: said })).choices[0].message.content;
  assert.match(line, /^Heed: .*rated bad/);
  let streamed = "";
  for await (const chunk of await openai.chat.completions.create({ model: "m", messages: [...said.slice(0, 2), { role: "user", content: "/+" }], stream: true })) {
    streamed += chunk.choices[0]?.delta?.content ?? "";
  }
  assert.match(streamed, /^Heed: .*rated good/);
});

test("the Responses API, streamed or not", async () => {
  const whole = await openai.responses.create({ model: "m", input: "Hi" });
  assert.match(whole.output_text, /Dummy PDF/);
  const facts = { operation: "chat", provider: "openai", model: "gpt-4o-2024-08-06", status: "ok", finish_reason: "completed", cached_tokens: 0, reasoning_tokens: 0 };
  await recorded(whole.id, { ...facts, input_tokens: 51, output_tokens: 11, cost_usd: (51 * 2.5 + 11 * 10) / 1e6 });
  let last;
  for await (const event of await openai.responses.create({ model: "m", input: "Hi", stream: true })) last = event;
  const { usage } = last.response;
  await eventually(`/v1/responses/${last.response.id}`, ({ response }) => {
    assert.deepEqual([response.input_tokens, response.output_tokens, response.status], [usage.input_tokens, usage.output_tokens, "ok"]);
    assert.ok(response.ttft_ms > 0);
  });
});

test("messages, streamed or not", async () => {
  const whole = await anthropic.messages.create({ model: "m", max_tokens: 9, messages });
  await recorded(whole.id, { operation: "chat", provider: "anthropic", model: "claude-2.1", status: "ok", finish_reason: "end_turn", input_tokens: 19, output_tokens: 22 });
  const streamed = await anthropic.messages.stream({ model: "m", max_tokens: 9, messages }).finalMessage();
  const response = await recorded(streamed.id, {
    operation: "chat", provider: "anthropic", model: "claude-haiku-4-5-20251001", status: "ok", finish_reason: "end_turn", input_tokens: 15, output_tokens: 9,
    cached_tokens: 0, cost_usd: (15 * 1 + 9 * 5) / 1e6,
  });
  assert.ok(response.ttft_ms > 0);
});

test("a client that tries again", async () => {
  const { data, response } = await openai.chat.completions.create({ model: "busy", messages }).withResponse();
  const { retry_of } = await recorded(data.id, { ...chat, retries: 1 });
  assert.ok(response.ok);
  await recorded(retry_of, { operation: "chat", provider: "openai", model: "busy", status: "error", error_type: "rate_limit", error_code: "rate_limit_exceeded" });
});

test("a client that goes away", async () => {
  const { data, response } = await openai.chat.completions.create({ model: "endless", messages, stream: true }).withResponse();
  const id = response.headers.get("x-heed-response-id");
  for await (const _ of data) break; // which aborts
  await eventually(`/v1/responses/${id}`, (found) => {
    assert.deepEqual([found.response.status, found.response.error_type], ["error", "cancelled"]);
  });
});

test("the AI SDK", async () => {
  const provider = createOpenAI({ apiKey: "theirs", baseURL: `${url}/gateway/openai/v1`, headers });
  const answer = streamText({ model: provider.responses("m"), prompt: "Hi" });
  await answer.consumeStream();
  const { id } = await answer.response;
  await eventually(`/v1/responses/${id}`, ({ response }) => {
    assert.deepEqual([response.status, response.provider, response.model], ["ok", "openai", "gpt-4o-2024-08-06"]);
  });
});
