package api

import (
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/rest"
)

// maxRedactBytes bounds POST /v1/redact.
const maxRedactBytes = 1 << 20

func (a *API) registerRedact(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "redact", Method: http.MethodPost, Path: "/v1/redact", Tag: "Privacy",
		Summary:     "Show what redaction makes of a text",
		Description: "Stores nothing. Offsets count Unicode code points of the input; end is exclusive.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Body:        RedactBody{}, Status: http.StatusOK, Answer: Redacted{}, Serve: a.redact,
	})
}

// RedactBody describes what POST /v1/redact takes.
type RedactBody struct {
	Text string `json:"text"`
}

// Redacted is a cleaned text and what was found in it.
type Redacted struct {
	Text     string            `json:"text"`
	Findings []privacy.Finding `json:"findings"`
}

func (a *API) redact(w http.ResponseWriter, r *http.Request) (any, error) {
	who, err := a.door.Admit(r)
	if err != nil {
		return nil, err
	}
	if err := who.MayRead(); err != nil {
		return nil, err
	}
	body, err := capture.ReadBody(w, r, maxRedactBytes)
	if err != nil {
		return nil, err
	}
	if err := capture.CheckJSON(body); err != nil {
		return nil, err
	}
	var in struct {
		Text *privacy.Raw `json:"text"`
	}
	if err := json.Unmarshal(body, &in); err != nil || in.Text == nil {
		return nil, heed.InvalidField("body.text", "must be a string")
	}
	clean, findings := a.cleaner.Redact(*in.Text)
	if clean.Withheld() {
		return nil, heed.Errorf(heed.TooLarge, "the text is longer than redaction takes at once: send it in parts")
	}
	if findings == nil {
		findings = []privacy.Finding{}
	}
	return Redacted{Text: clean.Expose(), Findings: findings}, nil
}
