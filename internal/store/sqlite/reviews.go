package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/reviews.create.sql
	reviewsCreate string
	//go:embed query/reviews.get.sql
	reviewsGet string
	//go:embed query/reviews.document.sql
	reviewsDocument string
	//go:embed query/reviews.list.sql
	reviewsList string
	//go:embed query/reviews.update.sql
	reviewsUpdate string
	//go:embed query/reviews.overdue.sql
	reviewsOverdue string
	//go:embed query/review_events.append.sql
	reviewEventsAppend string
	//go:embed query/review_events.list.sql
	reviewEventsList string
)

// OpenReview stores a new review.
func (c *Catalog) OpenReview(ctx context.Context, r heed.Review, document heed.ReviewDocument) (heed.Review, error) {
	err := c.change(ctx, "open a review", func(tx *sql.Tx) error {
		if err := areMembers(ctx, tx, r.Owner, r.Participants); err != nil {
			return err
		}
		if !r.ByHand {
			if err := settlePeriods(ctx, tx, r.Project, r.To); err != nil {
				return err
			}
		}
		text, err := json.Marshal(document)
		if err != nil {
			return err
		}
		args, err := reviewArgs(&r)
		if err != nil {
			return err
		}
		args = append(args, sql.Named("document", string(text)), sql.Named("period_from", r.From.UnixMicro()), sql.Named("period_to", r.To.UnixMicro()),
			sql.Named("due", r.Due.UnixMicro()), sql.Named("by_hand", r.ByHand), sql.Named("missed", r.Missed), sql.Named("opened_at", r.OpenedAt.UnixMicro()))
		err = tx.QueryRowContext(ctx, reviewsCreate, args...).Scan(&r.Number)
		if err == sql.ErrNoRows {
			return heed.Errorf(heed.Conflict, "a review is open already: close it, then open the next")
		}
		if err != nil {
			return err
		}
		return appendReviewEvent(ctx, tx, &r, r.OpenedAt, heed.ReviewStep{Kind: heed.ReviewOpened}, audit.ReviewFrozen)
	})
	return r, err
}

// Review returns one review with its decisions.
func (c *Catalog) Review(ctx context.Context, project heed.ProjectID, id heed.ReviewID) (r heed.Review, err error) {
	err = c.look(ctx, "get a review", func(tx *sql.Tx) error {
		r, err = scanReview(tx.QueryRowContext(ctx, reviewsGet, sql.Named("project", string(project)), sql.Named("id", string(id))))
		if err != nil {
			return err
		}
		return withDecisions(ctx, tx, project, &r)
	})
	return r, err
}

// ReviewDocument returns what was frozen for a review.
func (c *Catalog) ReviewDocument(ctx context.Context, project heed.ProjectID, id heed.ReviewID) (d heed.ReviewDocument, err error) {
	var text []byte
	err = c.read.QueryRowContext(ctx, reviewsDocument, sql.Named("project", string(project)), sql.Named("id", string(id))).Scan(&text)
	if err != nil {
		return d, failure("get the document of a review", err)
	}
	return d, failure("read the document of a review", json.Unmarshal(text, &d))
}

// ListReviews lists reviews, newest first.
func (c *Catalog) ListReviews(ctx context.Context, q store.ReviewQuery) (found []heed.Review, err error) {
	err = c.look(ctx, "list reviews", func(tx *sql.Tx) error {
		found, err = list(ctx, tx, scanReview, reviewsList, sql.Named("project", string(q.Project)), sql.Named("state", string(q.State)),
			sql.Named("below", q.Below), sql.Named("limit", q.Limit))
		if err != nil {
			return err
		}
		all := make([]*heed.Review, len(found))
		for i := range found {
			all[i] = &found[i]
		}
		return withDecisions(ctx, tx, q.Project, all...)
	})
	return found, err
}

// ChangeReview stores what an edit or a decision made of a review.
func (c *Catalog) ChangeReview(ctx context.Context, r heed.Review, step heed.ReviewStep, finding ...store.NewFinding) error {
	return c.change(ctx, "change a review", func(tx *sql.Tx) error {
		was, err := scanReview(tx.QueryRowContext(ctx, reviewsGet, sql.Named("project", string(r.Project)), sql.Named("id", string(r.ID))))
		if err != nil {
			return err
		}
		if err := was.MayChange(); err != nil {
			return err
		}
		if was.Version != r.Version-1 {
			return heed.Errorf(heed.Conflict, "somebody changed this review meanwhile, so yours was not made: look at it as it is now, then change it again")
		}
		owner, participants := r.Owner, r.Participants
		if owner == was.Owner {
			owner = ""
		}
		participants = slices.DeleteFunc(slices.Clone(participants), func(id string) bool { return slices.Contains(was.Participants, id) })
		if err := areMembers(ctx, tx, owner, participants); err != nil {
			return err
		}
		for _, made := range finding {
			if err := createFinding(ctx, tx, made.Finding, made.Step); err != nil {
				return err
			}
		}
		args, err := reviewArgs(&r)
		if err != nil {
			return err
		}
		if err := changeOne(tx.ExecContext(ctx, reviewsUpdate, args...)); err != nil {
			return err
		}
		if step.Decision > 0 {
			if err := createDecision(ctx, tx, &r, step.Decision); err != nil {
				return err
			}
		}
		return appendReviewEvent(ctx, tx, &r, r.UpdatedAt, step, audit.ReviewChanged)
	})
}

// ReviewEvents returns events in order of their ids.
func (c *Catalog) ReviewEvents(ctx context.Context, q store.ReviewEventQuery) ([]heed.ReviewEvent, error) {
	events, err := list(ctx, c.read, scanReviewEvent, reviewEventsList, sql.Named("project", string(q.Project)), sql.Named("review", string(q.Review)),
		sql.Named("after", q.After), sql.Named("limit", q.Limit))
	return events, failure("list the history of reviews", err)
}

// NoteOverdue appends to a review's history, once, that it is overdue.
func (c *Catalog) NoteOverdue(ctx context.Context, project heed.ProjectID, id heed.ReviewID, at time.Time) error {
	return c.change(ctx, "note that a review is overdue", func(tx *sql.Tx) error {
		done, err := tx.ExecContext(ctx, reviewsOverdue, sql.Named("project", string(project)), sql.Named("id", string(id)), sql.Named("at", at.UnixMicro()))
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return err
		}
		r := heed.Review{Project: project, ID: id, State: heed.ReviewOpen}
		return appendReviewEvent(ctx, tx, &r, at, heed.ReviewStep{Kind: heed.ReviewOverdue}, audit.ReviewChanged)
	})
}

// areMembers is Invalid where somebody who leads or takes part is none.
func areMembers(ctx context.Context, tx *sql.Tx, owner string, participants []string) error {
	if err := mustBeMember(ctx, tx, "owner", owner); err != nil {
		return err
	}
	for _, id := range participants {
		if err := mustBeMember(ctx, tx, "participants", id); err != nil {
			return err
		}
	}
	return nil
}

// appendReviewEvent writes the next event of a review and its audit record, both as
// the act of whom the context names. sql.ErrNoRows if there is no such review.
func appendReviewEvent(ctx context.Context, tx *sql.Tx, r *heed.Review, at time.Time, step heed.ReviewStep, action audit.Action) error {
	actor, err := audit.ActorOf(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(step)
	if err != nil {
		return err
	}
	var id int64
	err = tx.QueryRowContext(ctx, reviewEventsAppend, sql.Named("project", string(r.Project)), sql.Named("id", string(r.ID)), sql.Named("time", at.UnixMicro()),
		sql.Named("actor_kind", string(actor.Kind)), sql.Named("actor_id", actor.ID), sql.Named("actor_name", actor.Name),
		sql.Named("step", string(text))).Scan(&id)
	if err != nil {
		return err
	}
	details := map[string]string{"event": strconv.FormatInt(id, 10), "kind": string(step.Kind), "state": string(r.State)}
	_, err = appendAudit(ctx, tx, audit.Entry{Project: r.Project, Action: action, Object: string(r.ID), Details: details})
	return err
}

func reviewArgs(r *heed.Review) ([]any, error) {
	participants, err := jsonArray(r.Participants)
	if err != nil {
		return nil, err
	}
	earlier, err := jsonArray(r.Earlier)
	if err != nil {
		return nil, err
	}
	texts := r.Texts
	if texts == nil {
		texts = map[heed.ReviewSection]string{}
	}
	written, err := json.Marshal(texts)
	if err != nil {
		return nil, err
	}
	return []any{
		sql.Named("id", string(r.ID)), sql.Named("project", string(r.Project)), sql.Named("version", r.Version), sql.Named("state", string(r.State)),
		sql.Named("owner", r.Owner), sql.Named("participants", participants), sql.Named("texts", string(written)), sql.Named("earlier", earlier),
		sql.Named("updated_at", r.UpdatedAt.UnixMicro()), sql.Named("closed_at", sql.NullInt64{Int64: r.ClosedAt.UnixMicro(), Valid: !r.ClosedAt.IsZero()}),
	}, nil
}

func scanReview(row scanner) (heed.Review, error) {
	r := heed.Review{Decisions: []heed.ReviewDecision{}}
	var from, to, due, opened, updated int64
	var closed, overdue sql.NullInt64
	var participants, texts, earlier []byte
	err := row.Scan(&r.ID, &r.Project, &r.Number, &r.Version, &r.State, &from, &to, &due, &r.ByHand, &r.Missed, &r.Owner, &participants, &texts, &earlier,
		&opened, &updated, &closed, &overdue)
	if err != nil {
		return heed.Review{}, err
	}
	r.From, r.To, r.Due, r.OpenedAt, r.UpdatedAt = instant(from), instant(to), instant(due), instant(opened), instant(updated)
	r.ClosedAt, r.OverdueAt = perhaps(closed), perhaps(overdue)
	for _, part := range []struct {
		text []byte
		into any
	}{{participants, &r.Participants}, {texts, &r.Texts}, {earlier, &r.Earlier}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return heed.Review{}, err
		}
	}
	return r, nil
}

// perhaps is a time that may be none.
func perhaps(at sql.NullInt64) time.Time {
	if !at.Valid {
		return time.Time{}
	}
	return instant(at.Int64)
}

func scanReviewEvent(row scanner) (heed.ReviewEvent, error) {
	var e heed.ReviewEvent
	var at int64
	var step []byte
	if err := row.Scan(&e.ID, &e.Review, &at, &e.By.Kind, &e.By.ID, &e.By.Name, &step); err != nil {
		return heed.ReviewEvent{}, err
	}
	e.Time = instant(at)
	return e, json.Unmarshal(step, &e.ReviewStep)
}
