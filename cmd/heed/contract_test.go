package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scenario is one exchange with the server as data: what is sent, and what must
// come back. want lists only the fields that matter.
type scenario struct {
	name        string
	method      string // POST unless told otherwise
	path        string
	credential  string
	headers     []string
	body        string
	status      int
	want        string // JSON that must be part of the answer
	code, field string // of a problem
}

func (s scenario) run(t *testing.T, url string) {
	t.Helper()
	method := s.method
	if method == "" {
		method = http.MethodPost
	}
	headers := s.headers
	if s.credential != "" {
		headers = append(bearer(s.credential), headers...)
	}
	got := call(t, method, url+s.path, s.body, headers...)
	if got.status != s.status {
		t.Fatalf("status %d, want %d: %s", got.status, s.status, got.text)
	}
	if s.want != "" {
		var want map[string]any
		if err := json.Unmarshal([]byte(s.want), &want); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(any(want), part(got.body, want)); diff != "" {
			t.Errorf("answer (-want +got):\n%s", diff)
		}
	}
	if s.status >= 400 {
		s.checkProblem(t, got)
	}
}

// checkProblem checks the form that every error has, and that it repeats
// nothing of what was sent.
func (s scenario) checkProblem(t *testing.T, got answer) {
	t.Helper()
	if media := got.header.Get("Content-Type"); media != "application/problem+json" {
		t.Errorf("Content-Type %q, want application/problem+json", media)
	}
	if s.code != "" && got.body["code"] != s.code {
		t.Errorf("code %v, want %s", got.body["code"], s.code)
	}
	if s.field != "" && !strings.Contains(got.text, `"location":"`+s.field+`"`) {
		t.Errorf("no error names %s: %s", s.field, got.text)
	}
	if strings.Contains(got.text, "canary") {
		t.Errorf("the error repeats what was sent: %s", got.text)
	}
}

// part cuts got down to the fields that want has, all the way down.
func part(got, want any) any {
	wanted, ok := want.(map[string]any)
	if !ok {
		return got
	}
	fields, ok := got.(map[string]any)
	if !ok {
		return got
	}
	cut := map[string]any{}
	for name, value := range wanted {
		if found, ok := fields[name]; ok {
			cut[name] = part(found, value)
		}
	}
	return cut
}

func TestFeedbackContract(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "contract", "--origin", "https://app.example.com")
	other := createProject(t, dir, "other", "--origin", "https://other.example.com")
	sk, pk := project.SecretKey, project.PublishableKey
	token := mint(t, sk, "tok-1", "--user", "u-7")
	allowed := []string{"Origin", "https://app.example.com"}

	for _, s := range []scenario{
		{name: "vote", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","vote":"up","user":"u-1"}`,
			status: 201, want: `{"response_id":"r1","vote":"up","score":null,"tags":[],"has_comment":false,"has_correction":false,"trust":"server","bound":false}`},
		{name: "vote again changes", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","vote":"down","user":"u-1","tags":["incorrect","odd one"]}`,
			status: 201, want: `{"vote":"down","tags":["incorrect","odd one"]}`},
		{name: "absent stays, null clears", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","user":"u-1","tags":null,"comment":"it was late"}`,
			status: 201, want: `{"vote":"down","tags":[],"has_comment":true}`},
		{name: "own id", path: "/v1/feedback", credential: sk, body: `{"id":"mine_1","response_id":"r2","score":{"value":4,"min":1,"max":5}}`,
			status: 201, want: `{"id":"mine_1","score":{"value":4,"min":1,"max":5},"vote":"none"}`},
		{name: "an id belongs to its response", path: "/v1/feedback", credential: sk, body: `{"id":"mine_1","response_id":"r3","vote":"up"}`,
			status: 409, code: "conflict"},
		{name: "an id is enough for feedback that exists", path: "/v1/feedback", credential: sk, body: `{"id":"mine_1","vote":"up","score":null}`,
			status: 201, want: `{"id":"mine_1","response_id":"r2","vote":"up","score":null}`},
		{name: "and for no other", path: "/v1/feedback", credential: sk, body: `{"id":"nobodys","vote":"up"}`, status: 400, code: "invalid", field: "body.response_id"},
		{name: "nothing said", path: "/v1/feedback", credential: sk, body: `{"response_id":"typo","votes":"up"}`, status: 400, code: "invalid", field: "body.vote"},
		{name: "by trace", path: "/v1/feedback", credential: sk, body: `{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","vote":"up","user":"u-1"}`,
			status: 201, want: `{"vote":"up","bound":false}`},
		{name: "no target", path: "/v1/feedback", credential: sk, body: `{"vote":"up"}`, status: 400, code: "invalid", field: "body.response_id"},
		{name: "wrong vote", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","vote":"canary"}`, status: 400, code: "invalid", field: "body.vote"},
		{name: "wrong type", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","vote":{"canary":1}}`, status: 400, field: "body.vote"},
		{name: "NUL", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","comment":"canary\u0000"}`, status: 400, field: "body.comment"},
		{name: "not UTF-8", path: "/v1/feedback", credential: sk, body: "{\"response_id\":\"canary\xff\"}", status: 400, code: "invalid"},
		{name: "not JSON", path: "/v1/feedback", credential: sk, body: `{"response_id":"canary`, status: 400, code: "invalid", field: "body"},
		{name: "too deep", path: "/v1/feedback", credential: sk, body: strings.Repeat("[", 5000), status: 400, field: "body"},
		{name: "before 2000", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","vote":"up","time":"1999-12-31T23:59:59Z"}`, status: 400, field: "body.time"},
		{name: "far ahead", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","vote":"up","time":"2199-01-01T00:00:00Z"}`, status: 400, field: "body.time"},
		{name: "long id", path: "/v1/feedback", credential: sk, body: `{"response_id":"` + strings.Repeat("x", 257) + `","vote":"up"}`, status: 400, field: "body.response_id"},
		{name: "long comment", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","comment":"` + strings.Repeat("é", 8001) + `"}`, status: 400, field: "body.comment"},
		{name: "17 tags", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","tags":["a"` + strings.Repeat(`,"a"`, 16) + `]}`, status: 400, field: "body.tags"},
		{name: "score outside its scale", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","score":{"value":6,"min":1,"max":5}}`, status: 400, field: "body.score"},
		{name: "too large", path: "/v1/feedback", credential: sk, body: `{"response_id":"r1","comment":"` + strings.Repeat("x", 200<<10) + `"}`, status: 413, code: "too_large"},
		{name: "unknown encoding", path: "/v1/feedback", credential: sk, headers: []string{"Content-Encoding", "br"}, body: `{}`, status: 415, code: "unsupported"},
		{name: "unknown media type", path: "/v1/feedback", credential: sk, headers: []string{"Content-Type", "text/csv"}, body: `{}`, status: 415, code: "unsupported"},

		{name: "no credential", path: "/v1/feedback", body: `{"response_id":"r1","vote":"up"}`, status: 401, code: "unauthenticated"},
		{name: "malformed key", path: "/v1/feedback", credential: "heed_sk_canary", body: `{"response_id":"r1","vote":"up"}`, status: 401, code: "unauthenticated"},
		{name: "publishable key", path: "/v1/feedback", credential: pk, headers: allowed, body: `{"response_id":"r9","vote":"up"}`, status: 201, want: `{"trust":"public"}`},
		{name: "publishable key in the query, as sendBeacon sends it", path: "/v1/feedback?key=" + pk, headers: append([]string{"Content-Type", "text/plain"}, allowed...),
			body: `{"response_id":"r9","vote":"up"}`, status: 201, want: `{"trust":"public"}`},
		{name: "publishable key from elsewhere", path: "/v1/feedback", credential: pk, headers: []string{"Origin", "https://canary.example"}, body: `{"response_id":"r9","vote":"up"}`, status: 403, code: "forbidden"},
		{name: "publishable key from nowhere", path: "/v1/feedback", credential: pk, body: `{"response_id":"r9","vote":"up"}`, status: 403, code: "forbidden"},
		{name: "publishable key from another project's origin", path: "/v1/feedback", credential: pk, headers: []string{"Origin", "https://other.example.com"}, body: `{"response_id":"r9","vote":"up"}`, status: 403},
		{name: "publishable key cannot change the server's", path: "/v1/feedback", credential: pk, headers: allowed, body: `{"id":"mine_1","response_id":"r2","vote":"down"}`, status: 403, code: "forbidden"},
		{name: "publishable key cannot read", method: http.MethodGet, path: "/v1/stats", credential: pk, headers: allowed, status: 403, code: "forbidden"},

		{name: "token", path: "/v1/feedback", credential: token, body: `{"vote":"up"}`, status: 201, want: `{"response_id":"tok-1","vote":"up","trust":"token"}`},
		{name: "token in the query", path: "/v1/feedback?token=" + token, body: `{"vote":"down"}`, status: 201, want: `{"response_id":"tok-1","vote":"down"}`},
		{name: "token for another response", path: "/v1/feedback", credential: token, body: `{"response_id":"r1","vote":"up"}`, status: 403, code: "forbidden"},
		{name: "token on somebody else's feedback", path: "/v1/feedback", credential: token, body: `{"id":"mine_1","vote":"up"}`, status: 409, code: "conflict"},
		{name: "tampered token", path: "/v1/feedback", credential: token[:len(token)-2] + "xx", body: `{"vote":"up"}`, status: 401, code: "unauthenticated"},
		{name: "token cannot read", method: http.MethodGet, path: "/v1/feedback/mine_1", credential: token, status: 403, code: "forbidden"},
		{name: "another project sees nothing", method: http.MethodDelete, path: "/v1/feedback/mine_1", credential: other.SecretKey, status: 404, code: "not_found"},
		{name: "retract", method: http.MethodDelete, path: "/v1/feedback/mine_1", credential: sk, status: 200, want: `{"vote":"none","score":null,"has_comment":false}`},
		{name: "retract what is not there", method: http.MethodDelete, path: "/v1/feedback/nothing", credential: sk, status: 404, code: "not_found"},
		{name: "unknown path", method: http.MethodGet, path: "/v2/canary", status: 404, code: "not_found"},
	} {
		t.Run(s.name, func(t *testing.T) { s.run(t, server.url) })
	}
}

func TestEventsContract(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "events", "--origin", "https://app.example.com")
	sk := project.SecretKey
	token := mint(t, sk, "r1")

	for _, s := range []scenario{
		{name: "every kind", path: "/v1/events", credential: sk, body: `{"events":[
			{"type":"response","response_id":"r1","model":"m","provider":"p","duration_ms":1200,"ttft_ms":200,"status":"ok","input_tokens":12.0,"surplus":{"deep":[1]}},
			{"type":"feedback","response_id":"r1","vote":"up","user":"u-1"},
			{"type":"signal","response_id":"r1","name":"shown"},
			{"type":"change","name":"prompt","value":"v2","note":"shorter"}]}`,
			status: 200, want: `{"accepted":4,"rejected":[]}`},
		{name: "one bad event costs no good one", path: "/v1/events", credential: sk, body: "{\"events\":[" + strings.Join([]string{
			`{"type":"feedback","response_id":"r2","vote":"sideways"}`,
			`{"type":"feedback","response_id":"r2","vote":"up","user":"u-2"}`,
			`{"type":"response","response_id":"r3","input_tokens":-1}`,
			`{"type":"response","response_id":"r4","time":"1970-01-01T00:00:00Z"}`,
			`{"type":"response","response_id":7}`,
			`{"type":"signal","response_id":"r2","name":"winked"}`,
			`{"type":"party"}`,
			`"text"`,
			"{\"type\":\"feedback\",\"response_id\":\"\xff\",\"vote\":\"up\"}",
			`{"type":"feedback","response_id":"r\u0000","vote":"up"}`,
			`{"type":"response","response_id":"r5","error_type":"gremlins"}`,
			`{"type":"response","response_id":"r6","x":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
		}, ",") + "]}", status: 200, want: `{"accepted":1,"rejected":` + rejections("vote", "", "input_tokens", "time", "response_id", "name", "type", "body", "body", "response_id", "error_type", "body") + `}`},
		{name: "events that are not JSON", path: "/v1/events", credential: sk, body: `{"events":[canary]}`, status: 400, code: "invalid", field: "body"},
		{name: "no events", path: "/v1/events", credential: sk, body: `{}`, status: 400, field: "body.events"},
		{name: "too many", path: "/v1/events", credential: sk, body: `{"events":[1` + strings.Repeat(",1", 10_000) + `]}`, status: 413, code: "too_large"},
		{name: "too many for a page", path: "/v1/events", credential: project.PublishableKey, headers: []string{"Origin", "https://app.example.com"}, body: `{"events":[1` + strings.Repeat(",1", 1_000) + `]}`, status: 413, code: "too_large"},
		{name: "a token writes on its response only", path: "/v1/events", credential: token, body: `{"events":[
			{"type":"signal","name":"copied"},{"type":"signal","response_id":"r2","name":"copied"},
			{"type":"response","response_id":"r1"},{"type":"change","name":"prompt"}]}`,
			status: 200, want: `{"accepted":1}`},
		{name: "a publishable key writes no responses", path: "/v1/events", credential: project.PublishableKey, headers: []string{"Origin", "https://app.example.com"},
			body: `{"events":[{"type":"response","response_id":"r7"},{"type":"signal","response_id":"r1","name":"shown"}]}`, status: 200, want: `{"accepted":1}`},
	} {
		t.Run(s.name, func(t *testing.T) {
			if s.name == "one bad event costs no good one" {
				got := call(t, http.MethodPost, server.url+s.path, s.body, bearer(s.credential)...)
				if diff := cmp.Diff(wantedFields(s.want), rejectedFields(got)); diff != "" {
					t.Errorf("rejected (-want +got):\n%s\n%s", diff, got.text)
				}
				return
			}
			s.run(t, server.url)
		})
	}
}

// rejections is the list of rejected events with the given fields; "" stands
// for an accepted one.
func rejections(fields ...string) string {
	var list []string
	for i, field := range fields {
		if field != "" {
			list = append(list, fmt.Sprintf(`{"index":%d,"field":%q}`, i, field))
		}
	}
	return "[" + strings.Join(list, ",") + "]"
}

type rejectedField struct {
	Index int
	Field string
}

func wantedFields(want string) []rejectedField {
	var answer struct{ Rejected []rejectedField }
	_ = json.Unmarshal([]byte(want), &answer)
	return answer.Rejected
}

func rejectedFields(got answer) []rejectedField {
	var answer struct{ Rejected []rejectedField }
	_ = json.Unmarshal([]byte(got.text), &answer)
	return answer.Rejected
}

// mint makes a token with the heed command.
func mint(t testing.TB, secretKey, response string, args ...string) string {
	t.Helper()
	stdout, stderr, status := runHeedWith(t, []string{"HEED_KEY=" + secretKey}, append([]string{"token", response}, args...)...)
	if status != 0 {
		t.Fatalf("token: %s", stderr)
	}
	return strings.TrimSpace(stdout)
}
