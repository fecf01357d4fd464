package main

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
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
	if metrics := post("/v1/metrics", `{}`); metrics.status != http.StatusOK || !strings.Contains(metrics.text, "keeps no metrics") {
		t.Errorf("metrics: %d %s", metrics.status, metrics.text)
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
