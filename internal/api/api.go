// Package api is what applications, the command line and the console read and
// manage over HTTP. It is thin: it decides who may ask, asks the store, opens
// what may be opened, and encodes.
package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/alert"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/capture"
	"github.com/heed-ai/heed/internal/dataset/build"
	"github.com/heed-ai/heed/internal/outward"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/recognize"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/retain"
	"github.com/heed-ai/heed/internal/review"
	"github.com/heed-ai/heed/internal/statement"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/tracker"
	"github.com/heed-ai/heed/internal/vault"
)

// Options are the parts an API is made of.
type Options struct {
	Door        *access.Door
	Authority   *access.Authority
	Accounts    *access.Accounts
	OIDC        *access.OIDC // nil: there is no identity provider
	Events      store.Reader
	Catalog     store.Catalog
	Notary      *audit.Notary
	Standing    func() audit.Standing // which checkpoints have left the machine
	Vault       *vault.Vault
	Cleaner     *privacy.Cleaner
	Recognizers *recognize.Services
	Watch       func(heed.ProjectID) *capture.Watch

	Persons     store.Persons
	Gate        Gate
	Eraser      *retain.Eraser
	Enforcer    *retain.Enforcer
	Watcher     *review.Watcher
	Builder     *build.Builder
	Inbox       *review.Inbox
	Outward     *outward.Outward
	Alerts      *alert.Watcher
	Scheduler   *review.Scheduler
	Tracker     *tracker.Tracker
	Respondents func(context.Context, heed.ProjectID, privacy.Raw) ([]heed.Respondent, error)

	Book  *statement.Book
	Setup statement.Setup
}

// Gate stands between what is written about people and demands to erase them.
type Gate interface {
	// Pass keeps demands of a project waiting until pass is called.
	Pass(project heed.ProjectID) (pass func())
	// Ended reports whether what a person said at a time ended with a demand of theirs.
	Ended(project heed.ProjectID, person heed.Respondent, at time.Time) bool
}

// API serves reading and management.
type API struct {
	door        *access.Door
	authority   *access.Authority
	accounts    *access.Accounts
	oidc        *access.OIDC
	events      store.Reader
	catalog     store.Catalog
	notary      *audit.Notary
	standing    func() audit.Standing
	vault       *vault.Vault
	cleaner     *privacy.Cleaner
	recognizers *recognize.Services
	watch       func(heed.ProjectID) *capture.Watch
	bundles     bundles
	readers     readers
	streams     streams

	persons     store.Persons
	gate        Gate
	eraser      *retain.Eraser
	enforcer    *retain.Enforcer
	watcher     *review.Watcher
	builder     *build.Builder
	inbox       *review.Inbox
	outward     *outward.Outward
	alerts      *alert.Watcher
	scheduler   *review.Scheduler
	tracker     *tracker.Tracker
	respondents func(context.Context, heed.ProjectID, privacy.Raw) ([]heed.Respondent, error)

	book  *statement.Book
	setup statement.Setup
}

// New makes an API.
func New(o Options) *API {
	return &API{
		door: o.Door, authority: o.Authority, accounts: o.Accounts, oidc: o.OIDC, events: o.Events,
		catalog: o.Catalog, notary: o.Notary, standing: o.Standing, vault: o.Vault, cleaner: o.Cleaner, recognizers: o.Recognizers, watch: o.Watch,
		readers: readers{log: o.Catalog}, persons: o.Persons, gate: o.Gate, eraser: o.Eraser, enforcer: o.Enforcer, watcher: o.Watcher, builder: o.Builder, inbox: o.Inbox, outward: o.Outward, alerts: o.Alerts, scheduler: o.Scheduler, tracker: o.Tracker, respondents: o.Respondents,
		book: o.Book, setup: o.Setup,
	}
}

// Register adds every endpoint to api.
func (a *API) Register(api huma.API) {
	a.registerResponses(api)
	a.registerFeedback(api)
	a.registerEdits(api)
	a.registerStats(api)
	a.registerMetrics(api)
	a.registerExports(api)
	a.registerChanges(api)
	a.registerLive(api)
	a.registerProjects(api)
	a.registerAccess(api)
	a.registerSlackApps(api)
	a.registerGitHubRepos(api)
	a.registerSession(api)
	a.registerSessions(api)
	a.registerUsers(api)
	a.registerKeys(api)
	a.registerAudit(api)
	a.registerRedact(api)
	a.registerErasures(api)
	a.registerPerson(api)
	a.registerAttachments(api)
	a.registerFindings(api)
	a.registerDatasets(api)
	a.registerInbox(api)
	a.registerEndpoints(api)
	a.registerAlerts(api)
	a.registerReviews(api)
	a.registerPrivacy(api)
	a.registerPublications(api)
	a.registerRetention(api)
}

// admit lets in whoever the table of access has for the route, and returns the
// request as theirs: what it changes are their acts, and what it opens is what
// they may read.
func (a *API) admit(r *http.Request) (access.Principal, *http.Request, error) {
	who, err := a.door.Admit(r)
	if err != nil {
		return access.Principal{}, nil, err
	}
	return who, r.WithContext(access.With(r.Context(), who)), nil
}

// read is the endpoint of a question: it names the project and decodes the
// query.
func (a *API) read(serve func(ctx context.Context, project heed.ProjectID, r *http.Request, q url.Values) (any, error)) rest.Handler {
	return func(_ http.ResponseWriter, r *http.Request) (any, error) {
		who, r, err := a.admit(r)
		if err != nil {
			return nil, err
		}
		q, err := queryOf(r, who)
		if err != nil {
			return nil, err
		}
		return serve(r.Context(), who.Project, r, q)
	}
}

// queryOf reads the query, without the project that a session names.
func queryOf(r *http.Request, who access.Principal) (url.Values, error) {
	q, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, heed.InvalidField("query", "is not well-formed")
	}
	if who.Member != nil {
		q.Del("project")
	}
	return q, nil
}

// manage is the endpoint of what changes a project, or concerns one person.
func (a *API) manage(serve func(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error)) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) (any, error) {
		who, r, err := a.admit(r)
		if err != nil {
			return nil, err
		}
		return serve(who, w, r)
	}
}

// member is the endpoint of what concerns no single project, which only members
// may ask for.
func (a *API) member(serve func(m access.Member, w http.ResponseWriter, r *http.Request) (any, error)) rest.Handler {
	return func(w http.ResponseWriter, r *http.Request) (any, error) {
		m, err := a.door.AdmitMember(r)
		if err != nil {
			return nil, err
		}
		return serve(m, w, r.WithContext(access.With(r.Context(), access.Principal{Member: &m})))
	}
}

// opened is the cleaned form of a sealed text, or the reason why there is none.
type opened struct {
	text   *string
	reason string
}

// Reasons why a text that was given cannot be shown.
const (
	reasonErased   = "erased"   // its key was destroyed
	reasonWithheld = "withheld" // redaction failed, so nobody may see it unredacted
	reasonDamaged  = "damaged"  // it is not what was sealed for this place; the rest of a list still shows
	reasonRole     = "role"     // whoever asks may not read what people wrote
)

// open opens a sealed text for the cleaned view of whoever asks in ctx, if they
// may read what people wrote.
func (a *API) open(ctx context.Context, place vault.Place, sealed vault.Sealed) (opened, error) {
	if sealed.IsZero() {
		return opened{}, nil
	}
	if access.PrincipalOf(ctx).May(access.ReadTexts) != nil {
		return opened{reason: reasonRole}, nil
	}
	text, err := a.vault.Open(ctx, place, sealed)
	switch {
	case errors.Is(err, vault.ErrShredded):
		return opened{reason: reasonErased}, nil
	case errors.Is(err, vault.ErrWithheld):
		return opened{reason: reasonWithheld}, nil
	case errors.Is(err, vault.ErrTampered):
		return opened{reason: reasonDamaged}, nil
	case err != nil:
		return opened{}, err
	}
	return opened{text: &text}, nil
}

// page reads what every list takes.
func page(project heed.ProjectID, q url.Values, others ...string) (query.Page, error) {
	p := query.Page{Project: project}
	err := query.CheckNames(q, append(others, "from", "to", "limit", "cursor")...)
	if err != nil {
		return p, err
	}
	if p.Window, err = query.ParseWindow(q); err != nil {
		return p, err
	}
	if p.Filter, err = query.ParseFilter(q); err != nil {
		return p, err
	}
	if p.Limit, p.After, err = paging(q); err != nil {
		return p, err
	}
	return p, p.Validate()
}

// What every list takes to be read page by page, and paging reads.
var (
	pageLimit  = rest.Param{Name: "limit", In: "query", Integer: true, Description: "Items on the page, 1 to 1000; 100 unless told otherwise."}
	pageCursor = rest.Param{Name: "cursor", In: "query", Description: "From the previous page's next."}
)

// paging reads which page of a list is asked for.
func paging(q url.Values) (limit int, after query.Cursor, err error) {
	if limit, err = query.ParseLimit(q.Get("limit")); err == nil {
		after, err = query.ParseCursor(q.Get("cursor"))
	}
	return limit, after, err
}

// onlyNames refuses a name in a query that is not one of these, so that a slip of
// the pen is told and not answered with everything.
func onlyNames(q url.Values, names ...string) error {
	for name := range q {
		switch {
		case len(names) == 0:
			return heed.InvalidField("query", "has a name, and none means anything here")
		case !slices.Contains(names, name):
			return heed.InvalidField("query", "has a name that means nothing here: "+strings.Join(names, ", ")+" do")
		}
	}
	return nil
}

// next returns the cursor of the following page, or "" where a page was not
// full and so was the last.
func next(p query.Page, n int, last func() query.Cursor) string {
	if n < p.Limit {
		return ""
	}
	return last().String()
}

// windowParams and filterParams describe what lists and statistics take.
func windowParams() []rest.Param {
	return []rest.Param{
		{Name: "from", In: "query", Description: "Start of the window, inclusive, RFC 3339."},
		{Name: "to", In: "query", Description: "End of the window, exclusive, RFC 3339."},
	}
}

func filterParams() []rest.Param {
	var params []rest.Param
	for _, d := range query.Dimensions() {
		params = append(params, rest.Param{Name: string(d), In: "query", Repeated: true, Description: "Keep what has one of these values."})
	}
	return append(windowParams(), params...)
}

// scopeParam chooses between what people see and what led to it.
func scopeParam(more string) rest.Param {
	return rest.Param{Name: "of", In: "query", Description: "answers, which are what people see: an agent's as one; calls to models, those of agents among them" + more + ". Answers unless told otherwise."}
}

func listParams() []rest.Param {
	return append(filterParams(),
		rest.Param{Name: "limit", In: "query", Integer: true, Description: "Items on the page, 1 to 1000; 100 unless told otherwise."},
		rest.Param{Name: "cursor", In: "query", Description: "From the previous page's next."},
	)
}

// Nothing answers a call that has nothing to tell but that it was done.
type Nothing struct{}
