package langfuse

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/capture/fields"
)

var update = flag.Bool("update", false, "renew golden files")

// received is when the recorded batches came in.
var received = time.Date(2026, 11, 24, 3, 10, 0, 0, time.UTC)

// decodeAll decodes a batch.
func decodeAll(t testing.TB, body string) []event {
	t.Helper()
	texts, err := fields.List([]byte(body), "batch", MaxBatch)
	if err != nil {
		t.Fatal(err)
	}
	var events []event
	for _, text := range texts {
		events = append(events, decodeEvent(text, received))
	}
	return events
}

// made is what became of a batch, without what cannot be printed.
type made struct {
	Responses []madeResponse
	Feedback  []madeFeedback
	Refused   map[string]string
}

type madeResponse struct {
	heed.Response
	UserBytes   int `json:"user_bytes"`
	InputBytes  int `json:"input_bytes"`
	OutputBytes int `json:"output_bytes"`
}

type madeFeedback struct {
	ID heed.FeedbackID `json:"id"`
	heed.Target
	Vote            heed.Vote   `json:"vote,omitempty"`
	Score           *heed.Score `json:"score,omitempty"`
	Tags            []string    `json:"tags,omitempty"`
	CommentBytes    int         `json:"comment_bytes"`
	CorrectionBytes int         `json:"correction_bytes"`
	Time            time.Time   `json:"time"`
}

func madeOf(f *capture.Feedback) madeFeedback {
	m := madeFeedback{
		ID: f.ID, Target: f.Target, Vote: f.Vote.Value, Tags: f.Tags.Value,
		CommentBytes: f.Comment.Len(), CorrectionBytes: f.Correction.Len(), Time: f.Time,
	}
	if f.Score.Set && !f.Score.Null {
		m.Score = &f.Score.Value
	}
	return m
}

// take drafts a batch as one call and tells what became of it.
func take(t testing.TB, traces *traces, body string) made {
	t.Helper()
	events := decodeAll(t, body)
	var m made
	for _, d := range traces.draft("prj_1", events) {
		r := d.item.Response
		m.Responses = append(m.Responses, madeResponse{r.Response, r.User.Len(), r.Input.Len(), r.Output.Len()})
	}
	for i := range events {
		switch ev := &events[i]; {
		case ev.err != nil:
			if m.Refused == nil {
				m.Refused = map[string]string{}
			}
			m.Refused[ev.id] = ev.err.Error()
		case ev.score != nil:
			m.Feedback = append(m.Feedback, madeOf(ev.score))
		}
	}
	return m
}

// What the clients themselves sent, as recorded.
func TestRecordedBatches(t *testing.T) {
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no recordings: %v", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			body, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got, err := json.MarshalIndent(take(t, newTraces(maxTracesBytes, nil), string(body)), "", "\t")
			if err != nil {
				t.Fatal(err)
			}
			golden := strings.TrimSuffix(file, ".json") + ".golden"
			if *update {
				if err := os.WriteFile(golden, append(got, '\n'), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimSpace(string(want)), string(got)); diff != "" {
				t.Errorf("made of it (-want +got):\n%s", diff)
			}
		})
	}
}

// Whatever is wrong with an event is told of that event, by the name that its
// sender knows, and nothing that was sent comes back.
func TestEveryBadEventIsNamed(t *testing.T) {
	long := strings.Repeat("wombat", 50)
	var kinds []string
	for i := range 101 {
		kinds = append(kinds, fmt.Sprintf(`"input_%d":1`, i))
	}
	for _, c := range []struct{ name, event, want string }{
		{"no object", `"wombat"`, "body is not a JSON object"},
		{"not UTF-8", "{\"id\":\"\xff\"}", "body is not valid UTF-8"},
		{"too deep", `{"id":"e","type":"trace-create","body":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, "body nests too deep: at most 64 levels"},
		{"no id", `{"type":"sdk-log","body":{}}`, "id must be a string of 1 to 800 bytes"},
		{"a number for an id", `{"id":7,"type":"sdk-log","body":{}}`, "id must be a string"},
		{"no type", `{"id":"e","body":{}}`, "type is none that Heed knows"},
		{"another type", `{"id":"e","type":"wombat","body":{}}`, "type is none that Heed knows"},
		{"no body", `{"id":"e","type":"sdk-log"}`, "body is missing"},
		{"a body that is none", `{"id":"e","type":"score-create","body":"wombat"}`, "body must be an object"},
		{"no time", `{"id":"e","type":"sdk-log","timestamp":"wombat","body":{}}`, "timestamp must be a time such as 2026-01-31T12:00:00Z"},
		{"1970", `{"id":"e","type":"score-create","timestamp":"1970-01-01T00:00:00Z","body":{}}`, "timestamp is before the year 2000"},

		{"start in 2100", generationEvent(`"startTime":"2100-01-01T00:00:00Z"`), "body.startTime is more than a day ahead: check the sender's clock"},
		{"end in 1970", generationEvent(`"endTime":"1970-01-01T00:00:00Z"`), "body.endTime is before the year 2000"},
		{"end before start", generationEvent(`"startTime":"2026-11-24T03:00:01Z","endTime":"2026-11-24T03:00:00Z"`), "body.endTime is before the startTime"},
		{"end a year after start", generationEvent(`"startTime":"2025-11-24T03:00:01Z","endTime":"2026-11-24T03:00:00Z"`), "body.endTime is more than 30 days after the startTime"},
		{"first content before start", generationEvent(`"startTime":"2026-11-24T03:00:01Z","completionStartTime":"2026-11-24T03:00:00Z"`), "body.completionStartTime is before the startTime"},
		{"long id", generationEvent(`"id":"` + long + `"`), "body.id is too long: at most 256 bytes"},
		{"long trace id", generationEvent(`"traceId":"` + long + `"`), "body.traceId is too long: at most 256 bytes"},
		{"long model", generationEvent(`"model":"` + long + `"`), "body.model is too long: at most 256 bytes"},
		{"NUL", generationEvent(`"model":"wombat\u0000"`), "body.model holds a NUL byte"},
		{"a number for a model", generationEvent(`"model":7`), "body.model must be a string"},
		{"words for tokens", generationEvent(`"usageDetails":{"input":"wombat"}`), "body.usageDetails.* must be a number"},
		{"words for tokens of a kind of one's own", generationEvent(`"usageDetails":{"wombat":[]}`), "body.usageDetails.* must be a number"},
		{"101 kinds of tokens", generationEvent(`"usageDetails":{` + strings.Join(kinds, ",") + `}`), "body.usageDetails.* has too many entries: at most 100"},
		{"no number for tokens", generationEvent(`"usage":{"input":"NaN"}`), "body.usage.input must be a number"},
		{"no end of tokens", generationEvent(`"usage":{"input":1e999}`), "body.usage.input must be a number"},
		{"half a token", generationEvent(`"usage":{"input":0.5}`), "body.usage.input must be a whole number from 0 to 1000000000"},
		{"tokens below 0", generationEvent(`"usage":{"promptTokens":-1}`), "body.usage.promptTokens must be a whole number from 0 to 1000000000"},
		{"no usage", generationEvent(`"usage":["wombat"]`), "body.usage must be an object"},
		{"cost below 0", generationEvent(`"costDetails":{"total":-1}`), "body.costDetails is out of range"},
		{"words for a cost of one's own", generationEvent(`"costDetails":{"wombat":"wombat"}`), "body.costDetails.* must be a number"},
		{"half a prompt version", generationEvent(`"promptVersion":1.5`), "body.promptVersion must be a whole number"},
		{"an update of nothing", `{"id":"e","type":"generation-update","body":{"traceId":"t"}}`, "body.id is missing"},

		{"long user", `{"id":"e","type":"trace-create","body":{"id":"t","userId":"` + long + `"}}`, "body.userId is too long: at most 256 bytes"},
		{"a number for a user", `{"id":"e","type":"trace-create","body":{"id":"t","userId":7}}`, "body.userId must be a string"},
		{"long session", `{"id":"e","type":"trace-create","body":{"id":"t","sessionId":"` + long + `"}}`, "body.sessionId is too long: at most 256 bytes"},

		{"score of nothing", scoreEvent(`"name":"x","value":1`), "body.traceId is missing: Heed keeps scores of traces and observations, not of sessions or dataset runs"},
		{"score of a session", scoreEvent(`"sessionId":"wombat","name":"x","value":1`), "body.traceId is missing: Heed keeps scores of traces and observations, not of sessions or dataset runs"},
		{"score without a name", scoreEvent(`"traceId":"t","value":1`), "body.name is missing"},
		{"score without a value", scoreEvent(`"traceId":"t","name":"x"`), "body.value is missing"},
		{"score of null", scoreEvent(`"traceId":"t","name":"x","value":null`), "body.value is missing"},
		{"an object for a score", scoreEvent(`"traceId":"t","name":"x","value":{"wombat":1}`), "body.value must be a number"},
		{"a score beyond numbers", scoreEvent(`"traceId":"t","name":"x","value":1e999`), "body.value must be a number"},
		{"a word for a number", scoreEvent(`"traceId":"t","name":"x","value":"wombat","dataType":"NUMERIC"`), "body.value must be a number"},
		{"2 for yes or no", scoreEvent(`"traceId":"t","name":"x","value":2,"dataType":"BOOLEAN"`), "body.value must be 0 or 1"},
		{"a number for a category", scoreEvent(`"traceId":"t","name":"x","value":2,"dataType":"CATEGORICAL"`), "body.value must be a string"},
		{"another type of score", scoreEvent(`"traceId":"t","name":"x","value":2,"dataType":"WOMBAT"`), "body.dataType must be one of: NUMERIC, CATEGORICAL, BOOLEAN, CORRECTION, TEXT"},
		{"long score id", scoreEvent(`"id":"` + long + `","traceId":"t","name":"x","value":1`), "body.id is too long: at most 256 bytes"},
		{"long observation id", scoreEvent(`"traceId":"t","observationId":"` + long + `","name":"x","value":1`), "body.observationId is too long: at most 256 bytes"},
	} {
		events := []event{decodeEvent([]byte(c.event), received)}
		newTraces(maxTracesBytes, nil).draft("prj_1", events)
		switch err := events[0].err; {
		case err == nil:
			t.Errorf("%s: nothing is wrong, want %q", c.name, c.want)
		case strings.Contains(err.Error(), "wombat"):
			t.Errorf("%s: the error repeats what was sent: %q", c.name, err)
		case err.Error() != c.want:
			t.Errorf("%s: %q, want %q", c.name, err, c.want)
		}
	}
}

// generationEvent and scoreEvent make an event of fields of its body.
func generationEvent(body string) string {
	if !strings.Contains(body, `"id"`) {
		body = `"id":"g",` + body
	}
	return `{"id":"e","type":"generation-create","timestamp":"2026-11-24T03:00:00Z","body":{` + body + `}}`
}

func scoreEvent(body string) string {
	return `{"id":"e","type":"score-create","timestamp":"2026-11-24T03:00:00Z","body":{` + body + `}}`
}

// Every type of event of Langfuse is taken, also what Heed has no use for.
func TestEveryTypeIsTaken(t *testing.T) {
	for _, c := range []struct {
		types      string
		body       string
		makes      int
		isFeedback bool
	}{
		{"trace-create", `{"id":"t"}`, 0, false},
		{"score-create", `{"traceId":"t","name":"x","value":1}`, 0, true},
		{"generation-create generation-update", `{"id":"g"}`, 1, false},
		{"observation-create observation-update", `{"id":"g","type":"GENERATION"}`, 1, false},
		{"observation-create observation-update", `{"id":"s","type":"SPAN"}`, 0, false},
		{"span-create span-update event-create sdk-log agent-create tool-create chain-create retriever-create evaluator-create embedding-create guardrail-create",
			`{"id":"s","input":[1]}`, 0, false},
	} {
		for kind := range strings.SplitSeq(c.types, " ") {
			m := take(t, newTraces(maxTracesBytes, nil), `{"batch":[{"id":"e","type":"`+kind+`","timestamp":"2026-11-24T03:00:00Z","body":`+c.body+`}]}`)
			if len(m.Refused) > 0 || len(m.Responses) != c.makes || (len(m.Feedback) == 1) != c.isFeedback {
				t.Errorf("%s became %+v", kind, m)
			}
		}
	}
}

// A score means an observation where one is named, and else the trace.
func TestTargetOfScore(t *testing.T) {
	for _, c := range []struct {
		body string
		want heed.Target
	}{
		{`"traceId":"t"`, heed.Target{TraceID: "t"}},
		{`"traceId":"t","observationId":null`, heed.Target{TraceID: "t"}},
		{`"traceId":"t","observationId":"o"`, heed.Target{TraceID: "t", SpanID: "o"}},
		{`"traceId":"t","observationId":"t"`, heed.Target{TraceID: "t"}},
		{`"observationId":"o"`, heed.Target{ResponseID: "o"}},
	} {
		ev := decodeEvent([]byte(scoreEvent(c.body+`,"name":"x","value":1`)), received)
		if ev.err != nil || ev.score.Target != c.want {
			t.Errorf("%s: %+v, %v, want %+v", c.body, ev.score.Target, ev.err, c.want)
		}
	}
}

func FuzzDecodeEvent(f *testing.F) {
	f.Add([]byte(generationEvent(`"usage":{"input":"7","unit":"TOKENS"},"level":"ERROR","statusMessage":"429","endTime":"2026-11-24T03:00:00.5Z"`)))
	f.Add([]byte(generationEvent(`"usageDetails":{"prompt_tokens":1,"prompt_tokens_details":{"cached_tokens":1}},"costDetails":{"a":1e300}`)))
	f.Add([]byte(scoreEvent(`"traceId":"t","name":"stars","value":4,"metadata":{"min":1,"max":7}`)))
	f.Add([]byte(scoreEvent(`"observationId":"o","name":"output","value":"x","dataType":"CORRECTION"`)))
	f.Add([]byte(`{"id":"e","type":"trace-create","body":{"id":"t","userId":"u","timestamp":"2026-11-24T03:00:00+01:00"}}`))
	f.Add([]byte(`{"id":"e","type":"observation-update","body":{"id":"o","type":"generation","metadata":[]}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		traces := newTraces(maxTracesBytes, nil)
		for range 2 {
			events := []event{decodeEvent(text, received)}
			if err := events[0].err; err != nil && heed.CodeOf(err) != heed.Invalid {
				t.Errorf("error %v is not the sender's", err)
			}
			for _, d := range traces.draft("prj_1", events) {
				if err := d.item.Response.Validate(received); err != nil {
					t.Errorf("a draft cannot be stored: %v", err)
				}
			}
			if s := events[0].score; s != nil && events[0].err == nil && s.TraceID == "" && s.ResponseID == "" {
				t.Error("a score is about nothing")
			}
		}
	})
}
