package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"

	"go.opentelemetry.io/collector/pdata/pcommon"
	"go.opentelemetry.io/collector/pdata/ptrace"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
)

const (
	otlpBatch         = 200
	minSpans          = 60_000 // a second
	minSpansWithTexts = 25_000
)

// measureOTLP sends spans from four connections, and measures until the last is
// accepted and until it is stored.
func measureOTLP(ctx context.Context, b *bench) ([]figure, error) {
	bare, err := b.measureSpans(ctx, "without content", false, minSpans)
	if err != nil {
		return nil, err
	}
	full, err := b.measureSpans(ctx, "with 1 kB of text, redacted and sealed", true, minSpansWithTexts)
	return append(bare, full...), err
}

func (b *bench) measureSpans(ctx context.Context, kind string, texts bool, least float64) ([]figure, error) {
	site, err := b.install(ctx)
	if err != nil {
		return nil, err
	}
	defer site.remove()
	c := newCaller(site.url, eventsConnections)
	defer c.close()
	if texts {
		policy := request{method: http.MethodPatch, path: "/v1/project", credential: site.secret, body: []byte(`{"content":"redacted"}`), status: http.StatusOK}
		if err := c.load(ctx, policy); err != nil {
			return nil, err
		}
	}
	all := history{from: time.Now().Add(-time.Hour), span: time.Hour, responses: b.sizes.spans / otlpBatch * otlpBatch}
	bodies := make([][]byte, all.responses/otlpBatch)
	for n := range bodies {
		if bodies[n], err = spansOf(n, all, texts); err != nil {
			return nil, err
		}
	}
	null, err := nullSpans(ctx, bodies)
	if err != nil {
		return nil, err
	}
	var accepted, stored float64
	cpu, err := site.cpuPer(func() (float64, error) {
		began := time.Now()
		if err := sendAll(ctx, bodies, sendSpans(c, site.secret)); err != nil {
			return 0, err
		}
		accepted = float64(all.responses) / time.Since(began).Seconds()
		err := all.awaitStored(ctx, c, site.secret)
		stored = float64(all.responses) / time.Since(began).Seconds()
		return float64(all.responses), err
	})
	if err != nil {
		return nil, err
	}
	what := fmt.Sprintf("OTLP spans in batches of %d, 4 connections, %s", otlpBatch, kind)
	return []figure{
		{what: what + ", accepted", unit: perSecond, value: accepted, null: null},
		{
			what: what + ", stored", unit: perSecond, value: stored, null: null, goal: goal{atLeast, least}, why: spansCost,
			note: "heed computes " + microseconds.format(cpu) + " for each",
		},
	}, nil
}

// spansCost is what a profile of the row says.
const spansCost = "with texts a quarter of the time is redaction and sealing, a fifth the event store; without, two fifths are the " +
	"event store; the rest is decoding, the spool and the garbage collector, on the cores that the client has its share of"

// nullSpans is how many spans a second the null server takes.
func nullSpans(ctx context.Context, bodies [][]byte) (float64, error) {
	null, err := startNull(ctx, nullAnswers{"POST /v1/traces": {Status: http.StatusOK}})
	if err != nil {
		return 0, err
	}
	defer null.stop()
	c := newCaller(null.url, eventsConnections)
	defer c.close()
	began := time.Now()
	err = sendAll(ctx, bodies, sendSpans(c, ""))
	return float64(len(bodies)*otlpBatch) / time.Since(began).Seconds(), err
}

func sendSpans(c *caller, secret string) func(context.Context, []byte) error {
	return func(ctx context.Context, body []byte) error {
		return c.load(ctx, request{
			method: http.MethodPost, path: "/v1/traces", credential: secret, media: "application/x-protobuf", body: body, status: http.StatusOK,
		})
	}
}

// sentence is ordinary text, with something in it to redact.
const sentence = "Please tell the customer at ada@example.com that the parcel left the house on Tuesday and comes within two days. "

// spansOf makes the n-th batch of a history, as the instrumentation of a client
// and an exporter do.
func spansOf(n int, all history, texts bool) ([]byte, error) {
	traces := ptrace.NewTraces()
	resource := traces.ResourceSpans().AppendEmpty()
	resource.Resource().Attributes().PutStr("service.name", "shop")
	resource.Resource().Attributes().PutStr("service.version", "2026.11")
	spans := resource.ScopeSpans().AppendEmpty().Spans()
	spans.EnsureCapacity(otlpBatch)
	for i := range otlpBatch {
		number := n*otlpBatch + i
		began := all.from.Add(all.span * time.Duration(number) / time.Duration(all.responses))
		span := spans.AppendEmpty()
		span.SetTraceID(pcommon.TraceID{1, 15: byte(number), 14: byte(number >> 8), 13: byte(number >> 16), 12: byte(number >> 24)})
		span.SetSpanID(pcommon.SpanID{1, 7: byte(number), 6: byte(number >> 8), 5: byte(number >> 16), 4: byte(number >> 24)})
		span.SetName("chat gpt-5")
		span.SetKind(ptrace.SpanKindClient)
		span.SetStartTimestamp(pcommon.NewTimestampFromTime(began))
		span.SetEndTimestamp(pcommon.NewTimestampFromTime(began.Add(time.Duration(500+number%3000) * time.Millisecond)))
		a := span.Attributes()
		a.PutStr("gen_ai.operation.name", "chat")
		a.PutStr("gen_ai.provider.name", "openai")
		a.PutStr("gen_ai.request.model", "gpt-5")
		a.PutStr("gen_ai.response.model", "gpt-5-2025-08-07")
		a.PutStr("gen_ai.response.id", fmt.Sprintf("chatcmpl-%d", number))
		a.PutInt("gen_ai.usage.input_tokens", int64(100+number%900))
		a.PutInt("gen_ai.usage.output_tokens", int64(10+number%400))
		a.PutDouble("gen_ai.response.time_to_first_chunk", 0.2)
		a.PutEmptySlice("gen_ai.response.finish_reasons").AppendEmpty().SetStr("stop")
		a.PutStr("session.id", fmt.Sprintf("conversation-%d", number/4))
		a.PutStr("user.id", fmt.Sprintf("u-%d", number%people))
		a.PutStr("server.address", "api.openai.com")
		if texts {
			a.PutStr("gen_ai.input.messages", `[{"role":"user","parts":[{"type":"text","content":"`+strings.Repeat(sentence, 4)+`"}]}]`)
			a.PutStr("gen_ai.output.messages", `[{"role":"assistant","parts":[{"type":"text","content":"`+strings.Repeat(sentence, 4)+`"}]}]`)
		}
	}
	return ptraceotlp.NewExportRequestFromTraces(traces).MarshalProto()
}
