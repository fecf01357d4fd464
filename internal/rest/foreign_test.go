package rest_test

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
)

// An endpoint of another product answers in that product's words, with Heed's
// statuses and headers, and tells nothing of what failed inside.
func TestForeign(t *testing.T) {
	type answer struct {
		Said string `json:"said"`
	}
	limited := heed.Errorf(heed.RateLimited, "wait")
	limited.RetryAfter = 2500 * time.Millisecond
	for _, c := range []struct {
		name   string
		err    error
		status int
		body   string
		retry  string
	}{
		{"taken", nil, http.StatusMultiStatus, `{"said":"yes"}`, ""},
		{"refused", heed.InvalidField("body.x", "is wrong"), http.StatusBadRequest, `{"said":"invalid: body.x is wrong"}`, ""},
		{"too often", limited, http.StatusTooManyRequests, `{"said":"rate_limited: wait"}`, "3"},
		{"failed", errors.New("wombat"), http.StatusInternalServerError, `{"said":"internal: something went wrong inside Heed; the server's log says what"}`, ""},
	} {
		serve := rest.Foreign(http.StatusMultiStatus, func(http.ResponseWriter, *http.Request) (any, error) { return answer{"yes"}, c.err },
			func(p *rest.Problem) any { return answer{string(p.Code) + ": " + p.Detail} })
		w := &observed{ResponseRecorder: httptest.NewRecorder()}
		serve(w, httptest.NewRequest(http.MethodPost, "/", nil))
		if w.Code != c.status || w.Body.String() != c.body+"\n" || w.Header().Get("Retry-After") != c.retry || w.Header().Get("Content-Type") != "application/json" {
			t.Errorf("%s: %d %s %v", c.name, w.Code, w.Body, w.Header())
		}
		if !errors.Is(w.failure, c.err) {
			t.Errorf("%s: the log is told %v", c.name, w.failure)
		}
	}
}

type observed struct {
	*httptest.ResponseRecorder
	failure error
}

func (o *observed) Failed(err error) { o.failure = err }
