package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/demo"
	"github.com/heed-ai/heed/internal/demo/chat"
	"github.com/heed-ai/heed/internal/store"
)

type demoCommand struct {
	Data   string `help:"Data directory, by default ./heed-demo." default:"./heed-demo" env:"HEED_DATA" placeholder:"DIR"`
	Listen string `help:"Address to serve on, by default 127.0.0.1:8080." default:"127.0.0.1:8080" env:"HEED_LISTEN" placeholder:"ADDRESS"`
	Days   int    `help:"Days of history to make up at the first start." default:"60"`
}

// demoState is what a demo remembers between starts, in demo.json: its keys, so
// that what was pasted elsewhere stays good, and how far its history is.
type demoState struct {
	Project        heed.ProjectID `json:"project"`
	SecretKey      string         `json:"secret_key"`
	PublishableKey string         `json:"publishable_key"`
	HistoryEnd     time.Time      `json:"history_end"`
	HistoryDays    int            `json:"history_days"`
	HistoryDone    bool           `json:"history_done"`
}

// demoName is the name of the demo's project.
const demoName = "demo"

// firstClick is the answer that the printed link rates.
const firstClick heed.ResponseID = "demo-first-click"

// demoAttachmentDays is for how long what people attach to the demo's answers is
// kept.
const demoAttachmentDays = 30

// demoSeed makes the same history for everybody.
const demoSeed = 20261123

// Run serves a demo project. The server answers before the history is in, so
// that the first click never waits for it.
func (cmd demoCommand) Run(env *environment) (err error) {
	if cmd.Days < 1 || cmd.Days > 365 {
		return errors.New("--days must be from 1 to 365")
	}
	c, err := serving{Data: cmd.Data, Listen: cmd.Listen}.config(env)
	if err != nil {
		return err
	}
	shareProcessors()
	log := newLog(c.Log, env.stderr)
	app, err := openApplication(env.ctx, c, env.getenv, log)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, app) }()
	state, err := app.openDemo(env.ctx, cmd.Days)
	if err != nil {
		return err
	}
	member, err := app.demoMember(env.ctx)
	if err != nil {
		return err
	}
	pages := chat.New(app.server.URL(), state.SecretKey, app.signInAs(member))
	app.server.Mount("/demo", pages)
	app.server.Mount("/demo/", pages)
	ctx, cancel := context.WithCancel(env.ctx)
	defer cancel()
	seeded := make(chan error, 1)
	err = app.server.Run(ctx, func() {
		app.tellReady(log)
		go func() {
			err := app.seedDemo(ctx, state, env.stdout)
			if err == nil {
				err = state.print(env.stdout, app.server.URL(), app.dir.path)
			}
			if err == nil {
				err = app.tellStory(ctx, state, member)
			}
			if err != nil && ctx.Err() == nil {
				cancel() // without its history the demo is not one
			} else {
				err = nil
			}
			seeded <- err
		}()
	})
	cancel()
	return errors.Join(err, <-seeded)
}

// demoMember is the name of who looks at the demo's console.
const demoMember = "demo"

// demoMember returns the member who looks at the demo, made at the first start.
func (app *application) demoMember(ctx context.Context) (store.User, error) {
	u, err := app.catalog.UserByName(ctx, demoMember)
	if heed.CodeOf(err) == heed.NotFound {
		return app.accounts.Add(ctx, demoMember, store.Admin)
	}
	return u, err
}

// signInAs lets browsers in as a member, without asking who they are: what a
// demo holds is made up, and what is not was typed into it on this machine.
func (app *application) signInAs(u store.User) chat.SignIn {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := app.door.MaySignIn(r); err != nil {
			return err
		}
		if m, err := app.door.AdmitMember(r); err == nil && m.ID == u.ID {
			return nil
		}
		_, token, err := app.accounts.Open(r.Context(), u, store.ByLink, app.door.ArrivalOf(r))
		if err != nil {
			return err
		}
		app.door.SetSession(w, r, token)
		return nil
	}
}

func (app *application) demoFile() string { return filepath.Join(app.dir.path, "demo.json") }

// openDemo reads what an earlier start remembered, or creates the project.
func (app *application) openDemo(ctx context.Context, days int) (*demoState, error) {
	state := &demoState{}
	text, err := os.ReadFile(app.demoFile())
	switch {
	case err == nil:
		if err := json.Unmarshal(text, state); err != nil {
			return nil, fmt.Errorf("%s cannot be read: %w: remove the data directory to start anew", app.demoFile(), err)
		}
		return state, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	state.HistoryEnd, state.HistoryDays = heed.Instant(time.Now()), days
	projects, err := app.catalog.ListProjects(ctx)
	switch {
	case err != nil:
		return nil, err
	case len(projects) == 0:
		err = app.createDemo(ctx, state)
	case len(projects) == 1 && projects[0].Name == demoName:
		err = app.adoptDemo(ctx, state, projects[0].ID)
	default:
		return nil, fmt.Errorf("%s holds projects that are no demo: choose another directory with --data", app.dir.path)
	}
	if err != nil {
		return nil, err
	}
	return state, state.write(app.demoFile())
}

// createDemo makes the project of a first start. It keeps what was asked and
// answered, unlike a project by default: without that nobody can see what people
// rated, and all of it is made up or typed in on this machine.
func (app *application) createDemo(ctx context.Context, state *demoState) error {
	origins, err := demoOrigins(app.server.URL())
	if err != nil {
		return err
	}
	project, secret, publishable, err := app.authority.CreateProject(ctx, heed.Project{
		Name: demoName, Origins: origins, Content: heed.ContentRedacted, Tags: heed.DefaultTags(), AttachmentDays: demoAttachmentDays,
	})
	state.Project, state.SecretKey, state.PublishableKey = project.ID, secret, publishable
	return err
}

// adoptDemo gives new keys to the project of a first start that ended before it
// could write down the ones it had made: those are lost.
func (app *application) adoptDemo(ctx context.Context, state *demoState, project heed.ProjectID) (err error) {
	state.Project = project
	if state.SecretKey, _, err = app.authority.CreateKey(ctx, project, access.KeyPlan{Kind: store.SecretKey, Name: "demo's secret key"}); err != nil {
		return err
	}
	state.PublishableKey, _, err = app.authority.CreateKey(ctx, project, access.KeyPlan{Kind: store.PublishableKey, Name: "demo's publishable key"})
	return err
}

// demoOrigins are the names under which a browser on this machine knows the
// server.
func demoOrigins(address string) ([]string, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	return []string{"http://127.0.0.1:" + u.Port(), "http://localhost:" + u.Port()}, nil
}

// write keeps the state; it holds keys, so only its owner may read it.
func (s *demoState) write(file string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".new", append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(file+".new", file)
}

// seedDemo takes the history in, through the same door as everybody's events.
// Its events have ids of their own, so one that was interrupted is taken in
// again from the start without doubling.
func (app *application) seedDemo(ctx context.Context, state *demoState, w io.Writer) error {
	if state.HistoryDone {
		return nil
	}
	fmt.Fprintf(w, "Making up %d days of history …\n", state.HistoryDays)
	who := access.Principal{Project: state.Project, Trust: heed.TrustServer, Scope: store.ScopeAll}
	history := demo.History{Seed: demoSeed, End: state.HistoryEnd, Days: state.HistoryDays, FirstClick: firstClick}
	for items := range history.Batches() {
		_, _, err := app.intake.Accept(ctx, who, capture.Call{}, items, func(outcomes []capture.Outcome) (any, error) {
			for _, outcome := range outcomes {
				if outcome.Err != nil {
					return nil, outcome.Err
				}
			}
			return nil, nil
		})
		if err != nil {
			return fmt.Errorf("take in the history: %w", err)
		}
	}
	return nil
}

// tellStory writes what a team made of the history, once that is stored.
func (app *application) tellStory(ctx context.Context, state *demoState, member store.User) error {
	if state.HistoryDone {
		return nil
	}
	if err := app.intake.Settle(ctx); err != nil {
		return err
	}
	story := demo.Story{Project: state.Project, Member: member, End: state.HistoryEnd, Days: state.HistoryDays, Catalog: app.catalog, Events: app.events}
	if err := story.Tell(ctx); err != nil {
		return fmt.Errorf("tell what became of the history: %w", err)
	}
	state.HistoryDone = true
	return state.write(app.demoFile())
}

// print says what to open and what to try.
func (s *demoState) print(w io.Writer, address, dir string) error {
	today := time.Now().Truncate(24 * time.Hour) // the same link all day, so that a second click changes the first
	token, err := access.Mint(s.SecretKey, access.Claims{
		ResponseID: firstClick, IssuedAt: today, ExpiresAt: today.Add(access.MaxTokenLifetime),
	})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, `
Heed is running on %[1]s with a demo project.

Open the chat, ask something and rate the answer; the console beside it shows the click as it comes:

  %[1]s/demo

See the whole loop in five minutes, from what people said to a fix that is proven:

  %[1]s/demo/console?to=tour

Open the console by itself:

  %[1]s/demo/console

Rate an answer as somebody would from a mail:

  %[1]s/f/%[2]s?vote=down

Send a click by hand, and read it back:

  curl %[1]s/v1/feedback -H 'Authorization: Bearer %[3]s' \
    -d '{"response_id":"my-first","vote":"down","tags":["incorrect"],"comment":"Mail me at ada@example.com"}'
  curl '%[1]s/v1/feedback?limit=1' -H 'Authorization: Bearer %[3]s'

See which prompt version made answers worse, and which repaired it:

  curl '%[1]s/v1/stats?by=prompt_version&feature=support-chat' -H 'Authorization: Bearer %[3]s'

Ctrl-C stops. To start anew, remove %[4]s.
`, address, token, s.SecretKey, dir)
	return err
}
