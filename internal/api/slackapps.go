package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture/slack"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

// maxSlackAppBytes bounds the secrets of an app.
const maxSlackAppBytes = 4 << 10

func (a *API) registerSlackApps(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "get-slack-app", Method: http.MethodGet, Path: "/v1/integrations/slack", Tag: "Settings",
		Summary: "The Slack app whose buttons give feedback", Credentials: credentials, Status: http.StatusOK, Answer: SlackAppAnswer{}, Serve: a.read(a.getSlackApp),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "put-slack-app", Method: http.MethodPut, Path: "/v1/integrations/slack", Tag: "Settings",
		Summary:     "Connect a Slack app, or change its secrets",
		Description: "What is absent stays. Its address stays, too, until it is taken away. To change one it needs the version that was read: where somebody else was faster it is a conflict.",
		Credentials: credentials, Body: SlackAppBody{}, Status: http.StatusOK, Answer: SlackAppAnswer{}, Serve: a.manage(a.putSlackApp),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "delete-slack-app", Method: http.MethodDelete, Path: "/v1/integrations/slack", Tag: "Settings",
		Summary: "Take the Slack app away", Description: "Its buttons do nothing from then on; feedback that they gave stays.",
		Credentials: credentials, Status: http.StatusOK, Answer: SlackAppAnswer{}, Serve: a.manage(a.deleteSlackApp),
	})
}

// SlackAppBody describes what PUT /v1/integrations/slack takes.
type SlackAppBody struct {
	Version       *int64  `json:"version,omitempty" doc:"The version that was read; absent where none is connected."`
	SigningSecret *string `json:"signing_secret,omitempty" doc:"From the app's Basic Information."`
	BotToken      *string `json:"bot_token,omitempty" doc:"xoxb-…; with it a bad vote asks for the reason. Empty takes it away."`
}

// SlackAppAnswer is a Slack app without its secrets, which are told nobody.
type SlackAppAnswer struct {
	Connected   bool      `json:"connected"`
	Version     int64     `json:"version,omitempty"`
	Path        string    `json:"path,omitempty" doc:"Of the request URL, on this server, for the app's Interactivity."`
	HasBotToken bool      `json:"has_bot_token"`
	CreatedAt   time.Time `json:"created_at,omitzero"`
	UpdatedAt   time.Time `json:"updated_at,omitzero"`
}

func slackAppOf(app store.SlackApp) SlackAppAnswer {
	return SlackAppAnswer{
		Connected: true, Version: app.Version, Path: "/v1/integrations/slack/" + app.ID, HasBotToken: app.BotToken != nil, CreatedAt: app.CreatedAt, UpdatedAt: app.UpdatedAt,
	}
}

func (a *API) getSlackApp(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	app, err := a.catalog.SlackApp(ctx, project)
	if heed.CodeOf(err) == heed.NotFound {
		return SlackAppAnswer{}, nil
	}
	return slackAppOf(app), err
}

func (a *API) putSlackApp(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in SlackAppBody
	if err := readStrict(w, r, maxSlackAppBytes, &in, "must be an object with version, signing_secret and bot_token, and nothing else"); err != nil {
		return nil, err
	}
	now := heed.Instant(time.Now())
	app, err := a.catalog.SlackApp(r.Context(), who.Project)
	absent := heed.CodeOf(err) == heed.NotFound
	switch {
	case err != nil && !absent:
		return nil, err
	case absent && in.SigningSecret == nil:
		return nil, heed.InvalidField("body.signing_secret", "is missing: it stands in the app's Basic Information")
	case absent:
		app = store.SlackApp{Project: who.Project, ID: "slk_" + rand.Text(), CreatedAt: now}
	case in.Version == nil:
		return nil, heed.InvalidField("body.version", "is missing: say which version you read, so that two who change it do not undo each other")
	}
	if in.Version != nil {
		app.Version = *in.Version // one that is not the stored one is a conflict
	}
	app.Version++
	app.UpdatedAt = now
	if err := a.sealSlackApp(&app, &in); err != nil {
		return nil, err
	}
	if err := a.catalog.KeepSlackApp(r.Context(), app); err != nil {
		return nil, err
	}
	return slackAppOf(app), nil
}

// sealSlackApp takes the secrets that somebody entered.
func (a *API) sealSlackApp(app *store.SlackApp, in *SlackAppBody) (err error) {
	if in.SigningSecret != nil {
		if !isSecretOf(*in.SigningSecret, 16, 128, "") {
			return heed.InvalidField("body.signing_secret", "must be the signing secret of the app, which has letters and digits alone")
		}
		if app.SigningSecret, err = a.vault.Wrap(slack.SecretPurpose(app.Project), []byte(*in.SigningSecret)); err != nil {
			return err
		}
	}
	if in.BotToken == nil {
		return nil
	}
	app.BotToken = nil
	if *in.BotToken == "" {
		return nil
	}
	token, ok := strings.CutPrefix(*in.BotToken, "xoxb-")
	if !ok || !isSecretOf(token, 8, 250, "-") {
		return heed.InvalidField("body.bot_token", "must be the bot token of the app, which begins with xoxb-")
	}
	app.BotToken, err = a.vault.Wrap(slack.TokenPurpose(app.Project), []byte(*in.BotToken))
	return err
}

// isSecretOf reports whether a secret has letters and digits, and others, and a
// length that it can have.
func isSecretOf(secret string, least, most int, others string) bool {
	const known = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	return len(secret) >= least && len(secret) <= most && strings.Trim(secret, known+others) == ""
}

func (a *API) deleteSlackApp(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	err := a.catalog.RemoveSlackApp(r.Context(), who.Project)
	if heed.CodeOf(err) == heed.NotFound {
		return nil, heed.Wrap(heed.NotFound, err, "this project has no Slack app")
	}
	return SlackAppAnswer{}, err
}
