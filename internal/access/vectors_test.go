package access_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
)

var update = flag.Bool("update", false, "write the test vectors anew")

var vectorFile = filepath.Join("..", "..", "schema", "vectors", "tokens.json")

// vector is one feedback token that every implementation has to judge alike.
// Where Minted is true, minting Claims with SecretKey gives Token, byte for
// byte. Claims is null where the token's are not JSON or not the point.
type vector struct {
	Name      string          `json:"name"`
	SecretKey string          `json:"secret_key"`
	Now       int64           `json:"now"` // when the token is judged, in seconds since 1970
	Claims    json.RawMessage `json:"claims"`
	Token     string          `json:"token"`
	Minted    bool            `json:"minted"`
	Valid     bool            `json:"valid"`
	Reason    string          `json:"reason"`
}

const (
	vectorKey   = "heed_sk_Vectors1_ForTestVectorsOnlyNeverInService34mXXU"
	strangerKey = "heed_sk_Vectors2_ForTestVectorsOnlyNeverInService3cFTDu"
	vectorNow   = 1_780_000_000
	month       = 30 * 24 * 3600

	plainHeader = `{"alg":"HS256","typ":"JWT","kid":"Vectors1"}`
)

// claims of a token made a minute ago, for an hour; more goes before iat.
func claims(more string) string {
	return claimsAt(more, vectorNow-60, vectorNow+3540)
}

func claimsAt(more string, iat, exp int64) string {
	return fmt.Sprintf(`{"aud":"heed","rid":"chatcmpl-1",%s"iat":%d,"exp":%d}`, more, iat, exp)
}

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }

func hs256(key []byte, signed string) string {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(signed))
	return string(mac.Sum(nil))
}

// sign makes a token of any header and claims with the vectors' own key.
func sign(header, claims string) string {
	signed := b64(header) + "." + b64(claims)
	return signed + "." + b64(hs256(access.TokenKey(vectorKey), signed))
}

// makeVectors builds every vector from scratch, without the code under test
// but for the derivation of the token key.
func makeVectors() []vector {
	return append(validVectors(), invalidVectors()...)
}

func validVectors() []vector {
	accept := func(name, claims string, minted bool, header string) vector {
		return vector{
			Name: name, SecretKey: vectorKey, Now: vectorNow, Claims: json.RawMessage(claims),
			Token: sign(header, claims), Minted: minted, Valid: true,
		}
	}
	everything := `"sub":"u-42","rat":1779999900,"act":["rate","comment","attach"],`
	longest := strings.Repeat("r", 256)
	spaced := strings.NewReplacer(":", ": ", ",", ", ").Replace(claims(`"sub":"u-42",`))
	return []vector{
		accept("only what is needed", claims(""), true, plainHeader),
		accept("every claim", claims(everything), true, plainHeader),
		accept("rate only", claims(`"act":["rate"],`), true, plainHeader),
		accept("comment and attach", claims(`"act":["comment","attach"],`), true, plainHeader),
		accept("a user beyond ASCII", claims(`"sub":"Zoë <zoë@例え.jp> & co",`), true, plainHeader),
		accept("a response id of 256 bytes", strings.Replace(claims(""), "chatcmpl-1", longest, 1), true, plainHeader),
		accept("thirty days", claimsAt("", vectorNow-60, vectorNow-60+month), true, plainHeader),
		accept("in its last second", claimsAt("", vectorNow-3600, vectorNow+1), true, plainHeader),
		accept("issued ahead within the tolerance", claimsAt("", vectorNow+59, vectorNow+3600), true, plainHeader),
		accept("claims in another order", fmt.Sprintf(`{"exp":%d,"iat":%d,"rid":"chatcmpl-1","aud":"heed"}`, vectorNow+60, vectorNow), false, plainHeader),
		accept("header in another order", claims(""), false, `{"typ":"JWT","kid":"Vectors1","alg":"HS256"}`),
		accept("spaces in the JSON", spaced, false, `{"alg": "HS256", "kid": "Vectors1", "typ": "JWT"}`),
		accept("times with a fraction", `{"aud":"heed","rid":"chatcmpl-1","iat":1779999940.25,"exp":1.78000354e9}`, false, plainHeader),
		accept("a claim Heed does not know", claims(`"iss":"shop","jti":"1",`), false, plainHeader),
		accept("acts in another order, one twice", claims(`"act":["comment","rate","comment"],`), false, plainHeader),
		accept("not before now", claims(fmt.Sprintf(`"nbf":%d,`, vectorNow)), false, plainHeader),
	}
}

func invalidVectors() []vector {
	good := sign(plainHeader, claims(""))
	parts := strings.Split(good, ".")
	refuse := func(name, reason, token string) vector {
		return vector{Name: name, SecretKey: vectorKey, Now: vectorNow, Claims: json.RawMessage("null"), Token: token, Reason: reason}
	}
	all := append(brokenForms(good, parts, refuse), wrongSignatures(parts, refuse)...)
	refuseClaims := func(name, reason, claims string) {
		v := refuse(name, reason, sign(plainHeader, claims))
		v.Claims = json.RawMessage(claims)
		all = append(all, v)
	}
	long := func(n int) string { return strings.Repeat("x", n) }
	without := func(part string) string { return strings.Replace(claims(""), part, "", 1) }
	refuseClaims("expired", "exp has passed", claimsAt("", vectorNow-7200, vectorNow-3600))
	refuseClaims("expired just now", "exp has passed", claimsAt("", vectorNow-3600, vectorNow))
	refuseClaims("exp too far", "exp is more than 30 days after iat", claimsAt("", vectorNow-60, vectorNow-60+month+1))
	refuseClaims("exp before iat", "exp is before iat", claimsAt("", vectorNow+50, vectorNow+40))
	refuseClaims("issued in the future", "iat is ahead", claimsAt("", vectorNow+61, vectorNow+3600))
	refuseClaims("not yet", "nbf is ahead", claims(fmt.Sprintf(`"nbf":%d,`, vectorNow+61)))
	refuseClaims("no exp", "exp is missing", fmt.Sprintf(`{"aud":"heed","rid":"chatcmpl-1","iat":%d}`, vectorNow))
	refuseClaims("no iat", "iat is missing", fmt.Sprintf(`{"aud":"heed","rid":"chatcmpl-1","exp":%d}`, vectorNow+60))
	refuseClaims("exp null", "exp is missing", fmt.Sprintf(`{"aud":"heed","rid":"chatcmpl-1","iat":%d,"exp":null}`, vectorNow))
	refuseClaims("exp as text", "exp is not a number", fmt.Sprintf(`{"aud":"heed","rid":"chatcmpl-1","iat":%d,"exp":"%d"}`, vectorNow, vectorNow+60))
	refuseClaims("exp beyond any time", "exp is out of range", fmt.Sprintf(`{"aud":"heed","rid":"chatcmpl-1","iat":%d,"exp":1e300}`, vectorNow))
	refuseClaims("iat before 1970", "iat is out of range", `{"aud":"heed","rid":"chatcmpl-1","iat":-1,"exp":60}`)
	refuseClaims("wrong aud", "aud is not heed", strings.Replace(claims(""), `"heed"`, `"other"`, 1))
	refuseClaims("aud in capitals", "aud is not heed", strings.Replace(claims(""), `"heed"`, `"Heed"`, 1))
	refuseClaims("aud of two", "aud is not heed alone", strings.Replace(claims(""), `"heed"`, `["heed","other"]`, 1))
	refuseClaims("no aud", "aud is missing", without(`"aud":"heed",`))
	refuseClaims("no rid", "rid is missing", without(`"rid":"chatcmpl-1",`))
	refuseClaims("empty rid", "rid is empty", strings.Replace(claims(""), "chatcmpl-1", "", 1))
	refuseClaims("rid too long", "rid is over 256 bytes", strings.Replace(claims(""), "chatcmpl-1", long(257), 1))
	refuseClaims("rid is a number", "rid is not text", strings.Replace(claims(""), `"chatcmpl-1"`, "1", 1))
	refuseClaims("rid with NUL", "rid holds a NUL", strings.Replace(claims(""), "chatcmpl-1", `a\u0000b`, 1))
	refuseClaims("sub too long", "sub is over 256 bytes", claims(`"sub":"`+long(257)+`",`))
	refuseClaims("unknown act", "act holds a word that is none", claims(`"act":["rate","erase"],`))
	refuseClaims("no act", "act is empty", claims(`"act":[],`))
	refuseClaims("act null", "act is not a list", claims(`"act":null,`))
	refuseClaims("act as text", "act is not a list", claims(`"act":"rate",`))
	refuseClaims("claims are a list", "the claims are no object", `[`+claims("")+`]`)
	refuseClaims("claims are null", "the claims are no object", `null`)
	refuseClaims("too long", "the token is over 4096 bytes", claims(`"pad":"`+long(4096)+`",`))
	all = append(all, refuse("claims are not JSON", "the claims are no JSON", sign(plainHeader, claims("")+"}")))
	return all
}

// brokenForms are tokens whose form or header is wrong.
func brokenForms(good string, parts []string, refuse func(name, reason, token string) vector) []vector {
	header := func(name, reason, header string) vector { return refuse(name, reason, sign(header, claims(""))) }
	// The last digit of 32 bytes in base64 has two bits that mean nothing.
	digits := "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	last := strings.IndexByte(digits, good[len(good)-1])
	return []vector{
		refuse("empty", "there is no token", ""),
		refuse("two parts", "there is no third part", parts[0]+"."+parts[1]),
		refuse("one part", "there is one part only", parts[0]),
		refuse("four parts", "there is a fourth part", good+"."+parts[2]),
		refuse("unsigned", "the signature is empty", parts[0]+"."+parts[1]+"."),
		refuse("truncated", "the signature is cut", good[:len(good)-4]),
		refuse("truncated claims", "the claims are cut", parts[0]+"."+parts[1][:len(parts[1])-4]+"."+parts[2]),
		refuse("padded", "base64url here has no padding", good+"="),
		refuse("line break inside", "a character is no base64url", good[:len(good)-8]+"\n"+good[len(good)-8:]),
		refuse("space around", "a character is no base64url", " "+good),
		refuse("second spelling of the signature", "the unused bits of the last digit are set", good[:len(good)-1]+digits[last^1:last^1+1]),
		refuse("a key", "this is a publishable key", "heed_pk_Vectors1_ForTestVectorsOnlyNeverInService3vXoBC"),
		header("no kid", "kid is missing", `{"alg":"HS256","typ":"JWT"}`),
		header("kid too short", "kid is no key id", `{"alg":"HS256","typ":"JWT","kid":"Vectors"}`),
		header("kid is a path", "kid is no key id", `{"alg":"HS256","typ":"JWT","kid":"../../ab"}`),
		header("kid is a number", "kid is no key id", `{"alg":"HS256","typ":"JWT","kid":12345678}`),
		header("kid of nobody", "kid is unknown", `{"alg":"HS256","typ":"JWT","kid":"Nobody00"}`),
		header("no typ", "typ is not JWT", `{"alg":"HS256","kid":"Vectors1"}`),
		header("another typ", "typ is not JWT", `{"alg":"HS256","typ":"at+jwt","kid":"Vectors1"}`),
		header("critical extension", "crit names what Heed does not know", `{"alg":"HS256","typ":"JWT","kid":"Vectors1","crit":["b64"],"b64":false}`),
		header("header is not JSON", "the header is no JSON", `{"alg":"HS256"`),
	}
}

// wrongSignatures are tokens that the secret key did not sign with HS256.
func wrongSignatures(parts []string, refuse func(name, reason, token string) vector) []vector {
	key := access.TokenKey(vectorKey)
	signedBy := func(key []byte) string {
		signed := parts[0] + "." + parts[1]
		return signed + "." + b64(hs256(key, signed))
	}
	algorithm := func(name string, signature func(signed string) string) string {
		signed := b64(`{"alg":"`+name+`","typ":"JWT","kid":"Vectors1"}`) + "." + parts[1]
		return signed + "." + b64(signature(signed))
	}
	none := func(string) string { return "" }
	sameKey := func(signed string) string { return hs256(key, signed) }
	hs512 := func(signed string) string {
		mac := hmac.New(sha512.New, key)
		mac.Write([]byte(signed))
		return string(mac.Sum(nil))
	}
	// What a signature of RSA looks like to who has no public key to check it.
	rsa := func(signed string) string { return strings.Repeat(hs256([]byte("rsa"), signed), 8) }
	other := claims(`"sub":"somebody-else",`)
	return []vector{
		refuse("tampered claims", "the signature is of other claims", parts[0]+"."+b64(other)+"."+parts[2]),
		refuse("tampered header", "the signature is of another header", b64(`{"alg":"HS256","typ":"JWT","kid":"Vectors1","x":1}`)+"."+parts[1]+"."+parts[2]),
		refuse("tampered signature", "the signature is wrong", parts[0]+"."+parts[1]+"."+b64(strings.Repeat("\x00", 32))),
		refuse("another key", "another secret key signed it", signedBy(access.TokenKey(strangerKey))),
		refuse("the secret key itself", "the secret key signed it, not the key derived from it", signedBy([]byte(vectorKey))),
		refuse("the derived key in hexadecimal", "the derived key's text signed it, not its bytes", signedBy([]byte(hex.EncodeToString(key)))),
		refuse("empty key", "an empty key signed it", signedBy(nil)),
		refuse("alg none", "alg is not HS256", algorithm("none", none)),
		refuse("alg none, signed", "alg is not HS256", algorithm("none", sameKey)),
		refuse("alg None", "alg is not HS256", algorithm("None", none)),
		refuse("alg hs256", "alg is not HS256", algorithm("hs256", sameKey)),
		refuse("alg HS512", "alg is not HS256", algorithm("HS512", hs512)),
		refuse("alg RS256", "alg is not HS256", algorithm("RS256", rsa)),
		refuse("alg RS256, signed with HMAC", "alg is not HS256", algorithm("RS256", sameKey)),
		refuse("no alg", "alg is missing", strings.Replace(sign(`{"typ":"JWT","kid":"Vectors1"}`, claims("")), "\n", "", 1)),
	}
}

// vectors reads the file that all implementations share, and holds it to what
// this test would write.
func vectors(t *testing.T) []vector {
	t.Helper()
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(makeVectors()); err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.MkdirAll(filepath.Dir(vectorFile), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(vectorFile, text.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stored, err := os.ReadFile(vectorFile)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(text.String(), string(stored)); diff != "" {
		t.Fatalf("schema/vectors/tokens.json is not what the test makes; run it with -update (-want +got):\n%s", diff)
	}
	var list []vector
	if err := json.Unmarshal(stored, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// claimsOf reads a vector's claims as an SDK gets them.
func claimsOf(t *testing.T, v vector) access.Claims {
	t.Helper()
	var c struct {
		Rid string
		Sub string
		Rat float64
		Act []string
		Iat float64
		Exp float64
	}
	if err := json.Unmarshal(v.Claims, &c); err != nil {
		t.Fatal(err)
	}
	at := func(seconds float64) time.Time { return time.Unix(int64(seconds), 0).UTC() }
	out := access.Claims{ResponseID: heed.ResponseID(c.Rid), User: privacy.NewRaw(c.Sub), IssuedAt: at(c.Iat), ExpiresAt: at(c.Exp)}
	if c.Rat != 0 {
		out.ResponseTime = at(c.Rat)
	}
	out.Acts, _ = access.ParseActs(c.Act)
	return out
}

func keyOf(id string) ([]byte, error) {
	for _, key := range []string{vectorKey, strangerKey} {
		if _, known, _ := access.ParseKey(key); known == id {
			return access.TokenKey(key), nil
		}
	}
	return nil, heed.Errorf(heed.Unauthenticated, "unknown key")
}

func TestVerifyVectors(t *testing.T) {
	for _, v := range vectors(t) {
		t.Run(v.Name, func(t *testing.T) {
			got, id, err := access.Verify(v.Token, time.Unix(v.Now, 0), keyOf)
			if !v.Valid {
				if heed.CodeOf(err) != heed.Unauthenticated {
					t.Errorf("%v, want unauthenticated because %s", err, v.Reason)
				}
				if got != (access.Claims{}) || id != "" {
					t.Error("claims came with the error")
				}
				return
			}
			if err != nil {
				t.Fatalf("refused: %v", err)
			}
			want := claimsOf(t, v)
			if want.Acts == 0 {
				want.Acts = access.EveryAct
			}
			if diff := cmp.Diff(want, got, cmp.AllowUnexported(privacy.Raw{})); diff != "" {
				t.Errorf("claims (-want +got):\n%s", diff)
			}
		})
	}
}

func TestMintVectors(t *testing.T) {
	minted := 0
	for _, v := range vectors(t) {
		if !v.Minted {
			continue
		}
		minted++
		token, err := access.Mint(v.SecretKey, claimsOf(t, v))
		if err != nil || token != v.Token {
			t.Errorf("%s: not the token of the vector (%v)", v.Name, err)
		}
	}
	if minted == 0 {
		t.Error("no vector is minted")
	}
}

// The authority refuses every bad token for what it is, and says nothing of it.
func TestAuthenticateVectors(t *testing.T) {
	list := vectors(t)
	synctest.Test(t, func(t *testing.T) {
		time.Sleep(time.Until(time.Unix(vectorNow, 0)))
		w := newWorld(t)
		hash := sha256.Sum256([]byte(vectorKey))
		wrapped, _ := envelope{}.Wrap("heed/token-key/v1/Vectors1", access.TokenKey(vectorKey))
		key := store.Key{ID: "Vectors1", Project: w.project.ID, Kind: store.SecretKey, Scope: store.ScopeAll, Hash: hash, TokenKey: wrapped}
		if err := w.catalog.CreateKey(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		for _, v := range list {
			if !v.Valid {
				w.refused(t, v.Name, v.Token, "", heed.Unauthenticated)
				continue
			}
			who := w.admit(t, v.Token, "")
			want := claimsOf(t, v)
			if who.Project != w.project.ID || who.KeyID != "Vectors1" || who.Trust != heed.TrustToken ||
				who.Token.ResponseID != want.ResponseID || !who.Token.ExpiresAt.Equal(want.ExpiresAt) {
				t.Errorf("%s: the principal is not the token's", v.Name)
			}
		}
	})
}
