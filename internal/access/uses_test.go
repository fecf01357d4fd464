package access_test

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/store"
)

// make makes a key of the world's project.
func (w *world) make(t *testing.T, plan access.KeyPlan) (plain, id string) {
	t.Helper()
	plain, k, err := w.authority.CreateKey(t.Context(), w.project.ID, plan)
	if err != nil {
		t.Fatal(err)
	}
	return plain, k.ID
}

// A key that ends is good up to that moment and not beyond, and so is every token
// made with it, whatever the token says.
func TestKeysEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		secret, _ := w.make(t, access.KeyPlan{Kind: store.SecretKey, ExpiresAt: time.Now().Add(time.Minute)})
		public, _ := w.make(t, access.KeyPlan{Kind: store.PublishableKey, ExpiresAt: time.Now().Add(time.Minute)})
		token := w.token(t, secret, 0)
		time.Sleep(time.Minute - time.Millisecond)
		who := w.admit(t, secret, "")
		w.admit(t, public, goodOrigin)
		w.admit(t, token, "")
		door := newDoor(t, w, access.Limits{99, 99, 99, 99})
		if !door.Knows(secret) {
			t.Error("a key that was just shown is not known")
		}
		time.Sleep(time.Millisecond) // what is remembered of the catalog is still good
		w.refused(t, "a secret key that has ended", secret, "", heed.Unauthenticated)
		w.refused(t, "a publishable key that has ended", public, goodOrigin, heed.Unauthenticated)
		w.refused(t, "a token of a key that has ended", token, "", heed.Unauthenticated)
		if door.Knows(secret) {
			t.Error("a key that has ended is known")
		}
		for what, c := range map[string]struct {
			by   access.Principal
			ends time.Time
			may  bool
		}{
			"as long":             {who, who.Ends, true},
			"shorter":             {who, who.Ends.Add(-time.Second), true},
			"longer":              {who, who.Ends.Add(time.Second), false},
			"without end":         {who, time.Time{}, false},
			"by one that lasts":   {w.admit(t, w.secret, ""), time.Time{}, true},
			"by one that lasts, ": {w.admit(t, w.secret, ""), who.Ends, true},
		} {
			if err := c.by.MayCreate(access.KeyPlan{Kind: store.SecretKey, ExpiresAt: c.ends}); (err == nil) != c.may {
				t.Errorf("%s: %v", what, err)
			}
		}
	})
}

// Nobody makes a key that may do what their role may not: a developer, who reads no
// texts and erases nobody, makes none that does.
func TestKeysAreNoWayUp(t *testing.T) {
	for _, role := range store.Roles() {
		who := access.Principal{Project: "prj_1", Member: &access.Member{Role: role}}
		if who.May(access.ManageKeys) != nil {
			continue
		}
		for _, scope := range append(store.KeyScopes(), "") {
			key := access.Principal{Project: "prj_1", Trust: heed.TrustServer, Scope: cmp.Or(scope, store.ScopeAll)}
			more := ""
			for _, action := range access.ActionsOf(store.Owner) {
				if key.May(action) == nil && who.May(action) != nil {
					more = string(action)
				}
			}
			if err := who.MayCreate(access.KeyPlan{Kind: store.SecretKey, Scope: scope}); (err == nil) != (more == "") {
				t.Errorf("%s makes a key of scope %q, which may also do %q: %v", role, scope, more, err)
			}
		}
		if err := who.MayCreate(access.KeyPlan{Kind: store.PublishableKey}); err != nil {
			t.Errorf("%s makes no publishable key: %v", role, err)
		}
	}
	developer := access.Principal{Project: "prj_1", Member: &access.Member{Role: store.Developer}}
	for scope, may := range map[store.KeyScope]bool{store.ScopeAll: false, store.ScopeRead: false, store.ScopeWrite: true, store.ScopeNumbers: true} {
		if err := developer.MayCreate(access.KeyPlan{Kind: store.SecretKey, Scope: scope}); (err == nil) != may {
			t.Errorf("a developer makes a key of scope %s: %v", scope, err)
		}
	}
}

// A key does what its scope says, and makes tokens only if it writes.
func TestKeysHaveScopes(t *testing.T) {
	w := newWorld(t)
	for _, scope := range store.KeyScopes() {
		secret, id := w.make(t, access.KeyPlan{Kind: store.SecretKey, Scope: scope})
		who := w.admit(t, secret, "")
		if who.Scope != scope || who.KeyID != id {
			t.Errorf("%s: admitted as %+v", scope, who)
		}
		writes := scope == store.ScopeAll || scope == store.ScopeWrite
		var none heed.ResponseID
		for what, err := range map[string]error{"describe": who.MayDescribe(), "give feedback": who.MayGiveFeedback(&none, true), "signal": who.MaySignal(&none)} {
			if (err == nil) != writes {
				t.Errorf("%s may %s: %v", scope, what, err)
			}
			if err != nil && (heed.CodeOf(err) != heed.Forbidden || !strings.Contains(err.Error(), "use one of scope all or write")) {
				t.Errorf("%s is told: %v", scope, err)
			}
		}
		_, err := w.authority.Authenticate(t.Context(), w.token(t, secret, 0), "")
		if (err == nil) != writes || err != nil && heed.CodeOf(err) != heed.Forbidden {
			t.Errorf("a token made with a key of scope %s: %v", scope, err)
		}
	}
}

// When a key was used is known to ten minutes and written a minute later at most,
// once, however often it is shown, by however many.
func TestUsesOfKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		ctx, stop := context.WithCancel(t.Context())
		var kept sync.WaitGroup
		kept.Go(func() { w.authority.KeepUses(ctx, slog.New(slog.DiscardHandler)) })
		_, id, _ := access.ParseKey(w.secret)
		used := func() (time.Time, int) {
			w.catalog.mu.Lock()
			defer w.catalog.mu.Unlock()
			return w.catalog.keys[id].UsedAt, w.catalog.uses
		}
		show := func() {
			var all sync.WaitGroup
			for range 8 {
				all.Go(func() {
					for range 50 {
						w.admit(t, w.secret, "")
					}
				})
			}
			all.Wait()
		}
		show()
		if _, writes := used(); writes != 0 {
			t.Error("a call waited for the disk")
		}
		begun := time.Now()
		time.Sleep(time.Minute + time.Second)
		show()
		at, writes := used()
		if writes != 1 || at != begun.UTC().Truncate(10*time.Minute) {
			t.Errorf("used at %v, written %d times", at, writes)
		}
		time.Sleep(5 * time.Minute)
		if _, again := used(); again != writes {
			t.Errorf("written %d times in the same ten minutes", again)
		}
		time.Sleep(20 * time.Minute)
		// A token made with it is a use of it; and what waits is written at the end.
		w.admit(t, w.token(t, w.secret, 0), "")
		w.catalog.fail(errors.New("the disk is full"))
		time.Sleep(2 * time.Minute)
		w.catalog.fail(nil)
		w.admit(t, w.token(t, w.secret, 0), "")
		stop()
		kept.Wait()
		if at, _ := used(); at != time.Now().UTC().Truncate(10*time.Minute) {
			t.Errorf("at the end it is used at %v", at)
		}
	})
}
