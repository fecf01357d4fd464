package gateway

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// Get returns what is held of a call.
func (h *Hold) Get(project heed.ProjectID, id heed.ResponseID) (input, output privacy.Raw, ok bool) {
	call, ok := h.get(project, id)
	if !ok {
		return privacy.Raw{}, privacy.Raw{}, false
	}
	return call.input, call.output, true
}

func aCall(project heed.ProjectID, id heed.ResponseID, input, output string) *heldCall {
	return &heldCall{key: holdKey{project, id}, input: privacy.NewRaw(input), output: privacy.NewRaw(output)}
}

func (h *Hold) text(project heed.ProjectID, id heed.ResponseID) string {
	input, output, ok := h.Get(project, id)
	if !ok {
		return ""
	}
	return input.Expose() + ">" + output.Expose()
}

func TestHold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHold(HoldLimits{Age: time.Minute, Bytes: 1 << 20})
		defer h.close()
		put := func(project heed.ProjectID, id heed.ResponseID, input, output string) {
			h.put(time.Now(), aCall(project, id, input, output))
		}
		want := func(what string, project heed.ProjectID, id heed.ResponseID, text string) {
			t.Helper()
			if got := h.text(project, id); got != text {
				t.Errorf("%s: %q is held, want %q", what, got, text)
			}
		}
		put("a", "1", "q", "yes")
		want("a call", "a", "1", "q>yes")
		want("another project", "b", "1", "")
		want("another call", "a", "2", "")
		put("b", "1", "q", "no")
		want("the same id in two projects", "a", "1", "q>yes")
		put("a", "1", "q", "later")
		want("an id that comes again", "a", "1", "q>later")
		h.Forget("a", "1")
		h.Forget("a", "1")
		want("forgotten", "a", "1", "")
		want("not forgotten", "b", "1", "q>no")

		time.Sleep(40 * time.Second)
		put("b", "2", "q", "young")
		time.Sleep(20 * time.Second)
		want("on the second", "b", "1", "")
		want("younger", "b", "2", "q>young")
		synctest.Wait()
		put("b", "3", strings.Repeat("x", 1<<16), "") // more than its share
		want("too large", "b", "3", "")
		if calls, _ := h.Held(); calls != 1 {
			t.Errorf("%d calls are held, want 1", calls)
		}
		time.Sleep(time.Minute)
		if calls, bytes := h.Held(); calls != 0 || bytes != 0 || h.oldest != nil || h.newest != nil || h.over != nil {
			t.Errorf("%d calls in %d bytes are held when the time of all is over", calls, bytes)
		}
	})
}

// Whatever comes, the newest calls stay within the bytes.
func TestHoldMakesRoom(t *testing.T) {
	const most = 1 << 20
	h := newHold(HoldLimits{Age: time.Hour, Bytes: most})
	defer h.close()
	text := strings.Repeat("x", 20_000)
	for i := range 500 {
		h.put(time.Now(), aCall("p", heed.ResponseID(fmt.Sprint(i)), text[:i*37], "a"))
		if i%7 == 6 {
			h.Forget("p", heed.ResponseID(fmt.Sprint(i/2)))
		}
		calls, bytes := h.Held()
		if bytes > most || calls == 0 {
			t.Fatalf("%d calls in %d bytes are held", calls, bytes)
		}
		sum := int64(0)
		for call := h.oldest; call != nil; call = call.after {
			sum += call.size()
			calls--
		}
		if sum != bytes || calls != 0 {
			t.Fatalf("the line holds %d bytes of %d, and %d calls are not in it", sum, bytes, calls)
		}
	}
	if h.text("p", "499") == "" || h.text("p", "1") != "" {
		t.Error("the oldest did not make room for the newest")
	}
}

func TestHoldOff(t *testing.T) {
	for _, limits := range []HoldLimits{{}, {Age: time.Hour}, {Bytes: 1 << 30}} {
		h := newHold(limits)
		h.put(time.Now(), aCall("p", "1", "q", "a"))
		if calls, bytes := h.Held(); calls != 0 || bytes != 0 {
			t.Errorf("%+v holds %d calls in %d bytes", limits, calls, bytes)
		}
	}
}

// Who is erased is held no more: what is there, and what began before and comes
// to be held after; what they ask later is.
func TestHoldForgetsAPerson(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHold(HoldLimits{Age: 2 * time.Hour, Bytes: 1 << 20})
		defer h.close()
		ada, bob := heed.Respondent{1}, heed.Respondent{2}
		put := func(project heed.ProjectID, id heed.ResponseID, person heed.Respondent, began time.Time) {
			call := aCall(project, id, "q", "a")
			call.person = person
			h.put(began, call)
		}
		began := time.Now()
		put("p", "1", ada, began)
		put("p", "2", bob, began)
		put("p", "3", ada, began)
		put("p", "4", heed.Respondent{}, began)
		put("other", "1", ada, began)
		time.Sleep(time.Second)
		h.ForgetPerson("p", ada)
		h.ForgetPerson("p", heed.Respondent{})
		put("p", "5", ada, began) // was under way
		put("p", "6", ada, time.Now().Add(time.Second))
		for _, want := range []struct {
			project heed.ProjectID
			id      heed.ResponseID
			held    bool
		}{{"p", "1", false}, {"p", "2", true}, {"p", "3", false}, {"p", "4", true}, {"other", "1", true}, {"p", "5", false}, {"p", "6", true}} {
			if got := h.text(want.project, want.id) != ""; got != want.held {
				t.Errorf("call %s of %s: held %v, want %v", want.id, want.project, got, want.held)
			}
		}
		time.Sleep(longestCall + time.Second)
		h.ForgetPerson("p", bob)
		if len(h.erased) != 1 {
			t.Errorf("%d people are remembered as erased, want the last", len(h.erased))
		}
	})
}

// When the time of a call is over its memory is free, although nobody calls.
func TestHoldFreesItsMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHold(HoldLimits{Age: time.Minute, Bytes: 64 << 20})
		defer h.close()
		for i := range 100 {
			h.put(time.Now(), aCall("p", heed.ResponseID(fmt.Sprint(i)), strings.Repeat("q", 10_000), ""))
		}
		h.mu.Lock()
		kept := weak.Make(h.newest)
		h.mu.Unlock()
		runtime.GC()
		if kept.Value() == nil {
			t.Fatal("a call that is held is gone")
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		runtime.GC()
		if kept.Value() != nil {
			t.Error("a call whose time is over is still in memory")
		}
	})
}

func TestHoldAtOnce(t *testing.T) {
	h := newHold(HoldLimits{Age: time.Millisecond, Bytes: 1 << 20})
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for i := range 2000 {
				id := heed.ResponseID(fmt.Sprint(i % 50))
				h.put(time.Now(), aCall("p", id, fmt.Sprint(g), "a"))
				h.Get("p", id)
				if i%3 == 0 {
					h.Forget("p", id)
				}
			}
		})
	}
	group.Wait()
	h.close()
	h.put(time.Now(), aCall("p", "late", "q", "a"))
	if calls, bytes := h.Held(); calls != 0 || bytes != 0 {
		t.Errorf("closed, it holds %d calls in %d bytes", calls, bytes)
	}
}
