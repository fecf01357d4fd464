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
	if err := c.ChangePassword(acting(t), ada.ID, "another", [32]byte{}, [32]byte{}); err != nil {
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
		"ChangePassword": c.ChangePassword(acting(t), "usr_none", "new", [32]byte{}, [32]byte{}),
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
	return store.Session{
		ID: fmt.Sprint("ses_", n), Hash: [32]byte{n}, User: "usr_" + user, Method: store.ByPassword, Browser: "Firefox", System: "Linux",
		BegunAt: birth, UsedAt: birth, ExpiresAt: birth.Add(lasts),
	}
}

func entry(user string, n byte, lasts time.Duration) store.Entry {
	return store.Entry{Hash: [32]byte{n}, User: "usr_" + user, ExpiresAt: birth.Add(lasts)}
}

func withSessions(t *testing.T, c store.Catalog, all ...store.Session) {
	t.Helper()
	for _, s := range all {
		if err := c.CreateSession(acting(t), s, [32]byte{}, birth); err != nil {
			t.Fatal(err)
		}
	}
}

// whose is the name of whom a session is of, empty if it has ended.
func whose(t *testing.T, c store.Catalog, n byte, at time.Duration) string {
	t.Helper()
	_, u, err := c.SessionUser(acting(t), [32]byte{n}, birth.Add(at))
	if err != nil {
		wantCode(t, "SessionUser", heed.NotFound, err)
	}
	return u.Name
}

func sessions(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	withUsers(t, c, "ada", "grace")
	withSessions(t, c, session("ada", 1, time.Hour), session("ada", 2, time.Hour), session("ada", 3, time.Minute), session("grace", 4, time.Hour))
	for _, want := range []struct {
		n    byte
		at   time.Duration
		name string
	}{{1, 0, "ada"}, {3, time.Minute - time.Second, "ada"}, {3, time.Minute, ""}, {4, 0, "grace"}, {5, 0, ""}} {
		if got := whose(t, c, want.n, want.at); got != want.name {
			t.Errorf("session %d after %v is of %q, want %q", want.n, want.at, got, want.name)
		}
	}
	if err := c.PutEntry(acting(t), entry("ada", 6, time.Hour)); err != nil {
		t.Fatal(err)
	}
	if err := c.ChangePassword(acting(t), "usr_ada", "new", [32]byte{2}, [32]byte{7}); err != nil {
		t.Fatal(err)
	}
	if whose(t, c, 1, 0) != "" || whose(t, c, 2, 0) != "" || whose(t, c, 7, 0) != "ada" || whose(t, c, 4, 0) != "grace" {
		t.Error("a new password ends other sessions than those of the user but one, which has another token")
	}
	_, err := c.TakeEntry(acting(t), [32]byte{6}, birth)
	wantCode(t, "a way in after a new password", heed.NotFound, err)
	for range 2 { // the second time there is none, which is what was wanted
		if err := c.DeleteSession(acting(t), [32]byte{7}); err != nil {
			t.Fatal(err)
		}
	}
	if whose(t, c, 7, 0) != "" {
		t.Error("a session goes on after its end")
	}
	if err := c.CreateSession(acting(t), session("grace", 8, time.Hour), [32]byte{4}, birth); err != nil || whose(t, c, 4, 0) != "" || whose(t, c, 8, 0) != "grace" {
		t.Errorf("a session in the place of another: %v", err)
	}
	if err := c.DeleteUser(acting(t), "usr_grace"); err != nil {
		t.Fatal(err)
	}
	if whose(t, c, 8, 0) != "" {
		t.Error("a session outlives its user")
	}
	wantCode(t, "a session of nobody", heed.NotFound, c.CreateSession(acting(t), session("nobody", 9, time.Hour), [32]byte{}, birth))
}

func sessionList(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	withUsers(t, c, "ada", "grace")
	one, two, ended, other := session("ada", 1, time.Hour), session("ada", 2, time.Hour), session("ada", 3, time.Minute), session("grace", 4, time.Hour)
	withSessions(t, c, one, two, ended, other)
	at := birth.Add(30 * time.Minute)
	for range 2 { // an earlier use changes nothing
		must(t, c.TouchSession(acting(t), two.Hash, at, birth.Add(2*time.Hour)), c.TouchSession(acting(t), two.Hash, birth, birth.Add(time.Minute)))
	}
	must(t, c.TouchSession(acting(t), [32]byte{9}, at, at))
	two.UsedAt, two.ExpiresAt = at, birth.Add(2*time.Hour)
	for of, want := range map[string][]store.Session{"usr_ada": {two, one}, "": {two, one, other}, "usr_none": {}} {
		got, err := c.ListSessions(acting(t), of, at)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("of %q (-want +got):\n%s (%v)", of, diff, err)
		}
	}
	if got, err := c.Session(acting(t), two.ID, at.Add(time.Hour)); err != nil || got != two {
		t.Errorf("by its id: %+v, %v", got, err)
	}
	if got, u, err := c.SessionUser(acting(t), two.Hash, at); err != nil || got != two || u.Name != "ada" {
		t.Errorf("by its hash: %+v of %+v, %v", got, u, err)
	}
	for what, id := range map[string]string{"one that ended": ended.ID, "one that is not there": "ses_none"} {
		_, err := c.Session(acting(t), id, at)
		wantCode(t, what, heed.NotFound, err)
	}
}

func identities(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	withUsers(t, c, "ada", "grace")
	identity := func(subject, name string) store.Identity {
		return store.Identity{Issuer: "https://id.example.com", Subject: subject, User: "usr_" + name, LinkedAt: birth}
	}
	is := func(subject, user string) {
		t.Helper()
		got, err := c.Identity(acting(t), "https://id.example.com", subject)
		if err != nil || got.User != user {
			t.Errorf("%s is of %q, %v; want %q", subject, got.User, err, user)
		}
	}
	_, err := c.Identity(acting(t), "https://id.example.com", "1")
	wantCode(t, "one that never came", heed.NotFound, err)
	must(t, c.LinkIdentity(acting(t), identity("1", "ada")), c.LinkIdentity(acting(t), identity("1", "ada")))
	is("1", "usr_ada")
	_, err = c.Identity(acting(t), "https://other.example.com", "1")
	wantCode(t, "the same name at another issuer", heed.NotFound, err)
	wantCode(t, "another member's", heed.Conflict, c.LinkIdentity(acting(t), identity("1", "grace")))
	wantCode(t, "of nobody", heed.NotFound, c.LinkIdentity(acting(t), identity("5", "none")))
	must(t, c.LinkIdentity(acting(t), identity("2", "ada"))) // in the place of the first
	_, err = c.Identity(acting(t), "https://id.example.com", "1")
	wantCode(t, "one that another took the place of", heed.NotFound, err)

	must(t, c.JoinByIdentity(acting(t), user("joan", store.Analyst), identity("3", "joan")))
	is("3", "usr_joan")
	wantCode(t, "joining again", heed.Conflict, c.JoinByIdentity(acting(t), user("joan2", store.Analyst), identity("3", "joan2")))
	wantCode(t, "joining by a name that is taken", heed.Conflict, c.JoinByIdentity(acting(t), user("ada", store.Analyst), identity("4", "ada")))
	list, err := c.ListIdentities(acting(t))
	if diff := cmp.Diff([]store.Identity{identity("2", "ada"), identity("3", "joan")}, list); diff != "" || err != nil {
		t.Errorf("identities (-want +got):\n%s (%v)", diff, err)
	}
	must(t, c.DeleteUser(acting(t), "usr_joan"))
	is("3", "")
	wantCode(t, "joining after having been removed", heed.Conflict, c.JoinByIdentity(acting(t), user("joan", store.Analyst), identity("3", "joan")))
	must(t, c.LinkIdentity(acting(t), identity("3", "grace"))) // who was invited again
	is("3", "usr_grace")
}

func entries(t *testing.T, open func() store.Catalog) {
	c := opened(t, open)
	withUsers(t, c, "ada")
	put := func(s store.Entry) {
		t.Helper()
		if err := c.PutEntry(acting(t), s); err != nil {
			t.Fatal(err)
		}
	}
	take := func(n byte, at time.Duration) error {
		_, err := c.TakeEntry(acting(t), [32]byte{n}, birth.Add(at))
		return err
	}
	put(entry("ada", 1, time.Hour))
	put(entry("ada", 2, time.Hour))
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
