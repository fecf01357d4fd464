package store

import (
	"context"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// Persons tells and erases what a store of events keeps about one person.
type Persons interface {
	// Held counts what is kept about a person, under all of their pseudonyms.
	Held(ctx context.Context, project heed.ProjectID, person []heed.Respondent) (heed.Held, error)

	// Erase takes out what was received about the person of e by the time e
	// was asked for, in one transaction, and returns how much that was: their
	// feedback with all of its edits, and of their responses the person, the
	// conversation and the content, so that only numbers stay. Idempotency
	// receipts of the project go too, for they may repeat feedback. An erasure
	// that was done before, which its id tells, does nothing and returns what
	// it did then; so a store that was restored from a backup can be asked
	// again for everything.
	Erase(ctx context.Context, e heed.Erasure) (heed.Held, error)

	// Erased returns the ids of the erasures that were done here, of all
	// projects.
	Erased(ctx context.Context) (map[string]bool, error)

	// FeedbackOf and ResponsesOf list what is kept under a pseudonym, oldest
	// first, limit at most, after the cursor's time and id.
	FeedbackOf(ctx context.Context, project heed.ProjectID, person heed.Respondent, after query.Cursor, limit int) ([]Feedback, error)
	ResponsesOf(ctx context.Context, project heed.ProjectID, person heed.Respondent, after query.Cursor, limit int) ([]Response, error)

	// SignalsOn counts what was done with each of the named responses, by name; shown
	// counts once. Those with which nothing was done are left out.
	SignalsOn(ctx context.Context, project heed.ProjectID, ids ...heed.ResponseID) (map[heed.ResponseID]map[string]int64, error)
}

// Erasures keeps demands to be erased until they are done, and what proves it.
type Erasures interface {
	// CreateErasure stores a demand; one with its id is left as it is.
	CreateErasure(ctx context.Context, e heed.Erasure) error
	// Erasure returns a demand of a project.
	Erasure(ctx context.Context, project heed.ProjectID, id string) (heed.Erasure, error)
	// ListErasures returns demands of a project, newest first, limit at most, and
	// CountErasures how many there were.
	ListErasures(ctx context.Context, project heed.ProjectID, limit int) ([]heed.Erasure, error)
	CountErasures(ctx context.Context, project heed.ProjectID) (heed.ErasureCount, error)
	// PendingErasures returns what is not done, of all projects, oldest first,
	// limit at most, after one of them; the zero Erasure is before all.
	PendingErasures(ctx context.Context, after heed.Erasure, limit int) ([]heed.Erasure, error)
	// ErasureIDs returns the ids of all demands, of all projects.
	ErasureIDs(ctx context.Context) ([]string, error)
	// FinishErasure notes that one is done, with its receipt.
	FinishErasure(ctx context.Context, e heed.Erasure) error
}
