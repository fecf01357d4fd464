package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/inbox.get.sql
	inboxGet string
	//go:embed query/inbox.list.sql
	inboxList string
	//go:embed query/inbox.count.sql
	inboxCount string
	//go:embed query/inbox.change.sql
	inboxChange string
	//go:embed query/inbox.answer.sql
	inboxAnswer string
	//go:embed query/inbox.lock.sql
	inboxLock string
	//go:embed query/inbox_events.append.sql
	inboxEventsAppend string
	//go:embed query/inbox_events.list.sql
	inboxEventsList string
)

// InboxItem returns one item.
func (c *Catalog) InboxItem(ctx context.Context, project heed.ProjectID, id heed.FeedbackID) (store.InboxItem, error) {
	i, err := scanInbox(c.read.QueryRowContext(ctx, inboxGet, ofItem(project, id)...))
	return i, failure("get an item of the inbox", err)
}

// ListInbox lists items, the one first that goes first.
func (c *Catalog) ListInbox(ctx context.Context, q store.InboxQuery) ([]store.InboxItem, error) {
	found, err := listInbox(ctx, c.read, q)
	return found, failure("list the inbox", err)
}

func listInbox(ctx context.Context, from querier, q store.InboxQuery) ([]store.InboxItem, error) {
	args, err := inboxArgs(q)
	if err != nil {
		return nil, err
	}
	return list(ctx, from, scanInbox, inboxList, append(args,
		sql.Named("after_rank", q.After.Rank), sql.Named("after_id", string(q.After.Feedback)), sql.Named("limit", q.Limit),
		sql.Named("free", q.Free.Kind != ""), sql.Named("lock_kind", q.Free.Kind), sql.Named("lock_id", q.Free.ID), sql.Named("now", microsOf(q.Now)))...)
}

// CountInbox counts what a question names, and what of it is urgent or mine.
func (c *Catalog) CountInbox(ctx context.Context, q store.InboxQuery, me string) (n heed.InboxCount, err error) {
	args, err := inboxArgs(q)
	if err == nil {
		err = c.read.QueryRowContext(ctx, inboxCount, append(args, sql.Named("me", me))...).Scan(&n.Open, &n.Unsafe, &n.Overdue, &n.Mine)
	}
	return n, failure("count the inbox", err)
}

// ChangeInbox stores what an edit makes of an item.
func (c *Catalog) ChangeInbox(ctx context.Context, change store.InboxChange) (item store.InboxItem, err error) {
	err = c.change(ctx, "change an item of the inbox", func(tx *sql.Tx) error {
		if item, err = scanInbox(tx.QueryRowContext(ctx, inboxGet, ofItem(change.Project, change.ID)...)); err != nil {
			return err
		}
		if err := mayChange(ctx, &item, change); err != nil {
			return err
		}
		if err := mayAssign(ctx, tx, change.Edit); err != nil {
			return err
		}
		step, before := heed.InboxStep{InboxEdit: change.Edit}, item
		if err := applyInbox(ctx, tx, &item, change.Edit, change.At); err != nil {
			return err
		}
		if err := fileFromInbox(ctx, tx, change.Edit, []store.InboxItem{before}, change.At); err != nil {
			return err
		}
		if change.Answer != nil {
			if step.Answer, err = keepInboxAnswer(ctx, tx, &item, change); err != nil {
				return err
			}
		}
		number, err := appendInboxEvent(ctx, tx, &item, step, change.At)
		if err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: change.Project, Action: audit.InboxChanged, Details: inboxDetails(step, map[string]string{
			"event": strconv.FormatInt(number, 10),
		})})
		return err
	})
	return item, err
}

// mayChange is a Conflict where somebody else was faster, or is at it.
func mayChange(ctx context.Context, item *store.InboxItem, change store.InboxChange) error {
	actor, err := audit.ActorOf(ctx)
	if err != nil {
		return err
	}
	if item.Version != change.Version {
		return heed.Errorf(heed.Conflict, "somebody changed this item meanwhile, so yours was not made: look at it as it is now, then change it again")
	}
	return lockedOut(item, actor, change.At)
}

func lockedOut(item *store.InboxItem, actor audit.Actor, now time.Time) error {
	if !item.Lock.Holds(findingActor(actor), now) {
		return nil
	}
	name := item.Lock.By.Name
	if name == "" {
		name = "a key"
	}
	return heed.Errorf(heed.Conflict, "%s is looking at this item: take the next, or wait until it is let go", name)
}

func findingActor(a audit.Actor) heed.FindingActor {
	return heed.FindingActor{Kind: string(a.Kind), ID: a.ID, Name: a.Name}
}

// ChangeInboxAll makes one edit to what a question names.
func (c *Catalog) ChangeInboxAll(ctx context.Context, q store.InboxQuery, edit heed.InboxEdit, at time.Time) (n int, last store.InboxCursor, err error) {
	err = c.change(ctx, "change items of the inbox", func(tx *sql.Tx) error {
		actor, err := audit.ActorOf(ctx)
		if err != nil {
			return err
		}
		q.Free = findingActor(actor)
		items, err := listInbox(ctx, tx, q)
		if n = len(items); err != nil || n == 0 {
			return err
		}
		last = store.CursorOf(&items[n-1].InboxItem)
		if err := mayAssign(ctx, tx, edit); err != nil {
			return err
		}
		if err := fileFromInbox(ctx, tx, edit, items, at); err != nil {
			return err
		}
		step := heed.InboxStep{InboxEdit: edit}
		for i := range items {
			if err := applyInbox(ctx, tx, &items[i], edit, at); err != nil {
				return err
			}
			if _, err := appendInboxEvent(ctx, tx, &items[i], step, at); err != nil {
				return err
			}
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: q.Project, Action: audit.InboxChanged, Details: inboxDetails(step, map[string]string{
			"items": strconv.Itoa(n),
		})})
		return err
	})
	return n, last, err
}

// mayAssign is Invalid where an edit assigns to who is no member.
func mayAssign(ctx context.Context, tx *sql.Tx, edit heed.InboxEdit) error {
	if edit.Assignee == nil {
		return nil
	}
	return mustBeMember(ctx, tx, "assignee", *edit.Assignee)
}

// applyInbox makes an edit and stores what the item is then. Where it goes on to
// another state, whoever looked at it lets go of it.
func applyInbox(ctx context.Context, tx *sql.Tx, item *store.InboxItem, edit heed.InboxEdit, at time.Time) error {
	was := item.State
	if err := item.Apply(edit, at); err != nil {
		return err
	}
	if item.State != was {
		item.Lock = heed.InboxLock{}
	}
	_, err := tx.ExecContext(ctx, inboxChange, append(ofItem(item.Project, item.Feedback),
		sql.Named("version", item.Version), sql.Named("state", string(item.State)), sql.Named("state_since", item.StateSince.UnixMicro()),
		sql.Named("assignee", item.Assignee), sql.Named("cause", string(item.Cause)), sql.Named("finding", string(item.Finding)), sql.Named("until", microsOf(item.Lock.Until)))...)
	return err
}

// fileFromInbox files items, as they were before an edit, under the finding that it
// names, or takes them away from theirs where it opens them again.
func fileFromInbox(ctx context.Context, tx *sql.Tx, edit heed.InboxEdit, items []store.InboxItem, at time.Time) error {
	project, of := items[0].Project, map[heed.FindingID][]heed.FeedbackID{}
	for _, item := range items {
		switch {
		case edit.Finding != "":
			of[edit.Finding] = append(of[edit.Finding], item.Feedback)
		case edit.State == heed.InboxOpen && item.State == heed.InboxFiled:
			of[item.Finding] = append(of[item.Finding], item.Feedback)
		}
	}
	for id, feedback := range of {
		f, err := scanFinding(tx.QueryRowContext(ctx, findingsGet, sql.Named("project", string(project)), sql.Named("id", string(id))))
		if errors.Is(err, sql.ErrNoRows) {
			return heed.InvalidField("finding", "must be the id of a finding")
		}
		if err != nil {
			return err
		}
		var step heed.FindingStep
		n, err := file(ctx, tx, project, id, feedback, edit.Finding == "")
		if err != nil {
			return err
		}
		if step.Added = n; edit.Finding == "" {
			step.Added, step.Taken = 0, n
		}
		if n == 0 {
			continue
		}
		if err := appendFindingEvent(ctx, tx, project, id, at, step, findingDetails(&f, &step)); err != nil {
			return err
		}
	}
	return nil
}

// keepInboxAnswer stores what a reviewer wrote, sealed, and says what was done.
func keepInboxAnswer(ctx context.Context, tx *sql.Tx, item *store.InboxItem, change store.InboxChange) (string, error) {
	item.Answer, item.Answered = *change.Answer, !change.Answer.IsZero()
	var sealed, at any
	done := "taken"
	if item.Answered {
		bytes, err := item.Answer.MarshalBinary()
		if err != nil {
			return "", err
		}
		done, sealed, at = "written", bytes, change.At.UnixMicro()
	}
	_, err := tx.ExecContext(ctx, inboxAnswer, append(ofItem(item.Project, item.Feedback), sql.Named("answer", sealed), sql.Named("answered_at", at))...)
	return done, err
}

// LockInbox gives the lock of an item to who the context names.
func (c *Catalog) LockInbox(ctx context.Context, project heed.ProjectID, id heed.FeedbackID, now, until time.Time) (item store.InboxItem, err error) {
	err = c.change(ctx, "lock an item of the inbox", func(tx *sql.Tx) error {
		actor, err := audit.ActorOf(ctx)
		if err != nil {
			return err
		}
		if item, err = scanInbox(tx.QueryRowContext(ctx, inboxGet, ofItem(project, id)...)); err != nil {
			return err
		}
		if err := lockedOut(&item, actor, now); err != nil {
			return err
		}
		if item.Lock = (heed.InboxLock{By: findingActor(actor), Until: until}); !until.After(now) {
			item.Lock = heed.InboxLock{}
		}
		_, err = tx.ExecContext(ctx, inboxLock, append(ofItem(project, id),
			sql.Named("kind", string(actor.Kind)), sql.Named("id", actor.ID), sql.Named("name", actor.Name), sql.Named("until", microsOf(item.Lock.Until)))...)
		return err
	})
	return item, err
}

// InboxHistory returns every event of an item, oldest first.
func (c *Catalog) InboxHistory(ctx context.Context, project heed.ProjectID, id heed.FeedbackID) ([]heed.InboxEvent, error) {
	events, err := list(ctx, c.read, scanInboxEvent, inboxEventsList, ofItem(project, id)...)
	return events, failure("list the history of an item", err)
}

// appendInboxEvent writes the next event of an item, as the act of whom the
// context names, and returns its number.
func appendInboxEvent(ctx context.Context, tx *sql.Tx, item *store.InboxItem, step heed.InboxStep, at time.Time) (number int64, err error) {
	actor, err := audit.ActorOf(ctx)
	if err != nil {
		return 0, err
	}
	text, err := json.Marshal(step)
	if err != nil {
		return 0, err
	}
	err = tx.QueryRowContext(ctx, inboxEventsAppend, append(ofItem(item.Project, item.Feedback), sql.Named("time", at.UnixMicro()),
		sql.Named("actor_kind", string(actor.Kind)), sql.Named("actor_id", actor.ID), sql.Named("actor_name", actor.Name),
		sql.Named("step", string(text)))...).Scan(&number)
	return number, err
}

// inboxDetails names what was changed, for the audit log. It does not name the
// feedback: the log outlives people who are erased.
func inboxDetails(s heed.InboxStep, details map[string]string) map[string]string {
	var names []string
	for _, field := range []struct {
		name string
		set  bool
	}{{"state", s.State != ""}, {"assignee", s.Assignee != nil}, {"cause", s.Cause != nil}, {"finding", s.Finding != ""}, {"answer", s.Answer != ""}} {
		if field.set {
			names = append(names, field.name)
		}
	}
	details["changed"] = strings.Join(names, ",")
	if s.State != "" {
		details["state"] = string(s.State)
	}
	if s.Finding != "" {
		details["finding"] = string(s.Finding)
	}
	return details
}

func ofItem(project heed.ProjectID, id heed.FeedbackID) []any {
	return []any{sql.Named("project", string(project)), sql.Named("feedback", string(id))}
}

// inboxArgs are the parameters that listing and counting share.
func inboxArgs(q store.InboxQuery) ([]any, error) {
	degrees := make([]int, len(q.Severity))
	for i, s := range q.Severity {
		degrees[i] = s.Degree()
	}
	severity, err := jsonArray(degrees)
	if err != nil {
		return nil, err
	}
	filter := []byte("{}")
	if len(q.Filter) > 0 {
		if filter, err = json.Marshal(q.Filter); err != nil {
			return nil, err
		}
	}
	if q.State == "" {
		q.State = heed.InboxOpen
	}
	unsafe, bad := q.Policy.Cutoffs(q.Now)
	return []any{
		sql.Named("project", string(q.Project)), sql.Named("state", string(q.State)), sql.Named("severity", severity), sql.Named("filter", string(filter)),
		sql.Named("assignee", q.Assignee), sql.Named("cause", string(q.Cause)), sql.Named("finding", string(q.Finding)), sql.Named("by", microsOf(q.By)),
		sql.Named("overdue", q.Overdue), sql.Named("unsafe", heed.SeverityUnsafe.Degree()), sql.Named("words", heed.SeverityWords.Degree()),
		sql.Named("unsafe_before", microsOf(unsafe)), sql.Named("bad_before", microsOf(bad)),
	}, nil
}

// microsOf is a time as it is stored where there may be none: 0 for the zero time.
func microsOf(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

func scanInbox(row scanner) (store.InboxItem, error) {
	var i store.InboxItem
	var id int64
	var degree int
	var opened, since, created, until int64
	var respondent, answer []byte
	err := row.Scan(&id, &i.Project, &i.Feedback, &i.Version, &i.State, &degree, &i.People, &opened, &since, &i.Assignee, &i.Cause, &i.Finding,
		&respondent, &i.Words, &created, &answer, &i.Lock.By.Kind, &i.Lock.By.ID, &i.Lock.By.Name, &until)
	if err != nil {
		return store.InboxItem{}, err
	}
	i.Severity = heed.SeverityOf(degree)
	copy(i.Respondent[:], respondent)
	i.OpenedAt, i.StateSince, i.CreatedAt = instant(opened), instant(since), instant(created)
	if until == 0 {
		i.Lock = heed.InboxLock{}
	} else {
		i.Lock.Until = instant(until)
	}
	i.Answered = answer != nil
	return i, i.Answer.UnmarshalBinary(answer)
}

func scanInboxEvent(row scanner) (heed.InboxEvent, error) {
	var e heed.InboxEvent
	var at int64
	var step []byte
	if err := row.Scan(&e.Number, &e.Feedback, &at, &e.By.Kind, &e.By.ID, &e.By.Name, &step); err != nil {
		return heed.InboxEvent{}, err
	}
	e.Time = instant(at)
	return e, json.Unmarshal(step, &e.InboxStep)
}
