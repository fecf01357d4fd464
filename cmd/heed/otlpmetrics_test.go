package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/encoding/protowire"
)

// exportedMetrics is what an exporter sends of so many calls, all between 640 ms and
// 1280 ms, beside what cannot be counted and what is not for Heed.
func exportedMetrics(begin, at time.Time, calls int) string {
	return fmt.Sprintf(`{"resourceMetrics":[{"resource":{"attributes":[
		{"key":"host.name","value":{"stringValue":"quokkacanary"}},{"key":"service.version","value":{"stringValue":"v7"}}]},
		"scopeMetrics":[{"metrics":[
		{"name":"gen_ai.client.operation.duration","unit":"s","histogram":{"aggregationTemporality":2,"dataPoints":[{
			"startTimeUnixNano":"%[1]d","timeUnixNano":"%[2]d","count":"%[3]d","sum":%[3]d,"explicitBounds":[0.64,1.28],"bucketCounts":["0","%[3]d","0"],
			"attributes":[{"key":"gen_ai.system","value":{"stringValue":"openai"}},{"key":"gen_ai.request.model","value":{"stringValue":"gpt-5"}},
				{"key":"enduser.id","value":{"stringValue":"quokkacanary"}},{"key":"error.type","value":{"stringValue":"quokkacanary@example.com"}}]}]}},
		{"name":"gen_ai.server.time_to_first_token","unit":"s","gauge":{"dataPoints":[{"timeUnixNano":"%[2]d","asDouble":0.2}]}},
		{"name":"quokkacanary.requests","sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"asInt":"4"}]}}]}]}]}`,
		begin.UnixNano(), at.UnixNano(), calls)
}

// TestMetricsOverOTLP: what is repeated with every export, and after the server was
// killed, counts once, apart from what responses count.
func TestMetricsOverOTLP(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p")
	post := func(body string, headers ...string) answer {
		return call(t, http.MethodPost, server.url+"/v1/metrics", body, append([]string{"Content-Type", "application/json", "X-Heed-Key", project.SecretKey}, headers...)...)
	}
	begin := time.Now().Add(-time.Minute)
	var last string
	for i, calls := range []int{3, 5, 5, 8} {
		last = exportedMetrics(begin, begin.Add(time.Duration(i+1)*time.Second), calls)
		got := post(last)
		if got.status != http.StatusOK || !strings.Contains(got.text, `"rejectedDataPoints":"1"`) || !strings.Contains(got.text, "histograms only") {
			t.Fatalf("metrics: %d %s", got.status, got.text)
		}
		if i == 1 {
			server.kill()
			server = serve(t, dir)
		}
	}
	post(last)
	get := func(path string) answer {
		return call(t, http.MethodGet, server.url+path, "", bearer(project.SecretKey)...)
	}
	eventually(t, func() string {
		found := get("/v1/stats/metrics?by=provider,model,release,status&model=gpt-5")
		for _, want := range []string{
			`"key":{"model":"gpt-5","provider":"openai","release":"v7","status":"error"}`, `"gen_ai.client.operation.duration":{"unit":"ms","count":8,"sum":8000,"errors":8,"error_rate":1`,
			`"low":640,"high":1280`, `"error_types":{"unknown":8}`, `"error_codes":{"[EMAIL_1]":8}`,
		} {
			if !strings.Contains(found.text, want) {
				return "no " + want + " in " + found.text
			}
		}
		return ""
	})
	if stats := get("/v1/stats"); !strings.Contains(stats.text, `"responses":0`) {
		t.Errorf("metrics count as responses: %s", stats.text)
	}
	hour := begin.UTC().Truncate(time.Hour).Add(-time.Hour).Format(time.RFC3339)
	if before := get("/v1/stats/metrics?to=" + hour); before.text != `{"from":null,"to":"`+hour+`","groups":[]}` {
		t.Errorf("before there were any: %s", before.text)
	}
	for _, path := range []string{"/v1/stats/metrics?by=surface", "/v1/stats/metrics?by=host.name", "/v1/stats/metrics?step=1h"} {
		if got := get(path); got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}

	deep := []byte("")
	for range 10_000 { // a list in a list in a list …
		deep = protowire.AppendBytes(protowire.AppendTag(nil, 5, protowire.BytesType), protowire.AppendBytes(protowire.AppendTag(nil, 1, protowire.BytesType), deep))
	}
	for _, field := range []protowire.Number{2, 9, 1, 9, 2, 2, 1} { // value, attribute, point, histogram, metric, scope, of the metrics
		deep = protowire.AppendBytes(protowire.AppendTag(nil, field, protowire.BytesType), deep)
	}
	for name, c := range map[string]struct {
		got    answer
		status int
		want   string
	}{
		"no key":       {post(last, "X-Heed-Key", ""), 401, `{"code":16,`},
		"a page's key": {post(last, "X-Heed-Key", project.PublishableKey), 403, `{"code":7,`},
		"nests":        {post(string(deep), "Content-Type", "application/x-protobuf"), 400, "nests too deep"},
		"not OTLP":     {post(`{"resourceMetrics":"quokkacanary"}`), 400, `{"code":3,`},
		"nothing":      {post(`{}`), 200, `{}`},
	} {
		if c.got.status != c.status || !strings.Contains(c.got.text, c.want) || strings.Contains(c.got.text, "canary") {
			t.Errorf("%s: %d %s, want %d with %s", name, c.got.status, c.got.text, c.status, c.want)
		}
	}
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	findInFiles(t, dir, "quokkacanary")
}
