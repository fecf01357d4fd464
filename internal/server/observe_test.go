package server_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/server"
)

// observed serves handler under observation, and keeps the log.
type observed struct {
	http.Handler
	metrics *prometheus.Registry
	log     bytes.Buffer
}

func observe(handler http.HandlerFunc) *observed {
	o := &observed{metrics: prometheus.NewRegistry()}
	log := slog.New(slog.NewTextHandler(&o.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	o.Handler = server.Observe(o.metrics, log, new(atomic.Int64), handler)
	return o
}

// counted returns the status under which the one request was counted.
func (o *observed) counted(t *testing.T) string {
	t.Helper()
	families, err := o.metrics.Gather()
	if err != nil || len(families) != 1 || len(families[0].Metric) != 1 {
		t.Fatalf("want the duration of one request: %v, %v", families, err)
	}
	for _, label := range families[0].Metric[0].Label {
		if label.GetName() == "status" {
			return label.GetValue()
		}
	}
	return ""
}

// A caller who leaves is no failure of the server, but an internal failure
// that merely happens then is.
func TestCallsLeftEarly(t *testing.T) {
	ended := heed.Wrap(heed.Unavailable, fmt.Errorf("query: %w", context.Canceled), "the request ended: try again")
	for _, c := range []struct {
		name    string
		leaves  bool
		failure error
		status  string
		errors  int // lines of the log
	}{
		{"left while the store worked", true, ended, "499", 0},
		{"left before it was refused", true, heed.Errorf(heed.Invalid, "no"), "499", 0},
		{"left, and the cause has no code", true, fmt.Errorf("query: %w", context.Canceled), "499", 0},
		{"left, and there is a defect", true, heed.Errorf(heed.Internal, "a defect"), "500", 1},
		{"left, and all was well", true, nil, "201", 0},
		{"stayed, and the store gave up", false, ended, "503", 1},
		{"stayed and was refused", false, heed.Errorf(heed.Invalid, "no"), "400", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			o := observe(func(w http.ResponseWriter, _ *http.Request) {
				if c.leaves {
					leave()
				}
				if c.failure != nil {
					rest.WriteProblem(w, c.failure)
					return
				}
				w.WriteHeader(http.StatusCreated)
			})
			o.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil).WithContext(ctx))
			if got := o.counted(t); got != c.status {
				t.Errorf("counted as %s, want %s", got, c.status)
			}
			if got := strings.Count(o.log.String(), "level=ERROR"); got != c.errors {
				t.Errorf("%d errors are logged, want %d:\n%s", got, c.errors, &o.log)
			}
			if c.failure != nil && !strings.Contains(o.log.String(), "err=") && c.status != "400" {
				t.Errorf("the failure is not in the log:\n%s", &o.log)
			}
		})
	}
}

// After a panic the caller gets a problem, or an answer that visibly breaks off:
// never one that looks whole. The log does not hold the panic's value.
func TestPanics(t *testing.T) {
	const written = "what a person wrote"
	for _, c := range []struct {
		name   string
		before func(w http.ResponseWriter)
		whole  bool
	}{
		{"before the answer", func(http.ResponseWriter) {}, true},
		{"after the header", func(w http.ResponseWriter) { w.WriteHeader(http.StatusOK) }, false},
		{"after a part", func(w http.ResponseWriter) { fmt.Fprint(w, `{"items":[`) }, false},
		{"after a part was sent", func(w http.ResponseWriter) {
			fmt.Fprint(w, `{"items":[`)
			_ = http.NewResponseController(w).Flush()
		}, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := observe(func(w http.ResponseWriter, _ *http.Request) {
				c.before(w)
				panic(written)
			})
			web := httptest.NewServer(o)
			answer, err := http.Get(web.URL)
			if err == nil {
				_, err = io.ReadAll(answer.Body)
				answer.Body.Close()
			}
			web.Close()
			if (err == nil) != c.whole {
				t.Errorf("the answer breaks off with %v, want it whole: %v", err, c.whole)
			}
			if c.whole && answer.StatusCode != http.StatusInternalServerError {
				t.Errorf("status %d, want 500", answer.StatusCode)
			}
			if got := o.counted(t); got != "500" {
				t.Errorf("counted as %s, want 500", got)
			}
			if log := o.log.String(); !strings.Contains(log, "panic while serving") || strings.Contains(log, written) {
				t.Errorf("the log is\n%s", log)
			}
		})
	}
}

// An answer that a handler cuts off breaks off for the caller; the log has why, and
// it is no panic. Where the caller has left, nothing failed.
func TestAborted(t *testing.T) {
	for _, left := range []bool{false, true} {
		t.Run(fmt.Sprint("left: ", left), func(t *testing.T) {
			gone := make(chan struct{})
			o := observe(func(w http.ResponseWriter, r *http.Request) {
				fmt.Fprint(w, `{"items":[`)
				_ = http.NewResponseController(w).Flush()
				if left {
					<-r.Context().Done()
				}
				w.(rest.Observer).Failed(heed.Errorf(heed.Unavailable, "the store is away"))
				defer close(gone)
				panic(http.ErrAbortHandler)
			})
			web := httptest.NewServer(o)
			answer, err := http.Get(web.URL)
			if err != nil {
				t.Fatal(err)
			}
			if !left {
				if _, err := io.ReadAll(answer.Body); err == nil {
					t.Error("half an answer looks whole")
				}
			}
			answer.Body.Close()
			<-gone
			web.Close()
			want, failed := "500", true
			if left {
				want, failed = "499", false
			}
			if got := o.counted(t); got != want {
				t.Errorf("counted as %s, want %s", got, want)
			}
			log := o.log.String()
			if strings.Contains(log, "panic") || strings.Contains(log, "level=ERROR") != failed || !strings.Contains(log, "the store is away") {
				t.Errorf("the log is\n%s", log)
			}
		})
	}
}
