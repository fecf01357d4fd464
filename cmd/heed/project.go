package main

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/heed-ai/heed"
)

type projectCommand struct {
	Create projectCreate `cmd:"" help:"Create a project with its first keys, in a data directory; a server may be running on it."`
}

type projectCreate struct {
	Name    string   `arg:"" help:"Name of the project."`
	Origin  []string `help:"Browser origin that may use the publishable key, such as https://app.example.com; may stand several times." placeholder:"URL"`
	Content string   `help:"Content policy: none or redacted (default: the setting content)." placeholder:"POLICY"`
	Data    string   `help:"Data directory (HEED_DATA)." placeholder:"DIR"`
	Config  string   `help:"Configuration file (HEED_CONFIG)." placeholder:"FILE"`
	JSON    bool     `name:"json" help:"Print JSON."`
}

// newProject is what project create prints.
type newProject struct {
	Project        heed.ProjectID `json:"project"`
	Name           string         `json:"name"`
	SecretKey      string         `json:"secret_key"`
	PublishableKey string         `json:"publishable_key"`
}

// Run creates the project in the data directory itself, which works before
// there is any key to talk to a server with.
func (cmd projectCreate) Run(env *environment) (err error) {
	c, err := serving{Data: cmd.Data, Config: cmd.Config}.config(env)
	if err != nil {
		return err
	}
	t, err := openTenancy(env.ctx, c, env.getenv)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, t) }()
	if cmd.Content == "" {
		cmd.Content = c.Content
	}
	project, secret, publishable, err := t.authority.CreateProject(env.ctx, heed.Project{
		Name: cmd.Name, Origins: append([]string{}, cmd.Origin...), Content: heed.ContentPolicy(cmd.Content), Tags: heed.DefaultTags(),
	})
	if err != nil {
		return err
	}
	created := newProject{project.ID, project.Name, secret, publishable}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(created)
	}
	return created.print(env.stdout)
}

func (p newProject) print(w io.Writer) error {
	_, err := fmt.Fprintf(w, `Project %s (%s) is ready. The keys are shown this once.

  Secret key, for your servers:        %s
  Publishable key, for your web pages: %s
`, p.Name, p.Project, p.SecretKey, p.PublishableKey)
	return err
}
