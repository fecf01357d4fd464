package attach

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/vault"
)

// Bounds of one attachment.
const (
	maxBodyBytes = vault.MaxAttachmentBytes/3*4 + 64<<10 // in base64, with the rest
)

// AttachmentBody describes what POST /v1/attachments takes.
type AttachmentBody struct {
	FeedbackID string         `json:"feedback_id"`
	Scope      string         `json:"scope" enum:"answer,messages,conversation" doc:"What the person consented to: the last question and its answer, messages that they chose, or all of it."`
	Consent    heed.Consent   `json:"consent"`
	KeyID      string         `json:"key_id,omitempty" doc:"With sealed: the key it is sealed for."`
	Sealed     string         `json:"sealed,omitempty" doc:"Base64 of HPKE's encapsulated key, which has 65 bytes, and ciphertext."`
	Parts      []AttachedPart `json:"parts,omitempty" doc:"Instead of sealed, not from pages: what was said."`
	Held       bool           `json:"held,omitempty" doc:"Instead of both: what the gateway holds. Of scope answer, which is refused where the messages cannot be told apart, the last message of the user and the answer; of conversation, every message of the request and the answer. There is no scope messages: send those as parts."`
}

// AttachedPart is one message.
type AttachedPart struct {
	Role string `json:"role" enum:"user,assistant,system,tool"`
	Text string `json:"text"`
}

// given is an AttachmentBody that was read.
type given struct {
	Feedback heed.FeedbackID
	Scope    heed.AttachmentScope
	Consent  heed.Consent
	key      string
	sealed   []byte
	parts    []vault.AttachmentPart
	held     bool
}

func read(w http.ResponseWriter, r *http.Request) (*given, error) {
	text, err := capture.ReadBody(w, r, maxBodyBytes)
	if err != nil {
		return nil, err
	}
	if err := capture.CheckJSON(text); err != nil {
		return nil, err
	}
	var body struct {
		FeedbackID heed.FeedbackID      `json:"feedback_id"`
		Scope      heed.AttachmentScope `json:"scope"`
		Consent    struct {
			Version, Hash string
			Time          time.Time
		}
		KeyID  string `json:"key_id"`
		Sealed string
		Parts  []struct {
			Role string
			Text privacy.Raw
		}
		Held bool
	}
	if err := json.Unmarshal(text, &body); err != nil {
		// The decoder's own words may quote what was said.
		return nil, heed.InvalidField("body", "must be an object with feedback_id, scope, consent, and one of sealed, parts and held")
	}
	g := &given{
		Feedback: body.FeedbackID, Scope: body.Scope, key: body.KeyID, held: body.Held,
		Consent: heed.Consent{Version: body.Consent.Version, Hash: body.Consent.Hash, Time: heed.Instant(body.Consent.Time)},
	}
	if g.Consent.Version == "" || g.Consent.Hash == "" {
		return nil, heed.InvalidField("body.consent", "must have the version and the hash of the notice that the person was shown, and the time")
	}
	ways := 0
	if body.Sealed != "" {
		ways++
		if g.sealed, err = base64.StdEncoding.DecodeString(body.Sealed); err != nil {
			return nil, heed.InvalidField("body.sealed", "is not base64")
		}
		if len(g.sealed) > vault.MaxAttachmentBytes {
			return nil, heed.Errorf(heed.TooLarge, "an attachment has at most 5 MiB: attach less")
		}
		if !vault.MayBeSealed(g.sealed) {
			return nil, heed.InvalidField("body.sealed", "is nothing that HPKE sealed: it must be the encapsulated key, an uncompressed point of P-256, and the ciphertext of parts with its tag")
		}
	}
	if body.Held {
		ways++
	}
	if len(body.Parts) > 0 {
		ways++
	}
	if ways != 1 {
		return nil, heed.InvalidField("body", "must have one of sealed, parts and held")
	}
	if g.held && g.Scope == heed.ScopeMessages {
		return nil, heed.InvalidField("body.scope", "must be answer or conversation with held: only the person can tell which messages they chose, so send those as parts")
	}
	if len(body.Parts) > vault.MaxAttachmentParts {
		return nil, heed.InvalidField("body.parts", "has too many: at most 2000")
	}
	total := 0
	for _, p := range body.Parts {
		if !vault.IsAttachmentRole(p.Role) {
			return nil, heed.InvalidField("body.parts.role", "must be out of: user, assistant, system, tool")
		}
		total += p.Text.Len()
		g.parts = append(g.parts, vault.AttachmentPart{Role: p.Role, Text: p.Text})
	}
	if total > vault.MaxAttachmentBytes/2 {
		return nil, heed.Errorf(heed.TooLarge, "parts have at most 2.5 MiB of text together: attach less, or sealed")
	}
	return g, nil
}
