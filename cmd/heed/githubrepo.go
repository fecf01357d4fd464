package main

import (
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/heed-ai/heed/internal/api"
)

type gitHubCommand struct {
	Show   gitHubShow   `cmd:"" help:"Show the repository where findings become issues, and when it last called."`
	Set    gitHubSet    `cmd:"" help:"Connect a repository, or change the connection."`
	Remove gitHubRemove `cmd:"" help:"Disconnect the repository; issues stay at GitHub."`
}

const gitHubPath = "/v1/integrations/github"

type gitHubShow struct {
	remote
	JSON bool `name:"json" help:"Print JSON."`
}

// Run shows the connection, without its secrets.
func (cmd gitHubShow) Run(env *environment) error {
	repo, err := ask[api.GitHubRepoAnswer](env, cmd.remote, http.MethodGet, gitHubPath, nil)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, repo, cmd.gitHubPrinted)
}

// gitHubPrinted is a connection in words.
func (r remote) gitHubPrinted(repo *api.GitHubRepoAnswer) string {
	if !repo.Connected {
		return "No repository is connected: heed github set OWNER/NAME connects one."
	}
	heard, ends := "never: add the webhook at GitHub", "not as far as GitHub says"
	if !repo.HeardAt.IsZero() {
		heard = repo.HeardAt.Format(time.DateTime)
	}
	if !repo.TokenEndsAt.IsZero() {
		ends = repo.TokenEndsAt.Format(time.DateTime)
	}
	return facts([2]string{"repository", plain(repo.Repository)}, [2]string{"API", plain(repo.API)}, [2]string{"labels", plain(strings.Join(repo.Labels, ", "))},
		[2]string{"payload URL", r.address(repo.Path)}, [2]string{"GitHub last called", heard}, [2]string{"token ends", ends})
}

type gitHubSet struct {
	remote
	Repository string   `arg:"" optional:"" help:"owner/name; the present one unless given."`
	TokenFile  string   `help:"File with a token that may write issues there; - is the standard input." placeholder:"FILE"`
	API        string   `help:"Of GitHub Enterprise Server https://HOST/api/v3." placeholder:"URL"`
	Label      []string `help:"That new issues get; all of them. \"\" for none." placeholder:"LABEL,…" sep:"none"`
	NewSecret  bool     `help:"Give the webhook another secret; the one before is void at once."`
	JSON       bool     `name:"json" help:"Print JSON."`
}

// Run keeps what is given of a connection, which GitHub is asked about first. The
// token comes from a file, and is printed nowhere; the webhook's secret is Heed's own,
// and printed when it is made.
func (cmd gitHubSet) Run(env *environment) error {
	body := api.GitHubRepoBody{NewSecret: cmd.NewSecret}
	if cmd.Repository+cmd.TokenFile+cmd.API == "" && len(cmd.Label) == 0 && !cmd.NewSecret {
		return errors.New("nothing to set: give a repository, --token-file, --api, --label or --new-secret")
	}
	if cmd.Repository != "" {
		body.Repository = &cmd.Repository
	}
	if cmd.API != "" {
		body.API = &cmd.API
	}
	if len(cmd.Label) > 0 {
		labels := listOf(cmd.Label)
		body.Labels = &labels
	}
	if cmd.TokenFile != "" {
		token, err := readSecret(env, cmd.TokenFile)
		if err != nil {
			return err
		}
		body.Token = &token
	}
	repo, err := ask[api.NewGitHubRepo](env, cmd.remote, http.MethodPut, gitHubPath, body)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, repo, func(repo *api.NewGitHubRepo) string {
		text := cmd.gitHubPrinted(&repo.GitHubRepoAnswer)
		if repo.WebhookSecret != "" {
			text += "\n\n  The webhook's secret, shown this once: " + repo.WebhookSecret
		}
		return text
	})
}

type gitHubRemove struct{ remote }

// Run disconnects the repository.
func (cmd gitHubRemove) Run(env *environment) error {
	repo, err := ask[api.GitHubRepoAnswer](env, cmd.remote, http.MethodDelete, gitHubPath, nil)
	if err != nil {
		return err
	}
	return printOne(env, false, repo, func(*api.GitHubRepoAnswer) string {
		return "The repository is disconnected: issues stay at GitHub, and findings show what was last known of them."
	})
}
