// The exporters of OpenTelemetry's metrics, unchanged, against a real heed: what
// a stream repeats with every export counts once, whatever shape its buckets have.
import assert from "node:assert/strict";
import { test } from "node:test";

import { OTLPMetricExporter as GRPC } from "@opentelemetry/exporter-metrics-otlp-grpc";
import { OTLPMetricExporter as Protobuf } from "@opentelemetry/exporter-metrics-otlp-proto";
import { AggregationTemporality, AggregationType, MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";

import { eventually, secretKey, url } from "./heed.mjs";

const buckets = { advice: { explicitBucketBoundaries: [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92] }, unit: "s" };

const http = (temporalityPreference) =>
  new Protobuf({ url: `${url}/v1/metrics`, headers: { "x-heed-key": secretKey }, compression: "gzip", temporalityPreference });

/** Three exports of ten calls and then five more, one of which fails. */
async function exported(exporter, model, views = []) {
  const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 3_600_000 });
  const meter = new MeterProvider({ readers: [reader], views }).getMeter("app");
  const duration = meter.createHistogram("gen_ai.client.inference.duration", buckets);
  const old = meter.createHistogram("gen_ai.client.token.usage", { unit: "{token}", advice: { explicitBucketBoundaries: [1, 4, 16, 64, 256, 1024, 4096] } });
  const input = meter.createCounter("gen_ai.client.inference.usage.input_tokens", { unit: "{token}" });
  const own = meter.createHistogram("http.server.request.duration", { unit: "s" });
  const names = { "gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": model };
  const answered = (seconds, more = {}) => {
    duration.record(seconds, { ...names, "server.address": "canary.example.com", ...more });
    old.record(100, { ...names, "gen_ai.token.type": "input" });
    old.record(20, { ...names, "gen_ai.token.type": "output" });
    input.add(100, names);
    own.record(seconds);
  };
  for (let i = 0; i < 10; i++) answered(0.5);
  await reader.forceFlush();
  for (let i = 0; i < 4; i++) answered(2);
  answered(30, { "error.type": "rate_limit_exceeded" });
  await reader.forceFlush();
  await reader.shutdown(); // which exports again
  await eventually(`/v1/stats/metrics?by=provider,model&model=${model}`, ({ groups }) => {
    assert.equal(groups.length, 1);
    const { key, metrics } = groups[0];
    assert.deepEqual(key, { provider: "openai", model });
    assert.deepEqual(Object.keys(metrics).sort(), [
      "gen_ai.client.inference.duration", "gen_ai.client.inference.usage.input_tokens", "gen_ai.client.token.usage.input", "gen_ai.client.token.usage.output",
    ]);
    const took = metrics["gen_ai.client.inference.duration"];
    assert.deepEqual([took.unit, took.count, took.sum, took.errors], ["ms", 15, 43_000, 1]);
    assert.deepEqual([took.error_types, took.error_codes], [{ rate_limit: 1 }, { rate_limit_exceeded: 1 }]);
    assert.ok(took.p50.low < 500 && 500 <= took.p50.high && took.p50.low <= took.p50.value && took.p50.value <= took.p50.high, JSON.stringify(took.p50));
    assert.ok(took.p99.low < 30_000 && 30_000 <= took.p99.high, JSON.stringify(took.p99));
    assert.deepEqual([metrics["gen_ai.client.inference.usage.input_tokens"].sum, metrics["gen_ai.client.token.usage.input"].sum, metrics["gen_ai.client.token.usage.output"].sum], [1500, 1500, 300]);
  });
  await eventually(`/v1/stats?model=${model}`, ({ groups }) => assert.equal(groups[0].responses, 0));
}

test("cumulative", () => exported(http(AggregationTemporality.CUMULATIVE), "cumulative"));
test("delta", () => exported(http(AggregationTemporality.DELTA), "delta"));
test("exponential buckets", () =>
  exported(http(AggregationTemporality.CUMULATIVE), "exponential", [
    { instrumentName: "gen_ai.client.inference.duration", aggregation: { type: AggregationType.EXPONENTIAL_HISTOGRAM, options: { recordMinMax: true } } },
  ]));
test("over gRPC", () => {
  process.env.OTEL_EXPORTER_OTLP_HEADERS = `x-heed-key=${secretKey}`;
  return exported(new GRPC({ url: `http://${process.env.HEED_OTLP_GRPC}` }), "grpc");
});
