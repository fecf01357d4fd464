package api

import (
	"context"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/crowd"
	"github.com/heed-ai/heed/internal/query"
)

// bundles keeps what was gathered for a while: a page asks several questions about
// the same days, and each would gather all voices of them. Safe for concurrent
// use; who asks for what is being gathered waits for it.
type bundles struct {
	mu   sync.Mutex
	kept map[bundlesOf]*gathered
}

const (
	// bundlesLifetime is for how long bundles are told as they were. They are
	// about days that are over, so little comes to them.
	bundlesLifetime = 5 * time.Minute
	// maxBundlesKept bounds how many windows are kept; a hundred thousand voices
	// take some 5 MB.
	maxBundlesKept = 16
)

// bundlesOf is what bundles are of.
type bundlesOf struct {
	project heed.ProjectID
	window  query.Window // closed, and of whole weeks but for today
	k       int
	today   time.Time
}

// gathered is one window's bundles, once done is closed.
type gathered struct {
	at      time.Time
	done    chan struct{}
	bundles []crowd.Bundle
	err     error
}

// gather returns the bundles of a window, which read lists the voices of.
func (b *bundles) gather(ctx context.Context, of bundlesOf, read func(context.Context) ([]query.Voice, error)) ([]crowd.Bundle, error) {
	b.mu.Lock()
	g := b.kept[of]
	if g == nil || time.Since(g.at) > bundlesLifetime {
		if len(b.kept) >= maxBundlesKept || b.kept == nil {
			b.kept = map[bundlesOf]*gathered{}
		}
		g = &gathered{at: time.Now(), done: make(chan struct{})}
		b.kept[of] = g
		b.mu.Unlock()
		b.fill(ctx, of, g, read)
		return g.bundles, g.err
	}
	b.mu.Unlock()
	select {
	case <-g.done:
	case <-ctx.Done():
		return nil, heed.Wrap(heed.Unavailable, ctx.Err(), "the request ended before the numbers were counted: try again")
	}
	if g.err != nil { // whoever gathered may have gone; nothing of it is kept
		return b.gather(ctx, of, read)
	}
	return g.bundles, nil
}

func (b *bundles) fill(ctx context.Context, of bundlesOf, g *gathered, read func(context.Context) ([]query.Voice, error)) {
	defer close(g.done)
	voices, err := read(ctx)
	if err != nil {
		g.err = err
		b.mu.Lock()
		defer b.mu.Unlock()
		if b.kept[of] == g {
			delete(b.kept, of)
		}
		return
	}
	g.bundles = crowd.Gather(voices, of.k, of.today)
}
