package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

type auditCommand struct {
	List       auditList       `cmd:"" help:"List who did what, newest first."`
	Verify     auditVerify     `cmd:"" help:"Find what was changed in the log since it was written."`
	Checkpoint auditCheckpoint `cmd:"" help:"Print a signed checkpoint; keep it elsewhere, for verify."`
	Key        auditKey        `cmd:"" help:"Print the key by which everybody can check checkpoints; note it elsewhere."`
}

// auditPlace says whose log it is; a server may be running on it.
type auditPlace struct {
	Data   string `help:"Data directory (HEED_DATA, by default ./heed-data)." placeholder:"DIR"`
	Config string `help:"Configuration file (HEED_CONFIG)." placeholder:"FILE"`
}

// within opens the data directory for as long as work takes.
func (p auditPlace) within(env *environment, work func(*tenancy) error) error {
	return userPlace{projectPlace: projectPlace{Data: p.Data, Config: p.Config}}.within(env, work)
}

type auditList struct {
	auditPlace
	Action  string `help:"Only this action, such as key.created." placeholder:"ACTION"`
	Actor   string `help:"Only what this member or key did, by id." placeholder:"ID"`
	Project string `help:"Only what concerns this project, by its name or id." placeholder:"NAME"`
	Limit   int    `help:"How many records at most." default:"100"`
	JSON    bool   `name:"json" help:"Print each record as it is hashed, one a line."`
}

// Run lists records.
func (cmd auditList) Run(env *environment) error {
	if cmd.Action != "" && !slices.Contains(audit.Actions(), audit.Action(cmd.Action)) {
		return fmt.Errorf("there is no such action: it is one of %s", actionNames())
	}
	return cmd.within(env, func(t *tenancy) error {
		project, err := auditedProject(env.ctx, t.catalog, cmd.Project)
		if err != nil {
			return err
		}
		records, err := t.catalog.ListAudit(env.ctx, store.AuditQuery{Action: audit.Action(cmd.Action), Actor: cmd.Actor, Project: project, Limit: cmd.Limit})
		if err != nil {
			return err
		}
		if !cmd.JSON {
			reasons, err := api.RevealReasons(env.ctx, t.catalog, records)
			if err != nil {
				return err
			}
			return printRecords(env.stdout, records, reasons)
		}
		for i := range records {
			leaf, err := records[i].Leaf()
			if err == nil {
				_, err = fmt.Fprintf(env.stdout, "%s\n", leaf)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// auditedProject is the id of the project of a name or id; empty for all of them.
func auditedProject(ctx context.Context, catalog store.Catalog, name string) (heed.ProjectID, error) {
	if name == "" {
		return "", nil
	}
	projects, err := catalog.ListProjects(ctx)
	if err != nil {
		return "", err
	}
	p, ok := heed.FindProject(projects, name)
	if !ok {
		return "", errors.New("there is no project of this name or id: heed project list shows them")
	}
	return p.ID, nil
}

func actionNames() string {
	var names []string
	for _, action := range audit.Actions() {
		names = append(names, string(action))
	}
	return strings.Join(names, ", ")
}

func printRecords(w io.Writer, records []audit.Record, reasons map[string]string) error {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "NUMBER\tTIME\tWHO\tACTION\tOBJECT\tPROJECT\tDETAILS")
	for _, r := range records {
		who := string(r.Actor.Kind)
		if r.Actor.ID != "" {
			who += " " + r.Actor.ID
		}
		if r.Actor.Name != "" {
			who += fmt.Sprintf(" (%s)", r.Actor.Name)
		}
		var details []string
		for name, value := range r.Details {
			details = append(details, name+"="+value)
		}
		slices.Sort(details)
		if reason := reasons[r.Details["reveal"]]; reason != "" {
			details = append(details, fmt.Sprintf("reason=%q", plain(reason)))
		}
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", r.Number, r.Time.Format(time.RFC3339), who, r.Action, r.Object, r.Project, strings.Join(details, " "))
	}
	return table.Flush()
}

type auditCheckpoint struct{ auditPlace }

// Run signs the log as it is now.
func (cmd auditCheckpoint) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		_, signed, err := t.notary.Checkpoint(env.ctx)
		if err != nil {
			return err
		}
		_, err = env.stdout.Write(signed)
		return err
	})
}

type auditKey struct{ auditPlace }

// Run prints the public key. It is nothing that has to be kept secret.
func (cmd auditKey) Run(env *environment) error {
	return cmd.within(env, func(t *tenancy) error {
		_, err := fmt.Fprintln(env.stdout, t.notary.Verifier())
		return err
	})
}
