package api

import (
	"cmp"
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

func (a *API) registerInbox(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "list-inbox", Method: http.MethodGet, Path: "/v1/inbox", Tag: "Inbox",
		Summary:     "Feedback that wants eyes, the most urgent first",
		Description: "What is unsafe, then by severity, by the day on which it was opened, by how many people said the like, and by time.",
		Credentials: credentials, Params: append(inboxParams(), pageLimit, pageCursor),
		Status: http.StatusOK, Answer: InboxList{}, Serve: a.manage(a.listInbox),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "count-inbox", Method: http.MethodGet, Path: "/v1/inbox/count", Tag: "Inbox",
		Summary: "How much wants eyes, and how much of it is overdue", Credentials: credentials, Params: inboxParams(),
		Status: http.StatusOK, Answer: heed.InboxCount{}, Serve: a.manage(a.countInbox),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-inbox-item", Method: http.MethodGet, Path: "/v1/inbox/items/{id}", Tag: "Inbox",
		Summary: "One item with its history, and what else was said in its conversation", Credentials: credentials, Params: []rest.Param{inboxID},
		Status: http.StatusOK, Answer: InboxDetail{}, Serve: a.manage(a.getInboxItem),
	})
	a.registerInboxChanges(api)
	a.registerInboxViews(api)
}

var inboxID = rest.Param{Name: "id", In: "path", Description: "The feedback's id."}

// inboxParams describe what chooses items.
func inboxParams() []rest.Param {
	var params []rest.Param
	for _, d := range query.Dimensions() {
		params = append(params, rest.Param{Name: string(d), In: "query", Repeated: true, Description: "Keep what has one of these values."})
	}
	return append(params,
		rest.Param{Name: "state", In: "query", Enum: namesIn(heed.InboxStates()), Description: "In this state; open unless told otherwise."},
		rest.Param{Name: "severity", In: "query", Repeated: true, Enum: namesIn(heed.InboxSeverities()), Description: "As severe as one of these."},
		rest.Param{Name: "assignee", In: "query", Description: "Assigned to this member, by id; me for oneself, nobody for none."},
		rest.Param{Name: "cause", In: "query", Description: "With this cause of a reviewer's."},
		rest.Param{Name: "finding", In: "query", Description: "Filed under this finding; with state filed."},
		rest.Param{Name: "overdue", In: "query", Enum: []string{"true"}, Description: "Only what is older than the project's age targets."})
}

// namesIn returns values as the names that they are.
func namesIn[T ~string](values []T) []string {
	names := make([]string, len(values))
	for i, v := range values {
		names[i] = string(v)
	}
	return names
}

// InboxEntry is an item as it is read.
type InboxEntry struct {
	heed.InboxItem
	AssigneeName string     `json:"assignee_name,omitempty"`
	DueAt        *time.Time `json:"due_at,omitempty" doc:"By when it is to be handled, by the project's age targets."`
	Overdue      bool       `json:"overdue"`
	Reasons      []string   `json:"reasons" doc:"Why it stands where it does, in words, in the order in which they count."`
	Lock         *InboxLock `json:"lock,omitempty" doc:"Who looks at it now."`
	Said         Feedback   `json:"feedback"`
}

// InboxLock is who looks at an item.
type InboxLock struct {
	By    string    `json:"by"`
	Mine  bool      `json:"mine"`
	Until time.Time `json:"until"`
}

// InboxList is one page of items.
type InboxList struct {
	Items []InboxEntry `json:"items"`
	Next  string       `json:"next" doc:"Cursor of the next page; empty on the last."`
}

// InboxDetail is an item with what is around it.
type InboxDetail struct {
	InboxEntry
	Answer       *string           `json:"answer,omitempty" doc:"What the answer should have been, by a reviewer; redacted."`
	AnswerStatus string            `json:"answer_status,omitempty" enum:"erased,withheld,damaged,role" doc:"Why it cannot be shown."`
	FindingTitle string            `json:"finding_title,omitempty" doc:"Of the finding under which it is filed."`
	History      []heed.InboxEvent `json:"history" doc:"Oldest first; complete."`
	Conversation []Feedback        `json:"conversation" doc:"Feedback on other answers of the same conversation, newest first."`
}

// conversationShown bounds how much of a conversation comes with an item.
const conversationShown = 20

func (a *API) listInbox(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	q, err := a.inboxQuery(r, who, "limit", "cursor")
	if err != nil {
		return nil, err
	}
	items, err := a.catalog.ListInbox(r.Context(), q)
	if err != nil {
		return nil, err
	}
	entries, err := a.inboxEntries(r.Context(), who, q.Policy, items)
	if err != nil {
		return nil, err
	}
	if err := a.readers.note(r.Context(), listFeedback, len(entries)); err != nil {
		return nil, err
	}
	list := InboxList{Items: entries}
	if n := len(items); n == q.Limit {
		list.Next = inboxCursorText(store.CursorOf(&items[n-1].InboxItem))
	}
	return list, nil
}

func (a *API) countInbox(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	q, err := a.inboxQuery(r, who)
	if err != nil {
		return nil, err
	}
	return a.catalog.CountInbox(r.Context(), q, memberOf(who))
}

// memberOf returns the id of the member who asks, "" for a key.
func memberOf(who access.Principal) string {
	if who.Member == nil {
		return ""
	}
	return who.Member.ID
}

// reviewer is who asks, as one who looks at items.
func reviewer(who access.Principal) heed.FindingActor {
	actor := who.Actor()
	return heed.FindingActor{Kind: string(actor.Kind), ID: actor.ID, Name: actor.Name}
}

// inboxQuery reads what chooses items, with the policy of the project.
func (a *API) inboxQuery(r *http.Request, who access.Principal, others ...string) (q store.InboxQuery, err error) {
	values, err := queryOf(r, who)
	if err != nil {
		return q, err
	}
	if err := query.CheckNames(values, append(others, "state", "severity", "assignee", "cause", "finding", "overdue")...); err != nil {
		return q, err
	}
	filter, err := query.ParseFilter(values)
	if err != nil {
		return q, err
	}
	q = store.InboxQuery{
		Project: who.Project, State: heed.InboxState(cmp.Or(values.Get("state"), string(heed.InboxOpen))), Filter: heed.FindingFilter{},
		Assignee: values.Get("assignee"), Cause: heed.FindingCause(values.Get("cause")), Finding: heed.FindingID(values.Get("finding")),
		Overdue: values.Get("overdue") == "true", Now: heed.Instant(time.Now()),
	}
	for d, of := range filter {
		q.Filter[string(d)] = of
	}
	redaction{cleaner: a.cleaner}.filter(q.Filter) // as labels of events are
	if !slices.Contains(heed.InboxStates(), q.State) {
		return q, heed.InvalidField("query.state", "must be open, done, filed or gone")
	}
	for _, s := range values["severity"] {
		if !slices.Contains(namesIn(heed.InboxSeverities()), s) {
			return q, heed.InvalidField("query.severity", "must be unsafe, broken, why, bad or words")
		}
		q.Severity = append(q.Severity, heed.InboxSeverity(s))
	}
	switch q.Assignee {
	case "nobody":
		q.Assignee = "-"
	case "me":
		if q.Assignee = memberOf(who); q.Assignee == "" {
			return q, heed.InvalidField("query.assignee", "must be the id of a member: a key is none")
		}
	}
	if overdue := values.Get("overdue"); overdue != "" && !q.Overdue {
		return q, heed.InvalidField("query.overdue", "must be true, or left out")
	}
	if q.Limit, err = query.ParseLimit(values.Get("limit")); err != nil {
		return q, err
	}
	if q.After, err = parseInboxCursor(values.Get("cursor")); err != nil {
		return q, err
	}
	p, err := a.catalog.Project(r.Context(), who.Project)
	q.Policy = p.Inbox
	return q, err
}

// inboxEntries are items with what people said in them. An item whose feedback is
// gone is none.
func (a *API) inboxEntries(ctx context.Context, who access.Principal, policy heed.InboxPolicy, items []store.InboxItem) ([]InboxEntry, error) {
	entries := make([]InboxEntry, 0, len(items))
	if len(items) == 0 {
		return entries, nil
	}
	ids := make([]heed.FeedbackID, 0, len(items))
	for i := range items {
		ids = append(ids, items[i].Feedback)
	}
	said, err := a.events.Feedback(ctx, who.Project, ids...)
	if err != nil {
		return nil, err
	}
	names, err := a.memberNames(ctx)
	if err != nil {
		return nil, err
	}
	var gone []heed.FeedbackID
	now := time.Now()
	for i := range items {
		f, ok := said[items[i].Feedback]
		if !ok {
			gone = append(gone, items[i].Feedback)
			continue
		}
		entry := inboxEntry(who, policy, names, &items[i].InboxItem, now)
		if entry.Said, err = a.feedbackOf(ctx, &f); err != nil {
			return nil, err
		}
		entries = append(entries, entry)
	}
	return entries, a.inbox.Check(ctx, who.Project, gone)
}

func inboxEntry(who access.Principal, policy heed.InboxPolicy, names map[string]string, item *heed.InboxItem, now time.Time) InboxEntry {
	e := InboxEntry{InboxItem: *item}
	if item.Assignee != "" {
		e.AssigneeName = cmp.Or(names[item.Assignee], "a former member")
	}
	if due := item.Due(policy); !due.IsZero() {
		e.DueAt, e.Overdue = &due, due.Before(now)
	}
	e.Reasons = reasonsOf(&e, now)
	if now.Before(item.Lock.Until) {
		e.Lock = &InboxLock{By: cmp.Or(item.Lock.By.Name, "a key"), Mine: !item.Lock.Holds(reviewer(who), now), Until: item.Lock.Until}
	}
	return e
}

// reasonsOf says why an item stands where it does.
func reasonsOf(e *InboxEntry, now time.Time) []string {
	reasons := []string{map[heed.InboxSeverity]string{
		heed.SeverityUnsafe: "tagged unsafe", heed.SeverityBroken: "tagged broken", heed.SeverityWhy: "a bad vote that says why",
		heed.SeverityBad: "a bad vote", heed.SeverityWords: "somebody wrote something",
	}[e.Severity]}
	if e.State == heed.InboxOpen {
		reasons = append(reasons, "open "+ageSaid(now.Sub(e.OpenedAt)))
		if e.Overdue {
			reasons[1] += ", " + ageSaid(now.Sub(*e.DueAt)) + " too long"
		}
	}
	if e.People > 1 {
		more := ""
		if e.People >= heed.MaxAlike {
			more = " or more"
		}
		reasons = append(reasons, fmt.Sprintf("%d%s people said the like", e.People, more))
	}
	return reasons
}

// ageSaid says a length of time in its largest unit.
func ageSaid(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Hour:
		return "less than an hour"
	case d < 2*time.Hour:
		return "an hour"
	case d < day:
		return strconv.Itoa(int(d/time.Hour)) + " hours"
	case d < 2*day:
		return "a day"
	}
	return strconv.Itoa(int(d/day)) + " days"
}

func (a *API) getInboxItem(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	q, err := queryOf(r, who)
	if err != nil {
		return nil, err
	}
	if err := onlyNames(q); err != nil {
		return nil, err
	}
	item, err := a.catalog.InboxItem(r.Context(), who.Project, heed.FeedbackID(r.PathValue("id")))
	if err != nil {
		return nil, noInboxItem(err)
	}
	detail, err := a.inboxDetail(r.Context(), who, &item)
	if err != nil {
		return nil, err
	}
	tagVersion(w, item.Version)
	return detail, nil
}

// noInboxItem says what is not there.
func noInboxItem(err error) error {
	if heed.CodeOf(err) == heed.NotFound {
		return heed.Wrap(heed.NotFound, err, "the inbox has no such item")
	}
	return err
}

func (a *API) inboxDetail(ctx context.Context, who access.Principal, item *store.InboxItem) (any, error) {
	p, err := a.catalog.Project(ctx, who.Project)
	if err != nil {
		return nil, err
	}
	entries, err := a.inboxEntries(ctx, who, p.Inbox, []store.InboxItem{*item})
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, heed.Errorf(heed.NotFound, "the inbox has no such item")
	}
	detail := InboxDetail{InboxEntry: entries[0], Conversation: []Feedback{}}
	answer, err := a.open(ctx, vault.Place{Project: who.Project, Object: string(item.Feedback), Field: answerField}, item.Answer)
	if err != nil {
		return nil, err
	}
	detail.Answer, detail.AnswerStatus = answer.text, answer.reason
	if item.Finding != "" {
		f, err := a.catalog.Finding(ctx, who.Project, item.Finding)
		if err != nil && heed.CodeOf(err) != heed.NotFound {
			return nil, err
		}
		detail.FindingTitle = f.Title
	}
	if detail.History, err = a.catalog.InboxHistory(ctx, who.Project, item.Feedback); err != nil {
		return nil, err
	}
	if response := detail.Said.ResponseID; response != "" {
		others, err := a.events.Conversation(ctx, who.Project, response, conversationShown)
		if err != nil {
			return nil, err
		}
		for i := range others {
			shown, err := a.feedbackOf(ctx, &others[i])
			if err != nil {
				return nil, err
			}
			detail.Conversation = append(detail.Conversation, shown)
		}
	}
	return detail, a.readers.note(ctx, listFeedback, 1+len(detail.Conversation))
}

// inboxCursorText is the text of a cursor; "" for none.
func inboxCursorText(c store.InboxCursor) string {
	if c.IsZero() {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(c.Rank, 36) + " " + string(c.Feedback)))
}

func parseInboxCursor(text string) (c store.InboxCursor, err error) {
	if text == "" {
		return c, nil
	}
	b, err := base64.RawURLEncoding.DecodeString(text)
	rank, id, ok := strings.Cut(string(b), " ")
	if err == nil {
		c.Rank, err = strconv.ParseInt(rank, 36, 64)
	}
	if c.Feedback = heed.FeedbackID(id); err != nil || !ok || id == "" || len(id) > heed.MaxIDBytes {
		return c, heed.InvalidField("query.cursor", "must be the next of an earlier page, unchanged")
	}
	return c, nil
}
