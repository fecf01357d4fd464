package api

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"net/http"
	"strings"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

// maxFindingBytes bounds the body of what changes a finding.
const maxFindingBytes = 64 << 10

// FindingBody describes what POST /v1/findings takes.
type FindingBody struct {
	Title     string                `json:"title" maxLength:"200"`
	Owner     *string               `json:"owner,omitempty" doc:"Id of a member."`
	Due       *string               `json:"due,omitempty" doc:"A day such as 2026-03-31."`
	Cause     *heed.FindingCause    `json:"cause,omitempty" doc:"One that the project tells apart."`
	Change    *heed.FindingChange   `json:"change,omitempty" doc:"What is to fix it; without a time."`
	Measure   *heed.FindingMeasure  `json:"measure,omitempty" doc:"By what it is judged. Else it is made of the filter, or of the feedback's tags."`
	Selection *FindingSelectionBody `json:"selection,omitempty" doc:"What joins it by itself."`
	Feedback  []heed.FeedbackID     `json:"feedback,omitempty" maxItems:"200" doc:"What is filed under it."`
}

// FindingSelectionBody describes what a finding is made of.
type FindingSelectionBody struct {
	Filter heed.FindingFilter `json:"filter"`
	Since  *time.Time         `json:"since,omitempty" doc:"Four weeks ago unless told otherwise."`
}

// FindingChangeBody describes what PATCH /v1/findings/{id} takes.
type FindingChangeBody struct {
	Version *int64 `json:"version,omitempty" doc:"The version that was read."`
	heed.FindingEdit
}

// FindingNoteBody describes what POST /v1/findings/{id}/notes takes.
type FindingNoteBody struct {
	Text string `json:"text" maxLength:"4000"`
}

// findingShape is what the body of what changes a finding must be.
const findingShape = "must be a JSON object with names and values as /openapi.json describes them, and no others"

func (a *API) createFinding(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in FindingBody
	if err := readStrict(w, r, maxFindingBytes, &in, findingShape); err != nil {
		return nil, err
	}
	id, err := a.newFindingID(r, who)
	if err != nil {
		return nil, err
	}
	made, err := a.newFinding(r.Context(), who.Project, id, &in)
	if err != nil {
		return nil, err
	}
	err = a.catalog.CreateFinding(r.Context(), made.Finding, made.Step, in.Feedback...)
	if heed.CodeOf(err) == heed.Conflict && callOf(r) != "" {
		return a.findingAgain(w, r, made.Finding, err)
	}
	if err != nil {
		return nil, err
	}
	a.watcher.Kick()
	a.inbox.Kick()
	return a.answerFinding(w, r, made.Finding)
}

// newFinding makes a finding of what was sent, without storing it.
func (a *API) newFinding(ctx context.Context, project heed.ProjectID, id heed.FindingID, in *FindingBody) (made store.NewFinding, err error) {
	by, err := a.redactionOf(ctx, project, nil)
	if err != nil {
		return made, err
	}
	now := heed.Instant(time.Now())
	f := heed.Finding{Project: project, ID: id, State: heed.FindingNew, CreatedAt: now, StateSince: now}
	if s := in.Selection; s != nil {
		f.Selection = heed.FindingSelection{Filter: by.filter(s.Filter), Since: now.Add(-review.Lookback)}
		if s.Since != nil {
			f.Selection.Since = heed.Instant(*s.Since)
		}
		if err := review.CheckSelection(f.Selection); err != nil {
			return made, err
		}
	}
	tags, err := a.tagsOfFiled(ctx, project, in.Feedback)
	if err != nil {
		return made, err
	}
	if in.Measure == nil {
		measure := review.MeasureOf(f.Selection.Filter)
		if measure.Tag == "" && f.Selection.IsZero() {
			measure.Tag = mostCommon(tags, len(in.Feedback))
		}
		in.Measure = &measure
	}
	edit := heed.FindingEdit{Title: &in.Title, Owner: in.Owner, Due: in.Due, Cause: in.Cause, Change: in.Change, Measure: in.Measure}
	if err := by.finding(ctx, &edit); err != nil {
		return made, err
	}
	if err := review.CheckMeasure(*edit.Measure); err != nil {
		return made, err
	}
	if err := a.checkCause(ctx, project, edit.Cause); err != nil {
		return made, err
	}
	if err := f.Apply(edit, false, now); err != nil {
		return made, err
	}
	edit.State = f.State
	return store.NewFinding{Finding: f, Step: heed.FindingStep{FindingEdit: edit}}, nil
}

// callOf is the key under which a call may come again; empty where it may not.
func callOf(r *http.Request) string { return r.Header.Get("Idempotency-Key") }

// newFindingID makes the id of a finding: of a call that may come again always the
// same.
func (a *API) newFindingID(r *http.Request, who access.Principal) (heed.FindingID, error) {
	name := rand.Text()
	if call := callOf(r); call != "" {
		secret, err := a.callSecret(r.Context(), who, "heed/create-finding/v1", call)
		if err != nil {
			return "", err
		}
		name = base32.StdEncoding.EncodeToString(secret)[:len(name)]
	}
	return heed.FindingID("fnd_" + name), nil
}

// findingAgain answers a call that came before with the finding that it made then,
// as it is now. Where there is none, or it was called otherwise, it is the
// conflict that it was found to be.
func (a *API) findingAgain(w http.ResponseWriter, r *http.Request, f heed.Finding, conflict error) (any, error) {
	known, err := a.catalog.Finding(r.Context(), f.Project, f.ID)
	if heed.CodeOf(err) == heed.NotFound {
		return nil, conflict
	}
	if err != nil {
		return nil, err
	}
	history, err := a.catalog.FindingHistory(r.Context(), f.Project, f.ID)
	if err != nil {
		return nil, err
	}
	if first := history[0]; first.Title == nil || *first.Title != f.Title {
		return nil, heed.Errorf(heed.Conflict, "this Idempotency-Key was used for another finding: use a new one for each")
	}
	w.Header().Set("Idempotent-Replayed", "true")
	return a.answerFinding(w, r, known)
}

// tagsOfFiled counts the tags of feedback that is to be filed, which must be
// there.
func (a *API) tagsOfFiled(ctx context.Context, project heed.ProjectID, ids []heed.FeedbackID) (map[string]int, error) {
	if len(ids) > heed.MaxFindingBatch {
		return nil, heed.InvalidField("body.feedback", "must be 200 ids at most: a filter takes any number")
	}
	if len(ids) == 0 {
		return nil, nil
	}
	found, err := a.events.Feedback(ctx, project, ids...)
	if err != nil {
		return nil, err
	}
	tags := map[string]int{}
	for _, id := range ids {
		f, ok := found[id]
		if !ok {
			return nil, heed.InvalidField("body.feedback", "names feedback that is not there, or not yet")
		}
		for _, tag := range f.Tags {
			tags[tag]++
		}
	}
	return tags, nil
}

// mostCommon returns the tag that most of the feedback has, if half of it does.
func mostCommon(tags map[string]int, of int) (tag string) {
	most := 0
	for name, n := range tags {
		if 2*n >= of && (n > most || n == most && name < tag) {
			tag, most = name, n
		}
	}
	return tag
}

func (a *API) changeFinding(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	in, err := readFindingChange(w, r)
	if err != nil {
		return nil, err
	}
	f, err := a.finding(r, who)
	if err != nil {
		return nil, err
	}
	if *in.Version != f.Version {
		return nil, heed.Errorf(heed.Conflict, "somebody changed this finding meanwhile, so yours was not made: look at it as it is now, then change it again")
	}
	if err := a.checkCause(r.Context(), who.Project, in.Cause); err != nil {
		return nil, err
	}
	by, err := a.redactionOf(r.Context(), who.Project, nil)
	if err != nil {
		return nil, err
	}
	if err := by.finding(r.Context(), &in.FindingEdit); err != nil {
		return nil, err
	}
	if in.Measure != nil {
		if err := review.CheckMeasure(*in.Measure); err != nil {
			return nil, err
		}
	}
	if err := f.Apply(in.FindingEdit, false, heed.Instant(time.Now())); err != nil {
		return nil, err
	}
	step := heed.FindingStep{FindingEdit: in.FindingEdit}
	if step.State == heed.FindingFixed || step.Change != nil {
		step.Change = &f.Change // with the time that it was given
	}
	if err := a.catalog.ChangeFinding(r.Context(), f, step); err != nil {
		return nil, noFinding(err)
	}
	a.watcher.Kick()
	a.inbox.Kick()
	return a.answerFinding(w, r, f)
}

// readFindingChange reads what is to be changed, and of which version.
func readFindingChange(w http.ResponseWriter, r *http.Request) (in FindingChangeBody, err error) {
	body, err := readBody(w, r, maxFindingBytes)
	if err != nil {
		return in, err
	}
	if err := decodeStrict(body, &in, findingShape); err != nil {
		return in, err
	}
	var said map[string]json.RawMessage
	if err := json.Unmarshal(body, &said); err != nil {
		return in, heed.InvalidField("body", "must be a JSON object")
	}
	isNull := func(name string) bool { return string(said[name]) == "null" }
	for name, field := range map[string]**string{"owner": &in.Owner, "due": &in.Due, "public": &in.Public} {
		if isNull(name) {
			*field = new(string)
		}
	}
	if isNull("cause") {
		in.Cause = new(heed.FindingCause)
	}
	if isNull("change") {
		in.Change = new(heed.FindingChange)
	}
	if err := versioned(r, &in.Version); err != nil {
		return in, err
	}
	if in.FindingEdit.IsZero() {
		return in, heed.InvalidField("body", "changes nothing")
	}
	return in, nil
}

func (a *API) noteFinding(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in FindingNoteBody
	if err := readStrict(w, r, maxFindingBytes, &in, findingShape); err != nil {
		return nil, err
	}
	by, err := a.redactionOf(r.Context(), who.Project, nil)
	if err != nil {
		return nil, err
	}
	if err := by.texts(r.Context(), &in.Text); err != nil {
		return nil, err
	}
	note := strings.TrimSpace(in.Text)
	if note == "" || len(note) > heed.MaxFindingNote {
		return nil, heed.InvalidField("body.text", "must have 1 to 4000 bytes")
	}
	f, err := a.finding(r, who)
	if err != nil {
		return nil, err
	}
	if err := a.catalog.NoteFinding(r.Context(), f.Project, f.ID, note, heed.Instant(time.Now())); err != nil {
		return nil, err
	}
	return a.answerFinding(w, r, f)
}

// finding redacts what a member wrote. Names and values are redacted as those of
// events are, by Heed alone.
func (r redaction) finding(ctx context.Context, e *heed.FindingEdit) error {
	if e.Change != nil {
		e.Change.Name, e.Change.Value = r.cleaner.Label(e.Change.Name), r.cleaner.Label(e.Change.Value)
	}
	if e.Measure != nil {
		e.Measure.Tag, e.Measure.Filter = r.cleaner.Label(e.Measure.Tag), r.filter(e.Measure.Filter)
	}
	return r.texts(ctx, e.Title, e.Public, &e.Reason)
}

// filter redacts the values of a filter as those were that it is held against.
func (r redaction) filter(f heed.FindingFilter) heed.FindingFilter {
	for _, values := range f {
		for i, value := range values {
			values[i] = r.cleaner.Label(value)
		}
	}
	return f
}
