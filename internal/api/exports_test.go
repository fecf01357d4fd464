package api

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
)

// log is an audit log in memory, which can fail.
type log struct {
	said    []string
	failure error
}

func (l *log) AppendAudit(_ context.Context, e audit.Entry) (audit.Record, error) {
	if l.failure == nil {
		l.said = append(l.said, string(e.Project)+" "+string(e.Action)+" "+e.Details["list"]+" "+e.Details["items"]+" "+e.Details["how"])
	}
	return audit.Record{}, l.failure
}

// Whoever reads much of a list in a day is written down at 1,000 items and at
// every tenfold, each key by itself, before the items are told.
func TestReadersAreWrittenDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &log{}
		r := readers{log: l}
		as := func(key string) context.Context {
			return access.With(t.Context(), access.Principal{Project: "p", KeyID: key})
		}
		read := func(key, list string, items ...int) {
			t.Helper()
			for _, n := range items {
				if err := r.note(as(key), list, n); err != nil {
					t.Fatal(err)
				}
			}
		}
		want := func(lines ...string) {
			t.Helper()
			if diff := cmp.Diff(lines, l.said); diff != "" {
				t.Errorf("written down (-want +got):\n%s", diff)
			}
			l.said = nil
		}
		time.Sleep(time.Hour)
		read("a", listFeedback, 500, 499, 0)
		read("b", listFeedback, 999)
		read("a", listResponses, 999)
		want()
		l.failure = errors.New("the disk is full")
		if r.note(as("a"), listFeedback, 1) == nil {
			t.Error("items are told that could not be written down")
		}
		l.failure = nil
		read("a", listFeedback, 1, 1, 8998)
		want("p export.made feedback 1000 counted")
		read("a", listFeedback, 1)
		read("b", listResponses, 2_000_000)
		want("p export.made feedback 10000 counted", "p export.made responses 1000000 counted")
		time.Sleep(24 * time.Hour)
		read("a", listFeedback, 999)
		want()
		read("a", listFeedback, 1)
		want("p export.made feedback 1000 counted")
	})
}
