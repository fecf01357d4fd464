package access_test

import (
	"fmt"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

// signIns is a team of one, ada, with a password, behind a trusted proxy.
type signIns struct {
	t        *testing.T
	accounts *access.Accounts
	door     *access.Door
	ada      store.User
}

func newSignIns(t *testing.T) *signIns {
	t.Helper()
	accounts, _ := newAccounts(t)
	door, err := access.NewDoor(newWorld(t).authority, accounts, access.Limits{99, 99, 99, 99}, []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")})
	if err != nil {
		t.Fatal(err)
	}
	s := &signIns{t: t, accounts: accounts, door: door}
	if s.ada, err = accounts.Add(acting(t), "ada", store.Analyst); err != nil {
		t.Fatal(err)
	}
	s.choose(password)
	return s
}

func (s *signIns) choose(password string) {
	s.t.Helper()
	if _, err := s.accounts.SetPassword(audit.By(s.t.Context(), audit.Actor{Kind: audit.Operator}), access.Member{ID: s.ada.ID}, "", access.NewPassword{Next: password}); err != nil {
		s.t.Fatal(err)
	}
}

// try signs in from an address with cookies, and returns what the browser is given
// to keep for the next time.
func (s *signIns) try(name, password, address, cookies string) (device string, err error) {
	r := request("https://heed.example.com/v1/session", "10.0.0.1:1", "X-Forwarded-Proto", "https", "X-Forwarded-For", address, "Cookie", cookies)
	m, _, err := s.accounts.SignIn(r.Context(), name, password, s.door.ArrivalOf(r))
	if err != nil {
		return "", err
	}
	recorder := httptest.NewRecorder()
	s.door.RememberDevice(recorder, r, m)
	device, _, _ = strings.Cut(recorder.Header().Get("Set-Cookie"), ";")
	return device, nil
}

// guess tries a wrong password until it is refused to try, n times at most.
func (s *signIns) guess(n int, address, cookies string) (tried int) {
	s.t.Helper()
	for tried = range n {
		if _, err := s.try("ada", "a wrong password", address, cookies); heed.CodeOf(err) == heed.RateLimited {
			return tried
		} else if heed.CodeOf(err) != heed.Unauthenticated {
			s.t.Fatalf("a guess: %v", err)
		}
	}
	return n
}

// Whoever guesses locks themselves out, and not the member: neither elsewhere nor
// in the browser in which they were before.
func TestNobodyLocksOutAnother(t *testing.T) {
	s := newSignIns(t)
	device, err := s.try("ada", password, "192.0.2.1", "")
	if err != nil || !strings.HasPrefix(device, "__Host-heed-device=") {
		t.Fatalf("the first time: %q, %v", device, err)
	}
	if n := s.guess(20, "198.51.100.1", ""); n != 10 {
		t.Errorf("a stranger guesses %d times", n)
	}
	if _, err := s.try("ada", password, "198.51.100.1", ""); heed.CodeOf(err) != heed.RateLimited {
		t.Errorf("the right password after the guesses, by who guessed: %v", err)
	}
	if _, err := s.try("ada", password, "192.0.2.2", ""); err != nil {
		t.Errorf("the member from a new place: %v", err)
	}
	// Many strangers exhaust what all of them have together.
	guessed := 0
	for i := range 40 {
		guessed += s.guess(20, fmt.Sprintf("203.0.113.%d", i), "")
	}
	if guessed < 80 || guessed > 100 {
		t.Errorf("forty strangers guess %d times", guessed)
	}
	if _, err := s.try("ada", password, "192.0.2.3", ""); heed.CodeOf(err) != heed.RateLimited {
		t.Errorf("from a new place, while forty guess: %v", err)
	}
	for _, address := range []string{"192.0.2.1", "198.51.100.1", "203.0.113.7"} {
		if _, err := s.try("ada", password, address, device); err != nil {
			t.Errorf("on a known device at %s, while forty guess: %v", address, err)
		}
	}
}

// A device is of its member and of the password with which they came, and has no
// more tries than a stranger.
func TestKnownDeviceIsNoKey(t *testing.T) {
	s := newSignIns(t)
	device, err := s.try("ada", password, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	if n := s.guess(20, "192.0.2.9", device); n != 10 {
		t.Errorf("on a device that was stolen, %d guesses", n)
	}
	if _, err := s.try("ada", password, "192.0.2.1", device); heed.CodeOf(err) != heed.RateLimited {
		t.Errorf("on a device on which somebody guessed: %v", err)
	}
	if _, err := s.try("ada", password, "192.0.2.1", ""); err != nil {
		t.Errorf("without it: %v", err)
	}
	device, err = s.try("ada", password, "192.0.2.1", "")
	if err != nil {
		t.Fatal(err)
	}
	if n := s.guess(20, "192.0.2.10", ""); n != 10 {
		t.Fatal(n)
	}
	name, sealed, _ := strings.Cut(device, "=")
	for what, cookie := range map[string]string{
		"cut": name + "=" + sealed[:len(sealed)-4], "made up": name + "=" + strings.Repeat("A", 200), "empty": name + "=", "without TLS": "heed-device=" + sealed,
	} {
		if _, err := s.try("ada", password, "192.0.2.10", cookie); heed.CodeOf(err) != heed.RateLimited {
			t.Errorf("a device that is %s: %v", what, err)
		}
	}
	if _, err := s.try("ada", password, "192.0.2.10", device); err != nil {
		t.Errorf("the device itself: %v", err)
	}
	if n := s.guess(20, "192.0.2.11", ""); n != 10 {
		t.Fatal(n)
	}
	s.choose("another horse battery")
	if _, err := s.try("ada", "another horse battery", "192.0.2.11", device); heed.CodeOf(err) != heed.RateLimited {
		t.Errorf("a device from before the password: %v", err)
	}
}
