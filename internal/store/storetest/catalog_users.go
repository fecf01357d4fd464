package storetest

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

func user(name string, role store.Role) store.User {
	return store.User{ID: "usr_" + name, Name: name, Role: role, CreatedAt: birth, Password: "hash of " + name}
}

func withUsers(t *testing.T, c store.Catalog, names ...string) {
	t.Helper()
	for _, name := range names {
		if err := c.CreateUser(acting(t), user(name, store.Reviewer)); err != nil {
			t.Fatal(err)
		}
	}
}

func users(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	withUsers(t, c, "grace", "ada")
	wantCode(t, "a name that is taken", heed.Conflict, c.CreateUser(acting(t), store.User{ID: "usr_2", Name: "ada", Role: store.Admin, CreatedAt: birth}))
	ada := user("ada", store.Reviewer)
	ada.Password = "another"
	if err := c.ChangePassword(acting(t), ada.ID, "another", [32]byte{}); err != nil {
		t.Fatal(err)
	}
	list, err := c.ListUsers(acting(t))
	if diff := cmp.Diff([]store.User{ada, user("grace", store.Reviewer)}, list); diff != "" || err != nil {
		t.Errorf("users (-want +got):\n%s (%v)", diff, err)
	}
	for how, find := range map[string]func() (store.User, error){
		"by id":   func() (store.User, error) { return c.User(acting(t), ada.ID) },
		"by name": func() (store.User, error) { return c.UserByName(acting(t), "ada") },
	} {
		if got, err := find(); err != nil || got != ada {
			t.Errorf("%s: %+v (%v)", how, got, err)
		}
	}
	_, errUser := c.User(acting(t), "usr_none")
	_, errName := c.UserByName(acting(t), "none")
	for call, err := range map[string]error{
		"User": errUser, "UserByName": errName, "DeleteUser": c.DeleteUser(acting(t), "usr_none"),
		"ChangePassword": c.ChangePassword(acting(t), "usr_none", "new", [32]byte{}),
		"ChangeRole":     c.ChangeRole(acting(t), "usr_none", store.Analyst),
	} {
		wantCode(t, call, heed.NotFound, err)
	}
}

// lastAdmin: however admins remove each other or step back, one stays, and
// others can go.
func lastAdmin(t *testing.T, open func() store.Catalog) {
	handles := []store.Catalog{opened(t, open), opened(t, open)}
	withUsers(t, handles[0], "grace")
	for i := range writers {
		if err := handles[0].CreateUser(acting(t), user(fmt.Sprint("admin", i), store.Admin)); err != nil {
			t.Fatal(err)
		}
	}
	kept := 0
	for i, err := range together(func(i int) error {
		if i%3 == 0 {
			return handles[i%2].ChangeRole(acting(t), fmt.Sprint("usr_admin", i), store.Auditor)
		}
		return handles[i%2].DeleteUser(acting(t), fmt.Sprint("usr_admin", i))
	}) {
		if err != nil {
			kept++
			wantCode(t, fmt.Sprint("removing admin ", i), heed.Conflict, err)
		}
	}
	if kept != 1 {
		t.Errorf("%d admins stay, want 1", kept)
	}
	if err := handles[0].DeleteUser(acting(t), "usr_grace"); err != nil {
		t.Errorf("removing a reviewer: %v", err)
	}
	for _, role := range store.Roles() {
		if err := handles[0].CreateUser(acting(t), user(string(role), store.Analyst)); err != nil {
			t.Fatal(err)
		}
		if err := handles[0].ChangeRole(acting(t), "usr_"+string(role), role); err != nil {
			t.Errorf("%s: %v", role, err)
		}
		if u, err := handles[1].User(acting(t), "usr_"+string(role)); err != nil || u.Role != role {
			t.Errorf("%s is %q, %v", role, u.Role, err)
		}
	}
}

func session(user string, n byte, lasts time.Duration) store.Session {
	return store.Session{Hash: [32]byte{n}, User: "usr_" + user, ExpiresAt: birth.Add(lasts)}
}

func sessions(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	withUsers(t, c, "ada", "grace")
	for _, s := range []store.Session{
		session("ada", 1, time.Hour), session("ada", 2, time.Hour), session("ada", 3, time.Minute), session("grace", 4, time.Hour),
	} {
		if err := c.CreateSession(acting(t), s, birth); err != nil {
			t.Fatal(err)
		}
	}
	whose := func(n byte, at time.Duration) string {
		t.Helper()
		u, err := c.SessionUser(acting(t), [32]byte{n}, birth.Add(at))
		if err != nil {
			wantCode(t, "SessionUser", heed.NotFound, err)
		}
		return u.Name
	}
	for _, want := range []struct {
		n    byte
		at   time.Duration
		name string
	}{{1, 0, "ada"}, {3, time.Minute - time.Second, "ada"}, {3, time.Minute, ""}, {4, 0, "grace"}, {5, 0, ""}} {
		if got := whose(want.n, want.at); got != want.name {
			t.Errorf("session %d after %v is of %q, want %q", want.n, want.at, got, want.name)
		}
	}
	if err := c.PutEntry(acting(t), session("ada", 6, time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := c.ChangePassword(acting(t), "usr_ada", "new", [32]byte{2}); err != nil {
		t.Fatal(err)
	}
	if whose(1, 0) != "" || whose(2, 0) != "ada" || whose(4, 0) != "grace" {
		t.Error("a new password ends other sessions than those of the user but one")
	}
	_, err := c.TakeEntry(acting(t), [32]byte{6}, birth)
	wantCode(t, "a way in after a new password", heed.NotFound, err)
	for range 2 { // the second time there is none, which is what was wanted
		if err := c.DeleteSession(acting(t), [32]byte{2}); err != nil {
			t.Fatal(err)
		}
	}
	if whose(2, 0) != "" {
		t.Error("a session goes on after its end")
	}
	if err := c.DeleteUser(acting(t), "usr_grace"); err != nil {
		t.Fatal(err)
	}
	if whose(4, 0) != "" {
		t.Error("a session outlives its user")
	}
	wantCode(t, "a session of nobody", heed.NotFound, c.CreateSession(acting(t), session("nobody", 9, time.Hour), birth))
}

func entries(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	withUsers(t, c, "ada")
	put := func(s store.Session) {
		t.Helper()
		if err := c.PutEntry(acting(t), s); err != nil {
			t.Fatal(err)
		}
	}
	take := func(n byte, at time.Duration) error {
		_, err := c.TakeEntry(acting(t), [32]byte{n}, birth.Add(at))
		return err
	}
	put(session("ada", 1, time.Hour))
	put(session("ada", 2, time.Hour))
	wantCode(t, "an earlier way in", heed.NotFound, take(1, 0))
	wantCode(t, "a way in that has ended", heed.NotFound, take(2, time.Hour))
	var once atomic.Int32
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if who, err := c.TakeEntry(acting(t), [32]byte{2}, birth); err == nil && who == "usr_ada" {
				once.Add(1)
			}
		})
	}
	all.Wait()
	if once.Load() != 1 {
		t.Errorf("one way in was taken %d times", once.Load())
	}
}
