package access_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
)

func goodClaims() access.Claims {
	issued := time.Unix(vectorNow, 0).UTC()
	return access.Claims{
		ResponseID: "r-1", User: privacy.NewRaw("u-42"), ResponseTime: issued.Add(-time.Minute),
		Acts: access.EveryAct, IssuedAt: issued, ExpiresAt: issued.Add(time.Hour),
	}
}

func TestMintAndVerify(t *testing.T) {
	want := goodClaims()
	token, err := access.Mint(vectorKey, want)
	if err != nil {
		t.Fatal(err)
	}
	again, err := access.Mint(vectorKey, goodClaims())
	if err != nil || again != token {
		t.Errorf("equal claims made another token (%v)", err)
	}
	got, id, err := access.Verify(token, want.IssuedAt, keyOf)
	if err != nil || id != "Vectors1" {
		t.Fatalf("verify: key %q, %v", id, err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(privacy.Raw{})); diff != "" {
		t.Errorf("claims (-want +got):\n%s", diff)
	}
}

func TestMintRefuses(t *testing.T) {
	for _, test := range []struct {
		name   string
		key    string
		change func(*access.Claims)
		want   heed.Code
	}{
		{"no response", vectorKey, func(c *access.Claims) { c.ResponseID = "" }, heed.Invalid},
		{"a long response id", vectorKey, func(c *access.Claims) { c.ResponseID = heed.ResponseID(strings.Repeat("r", 257)) }, heed.Invalid},
		{"a response id that is no UTF-8", vectorKey, func(c *access.Claims) { c.ResponseID = "\xff" }, heed.Invalid},
		{"a response id with a NUL", vectorKey, func(c *access.Claims) { c.ResponseID = "a\x00" }, heed.Invalid},
		{"a long user", vectorKey, func(c *access.Claims) { c.User = privacy.NewRaw(strings.Repeat("u", 257)) }, heed.Invalid},
		{"a user that is no UTF-8", vectorKey, func(c *access.Claims) { c.User = privacy.NewRaw("\xff") }, heed.Invalid},
		{"a response before 1970", vectorKey, func(c *access.Claims) { c.ResponseTime = time.Unix(-1, 0) }, heed.Invalid},
		{"no time", vectorKey, func(c *access.Claims) { c.IssuedAt = time.Time{} }, heed.Invalid},
		{"no expiry", vectorKey, func(c *access.Claims) { c.ExpiresAt = time.Time{} }, heed.Invalid},
		{"expiry at once", vectorKey, func(c *access.Claims) { c.ExpiresAt = c.IssuedAt.Add(time.Millisecond) }, heed.Invalid},
		{"expiry too late", vectorKey, func(c *access.Claims) { c.ExpiresAt = c.IssuedAt.Add(access.MaxTokenLifetime + time.Second) }, heed.Invalid},
		{"an act that is none", vectorKey, func(c *access.Claims) { c.Acts = 1 << 3 }, heed.Invalid},
		{"a publishable key", "heed_pk_Vectors1_ForTestVectorsOnlyNeverInService3vXoBC", func(*access.Claims) {}, heed.Forbidden},
		{"no key", "", func(*access.Claims) {}, heed.Unauthenticated},
		{"a cut key", vectorKey[:54], func(*access.Claims) {}, heed.Unauthenticated},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := goodClaims()
			test.change(&c)
			token, err := access.Mint(test.key, c)
			if got := heed.CodeOf(err); got != test.want {
				t.Errorf("code %q, want %q (%v)", got, test.want, err)
			}
			if token != "" {
				t.Error("a token came with the error")
			}
		})
	}
}

// Whatever is changed in a token, it is refused.
func TestVerifyRefusesEveryChangedCharacter(t *testing.T) {
	token, err := access.Mint(vectorKey, goodClaims())
	if err != nil {
		t.Fatal(err)
	}
	for i := range len(token) {
		for _, c := range []byte{'A', 'B', '.', '_'} {
			if token[i] == c {
				continue
			}
			changed := token[:i] + string(c) + token[i+1:]
			if _, _, err := access.Verify(changed, time.Unix(vectorNow, 0), keyOf); heed.CodeOf(err) != heed.Unauthenticated {
				t.Errorf("character %d changed to %c: %v, want unauthenticated", i, c, err)
			}
		}
		if _, _, err := access.Verify(token[:i], time.Unix(vectorNow, 0), keyOf); heed.CodeOf(err) != heed.Unauthenticated {
			t.Errorf("cut after %d: %v, want unauthenticated", i, err)
		}
	}
}

// What Verify takes, Mint can say again; what it refuses, it refuses as
// unauthenticated and without repeating it.
func FuzzVerify(f *testing.F) {
	now := time.Unix(vectorNow, 0)
	for _, v := range makeVectors() {
		f.Add(v.Token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		c, id, err := access.Verify(token, now, keyOf)
		if err != nil {
			if heed.CodeOf(err) != heed.Unauthenticated {
				t.Errorf("code %q", heed.CodeOf(err))
			}
			return
		}
		if id != "Vectors1" && id != "Vectors2" {
			t.Errorf("key %q is nobody's", id)
		}
		if _, err := access.Mint(vectorKey, c); err != nil {
			t.Errorf("what was taken cannot be made: %v", err)
		}
	})
}

// The same with the signature made right, so that the claims are reached.
func FuzzVerifyClaims(f *testing.F) {
	now := time.Unix(vectorNow, 0)
	for _, v := range makeVectors() {
		f.Add(string(v.Claims))
	}
	f.Fuzz(func(t *testing.T, claims string) {
		c, _, err := access.Verify(sign(plainHeader, claims), now, keyOf)
		if err != nil {
			if heed.CodeOf(err) != heed.Unauthenticated {
				t.Errorf("code %q", heed.CodeOf(err))
			}
			return
		}
		if err := c.Validate(); err != nil {
			t.Errorf("claims out of bounds were taken: %v", err)
		}
		if c.ExpiresAt.Before(now.Add(-time.Minute)) || c.IssuedAt.After(now.Add(time.Minute)) {
			t.Error("a token out of its time was taken")
		}
	})
}

// Claims that need no escape are written by a way of their own: what it writes is
// what the encoder writes.
func TestMintWritesPlainClaimsAlike(t *testing.T) {
	for _, user := range []string{"", "u-42", "a <b> & c", "quoted \"", "back\\slash", "é", "line\n", "\u2028", "~ ", "\x7f"} {
		for _, id := range []heed.ResponseID{"r", "chatcmpl-1/2+3=", "é\"", "<>"} {
			for _, at := range []time.Time{{}, time.Unix(vectorNow, 0), time.Unix(0, 0)} {
				c := goodClaims()
				c.User, c.ResponseID, c.ResponseTime, c.Acts = privacy.NewRaw(user), id, at, 0
				token, err := access.Mint(vectorKey, c)
				if err != nil {
					t.Fatal(err)
				}
				payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
				if err != nil {
					t.Fatal(err)
				}
				var want bytes.Buffer
				encoder := json.NewEncoder(&want)
				encoder.SetEscapeHTML(false)
				members := struct {
					Audience string `json:"aud"`
					Response string `json:"rid"`
					User     string `json:"sub,omitempty"`
					At       *int64 `json:"rat,omitempty"`
					Issued   int64  `json:"iat"`
					Expires  int64  `json:"exp"`
				}{"heed", string(id), user, nil, c.IssuedAt.Unix(), c.ExpiresAt.Unix()}
				if !at.IsZero() {
					seconds := at.Unix()
					members.At = &seconds
				}
				if err := encoder.Encode(members); err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(strings.TrimSpace(want.String()), string(payload)); diff != "" {
					t.Errorf("user %q, response %q (-want +got):\n%s", user, id, diff)
				}
			}
		}
	}
}
