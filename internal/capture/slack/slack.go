// Package slack is the way in for people who read answers in Slack: buttons below
// an answer vote, and a bad vote asks for the reason. Slack calls for them and
// signs what it says.
package slack

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

// maxBodyBytes bounds what Slack sends, which holds the whole message that the
// buttons stand below. Nothing of that is kept.
const maxBodyBytes = 512 << 10

// surface is where feedback says that it was given.
const surface = "slack"

// DefaultAPI is where Slack answers.
const DefaultAPI = "https://slack.com/api"

// Options are the parts an API is made of.
type Options struct {
	Door      *access.Door
	Authority *access.Authority
	Intake    *capture.Intake
	Apps      store.SlackApps
	Secrets   access.Wrapper
	Slack     string // where Slack answers, such as DefaultAPI
	Log       *slog.Logger
}

// API serves the address that Slack calls.
type API struct {
	o      Options
	client *http.Client
}

// New makes an API.
func New(o Options) *API {
	return &API{o: o, client: &http.Client{
		Timeout:       askWithin,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Register adds the route to mux.
func (a *API) Register(mux *http.ServeMux) {
	mux.HandleFunc("POST /v1/integrations/slack/{id}", a.serve)
}

func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	answer, err := a.receive(w, r)
	if err != nil {
		rest.WriteProblem(w, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	if answer == nil {
		w.WriteHeader(http.StatusOK) // without a body, which closes a dialog
		return
	}
	w.Header().Set("Content-Type", "application/json")
	// The client may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(answer)
}

// call is what Slack sends, as far as it is read.
type call struct {
	Type    string `json:"type"`
	Trigger string `json:"trigger_id"`
	Team    struct {
		ID string `json:"id"`
	} `json:"team"`
	User struct {
		ID   string `json:"id"`
		Team string `json:"team_id"`
	} `json:"user"`
	Actions []action `json:"actions"`
	View    struct {
		Callback string `json:"callback_id"`
		Metadata string `json:"private_metadata"`
		State    struct {
			Values map[string]map[string]input `json:"values"`
		} `json:"state"`
	} `json:"view"`

	app       store.SlackApp
	signature string
}

// action is a click.
type action struct {
	Type  string `json:"type"`
	Value string `json:"value"`
}

// input is what somebody chose or wrote.
type input struct {
	Value    string `json:"value"`
	Selected []struct {
		Value string `json:"value"`
	} `json:"selected_options"`
}

// receive does what a call says. What is not about feedback is none of Heed's,
// and is not refused: an app has one address for everything.
func (a *API) receive(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := a.o.Door.ChargeAddress(r); err != nil {
		return nil, err
	}
	app, err := a.o.Apps.SlackAppByID(r.Context(), r.PathValue("id"))
	if heed.CodeOf(err) == heed.NotFound {
		return nil, heed.Wrap(heed.NotFound, err, "no project has a Slack app at this address: Settings shows the address of each")
	}
	if err != nil {
		return nil, err
	}
	body, err := capture.ReadBody(w, r, maxBodyBytes)
	if err != nil {
		return nil, err
	}
	if err := a.verify(app, r.Header, body, time.Now()); err != nil {
		return nil, err
	}
	c, err := parse(body)
	if err != nil {
		return nil, err
	}
	// In small letters: one in capitals is the same, and so is the call that has it.
	c.app, c.signature = app, strings.ToLower(r.Header.Get(signatureHeader))
	switch {
	case c.Type == "block_actions":
		return nil, a.vote(r.Context(), c)
	case c.Type == "view_submission" && c.View.Callback == callbackID:
		return a.reason(r.Context(), c)
	}
	return nil, nil
}

// parse reads a form with the one field payload.
func parse(body []byte) (*call, error) {
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, heed.Wrap(heed.Invalid, err, "the body is no form, as Slack sends")
	}
	payload := []byte(form.Get("payload"))
	if err := capture.CheckJSON(payload); err != nil {
		return nil, err
	}
	c := &call{}
	if err := json.Unmarshal(payload, c); err != nil {
		return nil, heed.Errorf(heed.Invalid, "the payload is none that Slack sends")
	}
	return c, nil
}

// person is who clicked, by the one name that Slack has for them everywhere. Heed
// keeps its pseudonym.
func (c *call) person() (privacy.Raw, error) {
	team := c.User.Team
	if team == "" {
		team = c.Team.ID
	}
	if c.User.ID == "" || len(team)+len(c.User.ID) > heed.MaxIDBytes/2 {
		return privacy.Raw{}, heed.InvalidField("payload.user", "is missing")
	}
	return privacy.NewRaw("slack:" + team + ":" + c.User.ID), nil
}

// principal is whom an app speaks for: the application, on the word of Slack.
func (c *call) principal() access.Principal {
	return access.Principal{Project: c.app.Project, KeyID: c.app.ID, Trust: heed.TrustServer, Scope: store.ScopeWrite}
}

// accept takes feedback in. The same call again changes nothing, also when it was
// recorded and is sent once more within the time that its signature is good for.
func (a *API) accept(ctx context.Context, c *call, items []capture.Item) (again bool, err error) {
	who := c.principal()
	ctx = access.With(ctx, who)
	once := capture.Call{Key: c.signature, Path: "/v1/integrations/slack/" + c.app.ID, Body: []byte(c.signature)}
	_, again, err = a.o.Intake.Accept(ctx, who, once, items, func(outcomes []capture.Outcome) (any, error) {
		for _, outcome := range outcomes {
			if outcome.Err != nil {
				return nil, outcome.Err
			}
		}
		return nil, nil
	})
	return again, err
}

// choice is what stands in a button's value.
type choice struct {
	ResponseID heed.ResponseID `json:"response_id"`
	Token      string          `json:"token"`
	Vote       heed.Vote       `json:"vote"`

	comments bool
}

// chosen reads the value of a button; false if it is somebody else's. A token names
// its response and says what may be done; a response alone is what the application
// wrote there, which nobody who clicks can change.
func (a *API) chosen(ctx context.Context, c *call, clicked action) (ch choice, ours bool, err error) {
	if clicked.Type != "feedback_buttons" || json.Unmarshal([]byte(clicked.Value), &ch) != nil {
		return ch, false, nil
	}
	if ch.Vote != heed.VoteUp && ch.Vote != heed.VoteDown || ch.ResponseID == "" && ch.Token == "" {
		return ch, false, nil
	}
	ch.comments = true
	if ch.Token == "" {
		return ch, true, nil
	}
	who, err := a.o.Authority.Authenticate(ctx, ch.Token, "")
	switch {
	case err != nil:
		return ch, true, err
	case who.Token == nil || who.Project != c.app.Project:
		return ch, true, heed.Errorf(heed.Forbidden, "the button's token is none of this project: make it with the project's own key")
	case who.Token.Acts&access.ActRate == 0:
		return ch, true, heed.Errorf(heed.Forbidden, "the button's token does not allow a vote")
	}
	ch.ResponseID, ch.comments = who.Token.ResponseID, who.MayComment()
	return ch, true, nil
}

// vote records clicks, and asks whoever chose bad for the reason.
func (a *API) vote(ctx context.Context, c *call) error {
	var items []capture.Item
	var ask heed.ResponseID
	for _, clicked := range c.Actions {
		ch, ours, err := a.chosen(ctx, c, clicked)
		if err != nil {
			return err
		}
		if !ours {
			continue
		}
		person, err := c.person()
		if err != nil {
			return err
		}
		f := &capture.Feedback{User: person}
		f.Target, f.Surface, f.Vote = heed.Target{ResponseID: ch.ResponseID}, surface, heed.Value(ch.Vote)
		items = append(items, capture.Item{Feedback: f})
		if ch.Vote == heed.VoteDown && ch.comments {
			ask = ch.ResponseID
		}
	}
	if len(items) == 0 {
		return nil
	}
	again, err := a.accept(ctx, c, items)
	if err != nil || again || ask == "" || c.app.BotToken == nil || c.Trigger == "" {
		return err
	}
	// The vote is durable. Whether Slack shows the dialog is another matter.
	if err := a.ask(ctx, c, ask); err != nil {
		a.o.Log.Warn("Slack shows no dialog for the reason of a bad vote", "app", c.app.ID, "err", err)
	}
	return nil
}

// reason records why a vote was bad, as an update of the same feedback. Where it
// cannot, the dialog stays, and with it what was written.
func (a *API) reason(ctx context.Context, c *call) (any, error) {
	var about metadata
	if json.Unmarshal([]byte(c.View.Metadata), &about) != nil || about.ResponseID == "" {
		return nil, heed.InvalidField("payload.view.private_metadata", "is none of Heed's")
	}
	person, err := c.person()
	if err != nil {
		return nil, err
	}
	f := &capture.Feedback{User: person}
	f.Target, f.Surface = heed.Target{ResponseID: about.ResponseID}, surface
	for _, selected := range c.View.State.Values[tagsBlock][tagsBlock].Selected {
		f.AddTags = append(f.AddTags, selected.Value)
	}
	if comment := strings.TrimSpace(c.View.State.Values[commentBlock][commentBlock].Value); comment != "" {
		f.Edit.Comment, f.Comment = heed.Value(struct{}{}), privacy.NewRaw(comment)
	}
	if len(f.AddTags) == 0 && f.Comment.IsZero() {
		return nil, nil
	}
	if _, err := a.accept(ctx, c, []capture.Item{{Feedback: f}}); err != nil {
		a.o.Log.Warn("a reason from Slack was not taken", "app", c.app.ID, "code", heed.CodeOf(err))
		return map[string]any{"response_action": "errors", "errors": map[string]string{commentBlock: inPlainWords(err)}}, nil
	}
	return nil, nil
}

// inPlainWords says a problem to whoever wrote the reason.
func inPlainWords(err error) string {
	if e, ok := errors.AsType[*heed.Error](err); ok && (e.Code == heed.Invalid || e.Code == heed.TooLarge) {
		return "This is too long, or holds what cannot be kept. Make it shorter and send again."
	}
	return "This cannot be saved just now. Send it again in a moment."
}
