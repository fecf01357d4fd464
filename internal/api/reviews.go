package api

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/store"
)

func (a *API) registerReviews(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	id := rest.Param{Name: "id", In: "path", Description: "The review's id, or latest."}
	rest.Handle(api, rest.Endpoint{
		ID: "list-reviews", Method: http.MethodGet, Path: "/v1/reviews", Tag: "Reviews",
		Summary: "Reviews, newest first", Credentials: credentials,
		Params: []rest.Param{
			{Name: "state", In: "query", Enum: []string{string(heed.ReviewOpen), string(heed.ReviewClosed)}, Description: "Only those in this state."},
			pageLimit, pageCursor,
		},
		Status: http.StatusOK, Answer: ReviewList{}, Serve: a.manage(a.listReviews),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "open-review", Method: http.MethodPost, Path: "/v1/reviews", Tag: "Reviews",
		Summary:     "Open a review now",
		Description: "Of the time since the last one, or of one period up to now. A conflict while another one is open.",
		Credentials: credentials, Status: http.StatusCreated, Answer: ReviewDetail{}, Serve: a.manage(a.openReview),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-review", Method: http.MethodGet, Path: "/v1/reviews/{id}", Tag: "Reviews",
		Summary: "A review: its frozen document, what members wrote, and its history",
		Description: "Also as Markdown or as one HTML page that needs nothing else, by Accept: text/markdown or text/html, or with .md or .html after the id. " +
			"Who may read numbers and no single feedback reads no reviews: their numbers may be of one person.",
		Credentials: credentials, Params: []rest.Param{id, {Name: "numbers", In: "query", Enum: []string{inCrowds, inFull}, Description: "crowds: those of fewer people than the project's smallest group are not told, nor what would tell them, as it is for others to read. exact: all of them. Without it JSON is exact, and the other kinds are in crowds."}},
		Status: http.StatusOK, Answer: ReviewDetail{}, Serve: a.manage(a.getReview),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "change-review", Method: http.MethodPatch, Path: "/v1/reviews/{id}", Tag: "Reviews",
		Summary: "Write to a review, or close it",
		Description: "What is absent stays. It needs the version that was read, in the body or as If-Match: where somebody else was faster, and once the review is closed, " +
			"it is a conflict, and nothing is changed.",
		Credentials: credentials, Params: []rest.Param{id, ifMatch},
		Body: ReviewChangeBody{}, Status: http.StatusOK, Answer: ReviewDetail{}, Serve: a.manage(a.changeReview),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "decide-in-review", Method: http.MethodPost, Path: "/v1/reviews/{id}/decisions", Tag: "Reviews",
		Summary:     "Take a decision",
		Description: "It is a new finding, one that is there, or something that a member does by a day.",
		Credentials: credentials, Params: []rest.Param{id}, Body: ReviewDecisionBody{}, Status: http.StatusCreated, Answer: ReviewDetail{}, Serve: a.manage(a.decideInReview),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "settle-decision", Method: http.MethodPatch, Path: "/v1/reviews/{id}/decisions/{number}", Tag: "Reviews",
		Summary:     "Say what became of an assignment",
		Description: "Of a closed review too: the next one shows it. An empty outcome takes back what was said. What becomes of a finding is its state.",
		Credentials: credentials, Params: []rest.Param{id, {Name: "number", In: "path", Integer: true, Description: "The decision's number in its review."}},
		Body: ReviewOutcomeBody{}, Status: http.StatusOK, Answer: ReviewDetail{}, Serve: a.manage(a.settleDecision),
	})
	a.registerCadence(api)
}

// ReviewItem is a review as it is listed.
type ReviewItem struct {
	heed.Review
	OwnerName string `json:"owner_name,omitempty"`
	Overdue   bool   `json:"overdue"`
	Summary   string `json:"summary" doc:"What it begins with."`
}

// ReviewList is one page of reviews.
type ReviewList struct {
	Items   []ReviewItem `json:"items"`
	Next    string       `json:"next" doc:"Cursor of the next page; empty on the last."`
	Waiting bool         `json:"waiting" doc:"One is due and could not be written: the server's clock is not trusted, or its log says why."`
}

// ReviewDetail is a review as it is read.
type ReviewDetail struct {
	ReviewItem
	Title    string                `json:"title"`
	Standing string                `json:"standing"`
	Sections []review.PaperSection `json:"sections" doc:"The document in words and charts, with what members wrote."`
	Document heed.ReviewDocument   `json:"document" doc:"The numbers that it says."`
	History  []heed.ReviewEvent    `json:"history" doc:"Oldest first; what members wrote is left out for who may not read texts."`
}

func (a *API) listReviews(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	values, err := queryOf(r, who)
	if err != nil {
		return nil, err
	}
	q, err := reviewQuery(who, values)
	if err != nil {
		return nil, err
	}
	found, err := a.catalog.ListReviews(r.Context(), q)
	if err != nil {
		return nil, err
	}
	list := ReviewList{Items: make([]ReviewItem, 0, len(found)), Waiting: a.scheduler.Waiting(who.Project)}
	reader, err := review.NewReader(r.Context(), a.catalog, who.Project, "", time.Now())
	if err != nil {
		return nil, err
	}
	for i := range found {
		paper, err := reader.Read(r.Context(), found[i])
		if err != nil {
			return nil, err
		}
		list.Items = append(list.Items, reviewOf(withheld(r.Context(), paper)))
	}
	if n := len(found); n == q.Limit {
		list.Next = query.Cursor{Time: found[n-1].OpenedAt, ID: strconv.FormatInt(found[n-1].Number, 10)}.String()
	}
	return list, nil
}

func reviewQuery(who access.Principal, values url.Values) (q store.ReviewQuery, err error) {
	q.Project, q.State = who.Project, heed.ReviewState(values.Get("state"))
	if err := onlyNames(values, "state", "limit", "cursor"); err != nil {
		return q, err
	}
	if q.State != "" && q.State != heed.ReviewOpen && q.State != heed.ReviewClosed {
		return q, heed.InvalidField("query.state", "must be open or closed")
	}
	var after query.Cursor
	if q.Limit, after, err = paging(values); err != nil || after.IsZero() {
		return q, err
	}
	if q.Below, err = strconv.ParseInt(after.ID, 10, 64); err != nil || q.Below < 1 {
		return q, heed.InvalidField("query.cursor", "must be the next of an earlier page, unchanged")
	}
	return q, nil
}

// review reads the review that the path names; latest is the newest.
func (a *API) review(r *http.Request, who access.Principal, id string) (heed.Review, error) {
	if id != "latest" {
		found, err := a.catalog.Review(r.Context(), who.Project, heed.ReviewID(id))
		return found, noReview(err)
	}
	all, err := a.catalog.ListReviews(r.Context(), store.ReviewQuery{Project: who.Project, Limit: 1})
	if err == nil && len(all) == 0 {
		err = heed.Errorf(heed.NotFound, "there is no review yet: heed review open, or POST /v1/reviews, opens one")
	}
	if err != nil {
		return heed.Review{}, err
	}
	return all[0], nil
}

// noReview says what is not there.
func noReview(err error) error {
	if heed.CodeOf(err) == heed.NotFound {
		return heed.Wrap(heed.NotFound, err, "there is no such review or decision")
	}
	return err
}

// paper is a review as whoever asks in ctx may read it.
func (a *API) paper(ctx context.Context, r heed.Review, base string) (*review.Paper, error) {
	paper, err := review.Read(ctx, a.catalog, r, base, time.Now())
	if err != nil {
		return nil, err
	}
	return withheld(ctx, paper), nil
}

// withheld is a paper without what members wrote where whoever asks in ctx may not
// read that.
func withheld(ctx context.Context, p *review.Paper) *review.Paper {
	if access.PrincipalOf(ctx).May(access.ReadTexts) != nil {
		p.Withhold()
	}
	return p
}

func reviewOf(p *review.Paper) ReviewItem {
	item := ReviewItem{Review: p.Review, Overdue: p.Review.Overdue(p.Now), Summary: p.Lead()}
	if p.Review.Owner != "" {
		item.OwnerName = cmp.Or(p.Members[p.Review.Owner], "a former member")
	}
	if p.Withheld {
		item.Texts = map[heed.ReviewSection]string{}
	}
	return item
}

// What a review tells of few people.
const (
	inCrowds = "crowds" // nothing
	inFull   = "exact"
)

// Kinds of what a review is written as.
const (
	markdownType = "text/markdown"
	htmlType     = "text/html"
)

func (a *API) getReview(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	id, as := r.PathValue("id"), ""
	if name, ok := strings.CutSuffix(id, ".md"); ok {
		id, as = name, markdownType
	} else if name, ok := strings.CutSuffix(id, ".html"); ok {
		id, as = name, htmlType
	}
	numbers := r.URL.Query().Get("numbers")
	if numbers != "" && numbers != inCrowds && numbers != inFull {
		return nil, heed.InvalidField("query.numbers", "must be crowds or exact")
	}
	found, err := a.review(r, who, id)
	if err != nil {
		return nil, err
	}
	if as == "" {
		as = accepted(r.Header.Get("Accept"))
		w.Header().Add("Vary", "Accept")
	}
	base := ""
	if as != "" {
		base = a.door.Base(r)
	}
	paper, err := a.paper(r.Context(), found, base)
	if err != nil {
		return nil, err
	}
	if numbers == inCrowds || numbers == "" && as != "" {
		paper.InCrowds()
	}
	if as == "" {
		return a.answerPaper(w, r, paper)
	}
	body := paper.Markdown()
	h := w.Header()
	if as == htmlType {
		body = paper.HTML()
		h.Set("Content-Security-Policy", review.Policy()+"; frame-ancestors 'none'")
	}
	h.Set("Content-Type", as+"; charset=utf-8")
	h.Set("Content-Disposition", `inline; filename="heed-review-`+strconv.FormatInt(found.Number, 10)+map[string]string{markdownType: ".md", htmlType: ".html"}[as]+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	// The client may be gone; there is nobody left to tell.
	_, _ = w.Write([]byte(body))
	return rest.Written, nil
}

// accepted returns the kind of text that a header asks for first; "" is JSON.
func accepted(header string) string {
	for media := range strings.SplitSeq(header, ",") {
		media, _, _ = strings.Cut(media, ";")
		switch strings.TrimSpace(media) {
		case markdownType:
			return markdownType
		case htmlType:
			return htmlType
		case "application/json", "*/*":
			return ""
		}
	}
	return ""
}

// answerReview answers with a review and its history.
func (a *API) answerReview(w http.ResponseWriter, r *http.Request, found heed.Review) (any, error) {
	paper, err := a.paper(r.Context(), found, "")
	if err != nil {
		return nil, err
	}
	return a.answerPaper(w, r, paper)
}

func (a *API) answerPaper(w http.ResponseWriter, r *http.Request, paper *review.Paper) (any, error) {
	found := &paper.Review
	var err error
	detail := ReviewDetail{ReviewItem: reviewOf(paper), Title: paper.Title(), Standing: paper.Standing(), Sections: paper.Sections(), Document: paper.Document}
	detail.History, err = a.catalog.ReviewEvents(r.Context(), store.ReviewEventQuery{Project: found.Project, Review: found.ID, Limit: query.MaxLimit})
	if err != nil {
		return nil, err
	}
	if paper.Withheld {
		for i := range detail.History {
			for section := range detail.History[i].Texts {
				detail.History[i].Texts[section] = ""
			}
			detail.History[i].Note = ""
		}
	}
	tagVersion(w, found.Version)
	return detail, nil
}
