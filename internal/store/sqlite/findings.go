package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/findings.create.sql
	findingsCreate string
	//go:embed query/findings.get.sql
	findingsGet string
	//go:embed query/findings.list.sql
	findingsList string
	//go:embed query/findings.update.sql
	findingsUpdate string
	//go:embed query/finding_events.append.sql
	findingEventsAppend string
	//go:embed query/finding_events.list.sql
	findingEventsList string
)

// CreateFinding stores a new finding with the feedback that is filed under it.
func (c *Catalog) CreateFinding(ctx context.Context, f heed.Finding, step heed.FindingStep, feedback ...heed.FeedbackID) error {
	return c.change(ctx, "create a finding", func(tx *sql.Tx) error { return createFinding(ctx, tx, f, step, feedback...) })
}

func createFinding(ctx context.Context, tx *sql.Tx, f heed.Finding, step heed.FindingStep, feedback ...heed.FeedbackID) error {
	if err := mustBeMember(ctx, tx, "owner", f.Owner); err != nil {
		return err
	}
	args, err := findingArgs(&f)
	if err != nil {
		return err
	}
	args = append(args, sql.Named("created_at", f.CreatedAt.UnixMicro()), sql.Named("most", heed.MaxFindings))
	created, err := tx.ExecContext(ctx, findingsCreate, args...)
	if err != nil {
		return err
	}
	if n, err := created.RowsAffected(); err != nil || n == 0 {
		if err == nil {
			err = heed.Errorf(heed.Conflict, "this project has %d findings, which is the most", heed.MaxFindings)
		}
		return err
	}
	if step.Added, err = file(ctx, tx, f.Project, f.ID, feedback, false); err != nil {
		return err
	}
	if _, err := inFinding(ctx, tx, f.Project, f.ID, feedback, false, f.UpdatedAt); err != nil {
		return err
	}
	return appendFindingEvent(ctx, tx, f.Project, f.ID, f.UpdatedAt, step, findingDetails(&f, &step))
}

// Finding returns one finding.
func (c *Catalog) Finding(ctx context.Context, project heed.ProjectID, id heed.FindingID) (heed.Finding, error) {
	f, err := scanFinding(c.read.QueryRowContext(ctx, findingsGet, sql.Named("project", string(project)), sql.Named("id", string(id))))
	return f, failure("get a finding", err)
}

// ListFindings lists findings, newest first.
func (c *Catalog) ListFindings(ctx context.Context, q store.FindingQuery) ([]heed.Finding, error) {
	states, err := jsonArray(q.States)
	if err != nil {
		return nil, err
	}
	after := int64(0)
	if !q.After.IsZero() {
		after = q.After.Time.UnixMicro()
	}
	found, err := list(ctx, c.read, scanFinding, findingsList,
		sql.Named("project", string(q.Project)), sql.Named("states", states), sql.Named("owner", q.Owner),
		sql.Named("told", q.Told), sql.Named("after_time", after), sql.Named("after_id", q.After.ID), sql.Named("limit", q.Limit))
	return found, failure("list findings", err)
}

// ChangeFinding stores what an edit made of a finding.
func (c *Catalog) ChangeFinding(ctx context.Context, f heed.Finding, step heed.FindingStep) error {
	return c.change(ctx, "change a finding", func(tx *sql.Tx) error {
		was, err := scanFinding(tx.QueryRowContext(ctx, findingsGet, sql.Named("project", string(f.Project)), sql.Named("id", string(f.ID))))
		if err != nil {
			return err
		}
		if was.Version != f.Version-1 {
			return heed.Errorf(heed.Conflict, "somebody changed this finding meanwhile, so yours was not made: look at it as it is now, then change it again")
		}
		if f.Owner != was.Owner {
			if err := mustBeMember(ctx, tx, "owner", f.Owner); err != nil {
				return err
			}
		}
		args, err := findingArgs(&f)
		if err != nil {
			return err
		}
		if err := changeOne(tx.ExecContext(ctx, findingsUpdate, args...)); err != nil {
			return err
		}
		return appendFindingEvent(ctx, tx, f.Project, f.ID, f.UpdatedAt, step, findingDetails(&f, &step))
	})
}

// NoteFinding appends a note.
func (c *Catalog) NoteFinding(ctx context.Context, project heed.ProjectID, id heed.FindingID, note string, at time.Time) error {
	return c.change(ctx, "write a note on a finding", func(tx *sql.Tx) error {
		return appendFindingEvent(ctx, tx, project, id, at, heed.FindingStep{Note: note}, map[string]string{"changed": "notes"})
	})
}

// FindingHistory returns every event of a finding, oldest first.
func (c *Catalog) FindingHistory(ctx context.Context, project heed.ProjectID, id heed.FindingID) ([]heed.FindingEvent, error) {
	events, err := list(ctx, c.read, scanFindingEvent, findingEventsList, sql.Named("project", string(project)), sql.Named("id", string(id)))
	return events, failure("list the history of a finding", err)
}

// mustBeMember is Invalid where an id is no member's; of nobody it may be.
func mustBeMember(ctx context.Context, tx *sql.Tx, field, id string) error {
	if id == "" {
		return nil
	}
	_, err := scanUser(tx.QueryRowContext(ctx, usersGet, sql.Named("id", id)))
	if err == sql.ErrNoRows {
		return heed.InvalidField(field, "must be the id of a member")
	}
	return err
}

// appendFindingEvent writes the next event of a finding and its audit record,
// both as the act of whom the context names. sql.ErrNoRows if there is no such
// finding.
func appendFindingEvent(ctx context.Context, tx *sql.Tx, project heed.ProjectID, id heed.FindingID, at time.Time, step heed.FindingStep, details map[string]string) error {
	actor, err := audit.ActorOf(ctx)
	if err != nil {
		return err
	}
	text, err := json.Marshal(step)
	if err != nil {
		return err
	}
	var number int64
	err = tx.QueryRowContext(ctx, findingEventsAppend, sql.Named("project", string(project)), sql.Named("id", string(id)), sql.Named("time", at.UnixMicro()),
		sql.Named("actor_kind", string(actor.Kind)), sql.Named("actor_id", actor.ID), sql.Named("actor_name", actor.Name),
		sql.Named("step", string(text))).Scan(&number)
	if err != nil {
		return err
	}
	if number > heed.MaxFindingSteps && (step.Note != "" || step.Added+step.Taken > 0) {
		return heed.Errorf(heed.Conflict, "this finding has a history of %d steps, which is the most: make another for what is new", heed.MaxFindingSteps)
	}
	details["event"] = strconv.FormatInt(number, 10)
	_, err = appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.FindingChanged, Object: string(id), Details: details})
	return err
}

// findingDetails names what an event changed, for the audit log; what it is now
// is the finding's own.
func findingDetails(f *heed.Finding, e *heed.FindingStep) map[string]string {
	var names []string
	for _, field := range []struct {
		name string
		set  bool
	}{
		{"title", e.Title != nil}, {"state", e.State != ""}, {"owner", e.Owner != nil}, {"due", e.Due != nil}, {"cause", e.Cause != nil},
		{"public", e.Public != nil}, {"change", e.Change != nil}, {"measure", e.Measure != nil}, {"feedback", e.Added+e.Taken > 0},
	} {
		if field.set {
			names = append(names, field.name)
		}
	}
	return map[string]string{"changed": strings.Join(names, ","), "state": string(f.State)}
}

func findingArgs(f *heed.Finding) ([]any, error) {
	var texts [3]string
	for i, value := range []any{f.Change, f.Measure, f.Selection} {
		text, err := json.Marshal(value)
		if err != nil {
			return nil, err
		}
		texts[i] = string(text)
	}
	return []any{
		sql.Named("id", string(f.ID)), sql.Named("project", string(f.Project)), sql.Named("version", f.Version), sql.Named("title", f.Title),
		sql.Named("state", string(f.State)), sql.Named("reason", f.Reason), sql.Named("owner", f.Owner), sql.Named("due", f.Due),
		sql.Named("cause", string(f.Cause)), sql.Named("public", f.Public), sql.Named("change", texts[0]), sql.Named("measure", texts[1]),
		sql.Named("selection", texts[2]), sql.Named("updated_at", f.UpdatedAt.UnixMicro()), sql.Named("state_since", f.StateSince.UnixMicro()),
	}, nil
}

func scanFinding(row scanner) (heed.Finding, error) {
	var f heed.Finding
	var change, measure, selection []byte
	var created, updated, since int64
	err := row.Scan(&f.ID, &f.Project, &f.Version, &f.Title, &f.State, &f.Reason, &f.Owner, &f.Due, &f.Cause, &f.Public,
		&change, &measure, &selection, &created, &updated, &since)
	if err != nil {
		return heed.Finding{}, err
	}
	f.CreatedAt, f.UpdatedAt, f.StateSince = instant(created), instant(updated), instant(since)
	for _, part := range []struct {
		text []byte
		into any
	}{{change, &f.Change}, {measure, &f.Measure}, {selection, &f.Selection}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return heed.Finding{}, err
		}
	}
	return f, nil
}

func scanFindingEvent(row scanner) (heed.FindingEvent, error) {
	var e heed.FindingEvent
	var at int64
	var step []byte
	if err := row.Scan(&e.Number, &at, &e.By.Kind, &e.By.ID, &e.By.Name, &step); err != nil {
		return heed.FindingEvent{}, err
	}
	e.Time = instant(at)
	return e, json.Unmarshal(step, &e.FindingStep)
}
