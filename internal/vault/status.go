package vault

import (
	"context"
	"encoding/hex"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// Status is which keys there are, without any of them.
type Status struct {
	Root     string          `json:"root"` // id of the root key
	Projects []ProjectStatus `json:"projects"`
}

// ProjectStatus is which keys a project has.
type ProjectStatus struct {
	Project heed.ProjectID `json:"project"`
	Key     string         `json:"key"` // id of the project's key
	Made    time.Time      `json:"made_at"`
	Keys    int64          `json:"keys"`    // that are under it
	Waiting int64          `json:"waiting"` // that a rotation has still to wrap anew
	Months  []string       `json:"months"`  // whose pseudonyms can be computed
	Stable  string         `json:"stable"`  // month that the stable pseudonyms were used last; "now" while they are, empty if there are none
}

// Status tells which keys there are.
func (v *Vault) Status(ctx context.Context) (Status, error) {
	live, err := v.db.projectKeys(ctx, v.db.read)
	if err != nil {
		return Status{}, failure("read the key database", err)
	}
	status := Status{Projects: []ProjectStatus{}}
	waiting := map[heed.ProjectID]int64{}
	for _, r := range live {
		status.Root = r.root
		if r.project == installation {
			continue
		}
		under, err := v.db.keysUnder(ctx, v.db.read, r.project, r.id)
		if err != nil {
			return Status{}, failure("count keys", err)
		}
		if r.state == stateRetired {
			waiting[r.project] += under
			continue
		}
		p := ProjectStatus{Project: r.project, Key: hex.EncodeToString(r.id[:]), Made: r.made, Keys: under, Months: []string{}}
		if err := v.pseudonymStatus(ctx, &p); err != nil {
			return Status{}, failure("read the keys of pseudonyms", err)
		}
		status.Projects = append(status.Projects, p)
	}
	for i, p := range status.Projects {
		status.Projects[i].Waiting = waiting[p.Project]
	}
	return status, nil
}

func (v *Vault) pseudonymStatus(ctx context.Context, p *ProjectStatus) error {
	months, err := v.db.rowsOfKind(ctx, v.db.read, p.Project, ofMonth)
	if err != nil {
		return err
	}
	for _, r := range months {
		p.Months = append(p.Months, strings.TrimPrefix(r.owner.String, string(ofMonth)+":"))
	}
	stable, err := v.db.rowsOfKind(ctx, v.db.read, p.Project, ofStable)
	for _, r := range stable {
		if p.Stable = strings.TrimPrefix(r.owner.String, string(ofStable)+":"); p.Stable == month(0).String() {
			p.Stable = "now"
		}
	}
	return err
}
