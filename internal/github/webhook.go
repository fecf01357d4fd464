package github

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"mime"
	"net/url"
	"strings"

	"github.com/heed-ai/heed"
)

// Headers of a webhook's call.
const (
	SignatureHeader = "X-Hub-Signature-256"
	EventHeader     = "X-GitHub-Event"
	DeliveryHeader  = "X-GitHub-Delivery"
)

// MaxEventBytes bounds a call. GitHub sends up to 25 MB, for pushes; what it tells
// of an issue has its text twice at most, of 65,536 characters each, and some
// 20 kB around it.
const MaxEventBytes = 2 << 20

// Signed reports whether a signature is that of a body, in a time that does not
// depend on how far it is.
func Signed(secret, body []byte, signature string) bool {
	given, ok := strings.CutPrefix(signature, "sha256=")
	sum, err := hex.DecodeString(given)
	if !ok || err != nil || len(secret) == 0 {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	return hmac.Equal(sum, mac.Sum(nil))
}

// Event is what a webhook tells of an issue.
type Event struct {
	Action     string `json:"action"`
	Issue      Issue  `json:"issue"`
	Repository struct {
		ID   int64  `json:"id"`
		Name string `json:"full_name"`
	} `json:"repository"`
}

// ReadEvent reads the body of a call about an issue, which is JSON or, where that
// was not chosen at GitHub, a form that has it. A form is what GitHub offers first.
func ReadEvent(contentType string, body []byte) (Event, error) {
	wrong := heed.Errorf(heed.Invalid, "the body is none that GitHub sends of an issue")
	media, _, err := mime.ParseMediaType(contentType)
	if err != nil {
		return Event{}, wrong
	}
	if media == "application/x-www-form-urlencoded" {
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return Event{}, wrong
		}
		body = []byte(form.Get("payload"))
	}
	// Which event it is stands outside of what is signed. Of those that tell of an issue,
	// only the one about a comment has the same actions, of which "deleted" would end it.
	var e struct {
		Event
		Comment json.RawMessage `json:"comment"`
	}
	if json.Unmarshal(body, &e) != nil || e.Comment != nil || e.Repository.ID <= 0 || !IsName(e.Repository.Name) || !e.Issue.check() {
		return Event{}, wrong
	}
	return e.Event, nil
}
