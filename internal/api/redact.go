package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/rest"
)

// maxRedactBytes bounds POST /v1/redact.
const maxRedactBytes = 1 << 20

func (a *API) registerRedact(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "redact", Method: http.MethodPost, Path: "/v1/redact", Tag: "Privacy",
		Summary: "Show what redaction makes of a text",
		Description: "Stores nothing. Offsets count Unicode code points of the input; end is exclusive. " +
			"The project's own patterns count as well, or those given instead of them, so that they can be tried out, and so does its recogniser. " +
			"503: the recogniser failed, for which a text that comes in is withheld.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Body:        RedactBody{}, Status: http.StatusOK, Answer: Redacted{}, Serve: a.redact,
	})
}

// RedactBody describes what POST /v1/redact takes.
type RedactBody struct {
	Text     string                `json:"text"`
	Patterns *[]heed.RedactPattern `json:"redact_patterns,omitempty" maxItems:"16" doc:"Instead of the project's own."`
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
	var in struct {
		Text     *privacy.Raw          `json:"text"`
		Patterns *[]heed.RedactPattern `json:"redact_patterns"`
	}
	const shape = "must have a string as text, and patterns with name and pattern if any"
	if err := readJSON(w, r, maxRedactBytes, &in, shape); err != nil {
		return nil, err
	}
	if in.Text == nil {
		return nil, heed.InvalidField("body", shape)
	}
	by, err := a.redactionOf(r.Context(), who.Project, in.Patterns)
	if err != nil {
		return nil, err
	}
	clean, findings, err := by.cleaner.RedactBy(r.Context(), by.recognizer, *in.Text)
	if err != nil {
		return nil, err
	}
	if findings == nil {
		findings = []privacy.Finding{}
	}
	return Redacted{Text: clean.Expose(), Findings: findings}, nil
}

// redaction is how a project redacts: with its own patterns and its recogniser.
type redaction struct {
	cleaner    *privacy.Cleaner
	recognizer privacy.Recognizer
}

// redactionOf returns how a project redacts, with its patterns or with those given
// instead.
func (a *API) redactionOf(ctx context.Context, project heed.ProjectID, patterns *[]heed.RedactPattern) (redaction, error) {
	p, err := a.catalog.Project(ctx, project)
	if err != nil {
		return redaction{}, err
	}
	if patterns != nil {
		p.Patterns = *patterns
		if err := p.Validate(); err != nil {
			return redaction{}, err
		}
	}
	cleaner, err := a.cleaner.With(p.Patterns)
	return redaction{cleaner, a.recognizers.Of(project, p.Privacy.Recognizer)}, err
}

// texts redacts what a member wrote, as it is stored in the clear. Where that
// cannot be done nothing is stored: they are there to write it again.
func (r redaction) texts(ctx context.Context, texts ...*string) error {
	for _, text := range texts {
		if text == nil || *text == "" {
			continue
		}
		clean, _, err := r.cleaner.RedactBy(ctx, r.recognizer, privacy.NewRaw(*text))
		if err != nil {
			return err
		}
		*text = clean.Expose()
	}
	return nil
}
