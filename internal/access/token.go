package access

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
)

// Bounds of a feedback token.
const (
	MaxTokenBytes        = 4096
	MaxTokenLifetime     = 30 * 24 * time.Hour
	DefaultTokenLifetime = 24 * time.Hour // where nobody says how long
	MaxUserBytes         = 256

	tokenSkew     = 60 * time.Second // how far the clock of who made it may be ahead
	tokenAudience = "heed"
)

// Claims are what a feedback token says. Times are in whole seconds.
type Claims struct {
	ResponseID   heed.ResponseID // the one response it is for
	User         privacy.Raw     // the person, as the application knows them; may be empty
	ResponseTime time.Time       // when the response began; may be zero
	Acts         Acts            // what it allows; none means everything
	IssuedAt     time.Time
	ExpiresAt    time.Time
}

// Validate reports the first claim that no token may hold, as an Error of code
// Invalid.
func (c *Claims) Validate() error {
	switch {
	case c.ResponseID == "":
		return heed.InvalidField("response_id", "is missing")
	case !bounded(string(c.ResponseID), heed.MaxIDBytes):
		return heed.InvalidField("response_id", "must be at most 256 bytes of UTF-8")
	case !bounded(c.User.Expose(), MaxUserBytes):
		return heed.InvalidField("user", "must be at most 256 bytes of UTF-8")
	case c.IssuedAt.Unix() <= 0:
		return heed.InvalidField("iat", "is missing")
	case !c.ResponseTime.IsZero() && c.ResponseTime.Unix() < 0:
		return heed.InvalidField("rat", "is before 1970")
	case c.ExpiresAt.Unix() <= c.IssuedAt.Unix():
		return heed.InvalidField("expires_in_s", "must be more than 0")
	case c.ExpiresAt.Sub(c.IssuedAt) > MaxTokenLifetime:
		return heed.InvalidField("expires_in_s", "is too long: at most 30 days")
	case c.Acts&^EveryAct != 0:
		return heed.InvalidField("act", "must be out of rate, comment and attach")
	}
	return nil
}

func bounded(s string, maxBytes int) bool {
	return len(s) <= maxBytes && utf8.ValidString(s) && !strings.ContainsRune(s, 0)
}

// Mint makes a feedback token with a secret key, without asking anybody, as
// an SDK does. Equal claims make equal tokens.
func Mint(secretKey string, c Claims) (string, error) {
	kind, id, err := ParseKey(secretKey)
	if err != nil {
		return "", err
	}
	if kind != store.SecretKey {
		return "", heed.Errorf(heed.Forbidden, "only a secret key (heed_sk_…) makes feedback tokens")
	}
	return mint(id, TokenKey(secretKey), c)
}

func mint(keyID string, tokenKey []byte, c Claims) (string, error) {
	if err := c.Validate(); err != nil {
		return "", err
	}
	header := `{"alg":"HS256","typ":"JWT","kid":"` + keyID + `"}`
	claims, err := encodeClaims(c)
	if err != nil {
		return "", heed.Wrap(heed.Internal, err, "the token could not be made")
	}
	encoding := base64.RawURLEncoding
	token := make([]byte, 0, encoding.EncodedLen(len(header))+encoding.EncodedLen(len(claims))+encoding.EncodedLen(sha256.Size)+2)
	token = append(encoding.AppendEncode(token, []byte(header)), '.')
	token = encoding.AppendEncode(token, claims)
	signature, err := jwt.SigningMethodHS256.Sign(string(token), tokenKey)
	if err != nil {
		return "", heed.Wrap(heed.Internal, err, "the token could not be signed")
	}
	return string(encoding.AppendEncode(append(token, '.'), signature)), nil
}

// Verify checks a token and returns what it says and the id of the key that
// signed it. keyOf returns the token key (see TokenKey) of a key id; its error
// is returned as it is. Every other error is Unauthenticated.
func Verify(token string, now time.Time, keyOf func(keyID string) ([]byte, error)) (Claims, string, error) {
	if len(token) > MaxTokenBytes || !isTokenText(token) {
		return Claims{}, "", malformedToken()
	}
	var keyID string
	var keyErr error
	var claims tokenClaims
	_, err := parserAt(now).ParseWithClaims(token, &claims, func(t *jwt.Token) (key any, err error) {
		if keyID, keyErr = keyIDOf(t.Header); keyErr == nil {
			key, keyErr = keyOf(keyID)
		}
		return key, keyErr
	})
	if keyErr != nil {
		return Claims{}, "", keyErr
	}
	if err != nil {
		return Claims{}, "", refusal(err)
	}
	decoded := claims.decode()
	if !now.Before(decoded.ExpiresAt) { // the parser's leeway is for clocks that run ahead
		return Claims{}, "", refusal(jwt.ErrTokenExpired)
	}
	return decoded, keyID, nil
}

func parserAt(now time.Time) *jwt.Parser {
	return jwt.NewParser(
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Alg()}), jwt.WithStrictDecoding(),
		jwt.WithTimeFunc(func() time.Time { return now }), jwt.WithLeeway(tokenSkew),
		jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithAudience(tokenAudience),
	)
}

// keyIDOf reads a token's header. An extension that the token calls critical
// is one that Heed does not know.
func keyIDOf(header map[string]any) (string, error) {
	typ, _ := header["typ"].(string)
	id, _ := header["kid"].(string)
	_, critical := header["crit"]
	if typ != "JWT" || critical || len(id) != keyIDLen || !isBase62(id) {
		return "", malformedToken()
	}
	return id, nil
}

// refusal says why a token was refused. The parser's own words are dropped,
// because they may hold parts of the token.
func refusal(err error) error {
	for _, known := range []struct {
		cause   error
		message string
	}{
		{jwt.ErrTokenSignatureInvalid, "the feedback token is not signed with HS256 by a key of this server: make it with a secret key of the project"},
		{jwt.ErrTokenExpired, "the feedback token has expired: get a new one from the application"},
		{jwt.ErrTokenUsedBeforeIssued, "the feedback token is from the future: set the clock of the application"},
		{jwt.ErrTokenNotValidYet, "the feedback token is from the future: set the clock of the application"},
		{jwt.ErrTokenInvalidClaims, "the feedback token's claims are not what Heed asks for: see aud, rid, act, iat and exp in the documentation"},
	} {
		if errors.Is(err, known.cause) {
			return heed.Wrap(heed.Unauthenticated, known.cause, known.message)
		}
	}
	return malformedToken()
}

// isTokenText reports whether every character belongs into a token. The
// decoder would skip line breaks, so that one token had many spellings and
// as many identities.
func isTokenText(token string) bool {
	for i := range len(token) {
		c := token[i]
		if !isBase62(token[i:i+1]) && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

func malformedToken() error {
	return heed.Errorf(heed.Unauthenticated, "this is not a feedback token: send it whole, as the application made it")
}

// identityOf tells one token from another without holding either.
func identityOf(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}
