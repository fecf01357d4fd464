package main

import (
	"net/http"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

type trackerCommand struct {
	Show   trackerShow   `cmd:"" help:"Show where findings open as issues that are filled in."`
	Set    trackerSet    `cmd:"" help:"Say where issues are kept: at GitHub, GitLab, Linear or Jira. It needs no token."`
	Remove trackerRemove `cmd:"" help:"Open findings nowhere."`
}

const projectPath = "/v1/project"

type trackerShow struct {
	remote
	JSON bool `name:"json" help:"Print JSON."`
}

// Run shows the tracker.
func (cmd trackerShow) Run(env *environment) error {
	p, err := ask[api.ProjectSettings](env, cmd.remote, http.MethodGet, projectPath, nil)
	if err != nil {
		return err
	}
	return printOne(env, cmd.JSON, &p.Tracker, trackerPrinted)
}

func trackerPrinted(t *heed.Tracker) string {
	if t.Kind == heed.TrackerNone {
		return "No tracker is set: heed tracker set says where issues are kept."
	}
	return facts([2]string{"kind", string(t.Kind)}, [2]string{"address", plain(t.URL)}, [2]string{"team", t.Team}, [2]string{"project", t.Project},
		[2]string{"issue type", t.IssueType}, [2]string{"label", plain(t.Label)})
}

type trackerSet struct {
	remote
	Kind      string `arg:"" enum:"github,gitlab,linear,jira" help:"github, gitlab, linear or jira."`
	Address   string `arg:"" optional:"" help:"Of the repository, the project at GitLab, or the Jira; Linear has none."`
	Team      string `help:"Of Linear, such as ENG." placeholder:"TEAM"`
	Project   string `help:"Number of the project at Jira (pid)." placeholder:"N"`
	IssueType string `help:"Number of the type of issue at Jira." placeholder:"N"`
	Label     string `help:"That a new issue has at GitHub or Linear." placeholder:"LABEL"`
	JSON      bool   `name:"json" help:"Print JSON."`
}

// Run says where issues are kept, in place of where they were.
func (cmd trackerSet) Run(env *environment) error {
	return cmd.remote.setTracker(env, cmd.JSON, heed.Tracker{
		Kind: heed.TrackerKind(cmd.Kind), URL: cmd.Address, Team: cmd.Team, Project: cmd.Project, IssueType: cmd.IssueType, Label: cmd.Label,
	})
}

type trackerRemove struct{ remote }

// Run says that issues are kept nowhere.
func (cmd trackerRemove) Run(env *environment) error {
	return cmd.remote.setTracker(env, false, heed.Tracker{})
}

func (r remote) setTracker(env *environment, asJSON bool, t heed.Tracker) error {
	p, err := ask[api.ProjectSettings](env, r, http.MethodPatch, projectPath, api.ProjectBody{Tracker: &t})
	if err != nil {
		return err
	}
	return printOne(env, asJSON, &p.Tracker, trackerPrinted)
}
