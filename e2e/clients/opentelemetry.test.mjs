// The exporters of OpenTelemetry, unchanged, against a real heed: three
// encodings of one span.
import assert from "node:assert/strict";
import { test } from "node:test";

import { ROOT_CONTEXT, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { OTLPTraceExporter as GRPC } from "@opentelemetry/exporter-trace-otlp-grpc";
import { OTLPTraceExporter as JSONOverHTTP } from "@opentelemetry/exporter-trace-otlp-http";
import { OTLPTraceExporter as ProtobufOverHTTP } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

import { eventually, secretKey, url } from "./heed.mjs";

const headers = { "x-heed-key": secretKey };
const exporters = {
  json: new JSONOverHTTP({ url: `${url}/v1/traces`, headers }),
  protobuf: new ProtobufOverHTTP({ url: `${url}/v1/traces`, headers, compression: "gzip" }),
};

async function exported(exporter, name) {
  const provider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter)] });
  const tracer = provider.getTracer("app");
  const began = Date.now() - 2000;
  const agent = tracer.startSpan("invoke_agent support", { startTime: began, attributes: { "gen_ai.operation.name": "invoke_agent", "user.id": "u-42", "session.id": "c-1" } });
  const span = tracer.startSpan("chat gpt-5", {
    kind: SpanKind.CLIENT, startTime: began,
    attributes: { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5", "gen_ai.input.messages": "canary" },
  }, trace.setSpan(ROOT_CONTEXT, agent));
  span.setAttributes({ "gen_ai.response.id": `otel-${name}`, "gen_ai.usage.input_tokens": 12, "gen_ai.usage.output_tokens": 3, "gen_ai.response.finish_reasons": ["stop"] });
  span.setStatus({ code: SpanStatusCode.OK });
  span.end(began + 1500);
  agent.end(began + 1600);
  await provider.shutdown();
  const { traceId, spanId } = span.spanContext();
  await eventually(`/v1/responses/otel-${name}`, ({ response }) => {
    const { time, received_at, respondent, ...rest } = response;
    assert.match(respondent, /^[0-9a-f]{32}$/);
    assert.equal(Date.parse(time), began);
    assert.deepEqual(rest, {
      response_id: `otel-${name}`, operation: "chat", provider: "openai", model: "gpt-5", status: "ok", finish_reason: "stop",
      duration_ms: 1500, input_tokens: 12, output_tokens: 3, cost_usd: (12 * 1.25 + 3 * 10) / 1e6, conversation_id: "c-1", trace_id: traceId, span_id: spanId,
      part_of: `${traceId}-${agent.spanContext().spanId}`,
    });
  });
}

for (const [name, exporter] of Object.entries(exporters)) test(`OTLP over HTTP as ${name}`, () => exported(exporter, name));

test("OTLP over gRPC", async () => {
  // Metadata has no other way in than the environment, which everybody uses.
  process.env.OTEL_EXPORTER_OTLP_HEADERS = `x-heed-key=${secretKey}`;
  await exported(new GRPC({ url: `http://${process.env.HEED_OTLP_GRPC}` }), "grpc");
});
