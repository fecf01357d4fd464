package main

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/heed-ai/heed/internal/api"
)

// tokenWarning is how long before its end a token is spoken of.
const tokenWarning = 14 * 24 * time.Hour

// checkGitHub says what is wrong with the connection to GitHub, as far as the
// server knows without asking GitHub.
func (d *doctor) checkGitHub(ctx context.Context) diagnosis {
	if d.base == "" {
		return unreachable()
	}
	if !d.keyGood {
		return skipped("there is no secret key that works")
	}
	got, err := d.ask(ctx, http.MethodGet, "/v1/integrations/github", "", withKey(d.cmd.Key)...)
	switch {
	case err != nil:
		return ill("No answer on /v1/integrations/github: %v.", err)
	case got.status == http.StatusForbidden:
		return skipped("the key may not see it")
	case got.status == http.StatusNotFound:
		return skipped("the server knows none")
	case got.status != http.StatusOK:
		return ill("/v1/integrations/github answers: %s", got.problem())
	}
	var repo api.GitHubRepoAnswer
	if err := json.Unmarshal(got.body, &repo); err != nil {
		return ill("/v1/integrations/github answers something else than a connection: is HEED_URL the address of a heed of this version?")
	}
	now := time.Now()
	switch name := plain(repo.Repository); {
	case !repo.Connected:
		return skipped("this project has no repository there")
	case !repo.TokenEndsAt.IsZero() && now.After(repo.TokenEndsAt):
		return ill("The token for %s ended on %s: make another at GitHub and paste it in Settings, Integrations.", name, repo.TokenEndsAt.Format(time.DateOnly))
	case !repo.TokenEndsAt.IsZero() && now.Add(tokenWarning).After(repo.TokenEndsAt):
		return ill("The token for %s ends on %s: make another at GitHub and paste it in Settings, Integrations, before it does.", name, repo.TokenEndsAt.Format(time.DateOnly))
	case repo.HeardAt.IsZero():
		// No problem: a server that GitHub does not reach asks instead.
		return fine("%s. GitHub has not called yet, so findings learn what becomes of their issues when somebody asks; Settings, Integrations shows the webhook", name)
	default:
		return fine("%s, whose webhook came last on %s", name, repo.HeardAt.Format("2006-01-02 15:04"))
	}
}
