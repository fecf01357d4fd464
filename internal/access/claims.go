package access

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
)

// tokenClaims is the JSON of a token's claims, in the order Mint writes it.
type tokenClaims struct {
	Audience     string   `json:"aud"`
	Response     string   `json:"rid"`
	User         string   `json:"sub,omitempty"`
	ResponseTime *seconds `json:"rat,omitempty"`
	Acts         Acts     `json:"act,omitzero"`
	IssuedAt     *seconds `json:"iat"`
	ExpiresAt    *seconds `json:"exp"`
	NotBefore    *seconds `json:"nbf,omitempty"` // never made, but kept to
}

func encodeClaims(c Claims) ([]byte, error) {
	if user := c.User.Expose(); c.Acts == 0 && plain(string(c.ResponseID)) && plain(user) {
		return appendClaims(make([]byte, 0, 256), c, user), nil
	}
	t := tokenClaims{
		Audience: tokenAudience, Response: string(c.ResponseID), User: c.User.Expose(),
		ResponseTime: secondsOf(c.ResponseTime), Acts: c.Acts,
		IssuedAt: secondsOf(c.IssuedAt), ExpiresAt: secondsOf(c.ExpiresAt),
	}
	// Other languages do not escape HTML in JSON, and SDKs are to make the
	// same token.
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(t)
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}

// appendClaims writes what the gateway writes for each call: claims that allow
// everything, and whose texts need no escape. It is the same that the encoder
// writes, at a tenth of its time.
func appendClaims(to []byte, c Claims, user string) []byte {
	to = append(append(to, `{"aud":"`+tokenAudience+`","rid":"`...), c.ResponseID...)
	if user != "" {
		to = append(append(to, `","sub":"`...), user...)
	}
	to = append(to, '"')
	if !c.ResponseTime.IsZero() {
		to = strconv.AppendInt(append(to, `,"rat":`...), c.ResponseTime.Unix(), 10)
	}
	to = strconv.AppendInt(append(to, `,"iat":`...), c.IssuedAt.Unix(), 10)
	to = strconv.AppendInt(append(to, `,"exp":`...), c.ExpiresAt.Unix(), 10)
	return append(to, '}')
}

// plain reports whether a text stands in JSON as it is.
func plain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' || c > '~' || c == '"' || c == '\\' {
			return false
		}
	}
	return true
}

// decode is the way back, for claims that are there.
func (t *tokenClaims) decode() Claims {
	c := Claims{
		ResponseID: heed.ResponseID(t.Response), User: privacy.NewRaw(t.User), Acts: t.Acts,
		IssuedAt: t.IssuedAt.time(), ExpiresAt: t.ExpiresAt.time(),
	}
	if t.ResponseTime != nil {
		c.ResponseTime = t.ResponseTime.time()
	}
	if t.Acts == 0 { // the claim is absent: one that allows nothing does not decode
		c.Acts = EveryAct
	}
	return c
}

// errClaims is all that is said of a claim outside its bounds; Verify turns it
// into a sentence.
var errClaims = errors.New("claim out of bounds")

// Validate checks what is Heed's own about the claims, after the parser has
// checked their times and audience.
func (t *tokenClaims) Validate() error {
	if t.IssuedAt == nil || t.ExpiresAt == nil {
		return errClaims
	}
	c := t.decode()
	if c.Validate() != nil {
		return errClaims
	}
	return nil
}

// The methods below are what the parser asks claims for.

func (t *tokenClaims) GetExpirationTime() (*jwt.NumericDate, error) {
	return t.ExpiresAt.numeric(), nil
}
func (t *tokenClaims) GetIssuedAt() (*jwt.NumericDate, error)  { return t.IssuedAt.numeric(), nil }
func (t *tokenClaims) GetNotBefore() (*jwt.NumericDate, error) { return t.NotBefore.numeric(), nil }
func (t *tokenClaims) GetIssuer() (string, error)              { return "", nil }
func (t *tokenClaims) GetSubject() (string, error)             { return "", nil }
func (t *tokenClaims) GetAudience() (jwt.ClaimStrings, error) {
	return jwt.ClaimStrings{t.Audience}, nil
}

// seconds is a time in whole seconds since 1970. It reads any JSON number up
// to the year 9999, as some languages write times with a fraction.
type seconds int64

const maxSeconds = 253402300799

func (s *seconds) UnmarshalJSON(b []byte) error {
	var n float64
	if err := json.Unmarshal(b, &n); err != nil {
		return err
	}
	if n < 0 || n > maxSeconds {
		return errClaims
	}
	*s = seconds(math.Floor(n))
	return nil
}

// secondsOf is nil for the zero time.
func secondsOf(t time.Time) *seconds {
	if t.IsZero() {
		return nil
	}
	s := seconds(t.Unix())
	return &s
}

func (s *seconds) time() time.Time { return time.Unix(int64(*s), 0).UTC() }

func (s *seconds) numeric() *jwt.NumericDate {
	if s == nil {
		return nil
	}
	return &jwt.NumericDate{Time: s.time()}
}
