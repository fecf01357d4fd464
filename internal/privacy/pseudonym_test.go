package privacy_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"strings"
	"sync"
	"testing"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

func newNames(t *testing.T, key []byte) *privacy.Pseudonymizer {
	t.Helper()
	names, err := privacy.NewPseudonymizer(key)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

var pseudonymKey = bytes.Repeat([]byte{7}, privacy.PseudonymKeyBytes)

func TestRespondentIsAKeyedHash(t *testing.T) {
	names := newNames(t, pseudonymKey)
	for _, user := range []string{"u-42", "jane@example.com", strings.Repeat("long", 1000)} {
		mac := hmac.New(sha256.New, pseudonymKey)
		mac.Write([]byte("heed/respondent/v1\x00shop\x00" + user))
		want := heed.Respondent(mac.Sum(nil)[:16])
		if got := names.Respondent("shop", privacy.NewRaw(user)); got != want {
			t.Errorf("%.20s: %s, want %s", user, got, want)
		}
	}
	if !names.Respondent("shop", privacy.Raw{}).IsZero() {
		t.Error("nobody has a pseudonym")
	}
	if names.Respondent("shop", privacy.NewRaw("u")) == names.Respondent("forum", privacy.NewRaw("u")) {
		t.Error("two projects share a pseudonym")
	}
	other := newNames(t, bytes.Repeat([]byte{8}, privacy.PseudonymKeyBytes))
	if names.Respondent("shop", privacy.NewRaw("u")) == other.Respondent("shop", privacy.NewRaw("u")) {
		t.Error("two keys make one pseudonym")
	}
}

func TestKeyedTellsListsApart(t *testing.T) {
	names := newNames(t, pseudonymKey)
	seen := map[[16]byte][]string{}
	for _, list := range [][]string{
		{"p"}, {"p", ""}, {"p", "", ""}, {"p", "ab"}, {"p", "a", "b"}, {"p", "b", "a"}, {"pa", "b"}, {"p", "ab", ""}, {"", "p"},
		{"p", "a\x00b"}, {"p", "a", "\x00b"}, {"p", strings.Repeat("x", 5000)}, {"p", strings.Repeat("x", 4999), "x"},
		{"heed/respondent/v1", "shop", "u-42"}, {"heed/respondent/v1\x00shop\x00u-42"},
	} {
		got := names.Keyed(list[0], list[1:]...)
		if earlier, ok := seen[got]; ok {
			t.Errorf("%.40q and %.40q hash alike", earlier, list)
		}
		seen[got] = list
		if again := names.Keyed(list[0], list[1:]...); again != got {
			t.Errorf("%.40q hashes differently the second time", list)
		}
	}
	if _, ok := seen[[16]byte(names.Respondent("shop", privacy.NewRaw("u-42")))]; ok {
		t.Error("a keyed hash equals a pseudonym")
	}
}

func TestPseudonymKey(t *testing.T) {
	for _, n := range []int{0, 16, 31, 33} {
		if _, err := privacy.NewPseudonymizer(make([]byte, n)); err == nil {
			t.Errorf("a key of %d bytes is taken", n)
		}
	}
	key := bytes.Clone(pseudonymKey)
	names := newNames(t, key)
	want := newNames(t, pseudonymKey).Keyed("p")
	clear(key)
	if names.Keyed("p") != want {
		t.Error("the key changed with the caller's slice")
	}
}

func TestPseudonymizerConcurrently(t *testing.T) {
	names := newNames(t, pseudonymKey)
	want := names.Keyed("p", "a")
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 200 {
				if names.Keyed("p", "a") != want {
					t.Error("a hash changed under concurrent use")
					return
				}
			}
		})
	}
	wait.Wait()
	if raceDetector {
		return // it makes sync.Pool forget at random
	}
	if n := testing.AllocsPerRun(100, func() { names.Keyed("p", "a", "b") }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
