package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/crowd"
	"github.com/heed-ai/heed/internal/laplace"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
)

const (
	// maxPublicationBytes bounds POST /v1/publications.
	maxPublicationBytes = 4 << 10
	// maxPublishedRows bounds the values of a dimension that are published: those
	// with the most answers.
	maxPublishedRows = 50
)

func (a *API) registerPublications(api huma.API) {
	id := []rest.Param{{Name: "id", In: "path", Description: "The id of the publication."}}
	rest.Handle(api, rest.Endpoint{
		ID: "publish", Method: http.MethodPost, Path: "/v1/publications", Tag: "Publications",
		Summary: "Publish how people voted, with noise that hides each of them",
		Description: "Counts every named person once in the window, by their last vote, and adds noise of the discrete Laplace distribution: with or without one person, " +
			"an answer is at most exp(epsilon) times as likely. The values of a dimension are those that answers of the window have, at most fifty. " +
			"The same question has the same answer for good, and is paid for once out of the 4,000 thousandths that a project may spend in 365 days.",
		Credentials: []rest.Credential{rest.Session}, Body: PublicationBody{},
		Status: http.StatusCreated, Answer: heed.Publication{}, Serve: a.manage(a.publish),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "list-publications", Method: http.MethodGet, Path: "/v1/publications", Tag: "Publications",
		Summary: "What was published, and what it spent", Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Status: http.StatusOK, Answer: PublicationList{}, Serve: a.read(a.listPublications),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-publication", Method: http.MethodGet, Path: "/v1/publications/{id}", Tag: "Publications",
		Summary: "Read what was published; anybody may", Params: id,
		Status: http.StatusOK, Answer: heed.Publication{}, Serve: a.getPublication,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "withdraw-publication", Method: http.MethodDelete, Path: "/v1/publications/{id}", Tag: "Publications",
		Summary: "Take back what was published; what it spent stays spent", Credentials: []rest.Credential{rest.Session}, Params: id,
		Status: http.StatusOK, Answer: Withdrawn{}, Serve: a.manage(a.withdraw),
	})
}

// PublicationBody describes what POST /v1/publications takes.
type PublicationBody struct {
	From    time.Time    `json:"from" doc:"Midnight UTC, inclusive."`
	To      time.Time    `json:"to" doc:"Midnight UTC, exclusive; not after today's."`
	By      string       `json:"by,omitempty" enum:"prompt_name,prompt_version,model,provider,operation,feature,release,environment"`
	Epsilon heed.Epsilon `json:"epsilon_thousandths" minimum:"10" maximum:"2000"`
}

// PublicationList lists publications, newest first.
type PublicationList struct {
	Items  []heed.Publication `json:"items"`
	Spent  heed.Epsilon       `json:"spent_thousandths" doc:"In the last 365 days, withdrawn ones included."`
	Budget heed.Epsilon       `json:"budget_thousandths"`
}

// Withdrawn names a publication that was taken back.
type Withdrawn struct {
	ID string `json:"id"`
}

func (a *API) publish(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in PublicationBody
	if err := readJSON(w, r, maxPublicationBytes, &in, "must be an object with from, to, by and epsilon_thousandths"); err != nil {
		return nil, err
	}
	now := heed.Instant(time.Now())
	p := heed.Publication{
		ID: "pub_" + rand.Text(), Project: who.Project, From: in.From.UTC(), To: in.To.UTC(), By: in.By, Epsilon: in.Epsilon, CreatedAt: now,
	}
	if err := p.Validate(now); err != nil {
		return nil, err
	}
	if by := query.Dimension(p.By); by != "" && !(by.OfResponse() && crowd.Divides(by)) {
		return nil, heed.InvalidField("body.by", "must be empty or out of: prompt_name, prompt_version, model, provider, operation, feature, release, environment")
	}
	before, err := a.catalog.ListPublications(r.Context(), p.Project)
	if err != nil {
		return nil, err
	}
	// None is ever deleted: where the question was asked, its answer is there.
	if !slices.ContainsFunc(before, func(other heed.Publication) bool { return other.SameQuestion(&p) }) {
		if err := a.answer(r.Context(), &p); err != nil {
			return nil, err
		}
	}
	return a.catalog.Publish(r.Context(), p)
}

// answer counts people for a publication and adds noise. Which rows there are
// hangs on the answers that were given, and not on who voted.
func (a *API) answer(ctx context.Context, p *heed.Publication) error {
	window, by := query.Window{From: p.From, To: p.To}, query.Dimension(p.By)
	voices, err := a.events.Voices(ctx, p.Project, window)
	if err != nil {
		return err
	}
	values, err := a.published(ctx, p.Project, window, by)
	if err != nil {
		return err
	}
	votes, noise := crowd.OneEach(voices, by), laplace.New(rand.Reader)
	num, den := uint64(p.Epsilon), uint64(1000)
	p.Margin = laplace.Margin(num, den)
	for _, value := range values {
		row := heed.PublishedRow{Value: value}
		for _, count := range []struct {
			of    *int64
			truth int64
		}{{&row.Up, votes[value].Up}, {&row.Down, votes[value].Down}} {
			n, err := noise.Draw(num, den)
			if err != nil {
				return err
			}
			*count.of = max(0, count.truth+n)
		}
		p.Rows = append(p.Rows, row)
	}
	return nil
}

// published lists the values by which a publication is divided: those of answers.
func (a *API) published(ctx context.Context, project heed.ProjectID, window query.Window, by query.Dimension) ([]string, error) {
	if by == "" {
		return []string{""}, nil
	}
	groups, err := a.events.Stats(ctx, query.Stats{Project: project, Window: window, By: []query.Dimension{by}})
	var values []string
	for i := range groups {
		if groups[i].Responses > 0 && len(values) < maxPublishedRows {
			values = append(values, groups[i].Key[by])
		}
	}
	return values, err
}

func (a *API) listPublications(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	all, err := a.catalog.ListPublications(ctx, project)
	if err != nil {
		return nil, err
	}
	spent, err := a.catalog.SpentEpsilon(ctx, project, time.Now())
	return PublicationList{Items: all, Spent: spent, Budget: heed.EpsilonBudget}, err
}

// getPublication answers everybody.
func (a *API) getPublication(_ http.ResponseWriter, r *http.Request) (any, error) {
	return a.publication(r)
}

// publication finds what a request names, unless it was withdrawn.
func (a *API) publication(r *http.Request) (heed.Publication, error) {
	p, err := a.catalog.Publication(r.Context(), r.PathValue("id"))
	if heed.CodeOf(err) == heed.NotFound || err == nil && !p.WithdrawnAt.IsZero() {
		return heed.Publication{}, heed.Errorf(heed.NotFound, "nothing is published here, or no longer")
	}
	return p, err
}

func (a *API) withdraw(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	id := r.PathValue("id")
	err := a.catalog.Withdraw(r.Context(), who.Project, id, heed.Instant(time.Now()))
	if heed.CodeOf(err) == heed.NotFound {
		return nil, heed.Errorf(heed.NotFound, "nothing is published under this id, or no longer")
	}
	return Withdrawn{ID: id}, err
}
