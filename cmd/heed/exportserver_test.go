package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"testing"

	"github.com/heed-ai/heed/internal/api"
)

// listServer serves one list, page by page.
type listServer struct {
	*httptest.Server
	items   []json.RawMessage
	begun   []api.ExportBody
	queries []url.Values
	fails   int // the page that is answered 403; 0: none
}

func newListServer(t testing.TB, items ...string) *listServer {
	s := &listServer{}
	for _, item := range items {
		s.items = append(s.items, json.RawMessage(item))
	}
	s.Server = httptest.NewServer(http.HandlerFunc(s.serve))
	t.Cleanup(s.Close)
	return s
}

func (s *listServer) serve(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		var begun api.ExportBody
		_ = json.NewDecoder(r.Body).Decode(&begun)
		slices.Sort(begun.Filters)
		s.begun = append(s.begun, begun)
		w.WriteHeader(http.StatusCreated)
		fmt.Fprint(w, `{"record":1}`)
		return
	}
	q := r.URL.Query()
	s.queries = append(s.queries, q)
	if len(s.queries) == s.fails {
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, `{"code":"forbidden","status":403,"detail":"this key is revoked"}`)
		return
	}
	limit, _ := strconv.Atoi(q.Get("limit"))
	from, _ := strconv.Atoi(q.Get("cursor"))
	to := min(from+limit, len(s.items))
	next := ""
	if to < len(s.items) {
		next = strconv.Itoa(to)
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"items": s.items[from:to], "next": next})
}

// feedbackItems are as GET /v1/feedback has them.
func feedbackItems() []string {
	return []string{
		`{"id":"f1","response_id":"r1","vote":"down","score":{"value":-0.25,"min":-1,"max":5},"tags":["incorrect","unsafe"],` +
			`"preferred_over":"r0","has_comment":true,"has_correction":true,"surface":"web","trust":"token","bound":true,` +
			`"respondent":"0123456789abcdef0123456789abcdef","created_at":"2026-03-01T12:00:00.123456Z","updated_at":"2026-03-01T12:00:01Z",` +
			`"comment":"=cmd|' /C calc'!A0","correction":"say \"no\",\nthen stop; <b>é</b>"}`,
		`{"id":"f2","response_id":"","trace_id":"t1","span_id":"s1","vote":"none","score":null,"tags":[],"has_comment":true,` +
			`"has_correction":false,"trust":"server","bound":false,"created_at":"2026-02-01T00:00:00Z","updated_at":"2026-02-01T00:00:00Z",` +
			`"comment":null,"correction":null,"comment_status":"erased"}`,
	}
}

// responseItems are as GET /v1/responses has them.
func responseItems() []string {
	return []string{
		`{"response_id":"-r1","time":"2026-03-01T12:00:00.000001Z","received_at":"2026-03-01T12:00:02Z","operation":"chat","provider":"openai",` +
			`"model":"gpt-5","prompt_name":"p","prompt_version":"v2","feature":"search","release":"1.0","environment":"prod","status":"error",` +
			`"error_type":"rate_limit","error_code":"429","finish_reason":"stop","duration_ms":1234.5,"ttft_ms":0,"input_tokens":9007199254740991,` +
			`"output_tokens":0,"cached_tokens":1,"reasoning_tokens":2,"cost_usd":0.0000001,"conversation_id":"c","trace_id":"t","span_id":"s",` +
			`"respondent":"0123456789abcdef0123456789abcdef"}`,
		`{"response_id":"r2","time":"2026-03-01T11:00:00Z","received_at":"2026-03-01T12:00:02Z"}`,
	}
}
