package recognize

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed/internal/privacy"
)

// line stands for the network, so that time can be the bubble's.
type line struct {
	calls int
	down  bool
	hangs bool
}

func (l *line) RoundTrip(r *http.Request) (*http.Response, error) {
	l.calls++
	switch {
	case l.hangs:
		<-r.Context().Done()
		return nil, r.Context().Err()
	case l.down:
		return nil, errors.New("down")
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("[]")), Header: http.Header{}}, nil
}

// TestCircuit: a recogniser that fails again and again is left alone, so that
// nobody waits for it, and is tried again later.
func TestCircuit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := newService("presidio", Config{URL: "http://presidio.example"}, newCounts())
		if err != nil {
			t.Fatal(err)
		}
		network := &line{hangs: true}
		s.client.Transport = network
		ask := func(text string) error {
			_, err := s.Recognize(t.Context(), privacy.NewRaw(text))
			return err
		}
		long := strings.Repeat("word ", longTextBytes)
		for range 2 * failuresInARow { // the texts' fault
			if err := ask(long); !errors.Is(err, errTime) {
				t.Fatalf("a long text: %v", err)
			}
		}
		network.calls = 0
		for range failuresInARow {
			if err := ask("hello"); !errors.Is(err, errTime) {
				t.Fatalf("a short text: %v", err)
			}
		}
		begun := time.Now()
		if err := ask("hello"); !errors.Is(err, errOpen) || network.calls != failuresInARow || time.Since(begun) != 0 {
			t.Errorf("after %d failures: %v after %d calls and %s", failuresInARow, err, network.calls, time.Since(begun))
		}
		network.hangs = false
		time.Sleep(retryAfter + time.Millisecond) // the bubble's time
		if err := ask("hello"); err != nil {
			t.Errorf("when it is well again: %v", err)
		}
		network.down = true
		for range failuresInARow - 1 {
			if err := ask("hello"); !errors.Is(err, errReach) {
				t.Errorf("down: %v", err)
			}
		}
		network.down = false
		if err := ask("hello"); err != nil {
			t.Errorf("four failures open the circuit: %v", err)
		}
	})
}

// TestCircuitOfOthers: people who go away while their text is looked at say nothing
// of the recogniser, and do not have the texts of others withheld.
func TestCircuitOfOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := newService("presidio", Config{URL: "http://presidio.example"}, newCounts())
		if err != nil {
			t.Fatal(err)
		}
		network := &line{hangs: true}
		s.client.Transport = network
		for range 2 * failuresInARow {
			ctx, leave := context.WithCancel(t.Context())
			time.AfterFunc(time.Millisecond, leave)
			if _, err := s.Recognize(ctx, privacy.NewRaw("hello")); !errors.Is(err, errGone) {
				t.Fatalf("who went away is told: %v", err)
			}
		}
		network.hangs = false
		if _, err := s.Recognize(t.Context(), privacy.NewRaw("hello")); err != nil {
			t.Errorf("who stays: %v", err)
		}
		network.hangs = true
		for range failuresInARow { // a request's time, which is over, is no leaving
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			if _, err := s.Recognize(ctx, privacy.NewRaw("hello")); !errors.Is(err, errTime) {
				t.Fatalf("too late: %v", err)
			}
			cancel()
		}
		if _, err := s.Recognize(t.Context(), privacy.NewRaw("hello")); !errors.Is(err, errOpen) {
			t.Errorf("after %d that were too late: %v", failuresInARow, err)
		}
	})
}
