package storetest

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// eventsTail: who follows edits page by page sees each once, the first of each
// feedback as such, and nothing of another project; a restart changes nothing.
func eventsTail(t *testing.T, w *world) {
	var want []string
	for i := range 30 {
		id := heed.FeedbackID(fmt.Sprintf("f%d", i%20))
		edit := w.voted(id, "r1", heed.VoteUp)
		other := w.voted(id, "r1", heed.VoteDown)
		other.Project = "p2"
		w.take(t, edit, other, w.answered(heed.ResponseID(fmt.Sprint(i)), nil))
		want = append(want, fmt.Sprint(edit.Seq, id, i < 20))
	}
	follow := func() (got []string) {
		after := store.Seq(0)
		for {
			page, err := w.EditsAfter(t.Context(), "p1", after, 7)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range page {
				got = append(got, fmt.Sprint(e.Seq, e.ID, e.First))
				after = e.Seq
			}
			if len(page) < 7 {
				return got
			}
		}
	}
	if diff := cmp.Diff(want, follow()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	w.reopen(t)
	if diff := cmp.Diff(want, follow()); diff != "" {
		t.Errorf("after a restart (-want +got):\n%s", diff)
	}
	page, err := w.EditsAfter(t.Context(), "p1", w.seq, 7)
	if err != nil || len(page) != 0 {
		t.Errorf("beyond the last there are %d (%v)", len(page), err)
	}
}
