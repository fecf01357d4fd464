package recognize

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed"
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
		one := asker{s, "prj_1"}
		ask := func(text string) error {
			_, err := one.Recognize(t.Context(), privacy.NewRaw(text))
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
		one := asker{s, "prj_1"}
		for range 2 * failuresInARow {
			ctx, leave := context.WithCancel(t.Context())
			time.AfterFunc(time.Millisecond, leave)
			if _, err := one.Recognize(ctx, privacy.NewRaw("hello")); !errors.Is(err, errGone) {
				t.Fatalf("who went away is told: %v", err)
			}
		}
		network.hangs = false
		if _, err := one.Recognize(t.Context(), privacy.NewRaw("hello")); err != nil {
			t.Errorf("who stays: %v", err)
		}
		network.hangs = true
		for range failuresInARow { // a request's time, which is over, is no leaving
			ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
			if _, err := one.Recognize(ctx, privacy.NewRaw("hello")); !errors.Is(err, errTime) {
				t.Fatalf("too late: %v", err)
			}
			cancel()
		}
		if _, err := one.Recognize(t.Context(), privacy.NewRaw("hello")); !errors.Is(err, errOpen) {
			t.Errorf("after %d that were too late: %v", failuresInARow, err)
		}
	})
}

// TestOneSlowProject: a project whose texts take all their time, one after the other,
// and whose circuit is open, keeps the text of no other project waiting or withheld.
func TestOneSlowProject(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, err := newService("presidio", Config{URL: "http://presidio.example", AtOnce: 4}, newCounts())
		if err != nil {
			t.Fatal(err)
		}
		slow := &bySize{}
		s.client.Transport = slow
		calm, hasty := asker{s, "prj_calm"}, asker{s, "prj_hasty"}
		if _, err := calm.Recognize(t.Context(), privacy.NewRaw("hello")); err != nil {
			t.Fatal(err)
		}
		long := privacy.NewRaw(strings.Repeat("word ", longTextBytes))
		for range 64 { // more than there are places, again and again
			go func() {
				for range 5 {
					_, _ = hasty.Recognize(t.Context(), long)
				}
			}()
		}
		synctest.Wait()
		if slow.most != 3 {
			t.Errorf("one project has %d places of 4 while another is known, want 3", slow.most)
		}
		for range 20 {
			begun := time.Now()
			if _, err := calm.Recognize(t.Context(), privacy.NewRaw("hello")); err != nil || time.Since(begun) != 0 {
				t.Fatalf("beside a project that is slow: %v after %s", err, time.Since(begun))
			}
			time.Sleep(300 * time.Millisecond)
		}
		time.Sleep(time.Minute)
		slow.hangs = true
		for range failuresInARow {
			if _, err := hasty.Recognize(t.Context(), privacy.NewRaw("hang")); !errors.Is(err, errTime) {
				t.Fatal(err)
			}
		}
		slow.hangs = false
		if _, err := hasty.Recognize(t.Context(), privacy.NewRaw("hello")); !errors.Is(err, errOpen) {
			t.Errorf("the project that failed: %v", err)
		}
		if _, err := calm.Recognize(t.Context(), privacy.NewRaw("hello")); err != nil {
			t.Errorf("the other one: %v", err)
		}
	})
}

// TestRoomOfMany: more projects than places have one each, one alone has all, and
// who has not asked for long has none kept.
func TestRoomOfMany(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRoom("presidio", 2)
		enter := func(project heed.ProjectID) (leave func()) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			_, leave, err := r.enter(ctx, project)
			if err != nil {
				return nil
			}
			return leave
		}
		first, second := enter("a"), enter("a")
		if first == nil || second == nil || enter("a") != nil {
			t.Error("one alone has not all places, or more")
		}
		var leave []func()
		for _, project := range []heed.ProjectID{"b", "c", "d"} {
			one := enter(project)
			if one == nil {
				t.Fatalf("%s has no place", project)
			}
			if leave = append(leave, one); enter(project) != nil {
				t.Errorf("%s has two", project)
			}
		}
		for _, one := range append(leave, first, second) {
			one()
		}
		time.Sleep(2 * knownFor)
		if first, second = enter("a"), enter("a"); first == nil || second == nil {
			t.Error("places are kept for who asks no more")
		}
		first()
		second()
		if r.held != 0 || len(r.shares) != 1 {
			t.Errorf("%d places are held by %d projects in the end", r.held, len(r.shares))
		}
	})
}

// bySize answers short texts at once and long ones never.
type bySize struct {
	mu        sync.Mutex
	now, most int
	hangs     bool
}

func (b *bySize) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.ContentLength > longTextBytes || b.hangs {
		b.mu.Lock()
		b.now++
		b.most = max(b.most, b.now)
		b.mu.Unlock()
		<-r.Context().Done()
		b.mu.Lock()
		b.now--
		b.mu.Unlock()
		return nil, r.Context().Err()
	}
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("[]")), Header: http.Header{}}, nil
}
