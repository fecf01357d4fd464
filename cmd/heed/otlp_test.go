package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// exportedSpan is what an exporter of OpenTelemetry sends, in JSON.
const exportedSpan = `{"resourceSpans":[{"resource":{"attributes":[{"key":"service.version","value":{"stringValue":"v7"}}]},"scopeSpans":[{"spans":[{
	"traceId":"5b8efff798038103d269b633813fc60c","spanId":"eee19b7ec3c1b174","name":"chat gpt-5","kind":3,
	"startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[
	{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}},{"key":"gen_ai.provider.name","value":{"stringValue":"openai"}},
	{"key":"gen_ai.response.model","value":{"stringValue":"gpt-5"}},{"key":"gen_ai.response.id","value":{"stringValue":"chatcmpl-otlp"}},
	{"key":"gen_ai.usage.input_tokens","value":{"intValue":"12"}},{"key":"user.id","value":{"stringValue":"canary-user"}},
	{"key":"gen_ai.input.messages","value":{"stringValue":"canary-text"}}]},
	{"name":"chat without ids","attributes":[{"key":"gen_ai.operation.name","value":{"stringValue":"chat"}}]}]}]}]}`

// TestOTLP sends spans and an evaluation as exporters do, and finds the answer
// with what its person said.
func TestOTLP(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p")
	begin := time.Now().Add(-time.Minute).UnixNano()
	body := fmt.Sprintf(exportedSpan, begin, begin+1_500_000_000)
	post := func(path, body string, headers ...string) answer {
		return call(t, http.MethodPost, server.url+path, body, append([]string{"Content-Type", "application/json", "X-Heed-Key", project.SecretKey}, headers...)...)
	}
	for range 2 { // exporters repeat what they are not sure of
		got := post("/v1/traces", body)
		if got.status != http.StatusOK || !strings.Contains(got.text, `"rejectedSpans":"1"`) || got.header.Get("Content-Type") != "application/json" {
			t.Fatalf("traces: %d %s", got.status, got.text)
		}
	}
	request := ptraceotlp.NewExportRequest()
	if err := request.UnmarshalJSON([]byte(body)); err != nil {
		t.Fatal(err)
	}
	proto, err := request.MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	_, _ = zw.Write(proto)
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	got := post("/v1/traces", packed.String(), "Content-Type", "application/x-protobuf", "Content-Encoding", "gzip")
	if got.status != http.StatusOK || got.header.Get("Content-Type") != "application/x-protobuf" {
		t.Fatalf("traces in protobuf: %d %q", got.status, got.text)
	}

	said := post("/v1/logs", `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"eventName":"gen_ai.evaluation.result","traceId":"5b8efff798038103d269b633813fc60c","attributes":[
		{"key":"gen_ai.evaluation.name","value":{"stringValue":"user_feedback"}},{"key":"gen_ai.evaluation.score.value","value":{"doubleValue":0}}]}]}]}]}`)
	if said.status != http.StatusOK || said.text != "{}" {
		t.Fatalf("logs: %d %s", said.status, said.text)
	}
	eventually(t, func() string {
		found := call(t, http.MethodGet, server.url+"/v1/responses/chatcmpl-otlp", "", "Authorization", "Bearer "+project.SecretKey)
		for _, want := range []string{`"model":"gpt-5"`, `"provider":"openai"`, `"release":"v7"`, `"duration_ms":1500`, `"input_tokens":12`, `"vote":"down"`, `"bound":true`} {
			if !strings.Contains(found.text, want) {
				return "no " + want + " in " + found.text
			}
		}
		if strings.Contains(found.text, "canary") || strings.Count(found.text, `"vote"`) != 1 {
			return found.text
		}
		return ""
	})

	for _, c := range []struct {
		name, path, body string
		headers          []string
		status           int
		want             string
	}{
		{"no key", "/v1/traces", body, []string{"X-Heed-Key", ""}, 401, `{"code":16,`},
		{"a page's key", "/v1/traces", body, []string{"X-Heed-Key", project.PublishableKey}, 403, `{"code":7,`},
		{"not JSON", "/v1/traces", `{"resourceSpans":canary}`, nil, 400, `{"code":3,`},
		{"another media type", "/v1/traces", body, []string{"Content-Type", "text/plain"}, 415, `{"code":3,`},
		{"not gzip", "/v1/traces", body, []string{"Content-Encoding", "gzip"}, 400, `{"code":3,`},
		{"ids of a wrong size", "/v1/traces", strings.Replace(body, "5b8efff798038103d269b633813fc60c", "5b8e", 1), nil, 400, `{"code":3,`},
		{"nothing", "/v1/traces", `{}`, nil, 200, `{}`},
		{"lies about its length", "/v1/traces", "\x0a\xff\xff\xff\xff\x0f", []string{"Content-Type", "application/x-protobuf"}, 400, "\x08\x03"},
		{"the year 1970", "/v1/traces", strings.ReplaceAll(body, fmt.Sprint(begin), "1000"), nil, 200, `"rejectedSpans":"2"`},
	} {
		got := post(c.path, c.body, c.headers...)
		if got.status != c.status || !strings.Contains(got.text, c.want) || strings.Contains(got.text, "canary") {
			t.Errorf("%s: %d %s, want %d with %s", c.name, got.status, got.text, c.status, c.want)
		}
	}
}

// TestOTLPOverGRPC sends the same over the other transport.
func TestOTLPOverGRPC(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p")
	begin := time.Now().Add(-time.Minute).UnixNano()
	request := ptraceotlp.NewExportRequest()
	if err := request.UnmarshalJSON(fmt.Appendf(nil, exportedSpan, begin, begin+1_500_000_000)); err != nil {
		t.Fatal(err)
	}
	conn, err := grpc.NewClient(server.otlp, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	client := ptraceotlp.NewGRPCClient(conn)
	with := func(headers ...string) context.Context {
		return metadata.AppendToOutgoingContext(t.Context(), headers...)
	}
	for _, c := range []struct {
		ctx     context.Context
		options []grpc.CallOption
	}{
		{with("x-heed-key", project.SecretKey), nil},
		{with("authorization", "Bearer "+project.SecretKey), []grpc.CallOption{grpc.UseCompressor("gzip")}},
	} {
		answer, err := client.Export(c.ctx, request, c.options...)
		if err != nil {
			t.Fatal(err)
		}
		if answer.PartialSuccess().RejectedSpans() != 1 {
			t.Errorf("%+v", answer.PartialSuccess())
		}
	}
	said := plogotlp.NewExportRequest()
	record := said.Logs().ResourceLogs().AppendEmpty().ScopeLogs().AppendEmpty().LogRecords().AppendEmpty()
	record.SetEventName("gen_ai.evaluation.result")
	record.Attributes().PutStr("gen_ai.evaluation.name", "user_feedback")
	record.Attributes().PutDouble("gen_ai.evaluation.score.value", 1)
	record.Attributes().PutStr("gen_ai.response.id", "chatcmpl-otlp")
	if _, err := plogotlp.NewGRPCClient(conn).Export(with("x-heed-key", project.SecretKey), said); err != nil {
		t.Fatal(err)
	}
	measured, err := pmetricotlp.NewGRPCClient(conn).Export(with("x-heed-key", project.SecretKey), pmetricotlp.NewExportRequest())
	if err != nil || measured.PartialSuccess().ErrorMessage() != "" {
		t.Errorf("metrics: %v %v", measured, err)
	}
	eventually(t, func() string {
		found := call(t, http.MethodGet, server.url+"/v1/responses/chatcmpl-otlp", "", "Authorization", "Bearer "+project.SecretKey)
		for _, want := range []string{`"duration_ms":1500`, `"input_tokens":12`, `"vote":"up"`, `"bound":true`} {
			if !strings.Contains(found.text, want) {
				return "no " + want + " in " + found.text
			}
		}
		return ""
	})

	// What no client of the protocol would send.
	export := func(ctx context.Context, body []byte) error {
		var nothing []byte
		return conn.Invoke(ctx, "/opentelemetry.proto.collector.trace.v1.TraceService/Export", body, &nothing, grpc.ForceCodecV2(bytesCodec{}))
	}
	deep := []byte("")
	for range 10_000 { // a list in a list in a list …
		deep = protowire.AppendBytes(protowire.AppendTag(nil, 5, protowire.BytesType), protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), deep))
	}
	for _, field := range []protowire.Number{2, 1, 1, 1} { // value, attribute, resource, of the spans
		deep = protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), deep)
	}
	for _, c := range []struct {
		name string
		ctx  context.Context
		body []byte
		want codes.Code
	}{
		{"no key", with(), nil, codes.Unauthenticated},
		{"a wrong key", with("x-heed-key", "heed_sk_canary"), nil, codes.Unauthenticated},
		{"a page's key", with("x-heed-key", project.PublishableKey), nil, codes.PermissionDenied},
		{"no protobuf", with("x-heed-key", project.SecretKey), []byte("canary"), codes.InvalidArgument},
		{"lies about its length", with("x-heed-key", project.SecretKey), []byte("\x0a\xff\xff\xff\xff\x0f"), codes.InvalidArgument},
		{"nests", with("x-heed-key", project.SecretKey), deep, codes.InvalidArgument},
		{"too large", with("x-heed-key", project.SecretKey), make([]byte, 64<<20+1), codes.ResourceExhausted},
		{"too large, and from nobody", with(), make([]byte, 64<<20+1), codes.Unauthenticated},
		{"nothing", with("x-heed-key", project.SecretKey), nil, codes.OK},
	} {
		if err := export(c.ctx, c.body); status.Code(err) != c.want || strings.Contains(fmt.Sprint(err), "canary") {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	if status := server.stop(t); status != 0 {
		t.Errorf("stopped with %d", status)
	}
}

// bytesCodec sends bytes as they are.
type bytesCodec struct{}

func (bytesCodec) Name() string { return "proto" }

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(v.([]byte))}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}
