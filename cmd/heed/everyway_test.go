package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"
	"go.opentelemetry.io/collector/pdata/pmetric/pmetricotlp"
	"go.opentelemetry.io/collector/pdata/ptrace/ptraceotlp"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
)

// everyWay is a server with a project that keeps all it can, and a person who
// speaks to it in every way there is.
type everyWay struct {
	dir     string
	config  string
	server  *process
	project newProject
	sk      []string
	marks   marks
	sentOn  *collected
	reveal  string
}

// collected is what somebody received.
type collected struct {
	mu    sync.Mutex
	bytes []byte
}

func (c *collected) ServeHTTP(_ http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.bytes = append(append(c.bytes, fmt.Sprint(r.URL, r.Header)...), body...)
}

// all is everything that was received.
func (c *collected) all() []byte {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.bytes)
}

func newEveryWay(t *testing.T) *everyWay {
	t.Helper()
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		switch {
		case strings.Contains(string(body), "break"):
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprintf(w, "data: {\"id\":\"gw-break\",\"choices\":[{\"delta\":{\"content\":%q}}]}\n\n", markSaid)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		case strings.Contains(string(body), "refuse"):
			w.WriteHeader(http.StatusBadRequest)
			fmt.Fprintf(w, `{"error":{"type":"invalid_request_error","code":%q,"message":%q}}`, markMail, markSaid)
		default:
			w.Header().Set("X-Request-Id", markMail)
			fmt.Fprintf(w, `{"id":"gw-whole","model":"gpt-5","choices":[{"message":{"content":%q},"finish_reason":"stop"}]}`, "The answer. "+markSaid)
		}
	}))
	t.Cleanup(upstream.Close)
	w := &everyWay{dir: t.TempDir(), marks: personal(), sentOn: &collected{}}
	collector := httptest.NewServer(w.sentOn)
	t.Cleanup(collector.Close)
	w.config = write(t, filepath.Join(t.TempDir(), "heed.yaml"), fmt.Sprintf("log: {level: debug}\ngateway: {upstreams: {up: {url: %q, api: openai}}}\nemit: {endpoint: %q}\nslack: {api: %q}\noutbound: {allow_private: true}\n",
		upstream.URL, collector.URL, collector.URL))
	w.server = serve(t, w.dir, "--config", w.config)
	w.project = createProject(t, w.dir, "p", "--content", "redacted", "--origin", accessOrigin)
	w.sk = bearer(w.project.SecretKey)
	if got := call(t, http.MethodPatch, w.server.url+"/v1/project", `{"attachment_days":7}`, w.sk...); got.status != http.StatusOK {
		t.Fatal(got.text)
	}
	eventually(t, func() string {
		if offerOf(t, w.server, w.sk...).Attach == nil {
			return "no attachments are offered"
		}
		return ""
	})
	told := call(t, http.MethodPost, w.server.url+"/v1/endpoints", fmt.Sprintf(`{"name":"told","kind":"webhook","url":%q,"events":["feedback.created","feedback.updated","finding.created","finding.changed","finding.noted","review.opened","review.changed"]}`, collector.URL), w.sk...)
	if told.status != http.StatusCreated {
		t.Fatal(told.text)
	}
	return w
}

// send makes a call, and finds no mark in what comes back.
func (w *everyWay) send(t *testing.T, status int, method, path, body string, headers ...string) answer {
	t.Helper()
	got := call(t, method, w.server.url+path, body, append([]string{
		// What browsers and proxies add of their own.
		"User-Agent", "Agent of " + markMail, "Referer", "https://app.example.com/" + markUser, "X-Forwarded-For", markMail, "Baggage", "user=" + markMail, "X-Request-Id", markMail,
	}, headers...)...)
	where := w.marks
	if got.status != status {
		t.Errorf("%s %s: %d %s, want %d", method, hidden(path), got.status, got.text, status)
	}
	if found := where.in([]byte(got.text)); found != "" {
		t.Errorf("%s %s answers with %s: %s", method, hidden(path), found, around(got.text, where))
	}
	for name, values := range got.header {
		if found := where.in([]byte(strings.Join(values, " "))); found != "" && name != "X-Heed-Token" {
			t.Errorf("%s %s answers with %s in the header %s", method, hidden(path), found, name)
		}
	}
	return got
}

// hidden shortens a path that a test puts marks into.
func hidden(path string) string { return path[:min(len(path), 40)] }

const jsonOf = "application/json"

// native speaks the way of Heed's own API, of pages, links and files.
func (w *everyWay) native(t *testing.T) {
	t.Helper()
	texts := fmt.Sprintf(`"comment":%q,"correction":%q,"tags":[%q],"surface":%q`, markSaid, markSaid, markMail, markMail)
	token := mint(t, w.project.SecretKey, "n-token", "--user", markUser)
	w.send(t, 201, "POST", "/v1/feedback", fmt.Sprintf(`{"response_id":"n-1","vote":"down","user":%q,%s}`, markUser, texts), append(w.sk, "Idempotency-Key", markMail)...)
	w.send(t, 201, "POST", "/v1/feedback?token="+token, `{"vote":"down",`+texts+`}`)
	w.send(t, 201, "POST", "/v1/feedback?key="+w.project.PublishableKey, fmt.Sprintf(`{"response_id":"n-1","vote":"down","user":%q,%s}`, markUser, texts), "Origin", accessOrigin)
	w.send(t, 200, "POST", "/v1/events", fmt.Sprintf(`{"events":[
		{"type":"response","response_id":"n-1","user":%[1]q,"model":"m","input":%[2]q,"output":[{"role":"assistant","content":%[2]q}],"error_code":%[3]q},
		{"type":"response","response_id":"n-2","user":%[1]q,"model":"m","input":{%[3]q:%[2]q}},
		{"type":"feedback","response_id":"n-2","vote":"up","user":%[1]q,"comment":%[2]q},
		{"type":"signal","response_id":"n-2","name":"copied","user":%[1]q},
		{"type":"change","name":"prompt","value":"v2","note":%[2]q}]}`, markUser, strings.ReplaceAll(markSaid, markWord, "x"), markMail), append(w.sk, "Idempotency-Key", markSaid)...)
	w.send(t, 200, "POST", "/v1/events", fmt.Sprintf(`{"events":[{"type":"response","response_id":"n-1","user":%q,"input":%q}]}`, markUser, markSaid), w.sk...)
	form := url.Values{"vote": {"down"}, "tag": {markMail}, "comment": {markSaid}}
	w.send(t, 200, "GET", "/f/"+token+"?vote="+url.QueryEscape(markSaid), "")
	w.send(t, 201, "POST", "/f/"+mint(t, w.project.SecretKey, "n-link", "--user", markUser), form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
	w.send(t, 200, "POST", "/v1/redact", fmt.Sprintf(`{"text":%q}`, markSaid), w.sk...)
	w.send(t, 200, "POST", "/v1/subjects", fmt.Sprintf(`{"user":%q}`, markUser), w.sk...)

	file := write(t, filepath.Join(t.TempDir(), "events.jsonl"), fmt.Sprintf("{\"type\":\"response\",\"response_id\":\"n-file\",\"user\":%[1]q,\"input\":%[2]q}\n{\"type\":\"feedback\",\"response_id\":\"n-file\",\"vote\":\"down\",\"user\":%[1]q,\"comment\":%[2]q}\n{\"type\":\"feedback\",\"vote\":%[2]q}\n{%[2]s\n", markUser, markSaid))
	out, errs, code := runHeedWith(t, []string{"HEED_URL=" + w.server.url, "HEED_KEY=" + w.project.SecretKey}, "import", file)
	if found := w.marks.in([]byte(out + errs)); found != "" || code != 1 || !strings.Contains(out+errs, "2 lines were rejected") {
		t.Errorf("import: %d, tells %s: %s %s", code, found, out, errs)
	}
}

// wrong is what every parser refuses, and must not repeat.
func (w *everyWay) wrong(t *testing.T) {
	t.Helper()
	mark := url.QueryEscape(markSaid)
	for _, c := range []struct {
		status             int
		method, path, body string
		headers            []string
	}{
		{400, "POST", "/v1/feedback", fmt.Sprintf(`{"response_id":"n-1","vote":%q}`, markSaid), w.sk},
		{400, "POST", "/v1/feedback", fmt.Sprintf(`{"response_id":"n-1","comment":%q`, markSaid), w.sk},
		{400, "POST", "/v1/feedback", fmt.Sprintf(`{"response_id":"n-1","time":%q,"score":{"value":%q}}`, markMail, markMail), w.sk},
		{400, "POST", "/v1/feedback", fmt.Sprintf(`{%q:1}`, markMail), w.sk},
		{200, "POST", "/v1/events", fmt.Sprintf(`{"events":[{"type":%q},{"type":"signal","response_id":"n-1","name":%q},{%q:1}]}`, markMail, markMail, markMail), w.sk},
		{401, "POST", "/v1/feedback", `{}`, bearer(markSaid)},
		{401, "POST", "/v1/feedback?key=" + mark, `{}`, nil},
		{401, "POST", "/v1/feedback?token=" + mark, `{}`, nil},
		{404, "POST", "/v1/" + mark, `{}`, w.sk},
		{404, "GET", "/" + mark, ``, nil},
		{404, "GET", "/privacy/" + mark + "?lang=" + mark, ``, nil},
		{401, "GET", "/f/" + mark, ``, nil},
		{400, "GET", "/v1/stats?by=" + mark, ``, w.sk},
		{400, "GET", "/v1/stats?" + mark + "=1&from=" + mark, ``, w.sk},
		{400, "GET", "/v1/feedback?cursor=" + mark, ``, w.sk},
		{404, "GET", "/v1/feedback/" + mark, ``, w.sk},
		{404, "GET", "/v1/responses/" + mark, ``, w.sk},
		{404, "GET", "/v1/erasures/" + mark, ``, w.sk},
		{404, "DELETE", "/v1/attachments/" + mark, ``, w.sk},
		{404, "POST", "/v1/subjects", fmt.Sprintf(`{"user":%q}`, markMail), w.sk},
		{400, "POST", "/v1/subjects", fmt.Sprintf(`{"user":[%q]}`, markMail), w.sk},
		{404, "POST", "/v1/erasures", fmt.Sprintf(`{"user":%q}`, markMail), w.sk},
		{400, "PATCH", "/v1/project", fmt.Sprintf(`{%q:1}`, markMail), w.sk},
		{400, "POST", "/v1/attachments", fmt.Sprintf(`{"feedback_id":%q,"scope":%q}`, markMail, markMail), w.sk},
		{401, "POST", "/v1/session", fmt.Sprintf(`{"name":%q,"password":%q}`, markMail, markSaid), nil},
		{401, "POST", "/v1/session", fmt.Sprintf(`{"code":%q}`, markSaid), nil},
		{400, "POST", "/api/public/scores", fmt.Sprintf(`{"traceId":"lf-1","name":%q,"value":[%q]}`, markMail, markMail), pair(w.project)},
		{401, "POST", "/api/public/scores", `{}`, []string{"Authorization", "Basic " + base64.StdEncoding.EncodeToString([]byte(markMail+":"+markSecret))}},
		{400, "POST", "/feedback", fmt.Sprintf(`{"run_id":"n-1","key":%q,"score":1,"comment":[%q]}`, markMail, markMail), []string{"X-Api-Key", w.project.SecretKey}},
		{401, "POST", "/feedback", `{}`, []string{"X-Api-Key", markSecret}},
		{400, "POST", "/v1/span_annotations", fmt.Sprintf(`{"data":[{"span_id":[%q],"name":%q}]}`, markMail, markMail), w.sk},
		{400, "POST", "/v1/traces", fmt.Sprintf(`{"resourceSpans":%q}`, markSaid), append(w.sk, "Content-Type", jsonOf)},
		{400, "POST", "/v1/logs", markSaid, append(w.sk, "Content-Type", jsonOf)},
		{400, "POST", "/v1/metrics", markSaid, append(w.sk, "Content-Type", "application/x-protobuf")},
		{404, "POST", "/gateway/" + mark + "/v1/chat/completions", `{}`, []string{"X-Heed-Key", w.project.SecretKey}},
		{401, "POST", "/gateway/up/v1/chat/completions", `{}`, []string{"X-Heed-Key", markSecret}},
	} {
		w.send(t, c.status, c.method, c.path, c.body, c.headers...)
	}
}

// gateway calls a model: an answer, one that breaks off, one that is refused, and
// what people say of it by command.
func (w *everyWay) gateway(t *testing.T) {
	t.Helper()
	headers := []string{"X-Heed-Key", w.project.SecretKey, "X-Heed-User", markUser, "Authorization", "Bearer " + markSecret, "User-Agent", markMail, "X-Extra", markSaid, "Content-Type", jsonOf}
	question := map[string]string{"role": "user", "content": markSaid}
	ask := func(way string, messages ...map[string]string) {
		body, err := json.Marshal(map[string]any{"model": "gpt-5", "way": way, "stream": way == "break", "user": markUser, "metadata": map[string]string{markMail: markSaid}, "messages": messages})
		if err != nil {
			t.Fatal(err)
		}
		// What breaks off is an error here, too.
		_, _ = tryCall(http.MethodPost, w.server.url+"/gateway/up/v1/chat/completions?user="+url.QueryEscape(markMail), string(body), headers...)
	}
	for _, way := range []string{"answer", "break", "refuse"} {
		ask(way, question)
	}
	// The answer has to be known before somebody speaks of it.
	eventually(t, func() string {
		if got := call(t, "GET", w.server.url+"/v1/responses/gw-whole", "", w.sk...); got.status != 200 {
			return got.text
		}
		return ""
	})
	ask("command", question, map[string]string{"role": "assistant", "content": "The answer. " + markSaid}, map[string]string{"role": "user", "content": "/-why " + markSaid})
	eventually(t, func() string {
		if got := call(t, "GET", w.server.url+"/v1/responses/gw-whole", "", w.sk...); !strings.Contains(got.text, `"comment":"My name is [NAME_1]`) {
			return "no command became feedback: " + got.text
		}
		return ""
	})
}

// otlp exports traces, logs and metrics, with marks wherever OpenTelemetry lets
// somebody write, over both transports.
func (w *everyWay) otlp(t *testing.T) {
	t.Helper()
	begin := time.Now().Add(-time.Minute)
	said, user, mail := strconv.Quote(markSaid), markUser, markMail
	label := strings.ReplaceAll(said, markWord, "x") // where names and codes belong, which are kept redacted and in the clear
	attribute := func(key, value string) string {
		return fmt.Sprintf(`{"key":%q,"value":{"stringValue":%s}}`, key, value)
	}
	extra := strings.Join([]string{attribute(mail, said), attribute("http.url", `"https://example.com/`+mail+`?q=`+mail+`"`), attribute("client.address", `"`+mail+`"`), attribute("code.file.path", said)}, ",")
	resource := fmt.Sprintf(`"resource":{"attributes":[%s,%s]}`, attribute("host.name", said), extra)
	scope := fmt.Sprintf(`"scope":{"name":%q,"version":%q,"attributes":[%s]}`, mail, mail, extra)
	for i, send := range []func(kind, path, body string){w.overHTTP(t), w.overGRPC(t)} {
		trace := fmt.Sprintf("5b8efff798038103d269b633813fc6%02d", i)
		span := func(n int, attributes string) string {
			return fmt.Sprintf(`{"traceId":%q,"spanId":"eee19b7ec3c1b1%02d","name":%s,"traceState":"user=%s","startTimeUnixNano":"%d","endTimeUnixNano":"%d","attributes":[%s,%s],
				"status":{"code":2,"message":%[3]s},"events":[{"name":"exception","timeUnixNano":"%[5]d","attributes":[%[8]s,%[9]s]}],"links":[{"traceId":%[1]q,"spanId":"eee19b7ec3c1b199","traceState":%[3]s,"attributes":[%[8]s]}]}`,
				trace, n, said, user, begin.UnixNano(), begin.UnixNano()+1e9, attributes, extra, attribute("exception.message", said))
		}
		spans := []string{
			span(1, strings.Join([]string{
				attribute("gen_ai.operation.name", `"chat"`), attribute("gen_ai.response.model", `"gpt-5"`), attribute("gen_ai.response.id", fmt.Sprintf(`"otlp-%d"`, i)), attribute("user.id", `"`+user+`"`),
				attribute("gen_ai.input.messages", said), attribute("gen_ai.output.messages", said), attribute("gen_ai.system_instructions", said), attribute("error.type", label),
			}, ",")),
			span(2, strings.Join([]string{attribute("gen_ai.operation.name", `"execute_tool"`), attribute("gen_ai.tool.name", label), attribute("gen_ai.tool.call.arguments", said), attribute("error.type", label)}, ",")),
		}
		send("traces", "/v1/traces", fmt.Sprintf(`{"resourceSpans":[{%s,"scopeSpans":[{%s,"spans":[%s]}]}]}`, resource, scope, strings.Join(spans, ",")))
		send("logs", "/v1/logs", fmt.Sprintf(`{"resourceLogs":[{%s,"scopeLogs":[{%s,"logRecords":[
			{"eventName":"gen_ai.evaluation.result","traceId":%q,"spanId":"eee19b7ec3c1b101","body":{"stringValue":%s},"severityText":%[4]s,"attributes":[%s,%s,%s,%s,%s]},
			{"eventName":%q,"body":{"stringValue":%[4]s},"attributes":[%[5]s]}]}]}]}`, resource, scope, trace, said,
			attribute("gen_ai.evaluation.name", `"user_feedback"`), attribute("gen_ai.evaluation.score.label", `"bad"`), attribute("gen_ai.evaluation.explanation", said), attribute("user.id", `"`+user+`"`), extra, mail))
		send("metrics", "/v1/metrics", fmt.Sprintf(`{"resourceMetrics":[{%s,"scopeMetrics":[{%s,"metrics":[
			{"name":"gen_ai.client.operation.duration","description":%s,"unit":"s","histogram":{"aggregationTemporality":2,"dataPoints":[{
				"startTimeUnixNano":"%d","timeUnixNano":"%d","count":"3","sum":3,"explicitBounds":[0.64,1.28],"bucketCounts":["0","3","0"],
				"attributes":[%s,%s,%s],"exemplars":[{"timeUnixNano":"%[5]d","asDouble":1,"filteredAttributes":[%[8]s]}]}]}},
			{"name":%q,"sum":{"aggregationTemporality":2,"isMonotonic":true,"dataPoints":[{"asInt":"4"}]}}]}]}]}`, resource, scope, said,
			begin.UnixNano(), begin.UnixNano()+int64(i+1)*1e9, attribute("gen_ai.request.model", `"gpt-5"`), attribute("error.type", label), extra, mail))
	}
}

func (w *everyWay) overHTTP(t *testing.T) func(kind, path, body string) {
	return func(_, path, body string) {
		w.send(t, 200, "POST", path, body, append(w.sk, "Content-Type", jsonOf)...)
	}
}

func (w *everyWay) overGRPC(t *testing.T) func(kind, path, body string) {
	t.Helper()
	conn, err := grpc.NewClient(w.server.otlp, grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithUserAgent(markMail))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	exports := map[string]func(ctx context.Context, body []byte) (any, error){
		"traces": func(ctx context.Context, body []byte) (any, error) {
			request := ptraceotlp.NewExportRequest()
			if err := request.UnmarshalJSON(body); err != nil {
				return nil, err
			}
			answer, err := ptraceotlp.NewGRPCClient(conn).Export(ctx, request)
			if err != nil {
				return nil, err
			}
			return answer.PartialSuccess().ErrorMessage(), nil
		},
		"logs": func(ctx context.Context, body []byte) (any, error) {
			request := plogotlp.NewExportRequest()
			if err := request.UnmarshalJSON(body); err != nil {
				return nil, err
			}
			answer, err := plogotlp.NewGRPCClient(conn).Export(ctx, request)
			if err != nil {
				return nil, err
			}
			return answer.PartialSuccess().ErrorMessage(), nil
		},
		"metrics": func(ctx context.Context, body []byte) (any, error) {
			request := pmetricotlp.NewExportRequest()
			if err := request.UnmarshalJSON(body); err != nil {
				return nil, err
			}
			answer, err := pmetricotlp.NewGRPCClient(conn).Export(ctx, request)
			if err != nil {
				return nil, err
			}
			return answer.PartialSuccess().ErrorMessage(), nil
		},
	}
	return func(kind, _, body string) {
		for key, ok := range map[string]bool{w.project.SecretKey: true, markSecret: false} {
			said, err := exports[kind](metadata.AppendToOutgoingContext(t.Context(), "x-heed-key", key, "x-extra", markSaid), []byte(body))
			if (err == nil) != ok {
				t.Errorf("%s over gRPC: %v", kind, err)
			}
			if found := w.marks.in(fmt.Append(nil, said, err)); found != "" {
				t.Errorf("%s over gRPC: the answer tells %s: %v %v", kind, found, said, err)
			}
		}
	}
}

// others speaks the protocols of others. Those have no place for who gave a
// feedback, so markWord is left out of it: erasing the person cannot find it.
func (w *everyWay) others(t *testing.T) {
	t.Helper()
	said := strings.ReplaceAll(markSaid, markWord, "x")
	texts := fmt.Sprintf(`"comment":%q`, said)
	w.send(t, 207, "POST", "/api/public/ingestion", fmt.Sprintf(`{"batch":[
		{"id":"1","type":"trace-create","body":{"id":"lf-1","name":"a feature","userId":%[2]q,"input":%[3]q,"tags":[%[1]q],"metadata":{%[1]q:%[3]q}}},
		{"id":"2","type":"generation-create","body":{"id":"lf-g","traceId":"lf-1","name":%[1]q,"model":"gpt-5","input":[{"role":"user","content":%[4]q}],"output":%[4]q,"level":"ERROR","statusMessage":%[4]q,"metadata":{%[1]q:%[4]q}}},
		{"id":"3","type":"score-create","body":{"id":"lf-s","traceId":"lf-1","name":"user-feedback","value":1,%[5]s,"metadata":{%[1]q:%[3]q}}},
		{"id":"4","type":"score-create","body":{"id":"lf-c","traceId":"lf-1","name":"output","dataType":"CORRECTION","value":%[3]q}},
		{"id":"5","type":%[1]q,"body":{%[1]q:1}},
		{"id":"6","type":"event-create","body":{"id":"lf-e","traceId":"lf-1","name":%[3]q,"input":%[3]q}},
		{"id":"7","type":"sdk-log","body":{"log":%[3]q}},
		{"id":"8","type":"generation-update","timestamp":%[1]q,"body":{"id":"lf-g","usage":%[1]q}}],"metadata":{"sdk":%[1]q}}`, markMail, markUser, said, markSaid, texts), pair(w.project)...)
	w.send(t, 200, "POST", "/api/public/scores", fmt.Sprintf(`{"traceId":"lf-1","name":"user-feedback","dataType":"CATEGORICAL","value":%q,%s}`, markMail, texts), pair(w.project)...)
	w.send(t, 200, "POST", "/feedback", fmt.Sprintf(`{"run_id":"n-1","key":"user-feedback","score":1,"value":%q,"correction":{"text":%q},"feedback_source":{"type":"app","metadata":{%q:%q}},%s}`, markMail, said, markMail, markUser, texts), "X-Api-Key", w.project.SecretKey)
	for _, kind := range []string{"span", "trace"} {
		w.send(t, 200, "POST", "/v1/"+kind+"_annotations", fmt.Sprintf(`{"data":[{"%s_id":"51","name":%q,"annotator_kind":"HUMAN","result":{"label":%q,"score":1,"explanation":%q},"metadata":{%q:%q},"identifier":%q}]}`,
			kind, markMail, markMail, said, markMail, markUser, markUser), w.sk...)
	}
}

// late tells texts first, and whose they are after that: until then they are sealed
// under a key of the day.
func (w *everyWay) late(t *testing.T) {
	t.Helper()
	said := strings.ReplaceAll(markSaid, markWord, markLate)
	w.send(t, 200, "POST", "/v1/events", fmt.Sprintf(`{"events":[{"type":"response","response_id":"n-late","model":"m","input":%q}]}`, said), w.sk...)
	w.send(t, 207, "POST", "/api/public/ingestion", fmt.Sprintf(`{"batch":[{"id":"11","type":"generation-create","body":{"id":"lf-late","traceId":"lf-2","model":"gpt-5","input":%q}}]}`, said), pair(w.project)...)
	w.send(t, 200, "POST", "/v1/events", fmt.Sprintf(`{"events":[{"type":"response","response_id":"n-late","user":%q}]}`, markUser), w.sk...)
	w.send(t, 207, "POST", "/api/public/ingestion", fmt.Sprintf(`{"batch":[{"id":"12","type":"trace-create","body":{"id":"lf-2","userId":%q}}]}`, markUser), pair(w.project)...)
}

// attach gives what was said, sealed by a browser, in parts and as the gateway
// holds it, and a reviewer reads it, whose answer alone may tell it.
func (w *everyWay) attach(t *testing.T) {
	t.Helper()
	token := bearer(mint(t, w.project.SecretKey, "gw-whole", "--user", markUser))
	offer := offerOf(t, w.server, token...)
	id, _ := w.send(t, 201, "POST", "/v1/feedback", `{"vote":"down"}`, token...).body["id"].(string)
	var attached []string
	for _, rest := range []string{
		fmt.Sprintf(`"key_id":%q,"sealed":%q`, offer.Attach.KeyID, sealedAs(t, offer, id, markSaid)),
		fmt.Sprintf(`"parts":[{"role":"user","text":%q}]`, markSaid),
		`"held":true`,
	} {
		got := w.send(t, 201, "POST", "/v1/attachments", offer.body(id, rest), token...)
		one, _ := got.body["id"].(string)
		attached = append(attached, one)
	}
	reviewer := signedIn(t, w.server, w.dir, "grace", "reviewer")
	for _, one := range attached {
		w.send(t, 201, "POST", "/v1/attachments/"+one+"/reveals?project=p", fmt.Sprintf(`{"reason":%q}`, "asked by "+strings.ReplaceAll(markSaid, markWord, "x")), reviewer...)
		got := call(t, "GET", w.server.url+"/v1/attachments/"+one+"/content?project=p", "", reviewer...)
		if got.status != 200 || !strings.Contains(got.text, markSecret) {
			t.Errorf("what was attached: %d %s", got.status, got.text)
		}
	}
	w.reveal = attached[0]
}

// read asks for everything that can be asked for, and returns all of it.
func (w *everyWay) read(t *testing.T) string {
	t.Helper()
	var all strings.Builder
	var ids []string
	for _, kind := range []string{"feedback", "responses"} {
		got := call(t, "GET", w.server.url+"/v1/"+kind+"?limit=1000", "", w.sk...)
		var list struct {
			Items []struct {
				ID         string `json:"id"`
				ResponseID string `json:"response_id"`
			}
		}
		if err := json.Unmarshal([]byte(got.text), &list); err != nil {
			t.Fatal(got.status, got.text)
		}
		for _, item := range list.Items {
			if kind == "feedback" {
				ids = append(ids, "/v1/feedback/"+item.ID, "/v1/feedback/"+item.ID+"/edits", "/v1/feedback/"+item.ID+"/attachments")
			}
			ids = append(ids, "/v1/responses/"+url.PathEscape(item.ResponseID))
		}
		all.WriteString(got.text)
	}
	slices.Sort(ids)
	for _, path := range append(slices.Compact(ids),
		"/v1/stats?by=model,tag,surface,error_type", "/v1/stats/series?step=1h&by=tag", "/v1/stats/metrics?by=model", "/v1/changes", "/v1/project", "/v1/keys", "/v1/erasures", "/metrics",
		"/v1/inbox", "/v1/inbox/items/n-answered", "/v1/inbox/views", "/v1/findings", "/v1/datasets", "/v1/alerts", "/v1/reviews", "/v1/endpoints", "/v1/retention") {
		all.WriteString(call(t, "GET", w.server.url+path, "", w.sk...).text)
	}
	for _, args := range [][]string{{"export"}, {"export", "responses"}, {"export", "--format", "csv"}, {"export", "responses", "--format", "csv"}} {
		out, errs, _ := runHeedWith(t, []string{"HEED_URL=" + w.server.url, "HEED_KEY=" + w.project.SecretKey}, args...)
		all.WriteString(out + errs)
	}
	out, errs, code := runHeed(t, "audit", "list", "--data", w.dir)
	if code != 0 {
		t.Errorf("audit list: %d %s", code, errs)
	}
	return all.String() + out
}

// stop ends the server and looks at its log.
func (w *everyWay) stop(t *testing.T) {
	t.Helper()
	if status := w.server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if found := w.marks.in(w.server.log.Bytes()); found != "" {
		t.Errorf("the log tells %s", found)
	}
}

// TestEveryWay has a person speak in every way there is, and finds nothing of them
// in any file, log, metric, list or error; then erases them, and finds nothing that
// opens or is served, from here, from an older copy with the ledger, and from an
// older copy with today's keys.
func TestEveryWay(t *testing.T) {
	w := newEveryWay(t)
	kept := w.project
	for _, project := range []newProject{createProject(t, w.dir, "plain", "--origin", accessOrigin), kept} {
		w.project, w.sk = project, bearer(project.SecretKey)
		w.gateway(t)
		w.native(t)
		w.otlp(t)
		w.others(t)
	}
	w.newer(t)
	w.late(t)
	w.attach(t)
	w.wrong(t)
	stored(t, w.server.url)
	said := ""
	eventually(t, func() string {
		said = w.read(t)
		for _, id := range []string{"n-1", "n-2", "n-token", "n-link", "n-file", "gw-whole", "gw-break", "otlp-0", "otlp-1", "lf-g", "n-late", "lf-late", "n-slack", "n-answered"} {
			if !strings.Contains(said, `"`+id+`"`) {
				return "nothing is told of " + id
			}
		}
		return ""
	})
	if n, late := strings.Count(said, markWord), strings.Count(said, markLate); n < 20 || late < 2 {
		t.Errorf("the person is quoted %d and %d times: is that all they said?", n, late)
	}
	if found := w.marks.in([]byte(said)); found != "" {
		t.Errorf("%s is told: %s", found, around(said, w.marks))
	}
	w.marks.inDirectory(t, w.dir, false)
	w.stop(t)
	if sent := w.sentOn.all(); !bytes.Contains(sent, []byte("gen_ai.evaluation.result")) || w.marks.in(sent) != "" || marksOf(markWord).in(sent) != "" {
		t.Errorf("%d bytes were sent on, and tell %q", len(sent), w.marks.in(sent))
	}
	w.marks.inDirectory(t, w.dir, true)
	marksOf(markWord, markLate).inDirectory(t, w.dir, true) // no text is in the clear, redacted or not
	backup := copyOf(t, w.dir)

	w.server = serve(t, w.dir, "--config", w.config)
	out, errs, code := runHeedWith(t, []string{"HEED_URL=" + w.server.url, "HEED_KEY=" + w.project.SecretKey}, "erase", "--user", markUser, "--yes")
	if found := w.marks.in([]byte(out + errs)); code != 0 || found != "" {
		t.Fatal(code, found, out, errs)
	}
	w.wantGone(t, "after the erasure")
	w.stop(t)
	w.marks.inDirectory(t, w.dir, true)

	// An older copy, as a backup is restored: with the ledger.
	restored := copyOf(t, backup)
	copyFile(t, filepath.Join(w.dir, "erasures.ledger"), filepath.Join(restored, "erasures.ledger"))
	w.dir, w.server = restored, serve(t, restored, "--config", w.config)
	w.wantGone(t, "from a backup with the ledger")
	w.stop(t)

	// An older copy with the keys of today, and without the ledger: it still knows of
	// the feedback, and no text opens.
	mixed := copyOf(t, backup)
	for _, name := range []string{"keys.db", "keys.db-wal", "keys.db-shm"} {
		_ = os.Remove(filepath.Join(mixed, name))
	}
	copyFile(t, filepath.Join(restored, "keys.db"), filepath.Join(mixed, "keys.db"))
	w.dir, w.server = mixed, serve(t, mixed, "--config", w.config)
	said = w.read(t)
	if !strings.Contains(said, `"n-file"`) || !strings.Contains(said, markLate) || strings.Contains(said, markWord) || strings.Count(said, `"comment_status":"erased"`) < 5 {
		t.Errorf("an older copy with the keys of today: %s", said)
	}
	reviewer := signedIn(t, w.server, w.dir, "linus", "reviewer")
	call(t, "POST", w.server.url+"/v1/attachments/"+w.reveal+"/reveals?project=p", `{"reason":"is it still there?"}`, reviewer...)
	if got := call(t, "GET", w.server.url+"/v1/attachments/"+w.reveal+"/content?project=p", "", reviewer...); got.status < 400 || strings.Contains(got.text, markWord) {
		t.Errorf("an attachment whose key is destroyed: %d %s", got.status, got.text)
	}
	w.stop(t)
}

// wantGone finds nothing of the person who was erased.
func (w *everyWay) wantGone(t *testing.T, when string) {
	t.Helper()
	eventually(t, func() string {
		said := w.read(t)
		if told := around(said, marksOf(markWord, markLate)); told != "" {
			return when + ", something that the person said is told: " + told
		}
		return ""
	})
	if got := call(t, "POST", w.server.url+"/v1/subjects", fmt.Sprintf(`{"user":%q}`, markUser), w.sk...); got.status != 404 {
		t.Errorf("%s, the person is told of: %d %s", when, got.status, got.text)
	}
	reviewer := signedIn(t, w.server, w.dir, "reviewer "+strings.ReplaceAll(when, " ", "-"), "reviewer")
	if got := call(t, "POST", w.server.url+"/v1/attachments/"+w.reveal+"/reveals?project=p", `{"reason":"is it still there?"}`, reviewer...); got.status < 400 {
		t.Errorf("%s, an attachment can be read: %d %s", when, got.status, got.text)
	}
}

// around shows where a mark is.
func around(text string, m marks) string {
	for pattern := range m {
		if at := strings.Index(strings.ToLower(text), pattern); at >= 0 {
			return text[max(0, at-300):min(len(text), at+100)]
		}
	}
	return ""
}

func copyOf(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(to, "root.key"), 0o600); err != nil {
		t.Fatal(err)
	}
	return to
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	data, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(to, data, 0o600); err != nil {
		t.Fatal(err)
	}
}
