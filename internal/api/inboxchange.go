package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

func (a *API) registerInboxChanges(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "change-inbox-item", Method: http.MethodPatch, Path: "/v1/inbox/items/{id}", Tag: "Inbox",
		Summary: "Handle an item, assign it, name its cause, file it, or write what the answer should have been",
		Description: "What is absent stays, null takes away. It needs the version that was read, in the body or as If-Match: where somebody else was faster, or is looking at it, it is a conflict, and " +
			"nothing is changed. With next, the answer has the next item that is free, locked; the query says of which list.",
		Credentials: credentials, Params: append([]rest.Param{inboxID, ifMatch}, inboxParams()...), Body: InboxChangeBody{},
		Status: http.StatusOK, Answer: InboxChanged{}, Serve: a.manage(a.changeInboxItem),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "lock-inbox-item", Method: http.MethodPost, Path: "/v1/inbox/items/{id}/lock", Tag: "Inbox",
		Summary:     "Say that one looks at an item, or still does",
		Description: "It holds for two minutes. While somebody else has it, it is a conflict, which says who.",
		Credentials: credentials, Params: []rest.Param{inboxID},
		Status: http.StatusOK, Answer: InboxLock{}, Serve: a.manage(a.lockInboxItem),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "unlock-inbox-item", Method: http.MethodDelete, Path: "/v1/inbox/items/{id}/lock", Tag: "Inbox",
		Summary: "Let an item go", Credentials: credentials, Params: []rest.Param{inboxID},
		Status: http.StatusNoContent, Answer: Nothing{}, Serve: a.manage(a.unlockInboxItem),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "change-inbox", Method: http.MethodPost, Path: "/v1/inbox/changes", Tag: "Inbox",
		Summary: "Change all that a filter keeps",
		Description: "The query names the items, as for the list. With preview nothing is changed, and the answer says how many there are. One call changes 500 at most and " +
			"answers with a cursor to go on with; what somebody else looks at is left out. With as_of, what came later is left alone.",
		Credentials: credentials, Params: append(inboxParams(), rest.Param{Name: "cursor", In: "query", Description: "From the previous call's next."}), Body: InboxBulkBody{},
		Status: http.StatusOK, Answer: InboxBulk{}, Serve: a.manage(a.changeInbox),
	})
}

// answerField is the field of the vault in which the answer of a reviewer stands.
const answerField = "answer"

// InboxChangeBody describes what PATCH /v1/inbox/items/{id} takes.
type InboxChangeBody struct {
	Version *int64 `json:"version,omitempty" doc:"The version that was read."`
	heed.InboxEdit
	Answer *string `json:"answer,omitempty" maxLength:"8000" doc:"What the answer should have been. It is redacted and sealed as the person's own correction is."`
	Next   bool    `json:"next,omitempty" doc:"Answer with the next item that is free, locked."`
}

// InboxChanged is an item as it became, and the next.
type InboxChanged struct {
	Item InboxEntry  `json:"item"`
	Next *InboxEntry `json:"next,omitempty" doc:"Where it was asked for, and there is one."`
}

// InboxBulkBody describes what POST /v1/inbox/changes takes.
type InboxBulkBody struct {
	heed.InboxEdit
	Preview bool       `json:"preview,omitempty" doc:"Change nothing: say how many there are."`
	AsOf    *time.Time `json:"as_of,omitempty" doc:"From the preview: leave alone what was opened later."`
}

// InboxBulk says what was changed, or would be.
type InboxBulk struct {
	Count   int64     `json:"count" doc:"How many items there are; of a preview."`
	Changed int       `json:"changed"`
	AsOf    time.Time `json:"as_of"`
	Next    string    `json:"next,omitempty" doc:"Cursor to go on with, where there may be more."`
}

// inboxChange is a body as it is read: the answer is text that nobody has
// redacted yet.
type inboxChange struct {
	Version *int64 `json:"version"`
	heed.InboxEdit
	Answer *privacy.Raw `json:"answer"`
	Next   bool         `json:"next"`

	takesAnswer bool // null
}

func readInboxChange(w http.ResponseWriter, r *http.Request) (in inboxChange, err error) {
	body, err := readBody(w, r, maxFindingBytes)
	if err != nil {
		return in, err
	}
	if err := decodeStrict(body, &in, anyShape); err != nil {
		return in, err
	}
	var said map[string]json.RawMessage
	if json.Unmarshal(body, &said) != nil {
		return in, heed.InvalidField("body", anyShape)
	}
	isNull := func(name string) bool { return string(said[name]) == "null" }
	if isNull("assignee") {
		in.Assignee = new(string)
	}
	if isNull("cause") {
		in.Cause = new(heed.FindingCause)
	}
	in.takesAnswer = isNull("answer")
	if err := versioned(r, &in.Version); err != nil {
		return in, err
	}
	if in.InboxEdit.IsZero() && in.Answer == nil && !in.takesAnswer {
		return in, heed.InvalidField("body", "changes nothing")
	}
	return in, nil
}

func (a *API) changeInboxItem(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	q, err := a.inboxQuery(r, who)
	if err != nil {
		return nil, err
	}
	in, err := readInboxChange(w, r)
	if err != nil {
		return nil, err
	}
	ctx, id := r.Context(), heed.FeedbackID(r.PathValue("id"))
	if err := a.checkCause(ctx, who.Project, in.Cause); err != nil {
		return nil, err
	}
	change := store.InboxChange{Project: who.Project, ID: id, Version: *in.Version, Edit: in.InboxEdit, At: heed.Instant(time.Now())}
	if in.Answer != nil || in.takesAnswer {
		clean, err := a.cleanAnswer(ctx, who.Project, in.Answer)
		if err != nil {
			return nil, err
		}
		defer a.gate.Pass(who.Project)() // until it is stored: who is erased meanwhile would not take it along
		if change.Answer, err = a.sealAnswer(ctx, who.Project, id, clean); err != nil {
			return nil, err
		}
	}
	item, err := a.changeInboxOne(ctx, change)
	if err != nil {
		return nil, noInboxItem(err)
	}
	entries, err := a.inboxEntries(ctx, who, q.Policy, []store.InboxItem{item})
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, heed.Errorf(heed.NotFound, "this feedback is gone")
	}
	out, told := InboxChanged{Item: entries[0]}, 1
	if in.Next {
		if out.Next, err = a.nextInInbox(ctx, who, q, &item.InboxItem); err != nil {
			return nil, err
		}
		if out.Next != nil {
			told++
		}
	}
	return out, a.readers.note(ctx, listFeedback, told)
}

// changeInboxOne stores a change of an item, and looks again at what that takes away
// from a finding.
func (a *API) changeInboxOne(ctx context.Context, change store.InboxChange) (store.InboxItem, error) {
	filed := false
	if change.Edit.State == heed.InboxOpen {
		was, err := a.catalog.InboxItem(ctx, change.Project, change.ID)
		if err != nil {
			return was, err
		}
		filed = was.State == heed.InboxFiled
	}
	item, err := a.catalog.ChangeInbox(ctx, change)
	if err != nil || !filed {
		return item, err
	}
	a.inbox.Look(ctx, change.Project, []heed.FeedbackID{change.ID})
	return a.catalog.InboxItem(ctx, change.Project, change.ID)
}

// cleanAnswer redacts what a reviewer wrote, as what people write is.
func (a *API) cleanAnswer(ctx context.Context, project heed.ProjectID, text *privacy.Raw) (privacy.Clean, error) {
	if text == nil || text.IsZero() {
		return privacy.Clean{}, nil
	}
	if text.Runes() > heed.MaxTextRunes {
		return privacy.Clean{}, heed.InvalidField("body.answer", "must have at most 8000 characters")
	}
	by, err := a.redactionOf(ctx, project, nil)
	if err != nil {
		return privacy.Clean{}, err
	}
	clean, _, err := by.cleaner.RedactBy(ctx, by.recognizer, *text)
	return clean, err
}

// sealAnswer seals an answer under the key of the person whom it is about. No text
// takes the answer away.
func (a *API) sealAnswer(ctx context.Context, project heed.ProjectID, id heed.FeedbackID, text privacy.Clean) (*vault.Sealed, error) {
	if text.IsZero() {
		return new(vault.Sealed), nil
	}
	said, err := a.events.Feedback(ctx, project, id)
	if err != nil {
		return nil, err
	}
	f, ok := said[id]
	if !ok || a.gate.Ended(project, f.Respondent, f.CreatedAt) {
		return nil, heed.Errorf(heed.NotFound, "this feedback is gone")
	}
	sealed, err := a.vault.Seal(ctx, vault.Place{Project: project, Respondent: f.Respondent, Object: string(id), Field: answerField, At: time.Now()}, text)
	return &sealed, err
}

// nextInInbox locks the next item of a list that nobody else looks at: after the
// one that was changed, or else from the beginning.
func (a *API) nextInInbox(ctx context.Context, who access.Principal, q store.InboxQuery, after *heed.InboxItem) (*InboxEntry, error) {
	q.Free, q.Limit, q.After = reviewer(who), 5, store.CursorOf(after)
	for range 2 {
		items, err := a.catalog.ListInbox(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, one := range items {
			if one.Feedback == after.Feedback {
				continue
			}
			now := heed.Instant(time.Now())
			item, err := a.catalog.LockInbox(ctx, who.Project, one.Feedback, now, now.Add(heed.InboxLockTime))
			if code := heed.CodeOf(err); code == heed.Conflict || code == heed.NotFound {
				continue // somebody was faster
			}
			if err != nil {
				return nil, err
			}
			entries, err := a.inboxEntries(ctx, who, q.Policy, []store.InboxItem{item})
			if err != nil {
				return nil, err
			}
			if len(entries) > 0 {
				return &entries[0], nil
			}
		}
		q.After = store.InboxCursor{}
	}
	return nil, nil
}

func (a *API) lockInboxItem(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	now := heed.Instant(time.Now())
	item, err := a.catalog.LockInbox(r.Context(), who.Project, heed.FeedbackID(r.PathValue("id")), now, now.Add(heed.InboxLockTime))
	if err != nil {
		return nil, noInboxItem(err)
	}
	return InboxLock{By: cmp.Or(item.Lock.By.Name, "a key"), Mine: true, Until: item.Lock.Until}, nil
}

func (a *API) unlockInboxItem(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	now := heed.Instant(time.Now())
	_, err := a.catalog.LockInbox(r.Context(), who.Project, heed.FeedbackID(r.PathValue("id")), now, now)
	return Nothing{}, noInboxItem(err)
}

func (a *API) changeInbox(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	q, err := a.inboxQuery(r, who, "cursor")
	if err != nil {
		return nil, err
	}
	var in InboxBulkBody
	if err := readStrict(w, r, maxFindingBytes, &in, anyShape); err != nil {
		return nil, err
	}
	if err := a.checkCause(r.Context(), who.Project, in.Cause); err != nil {
		return nil, err
	}
	if in.InboxEdit.IsZero() {
		return nil, heed.InvalidField("body", "changes nothing")
	}
	q.By = q.Now
	if in.AsOf != nil {
		q.By = heed.Instant(*in.AsOf)
	}
	out := InboxBulk{AsOf: q.By}
	if in.Preview {
		n, err := a.catalog.CountInbox(r.Context(), q, "")
		out.Count = n.Open
		return out, err
	}
	q.Limit = heed.MaxInboxBatch
	var taken []heed.FeedbackID // away from findings, if it is changed
	if q.State == heed.InboxFiled && in.State == heed.InboxOpen {
		items, err := a.catalog.ListInbox(r.Context(), q)
		if err != nil {
			return nil, err
		}
		for i := range items {
			taken = append(taken, items[i].Feedback)
		}
	}
	n, last, err := a.catalog.ChangeInboxAll(r.Context(), q, in.InboxEdit, q.Now)
	if err == nil {
		a.inbox.Look(r.Context(), who.Project, taken)
	}
	if out.Changed = n; n == q.Limit {
		out.Next = inboxCursorText(last)
	}
	return out, err
}

// checkCause refuses a cause that the project does not tell apart.
func (a *API) checkCause(ctx context.Context, project heed.ProjectID, cause *heed.FindingCause) error {
	if cause == nil || *cause == "" {
		return nil
	}
	p, err := a.catalog.Project(ctx, project)
	if err != nil {
		return err
	}
	if !p.Inbox.Knows(*cause) {
		return heed.InvalidField("body.cause", "must be one that the project tells apart: GET /v1/project has its own under inbox.causes")
	}
	return nil
}
