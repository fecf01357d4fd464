package telemetry

import (
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

func ptr[T any](v T) *T { return &v }

func response(r heed.Response) store.Event {
	return store.Event{Response: &store.ResponsePart{Response: r}}
}

func TestCount(t *testing.T) {
	x := New()
	chat := heed.Labels{Operation: "chat", Provider: "openai", Model: "gpt-5"}
	x.Count([]store.Event{
		response(heed.Response{
			Labels: chat, Timing: heed.Timing{DurationMS: ptr(1500.0), TTFTMS: ptr(20.0)}, Retry: heed.Retry{Retries: ptr(int64(1))},
			Usage: heed.Usage{InputTokens: ptr(int64(7)), OutputTokens: ptr(int64(2)), CachedTokens: ptr(int64(4)), CostUSD: ptr(0.5)},
		}),
		response(heed.Response{Labels: chat, Outcome: heed.Outcome{ErrorType: "timeout"}, Timing: heed.Timing{DurationMS: ptr(90_000.0)}}),
		response(heed.Response{Labels: heed.Labels{Operation: "embeddings"}, Timing: heed.Timing{DurationMS: ptr(3.0)}}),
		response(heed.Response{Labels: chat}), // a part that tells no number
		{Feedback: &store.FeedbackEdit{Edit: heed.Edit{Vote: heed.Value(heed.VoteDown)}}},
		{Feedback: &store.FeedbackEdit{Edit: heed.Edit{Vote: heed.Null[heed.Vote](), Score: heed.Value(heed.Score{Value: 3, Min: 1, Max: 5})}}},
		{Feedback: &store.FeedbackEdit{Edit: heed.Edit{Vote: heed.Null[heed.Vote]()}}},
		{Feedback: &store.FeedbackEdit{}}, // says nothing of the vote
		{Signal: &heed.Signal{}},
	})
	metrics := prometheus.NewRegistry()
	metrics.MustRegister(x)
	page := httptest.NewRecorder()
	promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}).ServeHTTP(page, httptest.NewRequest("GET", "/", nil))
	text := page.Body.String()
	const of = `gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_response_model="gpt-5"`
	for _, want := range []string{
		`gen_ai_client_inference_duration_seconds_bucket{error_type="",` + of + `,le="1.28"} 0`,
		`gen_ai_client_inference_duration_seconds_bucket{error_type="",` + of + `,le="2.56"} 1`,
		`gen_ai_client_inference_duration_seconds_bucket{error_type="timeout",` + of + `,le="81.92"} 0`,
		`gen_ai_client_inference_duration_seconds_count{error_type="timeout",` + of + `} 1`,
		`gen_ai_client_operation_duration_seconds_count{error_type="",gen_ai_operation_name="embeddings",gen_ai_provider_name="",gen_ai_response_model=""} 1`,
		`gen_ai_client_inference_time_to_first_chunk_seconds_sum{` + of + `} 0.02`,
		`gen_ai_client_inference_usage_input_tokens_total{` + of + `} 7`,
		`gen_ai_client_inference_usage_output_tokens_total{` + of + `} 2`,
		`gen_ai_client_inference_usage_cache_read_input_tokens_total{` + of + `} 4`,
		`heed_cost_usd_total{` + of + `} 0.5`,
		`heed_retries_total{` + of + `} 1`,
		`heed_votes_total{vote="down"} 1`,
		`heed_votes_total{vote="none"} 1`,
	} {
		if !strings.Contains(text, want+"\n") {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
}

// However many models an application makes up, the series are not more.
func TestSeriesAreBounded(t *testing.T) {
	x := New()
	for n := range 10 * maxSeries {
		x.Count([]store.Event{response(heed.Response{Labels: heed.Labels{Model: fmt.Sprint(n)}, Usage: heed.Usage{CostUSD: ptr(1.0)}})})
	}
	if n := testutil.CollectAndCount(x, "heed_cost_usd_total"); n != maxSeries+1 {
		t.Errorf("%d series", n)
	}
}
