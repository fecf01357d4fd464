package storetest

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

func keyRoundTrip(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	p := project("p")
	created(t, catalog, p)
	revoked := key(p.ID, "revoked1", store.SecretKey)
	revoked.RevokedAt = birth.Add(time.Microsecond)
	for _, want := range []store.Key{
		key(p.ID, "secret01", store.SecretKey), key(p.ID, "public01", store.PublishableKey), revoked,
	} {
		if err := catalog.CreateKey(acting(t), want); err != nil {
			t.Fatalf("create: %v", err)
		}
		wantKey(t, catalog, want)
	}
	_, err := catalog.Key(acting(t), "SECRET01")
	wantCode(t, "key by an id in other letters", heed.NotFound, err)
}

func keyOrder(t *testing.T, open func() store.Catalog) {
	catalog := opened(t, open)
	p := project("p")
	created(t, catalog, p)
	var want []store.Key
	for i, id := range []string{"zzzzzzzz", "mmmmmmmm", "aaaaaaaa"} {
		k := key(p.ID, id, store.PublishableKey)
		k.CreatedAt = birth.Add(time.Duration(i) * time.Microsecond)
		want = append(want, k)
	}
	for _, i := range []int{1, 2, 0} {
		if err := catalog.CreateKey(acting(t), want[i]); err != nil {
			t.Fatalf("create: %v", err)
		}
	}
	got, err := catalog.ListKeys(acting(t), p.ID)
	if err != nil {
		t.Fatalf("list: %v", err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("keys (-want +got):\n%s", diff)
	}
}

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
	// A time that is rounded down may lie before the key was made.
	must(t, c.NoteKeyUses(acting(t), []store.KeyUse{{Project: p.ID, ID: ends.ID, At: birth.Add(-9 * time.Minute)}}))
	ends.UsedAt = ends.CreatedAt
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
