package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/inbox.create.sql
	inboxCreate string
	//go:embed query/inbox.named.sql
	inboxNamed string
	//go:embed query/inbox.see.sql
	inboxSee string
	//go:embed query/inbox.matching.sql
	inboxMatching string
	//go:embed query/inbox.matching_of.sql
	inboxMatchingOf string
	//go:embed query/inbox.strayed.sql
	inboxStrayed string
	//go:embed query/inbox.unbound.sql
	inboxUnbound string
	//go:embed query/inbox.of_person.sql
	inboxOfPerson string
	//go:embed query/inbox.delete.sql
	inboxDelete string
	//go:embed query/inbox.oldest_answer.sql
	inboxOldestAnswer string
	//go:embed query/inbox.count_alike.sql
	inboxCountAlike string
	//go:embed query/inbox.raise.sql
	inboxRaise string
	//go:embed query/inbox_kinds.put.sql
	inboxKindsPut string
	//go:embed query/inbox_kinds.count.sql
	inboxKindsCount string
	//go:embed query/inbox_kinds.of.sql
	inboxKindsOf string
	//go:embed query/inbox_kinds.prune.sql
	inboxKindsPrune string
	//go:embed query/inbox_position.get.sql
	inboxPositionGet string
	//go:embed query/inbox_position.set.sql
	inboxPositionSet string
	//go:embed query/inbox_events.delete.sql
	inboxEventsDelete string
)

// InboxPosition returns up to which Seq feedback was looked at.
func (c *Catalog) InboxPosition(ctx context.Context) (store.Seq, error) {
	var at int64
	err := c.read.QueryRowContext(ctx, inboxPositionGet).Scan(&at)
	return store.Seq(at), failure("get the position of the inbox", err)
}

// SeeFeedback takes what became of feedback.
func (c *Catalog) SeeFeedback(ctx context.Context, seen []store.InboxFeedback, upTo store.Seq, now time.Time) error {
	return c.change(ctx, "see feedback", func(tx *sql.Tx) error {
		known, err := knownItems(ctx, tx, seen)
		if err != nil {
			return err
		}
		look := inboxLook{tx: tx, now: now, known: known, kinds: map[string]*inboxKind{}, touched: map[int64]*inboxKind{}, left: map[heed.ProjectID]map[int64]bool{}}
		for _, prepared := range []struct {
			stmt **sql.Stmt
			text string
		}{{&look.create, inboxCreate}, {&look.update, inboxSee}, {&look.kindOf, inboxKindsPut}} {
			stmt, err := tx.PrepareContext(ctx, prepared.text)
			if err != nil {
				return err
			}
			defer stmt.Close()
			*prepared.stmt = stmt
		}
		for i := range seen {
			if err := look.see(ctx, &seen[i]); err != nil {
				return err
			}
		}
		for _, alike := range look.touched {
			if err := look.count(ctx, alike); err != nil {
				return err
			}
		}
		for project, kinds := range look.left {
			if err := pruneKinds(ctx, tx, project, kinds); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, inboxPositionSet, sql.Named("seq", int64(upTo)))
		return err
	})
}

// inboxName tells items of all projects apart.
type inboxName struct {
	project  heed.ProjectID
	feedback heed.FeedbackID
}

// knownItem is an item with what it is of.
type knownItem struct {
	store.InboxItem
	kind, alike int64
}

func scanKnown(row scanner) (k knownItem, err error) {
	k.InboxItem, err = scanInbox(scanFunc(func(dest ...any) error { return row.Scan(append(dest, &k.kind, &k.alike)...) }))
	return k, err
}

// knownItems returns the items of feedback, of which most has none: it wants no
// eyes.
func knownItems(ctx context.Context, tx *sql.Tx, seen []store.InboxFeedback) (map[inboxName]knownItem, error) {
	ids := map[heed.ProjectID][]heed.FeedbackID{}
	for i := range seen {
		ids[seen[i].Project] = append(ids[seen[i].Project], seen[i].ID)
	}
	known := map[inboxName]knownItem{}
	for project, of := range ids {
		named, err := jsonArray(of)
		if err != nil {
			return nil, err
		}
		items, err := list(ctx, tx, scanKnown, inboxNamed, sql.Named("project", string(project)), sql.Named("ids", named))
		if err != nil {
			return nil, err
		}
		for _, item := range items {
			known[inboxName{project, item.Feedback}] = item
		}
	}
	return known, nil
}

// inboxKind is what items have in common.
type inboxKind struct {
	project   heed.ProjectID
	id        int64
	people    int // as they were last counted
	uncounted int // items that came since
}

// inboxLook is one look at feedback, within a transaction.
type inboxLook struct {
	tx      *sql.Tx
	now     time.Time
	known   map[inboxName]knownItem
	create  *sql.Stmt // prepared once, because there may be many
	update  *sql.Stmt
	kindOf  *sql.Stmt
	kinds   map[string]*inboxKind
	touched map[int64]*inboxKind              // those that more items are alike by
	left    map[heed.ProjectID]map[int64]bool // those that an item is of no more
}

func (l *inboxLook) see(ctx context.Context, seen *store.InboxFeedback) error {
	severity, name := seen.WantsEyes(), inboxName{seen.Project, seen.ID}
	item, isKnown := l.known[name]
	switch {
	case !isKnown && severity == "":
		return nil
	case !isKnown:
		item.InboxItem.InboxItem = heed.InboxItem{Project: seen.Project, Feedback: seen.ID, Severity: severity, State: heed.InboxOpen, OpenedAt: seen.CreatedAt, StateSince: l.now}
		if seen.At.After(item.OpenedAt) {
			item.OpenedAt = seen.At
		}
	}
	kind, alike, err := l.kindsOf(ctx, seen)
	if err != nil {
		return err
	}
	changed := false
	if isKnown {
		if changed, err = l.strays(ctx, &item, kind); err != nil {
			return err
		}
		changed = item.See(heed.InboxSeen{Severity: severity, Words: seen.HasComment || seen.HasCorrection, At: seen.At}, l.now) || changed
	}
	l.move(&item, kind, alike)
	item.People = alike.people
	l.known[name] = item
	args := append(ofItem(seen.Project, seen.ID),
		sql.Named("severity", item.Severity.Degree()), sql.Named("rank", item.Rank()), sql.Named("kind", kind.id), sql.Named("alike", alike.id),
		sql.Named("bound", seen.Bound), sql.Named("words", seen.HasComment || seen.HasCorrection),
		sql.Named("opened_at", item.OpenedAt.UnixMicro()), sql.Named("state_since", item.StateSince.UnixMicro()))
	if !isKnown {
		var respondent any
		if !seen.Respondent.IsZero() {
			respondent = seen.Respondent[:]
		}
		_, err = l.create.ExecContext(ctx, append(args, sql.Named("respondent", respondent), sql.Named("created_at", seen.CreatedAt.UnixMicro()))...)
	} else {
		_, err = l.update.ExecContext(ctx, append(args, sql.Named("state", string(item.State)), sql.Named("finding", string(item.Finding)))...)
	}
	if err == nil && changed {
		_, err = appendInboxEvent(ctx, l.tx, &item.InboxItem, heed.InboxStep{InboxEdit: heed.InboxEdit{State: item.State}}, l.now)
	}
	return err
}

// strays reports whether an item, of this kind now, belongs no more to the finding
// that it had joined by itself, and takes it out of that.
func (l *inboxLook) strays(ctx context.Context, item *knownItem, kind *inboxKind) (strayed bool, err error) {
	if item.State != heed.InboxFiled || item.kind == kind.id {
		return false, nil
	}
	err = l.tx.QueryRowContext(ctx, inboxStrayed, append(ofItem(item.Project, item.Feedback),
		sql.Named("finding", string(item.Finding)), sql.Named("kind", kind.id))...).Scan(&strayed)
	if strayed {
		item.Stray(l.now)
	}
	return strayed, err
}

// move notes what an item is of now, and has the people counted anew who say the like
// if there are more.
func (l *inboxLook) move(item *knownItem, kind, alike *inboxKind) {
	if item.kind == kind.id {
		return // then it is alike the same, too
	}
	if item.alike != alike.id {
		alike.uncounted++
		l.touched[alike.id] = alike
	}
	if item.kind != 0 {
		if l.left[item.Project] == nil {
			l.left[item.Project] = map[int64]bool{}
		}
		l.left[item.Project][item.kind], l.left[item.Project][item.alike] = true, true
	}
	item.kind, item.alike = kind.id, alike.id
}

// kindsOf numbers what a feedback can be filtered by, and what it is alike others
// by: its tags, and the feature, prompt and version that it is about.
func (l *inboxLook) kindsOf(ctx context.Context, seen *store.InboxFeedback) (kind, alike *inboxKind, err error) {
	facets := map[string][]string{"vote": {string(seen.Vote)}, "trust": {string(seen.Trust)}, "bound": {"false"}}
	if seen.Bound {
		facets["bound"] = []string{"true"}
	}
	if seen.Surface != "" {
		facets["surface"] = []string{seen.Surface}
	}
	for name, value := range seen.Labels {
		facets[string(name)] = []string{value}
	}
	if len(seen.Tags) > 0 {
		facets["tag"] = slices.Sorted(slices.Values(seen.Tags))
	}
	if kind, err = l.kind(ctx, seen.Project, facets); err != nil {
		return nil, nil, err
	}
	common := map[string][]string{}
	for _, name := range []string{"tag", "feature", "prompt_name", "prompt_version"} {
		if values, ok := facets[name]; ok {
			common[name] = values
		}
	}
	alike, err = l.kind(ctx, seen.Project, common)
	return kind, alike, err
}

func (l *inboxLook) kind(ctx context.Context, project heed.ProjectID, facets map[string][]string) (*inboxKind, error) {
	text, err := json.Marshal(facets)
	if err != nil {
		return nil, err
	}
	key := string(project) + " " + string(text)
	if k, ok := l.kinds[key]; ok {
		return k, nil
	}
	k := &inboxKind{project: project}
	err = l.kindOf.QueryRowContext(ctx, sql.Named("project", string(project)), sql.Named("facets", string(text))).Scan(&k.id, &k.people, &k.uncounted)
	l.kinds[key] = k
	return k, err
}

// countEvery is which part of the people came at least when they are counted
// again, so that who counts does not look at all of them for each one.
const countEvery = 10

// count counts the people who said the like, and puts a crowd that doubled into
// the rank of all of its items. It does not shrink again: how many have said so
// does not depend on what was handled.
func (l *inboxLook) count(ctx context.Context, alike *inboxKind) error {
	if alike.people >= heed.MaxAlike {
		return nil
	}
	of := []any{sql.Named("project", string(alike.project)), sql.Named("alike", alike.id)}
	people, before := alike.people, alike.people
	if alike.uncounted*countEvery >= people {
		if err := l.tx.QueryRowContext(ctx, inboxCountAlike, append(of, sql.Named("most", heed.MaxAlike))...).Scan(&people); err != nil {
			return err
		}
		alike.people, alike.uncounted = max(people, before), 0
	}
	if _, err := l.tx.ExecContext(ctx, inboxKindsCount, sql.Named("project", string(alike.project)), sql.Named("id", alike.id),
		sql.Named("people", alike.people), sql.Named("uncounted", alike.uncounted)); err != nil {
		return err
	}
	if heed.CrowdOf(alike.people) == heed.CrowdOf(before) {
		return nil
	}
	_, err := l.tx.ExecContext(ctx, inboxRaise, append(of, sql.Named("mask", heed.RankCrowdMask), sql.Named("shift", heed.RankCrowd), sql.Named("crowd", heed.CrowdOf(alike.people)))...)
	return err
}

// JoinFinding files what is open and matches a finding's selection under it.
func (c *Catalog) JoinFinding(ctx context.Context, f *heed.Finding, ids []heed.FeedbackID, limit int, now time.Time) (n int, err error) {
	filter, err := json.Marshal(f.Selection.Filter)
	if err != nil {
		return 0, err
	}
	args := []any{
		sql.Named("project", string(f.Project)), sql.Named("finding", string(f.ID)), sql.Named("filter", string(filter)),
		sql.Named("since", f.Selection.Since.UnixMicro()), sql.Named("until", microsOf(f.Joining())), sql.Named("limit", limit),
	}
	of := func(from querier, ids []heed.FeedbackID) ([]heed.FeedbackID, error) {
		named, err := jsonArray(ids)
		if err != nil {
			return nil, err
		}
		return list(ctx, from, scanFeedbackID, inboxMatchingOf, append(args, sql.Named("ids", named))...)
	}
	var found []heed.FeedbackID
	if ids != nil {
		found, err = of(c.read, ids)
	} else {
		found, err = list(ctx, c.read, scanFeedbackID, inboxMatching, args...)
	}
	if err != nil || len(found) == 0 {
		return 0, failure("find what joins a finding", err)
	}
	err = c.change(ctx, "let feedback join a finding", func(tx *sql.Tx) error {
		// What a reviewer handled or took away since it was found stays as it is.
		if found, err = of(tx, found); err != nil {
			return err
		}
		n, err = inFinding(ctx, tx, f.Project, f.ID, found, false, now)
		return err
	})
	return n, err
}

func scanFeedbackID(row scanner) (id heed.FeedbackID, err error) {
	err = row.Scan(&id)
	return id, err
}

// inFinding has the items of feedback follow where it was filed: out of the
// inbox, or into it again where it was taken away. It returns how many moved.
func inFinding(ctx context.Context, tx *sql.Tx, project heed.ProjectID, id heed.FindingID, feedback []heed.FeedbackID, taken bool, at time.Time) (n int, err error) {
	edit := heed.InboxEdit{Finding: id}
	if taken {
		edit = heed.InboxEdit{State: heed.InboxOpen}
	}
	for _, one := range feedback {
		item, err := scanInbox(tx.QueryRowContext(ctx, inboxGet, ofItem(project, one)...))
		if errors.Is(err, sql.ErrNoRows) {
			continue
		}
		if err != nil {
			return n, err
		}
		if taken && (item.State != heed.InboxFiled || item.Finding != id) || !taken && (item.State == heed.InboxFiled || item.State == heed.InboxGone) {
			continue
		}
		if err := applyInbox(ctx, tx, &item, edit, at); err != nil {
			return n, err
		}
		if _, err := appendInboxEvent(ctx, tx, &item, heed.InboxStep{InboxEdit: edit}, at); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// UnboundInbox names open items whose answer has not arrived.
func (c *Catalog) UnboundInbox(ctx context.Context, limit int) ([]store.FeedbackRef, error) {
	refs, err := list(ctx, c.read, func(row scanner) (r store.FeedbackRef, err error) {
		err = row.Scan(&r.Project, &r.ID)
		return r, err
	}, inboxUnbound, sql.Named("limit", limit))
	return refs, failure("list what waits for its answer", err)
}

// InboxOf lists the items of a person.
func (c *Catalog) InboxOf(ctx context.Context, project heed.ProjectID, person heed.Respondent) ([]store.InboxItem, error) {
	found, err := list(ctx, c.read, scanInbox, inboxOfPerson, sql.Named("project", string(project)), sql.Named("respondent", person[:]))
	return found, failure("list the items of a person", err)
}

// EndInbox removes items whose feedback is gone.
func (c *Catalog) EndInbox(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID) error {
	if len(ids) == 0 {
		return nil
	}
	return c.change(ctx, "end items of the inbox", func(tx *sql.Tx) error {
		kinds := map[int64]bool{}
		for _, id := range ids {
			var kind, alike int64
			err := tx.QueryRowContext(ctx, inboxKindsOf, ofItem(project, id)...).Scan(&kind, &alike)
			if errors.Is(err, sql.ErrNoRows) {
				continue
			}
			if err != nil {
				return err
			}
			kinds[kind], kinds[alike] = true, true
			for _, query := range []string{inboxDelete, inboxEventsDelete} { // the history ends after the item
				if _, err := tx.ExecContext(ctx, query, ofItem(project, id)...); err != nil {
					return err
				}
			}
		}
		return pruneKinds(ctx, tx, project, kinds)
	})
}

// pruneKinds removes those of the kinds that nothing is of any more: they name tags,
// which whoever votes may choose.
func pruneKinds(ctx context.Context, tx *sql.Tx, project heed.ProjectID, kinds map[int64]bool) error {
	if len(kinds) == 0 {
		return nil
	}
	ids, err := jsonArray(slices.Collect(maps.Keys(kinds)))
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, inboxKindsPrune, sql.Named("project", string(project)), sql.Named("ids", ids))
	return err
}

// OldestInboxAnswer is when the oldest answer of reviewers was written.
func (c *Catalog) OldestInboxAnswer(ctx context.Context, project heed.ProjectID) (time.Time, error) {
	var at int64
	err := c.read.QueryRowContext(ctx, inboxOldestAnswer, sql.Named("project", string(project))).Scan(&at)
	if err != nil || at == 0 {
		return time.Time{}, failure("find the oldest answer of reviewers", err)
	}
	return instant(at), nil
}
