package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"errors"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/issues.begin.sql
	issuesBegin string
	//go:embed query/issues.try.sql
	issuesTry string
	//go:embed query/issues.make.sql
	issuesMake string
	//go:embed query/issues.hear.sql
	issuesHear string
	//go:embed query/issues.get.sql
	issuesGet string
	//go:embed query/issues.by_number.sql
	issuesByNumber string
	//go:embed query/issue_deliveries.remember.sql
	issueDeliveriesRemember string
	//go:embed query/issue_deliveries.expire.sql
	issueDeliveriesExpire string
)

// BeginIssue keeps that an issue is to be made of a finding.
func (c *Catalog) BeginIssue(ctx context.Context, issue heed.Issue) (begun heed.Issue, err error) {
	err = c.change(ctx, "begin an issue", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, issuesBegin, sql.Named("project", string(issue.Project)), sql.Named("finding", string(issue.Finding)),
			sql.Named("api", issue.Repository.API), sql.Named("repository", issue.Repository.ID), sql.Named("name", issue.Repository.Name),
			sql.Named("marker", issue.Marker), sql.Named("begun_at", issue.BegunAt.UnixMicro())); err != nil {
			return err
		}
		begun, err = issueOf(ctx, tx, issue.Project, issue.Finding)
		return err
	})
	return begun, err
}

// TryIssue keeps that GitHub is asked to make an issue, or that it did not.
func (c *Catalog) TryIssue(ctx context.Context, project heed.ProjectID, finding heed.FindingID, at time.Time) error {
	return c.change(ctx, "try an issue", func(tx *sql.Tx) error {
		err := changeOne(tx.ExecContext(ctx, issuesTry, sql.Named("project", string(project)), sql.Named("finding", string(finding)), sql.Named("tried_at", microsOf(at))))
		if err != sql.ErrNoRows {
			return err
		}
		if _, err := issueOf(ctx, tx, project, finding); err != nil {
			return err
		}
		return heed.Errorf(heed.Conflict, "the issue is made already")
	})
}

// MakeIssue keeps that the issue of a finding is made.
func (c *Catalog) MakeIssue(ctx context.Context, finding heed.FindingID, news store.IssueNews) (made heed.Issue, err error) {
	err = c.change(ctx, "make an issue", func(tx *sql.Tx) error {
		err := changeOne(tx.ExecContext(ctx, issuesMake, sql.Named("project", string(news.Project)), sql.Named("finding", string(finding)),
			sql.Named("number", news.Number), sql.Named("api", news.Repository.API), sql.Named("repository", news.Repository.ID)))
		fresh := err == nil
		if err != nil && err != sql.ErrNoRows {
			return err
		}
		if made, err = issueOf(ctx, tx, news.Project, finding); err != nil {
			return err
		}
		switch {
		case made.Number != news.Number || !made.Repository.Is(news.Repository):
			return heed.Errorf(heed.Conflict, "this finding has another issue already")
		case !fresh:
			return nil
		}
		made, err = hear(ctx, tx, made, news, true)
		return err
	})
	return made, err
}

// Issue returns the issue of a finding.
func (c *Catalog) Issue(ctx context.Context, project heed.ProjectID, finding heed.FindingID) (heed.Issue, error) {
	issue, err := scanIssue(c.read.QueryRowContext(ctx, issuesGet, sql.Named("project", string(project)), sql.Named("finding", string(finding))))
	return issue, failure("get an issue", err)
}

// HearIssue keeps what GitHub tells of an issue.
func (c *Catalog) HearIssue(ctx context.Context, news store.IssueNews) (changed bool, err error) {
	err = c.change(ctx, "hear of an issue", func(tx *sql.Tx) error {
		known, err := scanIssue(tx.QueryRowContext(ctx, issuesByNumber, sql.Named("project", string(news.Project)), sql.Named("api", news.Repository.API),
			sql.Named("repository", news.Repository.ID), sql.Named("number", news.Number)))
		if err != nil {
			return err
		}
		if err := remember(ctx, tx, news); err != nil {
			return err
		}
		stale := news.ChangedAt.Before(known.ChangedAt) || news.Delivery != "" && news.At.Sub(news.ChangedAt) > store.DeliveryMemory
		if known.State.Final() || !news.State.Final() && stale {
			return nil
		}
		changed = known.State != news.State || known.Reason != news.Reason
		_, err = hear(ctx, tx, known, news, false)
		return err
	})
	if errors.Is(err, errNothing) {
		return false, nil
	}
	return changed && err == nil, err
}

// remember keeps a delivery, and what it signed, for a while; errNothing if one of
// them was heard before.
func remember(ctx context.Context, tx *sql.Tx, news store.IssueNews) error {
	if news.Delivery == "" {
		return nil
	}
	if _, err := tx.ExecContext(ctx, issueDeliveriesExpire, sql.Named("before", news.At.Add(-store.DeliveryMemory).UnixMicro())); err != nil {
		return err
	}
	for _, known := range []string{news.Delivery, news.Signature} {
		if known == "" {
			continue
		}
		err := changeOne(tx.ExecContext(ctx, issueDeliveriesRemember, sql.Named("project", string(news.Project)), sql.Named("delivery", known), sql.Named("at", news.At.UnixMicro())))
		if err == sql.ErrNoRows {
			return errNothing
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// hear writes what is now known of an issue and, where its state is another or it
// was just made, the step in the history of its finding.
func hear(ctx context.Context, tx *sql.Tx, known heed.Issue, news store.IssueNews, made bool) (heed.Issue, error) {
	step := made || known.State != news.State || known.Reason != news.Reason
	known.Repository.Name, known.SeenAt = news.Repository.Name, news.At
	if news.URL != "" {
		known.URL = news.URL
	}
	if step {
		known.State, known.Reason, known.Since = news.State, news.Reason, news.Since
	}
	if news.ChangedAt.After(known.ChangedAt) {
		known.ChangedAt = news.ChangedAt
	}
	err := changeOne(tx.ExecContext(ctx, issuesHear, sql.Named("project", string(known.Project)), sql.Named("finding", string(known.Finding)),
		sql.Named("name", known.Repository.Name), sql.Named("url", known.URL), sql.Named("state", string(known.State)), sql.Named("reason", string(known.Reason)),
		sql.Named("since", microsOf(known.Since)), sql.Named("changed_at", microsOf(known.ChangedAt)), sql.Named("seen_at", microsOf(known.SeenAt))))
	if err != nil || !step {
		return known, err
	}
	did := heed.FindingStep{Issue: &heed.IssueStep{Made: made, Number: known.Number, URL: known.URL, State: known.State, Reason: known.Reason}}
	return known, appendFindingEvent(ctx, tx, known.Project, known.Finding, news.At, did, map[string]string{
		"changed": "issue", "issue": strconv.FormatInt(known.Number, 10), "issue_state": string(known.State),
	})
}

func issueOf(ctx context.Context, tx *sql.Tx, project heed.ProjectID, finding heed.FindingID) (heed.Issue, error) {
	return scanIssue(tx.QueryRowContext(ctx, issuesGet, sql.Named("project", string(project)), sql.Named("finding", string(finding))))
}

func scanIssue(row scanner) (heed.Issue, error) {
	var i heed.Issue
	var begun, tried, since, changed, seen int64
	err := row.Scan(&i.Finding, &i.Project, &i.Repository.API, &i.Repository.ID, &i.Repository.Name, &i.Marker, &begun, &tried, &i.Number, &i.URL, &i.State, &i.Reason,
		&since, &changed, &seen)
	i.BegunAt, i.TriedAt = instantOrZero(begun), instantOrZero(tried)
	i.Since, i.ChangedAt, i.SeenAt = instantOrZero(since), instantOrZero(changed), instantOrZero(seen)
	return i, err
}
