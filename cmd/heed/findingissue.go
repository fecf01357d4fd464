package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

type findingIssue struct {
	remote
	ID   string `arg:"" help:"Id of the finding."`
	JSON bool   `name:"json" help:"Print JSON."`
}

// Run makes the finding's issue, or asks GitHub what became of it.
func (cmd findingIssue) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	var issue api.GitHubIssue
	// Once: what GitHub asks to wait may be most of an hour, and the error says it.
	if _, err := c.once(env.ctx, http.MethodPost, "/v1/findings/"+url.PathEscape(cmd.ID)+"/issue", "", nil, &issue); err != nil {
		return err
	}
	return printOne(env, cmd.JSON, &issue, issuePrinted)
}

// issuePrinted is an issue on one line, such as
// "#12 closed as not planned on 2026-03-31  https://github.com/acme/app/issues/12".
func issuePrinted(i *api.GitHubIssue) string {
	state := string(i.State)
	if i.Reason != "" {
		state += " as " + strings.ReplaceAll(string(i.Reason), "_", " ")
	}
	if i.State != heed.IssueOpen {
		state += " on " + i.Since.Format(time.DateOnly)
	}
	return fmt.Sprintf("#%d %s  %s", i.Number, state, plain(i.URL))
}
