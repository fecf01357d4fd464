package outward

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"net/mail"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// Target is the part of an endpoint that is secret.
type Target struct {
	URL     string   `json:"url,omitempty"` // of webhooks and Slack
	To      []string `json:"to,omitempty"`  // mailboxes
	Secrets []Secret `json:"secrets,omitempty"`
}

// Secret signs for Heed, in the form of Standard Webhooks.
type Secret struct {
	Text  string    `json:"text"`           // whsec_…
	Until time.Time `json:"until,omitzero"` // of one that was replaced
}

const (
	secretPrefix = "whsec_"
	secretBytes  = 32
	maxURLBytes  = 2048
	// maxSecrets bounds how many sign at once: the current one and those it replaced
	// lately.
	maxSecrets = 3
)

// NewSecret makes a secret.
func NewSecret() Secret {
	key := make([]byte, secretBytes)
	_, _ = rand.Read(key) // never fails
	return Secret{Text: secretPrefix + base64.StdEncoding.EncodeToString(key)}
}

// Rotate puts a new secret before those that there are, which sign for
// heed.SecretOverlap more.
func (t *Target) Rotate(now time.Time) (fresh Secret, until time.Time) {
	fresh, until = NewSecret(), heed.Instant(now.Add(heed.SecretOverlap))
	secrets := []Secret{fresh}
	for _, s := range t.signing(now) {
		if s.Until.IsZero() {
			s.Until = until
		}
		secrets = append(secrets, s)
	}
	t.Secrets = secrets[:min(len(secrets), maxSecrets)]
	return fresh, until
}

// signing returns the secrets that sign at a time.
func (t *Target) signing(now time.Time) []Secret {
	return slices.DeleteFunc(slices.Clone(t.Secrets), func(s Secret) bool { return !s.Until.IsZero() && !now.Before(s.Until) })
}

// Check reports what cannot be spoken to, as an Error of code Invalid, and returns
// what of it is no secret.
func (t *Target) Check(kind heed.EndpointKind, private bool) (host string, err error) {
	if kind == heed.EndpointEmail {
		return t.checkMailboxes()
	}
	if len(t.To) > 0 {
		return "", heed.InvalidField("to", "goes with the kind email alone")
	}
	u, err := url.Parse(t.URL)
	if err == nil && u.Scheme == "http" && !private {
		return "", heed.InvalidField("url", "must begin with https://: without TLS it is spoken to only where the server's settings allow private addresses")
	}
	if err != nil || len(t.URL) > maxURLBytes || u.Host == "" || u.Hostname() == "" || u.User != nil || u.Fragment != "" || u.Scheme != "https" && u.Scheme != "http" {
		return "", heed.InvalidField("url", "must be an address that begins with https:// and names nobody, at most 2048 bytes")
	}
	return u.Host, nil
}

func (t *Target) checkMailboxes() (host string, err error) {
	if t.URL != "" {
		return "", heed.InvalidField("url", "goes with the kinds webhook and slack alone")
	}
	if len(t.To) == 0 || len(t.To) > heed.MaxRecipients {
		return "", heed.InvalidField("to", "must hold 1 to 20 mail addresses")
	}
	var domains []string
	for i, text := range t.To {
		one, err := mail.ParseAddress(text)
		if err != nil || one.Name != "" || len(one.Address) > 254 || strings.ContainsAny(text, "\r\n") {
			return "", heed.InvalidField("to", "must hold mail addresses such as ada@example.com, without names")
		}
		// What needs quotes is another address, or none, to who reads it without them.
		if again, err := mail.ParseAddress(one.Address); err != nil || again.Address != one.Address {
			return "", heed.InvalidField("to", "must hold mail addresses such as ada@example.com, without quotes")
		}
		t.To[i] = one.Address
		domains = append(domains, one.Address[strings.LastIndexByte(one.Address, '@')+1:])
	}
	slices.Sort(domains)
	return strings.Join(slices.Compact(domains), ", "), nil
}

// purposeOf binds what is sealed to its endpoint.
func purposeOf(e *heed.Endpoint) string {
	return "endpoint\x00" + string(e.Project) + "\x00" + string(e.ID)
}

// Seal is the target as the catalog keeps it.
func (o *Outward) Seal(e *heed.Endpoint, t *Target) ([]byte, error) {
	text, err := json.Marshal(t)
	if err != nil {
		return nil, err
	}
	return o.Vault.Wrap(purposeOf(e), text)
}

// Target opens what the catalog keeps of an endpoint.
func (o *Outward) Target(ctx context.Context, e *heed.Endpoint) (*Target, error) {
	return o.target(ctx, e)
}

func (o *Outward) target(ctx context.Context, e *heed.Endpoint) (*Target, error) {
	sealed, err := o.Catalog.EndpointTarget(ctx, e.Project, e.ID)
	if err != nil {
		return nil, err
	}
	text, err := o.Vault.Unwrap(purposeOf(e), sealed)
	if err != nil {
		return nil, err
	}
	t := new(Target)
	return t, json.Unmarshal(text, t)
}
