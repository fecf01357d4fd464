package capture_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

func measured(sender, model string) capture.Item {
	return capture.Item{Metric: &capture.Metric{Sender: sender, Metric: heed.Metric{
		Name: "gen_ai.client.inference.duration", Labels: heed.Labels{Model: model}, ErrorType: "unknown", ErrorCode: "ada@example.com",
		Time: time.Now(), Tally: heed.Tally{Count: 1, Sum: 5},
	}}}
}

// Of who sends a metric a keyed hash is kept, and of an error what redaction
// leaves.
func TestMetricIsMadePrivate(t *testing.T) {
	w := newWorld(t)
	outcomes, err := w.accept(t, server(), measured("canary-host", "m1"), measured("canary-host", "m1"), measured("other", "m1"))
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range outcomes {
		if o.Err != nil {
			t.Errorf("point %d: %v", i, o.Err)
		}
	}
	events := w.all()
	if len(events) != 3 {
		t.Fatalf("%d events", len(events))
	}
	a, b, c := events[0].Metric, events[1].Metric, events[2].Metric
	if a.Stream != b.Stream || a.Stream == c.Stream || a.Stream == [16]byte{} {
		t.Errorf("streams %x, %x, %x", a.Stream, b.Stream, c.Stream)
	}
	if a.ErrorCode != "[EMAIL_1]" {
		t.Errorf("error code %q", a.ErrorCode)
	}
	outcomes, err = w.accept(t, browser(), measured("page", "m1"))
	if err != nil || heed.CodeOf(outcomes[0].Err) != heed.Forbidden {
		t.Errorf("a page's key: %v, %v", outcomes, err)
	}
}

// A sender whose attributes differ from call to call is told so, and does not
// keep those out that are known.
func TestMetricsAreBounded(t *testing.T) {
	for name, item := range map[string]func(i int) capture.Item{
		"models":  func(i int) capture.Item { return measured("one", fmt.Sprint("m", i)) },
		"senders": func(i int) capture.Item { return measured(fmt.Sprint("host", i), "m1") },
	} {
		w := newWorld(t)
		limit := map[string]int{"models": 1000, "senders": 50_000}[name]
		var items []capture.Item
		for i := range limit + 5 {
			items = append(items, item(i))
		}
		outcomes, err := w.accept(t, server(), append(items, item(0))...)
		if err != nil {
			t.Fatal(err)
		}
		for i, o := range outcomes {
			if refused := i >= limit && i < limit+5; refused != (heed.CodeOf(o.Err) == heed.Invalid) {
				t.Fatalf("%s: point %d of %d: %v", name, i, limit, o.Err)
			}
		}
	}
}
