package retain

import (
	"context"
	"errors"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

// PseudonymKeys destroys the keys of pseudonyms.
type PseudonymKeys interface {
	// EndPseudonyms destroys those of a project whose life is over and returns the
	// months that they were used last in, also where a trace of them is left and an
	// error says so.
	EndPseudonyms(ctx context.Context, project heed.ProjectID, months int, at time.Time) ([]string, error)
}

// PseudonymDays forgets the keys of ephemeral pseudonyms.
type PseudonymDays interface {
	// EndDays forgets those whose days are over at a time.
	EndDays(at time.Time)
}

// PseudonymCatalog is what ending keys of pseudonyms needs of the catalog.
type PseudonymCatalog interface {
	ListProjects(ctx context.Context) ([]heed.Project, error)
	AppendAudit(ctx context.Context, e audit.Entry) (audit.Record, error)
}

// Pseudonyms ends the keys of pseudonyms when their life is over: from then on
// nobody can tell that what is kept under two of them is of one person. An Enforcer
// asks for it, by a clock that it trusts.
type Pseudonyms struct {
	Keys    PseudonymKeys
	Days    PseudonymDays
	Catalog PseudonymCatalog
}

// end destroys the keys whose life is over, and puts that into the audit log.
func (p *Pseudonyms) end(ctx context.Context, now time.Time) error {
	projects, err := p.Catalog.ListProjects(ctx)
	if err != nil {
		return err
	}
	var failed error
	for _, project := range projects {
		// What was destroyed is written down, also where not all could be done.
		ended, err := p.Keys.EndPseudonyms(ctx, project.ID, project.Privacy.PseudonymMonths, now)
		failed = errors.Join(failed, err)
		for _, month := range ended {
			_, err := p.Catalog.AppendAudit(ctx, audit.Entry{Project: project.ID, Action: audit.PseudonymsEnded, Object: month})
			failed = errors.Join(failed, err)
		}
	}
	return failed
}
