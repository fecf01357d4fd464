package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/store"
)

// keyUses: of a key is kept when it was used last, and nothing is written down.
func keyUses(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	p, q := project("p"), project("q")
	one, ends := key(p.ID, "secret01", store.SecretKey), key(p.ID, "secret02", store.SecretKey)
	ends.Scope, ends.ExpiresAt = store.ScopeRead, birth.Add(time.Hour)
	created(t, c, p, one, ends)
	created(t, c, q)
	before := recorded(t, c)
	at := birth.Add(20 * time.Minute)
	must(t,
		c.NoteKeyUses(acting(t), nil),
		c.NoteKeyUses(acting(t), []store.KeyUse{{Project: p.ID, ID: one.ID, At: at}, {Project: p.ID, ID: "nowhere1", At: at}, {Project: q.ID, ID: ends.ID, At: at}}),
		c.NoteKeyUses(acting(t), []store.KeyUse{{Project: p.ID, ID: one.ID, At: birth}}),
	)
	one.UsedAt = at
	wantKey(t, c, one)
	wantKey(t, c, ends)
	if diff := cmp.Diff(before, recorded(t, c)); diff != "" {
		t.Errorf("records (-before +after):\n%s", diff)
	}
	for _, want := range []struct {
		after  time.Duration
		active bool
	}{{0, true}, {time.Hour - 1, true}, {time.Hour, false}} {
		if got := ends.Active(birth.Add(want.after)); got != want.active {
			t.Errorf("after %v it is active: %t", want.after, got)
		}
	}
}
