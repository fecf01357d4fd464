// What instrumentations write goes to heed by OpenTelemetry's own exporter, and is
// kept here to compare with.
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-proto";
import { BatchSpanProcessor, NodeTracerProvider } from "@opentelemetry/sdk-trace-node";

import { secretKey, url } from "./heed.mjs";

// The provider of models that answers as some did once.
export const providerURL = process.env.PROVIDER_URL;

export const ended = [];

const exporter = new OTLPTraceExporter({ url: `${url}/v1/traces`, headers: { "x-heed-key": secretKey } });
const keeper = { onStart() {}, onEnd: (span) => ended.push(span), forceFlush: async () => {}, shutdown: async () => {} };

export const tracerProvider = new NodeTracerProvider({ spanProcessors: [new BatchSpanProcessor(exporter), keeper] });

// spansOf runs work, sends its spans off, and returns them once there are as many
// as wanted: some instrumentations end theirs a moment after the call.
export async function spansOf(work, wanted = 1) {
  const before = ended.length;
  await work();
  for (const deadline = Date.now() + 120_000; ended.length < before + wanted && Date.now() < deadline; ) await new Promise((done) => setTimeout(done, 5));
  await tracerProvider.forceFlush();
  return ended.slice(before);
}

// idOf is a response's id whose provider's is not told.
export function idOf(span) {
  const { traceId, spanId } = span.spanContext();
  return `${traceId}-${spanId}`;
}
