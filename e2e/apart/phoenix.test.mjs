// The npm client of Phoenix, unchanged, against a real heed: what a person says of a
// span, of which Phoenix's clients know the id alone, before and after it arrives.
import assert from "node:assert/strict";
import { test } from "node:test";

import { createClient } from "@arizeai/phoenix-client";
import { addSpanAnnotation, logSpanAnnotations } from "@arizeai/phoenix-client/spans";
import { addTraceAnnotation } from "@arizeai/phoenix-client/traces";

import { eventually, secretKey, url } from "../clients/heed.mjs";

const client = createClient({ options: { baseUrl: url, headers: { Authorization: `Bearer ${secretKey}` } } });
const traceId = "5b8efff798038103d269b633813fc60c";

// told sends the spans of one answer: a chain around a call.
async function told() {
  const span = (spanId, parentSpanId, values) => ({
    traceId, spanId, parentSpanId, name: "s", kind: 1, startTimeUnixNano: `${Date.now() - 2000}000000`, endTimeUnixNano: `${Date.now()}000000`,
    attributes: Object.entries(values).map(([key, value]) => ({ key, value: { stringValue: value } })),
  });
  const spans = [
    span("aaaaaaaaaaaaaaa1", "", { "openinference.span.kind": "AGENT", "agent.name": "support" }),
    span("aaaaaaaaaaaaaaa2", "aaaaaaaaaaaaaaa1", { "openinference.span.kind": "LLM", "llm.model_name": "gpt-5" }),
    span("aaaaaaaaaaaaaaa3", "aaaaaaaaaaaaaaa1", { "openinference.span.kind": "TOOL", "tool.name": "search" }),
  ];
  const answer = await fetch(`${url}/v1/traces`, {
    method: "POST", headers: { "content-type": "application/json", "x-heed-key": secretKey },
    body: JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] }),
  });
  assert.equal(await answer.text(), "{}");
}

test("annotations of spans by their ids", async () => {
  const annotate = (spanId, more) => addSpanAnnotation({ client, sync: true, spanAnnotation: { spanId, name: "user feedback", annotatorKind: "HUMAN", ...more } });
  const early = await annotate("aaaaaaaaaaaaaaa2", { label: "thumbs-up", score: 1, explanation: "just so" });
  await told();
  const late = await annotate("aaaaaaaaaaaaaaa3", { score: 0, identifier: "u-1" });
  const changed = await annotate("aaaaaaaaaaaaaaa3", { score: 1, identifier: "u-1" });
  assert.equal(changed.id, late.id);
  const [scale] = await logSpanAnnotations({ client, sync: true, spanAnnotations: [{ spanId: "aaaaaaaaaaaaaaa1", name: "stars", score: 4, annotatorKind: "HUMAN" }] });
  const whole = await addTraceAnnotation({ client, sync: true, traceAnnotation: { traceId, name: "thumbs", score: 0, annotatorKind: "HUMAN" } });

  await eventually(`/v1/responses/${traceId}-aaaaaaaaaaaaaaa1`, ({ response, feedback }) => {
    assert.equal(response.operation, "invoke_agent");
    const said = Object.fromEntries(feedback.map((f) => [f.id, [f.vote, f.score?.value ?? null, f.comment ?? null, f.bound, f.surface]]));
    assert.deepEqual(said, {
      [early.id]: ["up", null, "just so", true, "phoenix"], [late.id]: ["up", null, null, true, "phoenix"],
      [scale.id]: ["none", 4, null, true, "phoenix"], [whole.id]: ["down", null, null, true, "phoenix"],
    });
  });
  await assert.rejects(annotate("aaaaaaaaaaaaaaa1", { score: 1, annotatorKind: "LLM" }));
  await assert.rejects(addSpanAnnotation({ client: createClient({ options: { baseUrl: url, headers: {} } }), spanAnnotation: { spanId: "x", name: "y", score: 1, annotatorKind: "HUMAN" } }));
});
