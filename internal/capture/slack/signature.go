package slack

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// What Slack signs with, and for how long a signature is good.
const (
	signatureHeader = "X-Slack-Signature"
	timestampHeader = "X-Slack-Request-Timestamp"
	signatureFor    = 5 * time.Minute
)

// SecretPurpose and TokenPurpose tie the wrapped secrets of an app to its project.
func SecretPurpose(project heed.ProjectID) string {
	return "heed/slack/signing-secret/v1/" + string(project)
}

// TokenPurpose is that of the bot token.
func TokenPurpose(project heed.ProjectID) string {
	return "heed/slack/bot-token/v1/" + string(project)
}

// verify decides whether Slack sent a body, not long ago. All that is wrong is told
// alike.
func (a *API) verify(app store.SlackApp, h http.Header, body []byte, now time.Time) error {
	secret, err := a.o.Secrets.Unwrap(SecretPurpose(app.Project), app.SigningSecret)
	if err != nil {
		return err
	}
	if !signed(secret, h.Get(timestampHeader), h.Get(signatureHeader), body, now) {
		return heed.Errorf(heed.Unauthenticated, "this was not signed by Slack within five minutes: does the signing secret belong to this app, and is the clock right?")
	}
	return nil
}

// signed reports whether a signature is that of the body at its time, and the time
// not far from now, into the past or the future.
func signed(secret []byte, timestamp, signature string, body []byte, now time.Time) bool {
	seconds, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || len(secret) == 0 {
		return false
	}
	if age := now.Sub(time.Unix(seconds, 0)); age > signatureFor || age < -signatureFor {
		return false
	}
	given, ok := strings.CutPrefix(signature, "v0=")
	sum, err := hex.DecodeString(given)
	if !ok || err != nil {
		return false
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write([]byte("v0:" + timestamp + ":"))
	mac.Write(body)
	return hmac.Equal(sum, mac.Sum(nil))
}
