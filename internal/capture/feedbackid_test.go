package capture_test

import (
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
)

func TestFeedbackIDOf(t *testing.T) {
	seen := map[heed.FeedbackID]string{}
	for _, id := range []string{
		"", "5d42cc22-1b23-45af-b57d-5016c205c99e", "a_B-9", strings.Repeat("x", 64), strings.Repeat("x", 65),
		"trace:1/vote", "trace:1/votes", "größer", "a b",
	} {
		got := capture.FeedbackIDOf(id)
		if again := capture.FeedbackIDOf(id); again != got {
			t.Errorf("%q is %q and %q", id, got, again)
		}
		if other, taken := seen[got]; taken {
			t.Errorf("%q and %q are both %q", id, other, got)
		}
		seen[got] = id
		edit := heed.Edit{ID: got, Target: heed.Target{ResponseID: "r"}}
		if err := edit.Validate(time.Now()); err != nil && id != "" {
			t.Errorf("%q is %q: %v", id, got, err)
		}
	}
	for _, id := range []string{"", "5d42cc22-1b23-45af-b57d-5016c205c99e", "a_B-9"} {
		if got := capture.FeedbackIDOf(id); string(got) != id {
			t.Errorf("%q is %q", id, got)
		}
	}
}
