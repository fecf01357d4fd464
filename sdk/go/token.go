package heed

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
	"unicode/utf8"
)

// MaxTokenLifetime is the longest that a feedback token may be good.
const MaxTokenLifetime = 30 * 24 * time.Hour

// DefaultTokenLifetime is how long a token is good where nobody says.
const DefaultTokenLifetime = 24 * time.Hour

// Act is something that a feedback token allows.
type Act string

// The acts, in the order in which tokens list them.
const (
	Rate    Act = "rate"
	Comment Act = "comment"
	Attach  Act = "attach"
)

// Claims are what a feedback token says.
type Claims struct {
	ResponseID   string        // the one response it is for: 1 to 256 bytes
	User         string        // the person as your application knows them; who holds the token can read it, so an opaque id; may be empty
	ResponseTime time.Time     // when the response began; may be zero
	Acts         []Act         // what it allows; none means everything
	IssuedAt     time.Time     // now, if zero
	Lifetime     time.Duration // DefaultTokenLifetime, if zero; at most MaxTokenLifetime
}

// MintToken makes a token that lets whoever holds it rate one response. It
// calls nobody. Equal claims make equal tokens.
func MintToken(secretKey string, c Claims) (string, error) {
	parts := strings.Split(secretKey, "_")
	if len(parts) != 4 || parts[0] != "heed" || parts[1] != "sk" {
		return "", errors.New("heed: only a secret key (heed_sk_…) makes feedback tokens")
	}
	payload, err := c.encode()
	if err != nil {
		return "", err
	}
	header := `{"alg":"HS256","typ":"JWT","kid":"` + parts[2] + `"}`
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString(payload)
	key := sha256.Sum256([]byte("heed-token-v1:" + secretKey))
	mac := hmac.New(sha256.New, key[:])
	mac.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(mac.Sum(nil)), nil
}

func (c Claims) encode() ([]byte, error) {
	if c.IssuedAt.IsZero() {
		c.IssuedAt = time.Now()
	}
	if c.Lifetime == 0 {
		c.Lifetime = DefaultTokenLifetime
	}
	switch {
	case c.ResponseID == "" || !bounded(c.ResponseID):
		return nil, errors.New("heed: ResponseID must be 1 to 256 bytes of UTF-8 without NUL")
	case !bounded(c.User):
		return nil, errors.New("heed: User must be at most 256 bytes of UTF-8 without NUL")
	case c.Lifetime < time.Second || c.Lifetime > MaxTokenLifetime:
		return nil, errors.New("heed: Lifetime must be from one second to 30 days")
	}
	claims := struct {
		Audience string `json:"aud"`
		Response string `json:"rid"`
		Subject  string `json:"sub,omitempty"`
		Began    *int64 `json:"rat,omitempty"`
		Acts     []Act  `json:"act,omitempty"`
		Issued   int64  `json:"iat"`
		Expires  int64  `json:"exp"`
	}{Audience: "heed", Response: c.ResponseID, Subject: c.User, Issued: c.IssuedAt.Unix()}
	claims.Expires = claims.Issued + int64(c.Lifetime/time.Second)
	if !c.ResponseTime.IsZero() {
		began := c.ResponseTime.Unix()
		claims.Began = &began
	}
	allowed := map[Act]bool{}
	for _, act := range c.Acts {
		allowed[act] = true
	}
	for _, act := range []Act{Rate, Comment, Attach} {
		if allowed[act] {
			claims.Acts = append(claims.Acts, act)
			delete(allowed, act)
		}
	}
	if len(allowed) > 0 {
		return nil, errors.New("heed: Acts must be out of rate, comment and attach")
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(claims); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(out.String(), "\n")), nil
}

func bounded(s string) bool {
	return len(s) <= 256 && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}
