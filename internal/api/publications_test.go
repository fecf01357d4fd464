package api

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/store"
)

// publisher keeps publications, and counts how often people were counted for one.
type publisher struct {
	store.Catalog
	store.Reader
	kept    []heed.Publication
	counted int
}

func (p *publisher) ListPublications(context.Context, heed.ProjectID) ([]heed.Publication, error) {
	return p.kept, nil
}

func (p *publisher) Publish(_ context.Context, asked heed.Publication) (heed.Publication, error) {
	for _, kept := range p.kept {
		if kept.SameQuestion(&asked) {
			return kept, nil
		}
	}
	p.kept = append(p.kept, asked)
	return asked, nil
}

func (p *publisher) Voices(context.Context, heed.ProjectID, query.Window) ([]query.Voice, error) {
	p.counted++
	return nil, nil
}

// A question that was published before is answered without counting anybody again.
func TestPublishedBefore(t *testing.T) {
	p := &publisher{}
	a := &API{catalog: p, events: p}
	ask := func(from string) heed.Publication {
		t.Helper()
		body := `{"from":"` + from + `T00:00:00Z","to":"2025-03-10T00:00:00Z","epsilon_thousandths":1000}`
		r := httptest.NewRequest(http.MethodPost, "/v1/publications", strings.NewReader(body))
		said, err := a.publish(access.Principal{Project: "p"}, httptest.NewRecorder(), r)
		if err != nil {
			t.Fatal(err)
		}
		return said.(heed.Publication)
	}
	first := ask("2025-03-03")
	p.kept[0].WithdrawnAt = time.Now() // it can be read again, with the same numbers
	if again := ask("2025-03-03"); again.ID != first.ID || p.counted != 1 {
		t.Errorf("asked again: %s after %s, counted %d times", again.ID, first.ID, p.counted)
	}
	if other := ask("2025-03-04"); other.ID == first.ID || p.counted != 2 || len(other.Rows) != 1 {
		t.Errorf("another question: %+v, counted %d times", other, p.counted)
	}
}
