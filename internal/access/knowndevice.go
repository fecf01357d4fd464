package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/heed-ai/heed/internal/store"
)

// deviceCookie is what a browser keeps in which somebody signed in, and
// devicePurpose ties it to that use.
const (
	deviceCookie   = "heed-device"
	devicePurpose  = "heed/device/v1"
	deviceLifetime = 180 * 24 * time.Hour
)

// device is a browser in which a member signed in before. It lets nobody in: it
// has tries of its own, so that a stranger who tries a member's name too often
// locks out strangers alone (OWASP calls it a device cookie). It is sealed, and
// ends with the password that the member has.
type device struct {
	ID       string    `json:"id"`
	Member   string    `json:"member"`
	Password []byte    `json:"password"` // a hash of the hash that is kept of it
	Ends     time.Time `json:"ends"`
}

// isOf reports whether a user signed in here with the password that they have. The
// zero device is nobody's.
func (d device) isOf(u store.User, now time.Time) bool {
	return d.Member != "" && d.Member == u.ID && u.Password != "" && now.Before(d.Ends) &&
		subtle.ConstantTimeCompare(d.Password, printOf(u.Password)) == 1
}

// printOf is by what a device knows a password from a former one. What is kept of
// a password is salted, so it tells nothing of it.
func printOf(encoded string) []byte {
	sum := sha256.Sum256([]byte(devicePurpose + encoded))
	return sum[:16]
}

// RememberDevice gives the browser of a member who is signed in what makes its
// tries its own. Who has no password needs none. It only spares waiting, so that
// it could not be made is no failure.
func (d *Door) RememberDevice(w http.ResponseWriter, r *http.Request, m Member) {
	u, err := d.accounts.catalog.User(r.Context(), m.ID)
	if err != nil || u.Password == "" {
		return
	}
	text, err := json.Marshal(device{ID: rand.Text(), Member: u.ID, Password: printOf(u.Password), Ends: time.Now().Add(deviceLifetime)})
	if err != nil {
		return
	}
	if sealed, err := d.authority.wrapper.Wrap(devicePurpose, text); err == nil {
		d.setCookie(w, r, deviceCookie, base64.RawURLEncoding.EncodeToString(sealed), deviceLifetime)
	}
}

// deviceOf opens what the browser keeps; the zero device where that is nothing
// good.
func (d *Door) deviceOf(r *http.Request) (known device) {
	sealed, err := base64.RawURLEncoding.DecodeString(d.cookie(r, deviceCookie))
	if err != nil || len(sealed) == 0 {
		return device{}
	}
	text, err := d.authority.wrapper.Unwrap(devicePurpose, sealed)
	if err != nil || json.Unmarshal(text, &known) != nil {
		return device{}
	}
	return known
}
