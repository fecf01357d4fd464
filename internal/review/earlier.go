package review

import (
	"context"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// Minutes is what tells of earlier decisions.
type Minutes interface {
	ListReviews(ctx context.Context, q store.ReviewQuery) ([]heed.Review, error)
	EarlierDecisions(ctx context.Context, project heed.ProjectID, since time.Time) ([]heed.EarlierDecision, error)
}

// Shelf is what a review is read from; a store.Catalog is one.
type Shelf interface {
	Minutes
	Project(ctx context.Context, id heed.ProjectID) (heed.Project, error)
	ReviewDocument(ctx context.Context, project heed.ProjectID, id heed.ReviewID) (heed.ReviewDocument, error)
	ListUsers(ctx context.Context) ([]store.User, error)
}

// Reader reads reviews of one project. Safe for concurrent use.
type Reader struct {
	shelf   Shelf
	project heed.Project
	members map[string]string
	base    string
	now     time.Time
}

// NewReader makes a Reader of the reviews of a project as they are now. base begins
// the addresses in them; "" is for the console itself.
func NewReader(ctx context.Context, shelf Shelf, project heed.ProjectID, base string, now time.Time) (*Reader, error) {
	p, err := shelf.Project(ctx, project)
	if err != nil {
		return nil, err
	}
	users, err := shelf.ListUsers(ctx)
	members := make(map[string]string, len(users))
	for _, u := range users {
		members[u.ID] = u.Name
	}
	return &Reader{shelf, p, members, base, now}, err
}

// Read is the paper of one review, by a Reader of its project.
func Read(ctx context.Context, shelf Shelf, r heed.Review, base string, now time.Time) (*Paper, error) {
	reader, err := NewReader(ctx, shelf, r.Project, base, now)
	if err != nil {
		return nil, err
	}
	return reader.Read(ctx, r)
}

// Read makes the paper of a review as it is now; of a closed one, as it was then.
// Withhold leaves out what members wrote, which is the caller's to do.
func (g *Reader) Read(ctx context.Context, r heed.Review) (*Paper, error) {
	document, err := g.shelf.ReviewDocument(ctx, r.Project, r.ID)
	if err != nil {
		return nil, err
	}
	now := g.now
	if r.State == heed.ReviewClosed {
		now = r.ClosedAt
	} else if r.Earlier, err = Earlier(ctx, g.shelf, &r); err != nil {
		return nil, err
	}
	return &Paper{Project: g.project.Name, Review: r, Document: document, Members: g.members, Base: g.base, Now: now, SmallestGroup: g.project.Privacy.SmallestGroup}, nil
}

// Earlier returns what an open review takes over of those before it, as it is now:
// what nothing has become of, and what something did since the one before it was
// opened.
func Earlier(ctx context.Context, minutes Minutes, r *heed.Review) ([]heed.EarlierDecision, error) {
	before, err := minutes.ListReviews(ctx, store.ReviewQuery{Project: r.Project, Below: r.Number, Limit: 1})
	if err != nil || len(before) == 0 {
		return []heed.EarlierDecision{}, err
	}
	all, err := minutes.EarlierDecisions(ctx, r.Project, before[0].OpenedAt)
	return slices.DeleteFunc(all, func(e heed.EarlierDecision) bool { return e.ReviewNumber >= r.Number }), err
}
