package api

import (
	"context"
	"net/http"
	"net/url"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

func (a *API) registerDatasetMarks(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	rest.Handle(api, rest.Endpoint{
		ID: "mark-feedback", Method: http.MethodPost, Path: "/v1/datasets/marks", Tag: "Datasets",
		Summary: "Say that feedback may be used",
		Description: "By id, when somebody looked at it: its texts are used, and what is kept of question and answer. With an attachment that is a single feedback whose " +
			"attachment the member has revealed now, which is used as question and answer. By filter, or by a key, which looks at nothing, its votes, tags and names are used, and no text.",
		Credentials: credentials, Body: MarkBody{}, Status: http.StatusOK, Answer: Marked{}, Serve: a.manage(a.markFeedback),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "unmark-feedback", Method: http.MethodPost, Path: "/v1/datasets/unmarks", Tag: "Datasets",
		Summary: "Say that feedback may not be used any more", Description: "Versions that have it are stale from now on.",
		Credentials: credentials, Body: UnmarkBody{}, Status: http.StatusOK, Answer: Unmarked{}, Serve: a.manage(a.unmarkFeedback),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "list-marks", Method: http.MethodGet, Path: "/v1/feedback/{id}/marks", Tag: "Datasets",
		Summary: "For what a feedback may be used", Credentials: credentials,
		Params: []rest.Param{{Name: "id", In: "path", Description: "The feedback's id."}},
		Status: http.StatusOK, Answer: MarkList{}, Serve: a.read(a.listMarks),
	})
}

// MarkBody describes what POST /v1/datasets/marks takes: feedback, or a filter.
type MarkBody struct {
	Purpose    heed.DatasetPurpose `json:"purpose" enum:"training,evaluation"`
	Feedback   []heed.FeedbackID   `json:"feedback,omitempty" maxItems:"200"`
	Attachment string              `json:"attachment_id,omitempty" doc:"With one feedback: what is attached to it, which the member has revealed."`

	Filter heed.FindingFilter `json:"filter,omitempty" doc:"Instead of feedback: as the filters of lists."`
	From   *time.Time         `json:"from,omitempty"`
	To     *time.Time         `json:"to,omitempty"`
}

// Marked counts what was marked.
type Marked struct {
	Marked  int `json:"marked" doc:"New, or with more than before."`
	Matched int `json:"matched"`
}

// UnmarkBody describes what POST /v1/datasets/unmarks takes.
type UnmarkBody struct {
	Purpose  heed.DatasetPurpose `json:"purpose" enum:"training,evaluation"`
	Feedback []heed.FeedbackID   `json:"feedback" maxItems:"200"`
}

// Unmarked counts what was unmarked.
type Unmarked struct {
	Unmarked int `json:"unmarked"`
}

// MarkList lists the marks of a feedback.
type MarkList struct {
	Items []heed.DatasetMark `json:"items"`
}

func (a *API) listMarks(ctx context.Context, project heed.ProjectID, r *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	marks, err := a.catalog.MarksOf(ctx, project, heed.FeedbackID(r.PathValue("id")))
	return MarkList{Items: marks}, err
}

func isPurpose(p heed.DatasetPurpose) error {
	if p != heed.ForTraining && p != heed.ForEvaluation {
		return heed.InvalidField("body.purpose", "must be one of: training, evaluation")
	}
	return nil
}

func (a *API) markFeedback(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in MarkBody
	if err := readStrict(w, r, maxDatasetBytes, &in, anyShape); err != nil {
		return nil, err
	}
	if err := isPurpose(in.Purpose); err != nil {
		return nil, err
	}
	byFilter := in.Filter != nil || in.From != nil || in.To != nil
	switch n := len(in.Feedback); {
	case byFilter == (n > 0) || byFilter && in.Attachment != "":
		return nil, heed.InvalidField("body", "must have feedback, with an attachment or none, or else a filter")
	case n > heed.MaxMarkBatch:
		return nil, heed.InvalidField("body.feedback", "must be 200 ids at most: what was not looked at is marked by a filter")
	case in.Attachment != "" && n != 1:
		return nil, heed.InvalidField("body.attachment_id", "goes with one feedback: attachments are read and marked one at a time")
	}
	if byFilter {
		return a.markMatching(who, w, r, &in)
	}
	if in.Attachment != "" {
		if err := a.mayUseAttachment(who, r, &in); err != nil {
			return nil, err
		}
	}
	found, err := a.events.Feedback(r.Context(), who.Project, in.Feedback...)
	if err != nil {
		return nil, err
	}
	var marks []heed.DatasetMark
	for _, id := range in.Feedback {
		f, ok := found[id]
		if !ok {
			return nil, heed.InvalidField("body.feedback", "names feedback that is not there, or not yet")
		}
		mark := markOf(&f, in.Purpose, who)
		mark.Texts, mark.Attachment = who.Member != nil, in.Attachment
		marks = append(marks, mark)
	}
	marked, err := a.catalog.Mark(r.Context(), marks)
	return Marked{Marked: marked, Matched: len(marks)}, err
}

func markOf(f *store.Feedback, purpose heed.DatasetPurpose, who access.Principal) heed.DatasetMark {
	return heed.DatasetMark{
		Project: who.Project, Feedback: f.ID, Purpose: purpose, Given: f.CreatedAt, Respondent: f.Respondent, By: memberID(who), At: heed.Instant(time.Now()),
	}
}

// mayUseAttachment decides whether an attachment may be used as the content of its
// feedback: whoever marks it has it revealed, the person agreed to the purpose, and
// the server can open it.
func (a *API) mayUseAttachment(who access.Principal, r *http.Request, in *MarkBody) error {
	attachment, _, err := a.catalog.Attachment(r.Context(), who.Project, in.Attachment)
	if heed.CodeOf(err) == heed.NotFound || err == nil && (attachment.Over(time.Now()) || attachment.Feedback != in.Feedback[0]) {
		return heed.Errorf(heed.NotFound, "there is no such attachment of this feedback, or no more")
	}
	if err != nil {
		return err
	}
	if heed.HeldByCustomer(attachment.KeyID) {
		return heed.Errorf(heed.Conflict, "this attachment is sealed for a key that only you hold: this server cannot open it, so it cannot put it in a dataset. heed keys open opens it on your machine")
	}
	if !attachment.Consent.Allows(in.Purpose) {
		return heed.Errorf(heed.Forbidden, "the person was told that what they attach is not used to train models: it may be marked for evaluation alone. Their vote and what is kept of the response may be marked for training without it")
	}
	if who.Member == nil {
		return heed.Errorf(heed.Forbidden, "a key reads no attachments: a member who has it revealed marks it in the console")
	}
	_, err = a.catalog.LiveReveal(r.Context(), who.Project, in.Attachment, memberID(who), time.Now())
	if heed.CodeOf(err) == heed.NotFound {
		return heed.Errorf(heed.Forbidden, "you have not asked to read this attachment, or your fifteen minutes are over: read it first, then mark it")
	}
	return err
}

// markMatching marks what matches a filter, without texts.
func (a *API) markMatching(who access.Principal, w http.ResponseWriter, r *http.Request, in *MarkBody) (any, error) {
	by, err := a.redactionOf(r.Context(), who.Project, nil)
	if err != nil {
		return nil, err
	}
	p := query.Page{Project: who.Project, Limit: query.MaxLimit, Filter: query.Filter{}}
	for name, values := range by.filter(in.Filter) {
		p.Filter[query.Dimension(name)] = values
	}
	if in.From != nil {
		p.Window.From = heed.Instant(*in.From)
	}
	if in.To != nil {
		p.Window.To = heed.Instant(*in.To)
	}
	if err := p.Validate(); err != nil {
		return nil, err
	}
	var all Marked
	control := http.NewResponseController(w)
	for {
		// As long as it goes on, the answer may take: what is marked stays marked.
		_ = control.SetWriteDeadline(time.Now().Add(fileTimeout))
		page, err := a.events.Feedbacks(r.Context(), p)
		if err != nil {
			return nil, err
		}
		var marks []heed.DatasetMark
		for i := range page {
			if page[i].Says() {
				marks = append(marks, markOf(&page[i], in.Purpose, who))
			}
		}
		marked, err := a.catalog.Mark(r.Context(), marks)
		if err != nil {
			return nil, err
		}
		all.Marked, all.Matched = all.Marked+marked, all.Matched+len(marks)
		if len(page) < p.Limit {
			return all, nil
		}
		last := &page[len(page)-1]
		p.After = query.Cursor{Time: last.CreatedAt, ID: string(last.ID)}
	}
}

func (a *API) unmarkFeedback(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in UnmarkBody
	if err := readStrict(w, r, maxDatasetBytes, &in, anyShape); err != nil {
		return nil, err
	}
	if err := isPurpose(in.Purpose); err != nil {
		return nil, err
	}
	if n := len(in.Feedback); n == 0 || n > heed.MaxMarkBatch {
		return nil, heed.InvalidField("body.feedback", "must be 1 to 200 ids")
	}
	unmarked, err := a.catalog.Unmark(r.Context(), who.Project, in.Purpose, in.Feedback, heed.Instant(time.Now()))
	return Unmarked{Unmarked: unmarked}, err
}
