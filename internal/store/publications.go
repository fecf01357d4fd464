package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
)

// Publications keeps the numbers that anybody may read, and the ledger of what
// they spent.
type Publications interface {
	// Publish stores a publication, whose epsilon its project then has spent, and
	// returns it. Of a question that was published before, the answer that was
	// given then is returned, and nothing is spent; withdrawn, it can be read
	// again. Conflict if its epsilon was another, and where it would take the
	// project over heed.EpsilonBudget within heed.BudgetPeriod, however many
	// publish at once.
	Publish(ctx context.Context, p heed.Publication) (heed.Publication, error)
	// Publication finds one by its id, withdrawn ones included.
	Publication(ctx context.Context, id string) (heed.Publication, error)
	// ListPublications returns those of a project, newest first.
	ListPublications(ctx context.Context, project heed.ProjectID) ([]heed.Publication, error)
	// Withdraw takes one back; NotFound if the project has no such publication
	// that can be read.
	Withdraw(ctx context.Context, project heed.ProjectID, id string, at time.Time) error
	// SpentEpsilon returns what a project has spent in the period up to now.
	SpentEpsilon(ctx context.Context, project heed.ProjectID, now time.Time) (heed.Epsilon, error)
}
