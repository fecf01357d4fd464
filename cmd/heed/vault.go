package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/vault"
)

// vaultCommand is about the keys of keys.db, which seal what people wrote.
type vaultCommand struct {
	Status  vaultStatus  `cmd:"" help:"Show which keys there are, without any of them."`
	Rotate  vaultRotate  `cmd:"" help:"Wrap keys anew, under another root key or another key of a project; texts are not touched, and a server may be running."`
	Destroy vaultDestroy `cmd:"" help:"Destroy all keys of a project, so that nothing of it can be read any more."`
}

// vaultPlace is the data directory whose keys are meant.
type vaultPlace struct {
	Data   string `help:"Data directory (HEED_DATA, by default ./heed-data)." placeholder:"DIR"`
	Config string `help:"Configuration file (HEED_CONFIG)." placeholder:"FILE"`
}

func (p vaultPlace) open(env *environment) (*tenancy, error) {
	c, err := serving{Data: p.Data, Config: p.Config}.config(env)
	if err != nil {
		return nil, err
	}
	if err := mustExist(c.Data); err != nil {
		return nil, err
	}
	return openTenancy(env.ctx, c, env.getenv)
}

func (p vaultPlace) project(env *environment, name string) (*tenancy, heed.Project, error) {
	c, err := serving{Data: p.Data, Config: p.Config}.config(env)
	if err != nil {
		return nil, heed.Project{}, err
	}
	return openProject(env, c, name)
}

type vaultStatus struct {
	vaultPlace
	JSON bool `name:"json" help:"Print JSON."`
}

// Run prints the keys.
func (cmd vaultStatus) Run(env *environment) (err error) {
	t, err := cmd.open(env)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, t) }()
	status, err := t.vault.Status(env.ctx)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(status)
	}
	projects, err := t.catalog.ListProjects(env.ctx)
	if err != nil {
		return err
	}
	names := map[heed.ProjectID]string{}
	for _, p := range projects {
		names[p.ID] = p.Name
	}
	fmt.Fprintf(env.stdout, "Root key %s\n\n", status.Root)
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "PROJECT\tKEY\tSINCE\tKEYS UNDER IT\tPSEUDONYMS OF")
	for _, p := range status.Projects {
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%s\n", names[p.Project], p.Key, p.Made.Format(time.DateOnly), p.Keys, toldPseudonyms(p))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for _, p := range status.Projects {
		if p.Waiting > 0 {
			fmt.Fprintf(env.stdout, "\nA rotation is under way in %s: %s to go.\n", names[p.Project], counted(p.Waiting, "key"))
		}
	}
	return nil
}

// toldPseudonyms says whose pseudonyms can still be computed.
func toldPseudonyms(p vault.ProjectStatus) string {
	var parts []string
	switch {
	case len(p.Months) == 1:
		parts = append(parts, p.Months[0])
	case len(p.Months) > 1:
		parts = append(parts, p.Months[0]+" to "+p.Months[len(p.Months)-1])
	}
	switch p.Stable {
	case "":
	case "now":
		parts = append(parts, "all time")
	default:
		parts = append(parts, "all time until "+p.Stable)
	}
	if len(parts) == 0 {
		return "nobody"
	}
	return strings.Join(parts, ", ")
}

type vaultRotate struct {
	Root    vaultRotateRoot    `cmd:"" help:"Wrap the keys of all projects under another root key. What is in the file root.key is overwritten; the file is removed if the new one comes from elsewhere."`
	Project vaultRotateProject `cmd:"" help:"Give a project another key, and wrap its keys under it."`
}

type vaultRotateRoot struct {
	vaultPlace
	File  bool `help:"Make a root key in the file root.key, though it comes from outside now."`
	Again bool `help:"Wrap anew under the root key that is in use, as for another version of it in a key management service."`
}

// Run wraps the project keys under another root key.
func (cmd vaultRotateRoot) Run(env *environment) (err error) {
	told, current := rootOf(env.getenv, newRoot), rootOf(env.getenv, currentRoot)
	switch {
	case told != nil && (cmd.File || cmd.Again) || cmd.File && cmd.Again:
		return fmt.Errorf("give one of --file, --again and %s", newRoot.key)
	case cmd.Again && current == nil:
		return errors.New("--again is for a root key in a key management service: leave it out, and root.key is made anew")
	case cmd.Again:
		told = current
	case told == nil && !cmd.File && current != nil:
		return fmt.Errorf("say which root key to rotate to: set %s, %s or %s, or give --file for one in the data directory", newRoot.key, newRoot.file, newRoot.kms)
	}
	t, err := cmd.open(env)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, t) }()
	var to vault.Keyring
	if told != nil {
		if to, err = told(env.ctx); err != nil {
			return err
		}
	}
	// Before it is done: what is not written down is not done.
	if _, err := t.catalog.AppendAudit(env.ctx, audit.Entry{Action: audit.RootKeyRotated}); err != nil {
		return err
	}
	_, before := os.Stat(t.dir.file("root.key"))
	id, err := t.vault.RotateRoot(env.ctx, to)
	if err != nil {
		return err
	}
	where := "Start Heed with it from now on, under the names without NEW_. A running server goes on, and needs it for new projects and at its next start."
	switch {
	case to == nil:
		where = "It is in root.key of the data directory."
	case cmd.Again:
		where = "What it wraps is wrapped anew."
	}
	if _, after := os.Stat(t.dir.file("root.key")); before == nil && errors.Is(after, fs.ErrNotExist) {
		where += "\nThe file root.key in the data directory is overwritten and removed, as nothing is under the key in it any more."
	}
	_, err = fmt.Fprintf(env.stdout, "The root key is now %s. %s\nBackups of keys.db from before need the root key of their time.\n", id, where)
	return err
}

type vaultRotateProject struct {
	vaultPlace
	Name string `arg:"" help:"Name of the project."`
}

// Run gives the project another key.
func (cmd vaultRotateProject) Run(env *environment) (err error) {
	t, project, err := cmd.project(env, cmd.Name)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, t) }()
	if _, err := t.catalog.AppendAudit(env.ctx, audit.Entry{Project: project.ID, Action: audit.ProjectKeyRotated, Object: string(project.ID)}); err != nil {
		return err
	}
	id, err := t.vault.RotateProject(env.ctx, project.ID)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "The key of %s is now %s, and the old one is destroyed. A running server follows within a second.\n", project.Name, id)
	return err
}

type vaultDestroy struct {
	vaultPlace
	Name string `arg:"" help:"Name of the project."`
	Yes  bool   `help:"Do not ask."`
}

// Run destroys the keys of the project.
func (cmd vaultDestroy) Run(env *environment) (err error) {
	t, project, err := cmd.project(env, cmd.Name)
	if err != nil {
		return err
	}
	defer func() { err = closeWith(err, t) }()
	if !cmd.Yes {
		fmt.Fprintf(env.stdout, "Every text and attachment of %s becomes unreadable for good, and its people become strangers. Type the project's name: ", project.Name)
		answer, _ := bufio.NewReader(env.stdin).ReadString('\n')
		if strings.TrimSpace(answer) != project.Name {
			return errors.New("nothing was destroyed")
		}
	}
	if _, err := t.catalog.AppendAudit(env.ctx, audit.Entry{Project: project.ID, Action: audit.ProjectKeyDestroyed, Object: string(project.ID)}); err != nil {
		return err
	}
	if err := t.vault.ShredProject(env.ctx, project.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "The keys of %s are destroyed. Backups of keys.db can still bring them back.\n", project.Name)
	return err
}
