package emit

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/collector/pdata/plog/plogotlp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// endpoint answers requests in the place of a network, which knows no other
// clock than that of the machine.
type endpoint func(*http.Request) (*http.Response, error)

func (e endpoint) RoundTrip(r *http.Request) (*http.Response, error) { return e(r) }

func answered(status int, header http.Header, body []byte) (*http.Response, error) {
	return &http.Response{StatusCode: status, Header: header, Body: io.NopCloser(bytes.NewReader(body))}, nil
}

func newEmitter(log io.Writer, to endpoint) *Emitter {
	e := New("https://collector.test/v1/logs?key=canary", nil, slog.New(slog.NewTextHandler(log, nil)))
	e.client.Transport = to
	return e
}

func votes(n int) []store.Event {
	events := make([]store.Event, n)
	for i := range events {
		events[i].Feedback = &store.FeedbackEdit{Edit: heed.Edit{ID: heed.FeedbackID(fmt.Sprint("f", i)), Vote: heed.Value(heed.VoteUp)}}
	}
	return events
}

// countOf is how many records a request holds.
func countOf(t *testing.T, r *http.Request) int {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		t.Error(err)
	}
	request := plogotlp.NewExportRequest()
	if err := request.UnmarshalProto(body); err != nil {
		t.Error(err)
	}
	return request.Logs().LogRecordCount()
}

// An endpoint that takes connections and never answers holds nobody up who stops,
// however much waits for it, and its address is not told in the log.
func TestCloseBeforeADeadEndpoint(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		e := newEmitter(&log, func(r *http.Request) (*http.Response, error) {
			<-r.Context().Done()
			return nil, r.Context().Err()
		})
		e.Take(votes(maxWaiting))
		synctest.Wait()
		e.Take(votes(maxWaiting)) // of which some find no room
		begun := time.Now()
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		if took := time.Since(begun); took > closeWithin {
			t.Errorf("stopping took %v", took)
		}
		if e.Lost() != 2*maxWaiting {
			t.Errorf("%d are lost", e.Lost())
		}
		if strings.Contains(log.String(), "canary") || strings.Count(log.String(), "WARN") != 1 {
			t.Errorf("logged %s", log.String())
		}
	})
}

// What may be tried again is, not before the endpoint asks for it.
func TestRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		var tries []time.Duration
		e := newEmitter(io.Discard, func(r *http.Request) (*http.Response, error) {
			tries = append(tries, time.Since(begun))
			if n := countOf(t, r); n != 3 {
				t.Errorf("%d records", n)
			}
			switch len(tries) {
			case 1:
				return answered(http.StatusServiceUnavailable, nil, nil)
			case 2:
				return answered(http.StatusTooManyRequests, http.Header{"Retry-After": {"20"}}, nil)
			}
			return answered(http.StatusOK, nil, nil)
		})
		e.Take(votes(3))
		time.Sleep(time.Minute)
		if err := e.Close(); err != nil {
			t.Error(err)
		}
		want := []time.Duration{sendEvery, sendEvery + firstWait, sendEvery + firstWait + 20*time.Second}
		if len(tries) != 3 || tries[0] != want[0] || tries[1] != want[1] || tries[2] != want[2] || e.Lost() != 0 {
			t.Errorf("tried after %v, %d lost, want %v", tries, e.Lost(), want)
		}
	})
}

// What is refused for good is not sent again, and is counted.
func TestRefused(t *testing.T) {
	partly := plogotlp.NewExportResponse()
	partly.PartialSuccess().SetRejectedLogRecords(2)
	body, err := partly.MarshalProto()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		status int
		body   []byte
		lost   int64
	}{
		{"whole", http.StatusBadRequest, nil, 3},
		{"in part", http.StatusOK, body, 2},
		{"not at all, by one that answers in another way", http.StatusAccepted, []byte("thanks"), 0},
	} {
		synctest.Test(t, func(t *testing.T) {
			tries := 0
			e := newEmitter(io.Discard, func(*http.Request) (*http.Response, error) {
				tries++
				return answered(c.status, nil, c.body)
			})
			e.Take(votes(3))
			time.Sleep(time.Hour)
			if err := e.Close(); err != nil || tries != 1 || e.Lost() != c.lost {
				t.Errorf("%s: tried %d times, %d lost, %v", c.name, tries, e.Lost(), err)
			}
		})
	}
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		endpoint, header string
		good             bool
	}{
		{"http://127.0.0.1:4318/v1/logs", "authorization=Bearer a=b", true},
		{"127.0.0.1:4318", "", false},
		{"grpc://127.0.0.1:4318", "", false},
		{"https://collector.test", "authorization", false},
		{"https://collector.test", "=Bearer", false},
		{"https://collector.test", "two words=Bearer", false},
		{"https://collector.test", "authorization=Bearer\nx", false},
	} {
		var headers []string
		if c.header != "" {
			headers = []string{c.header}
		}
		if err := Check(c.endpoint, headers); (err == nil) != c.good {
			t.Errorf("%s with %q: %v", c.endpoint, c.header, err)
		}
	}
}
