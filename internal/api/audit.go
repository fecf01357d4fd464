package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
	"github.com/heed-ai/heed/internal/store"
)

func (a *API) registerAudit(api huma.API) {
	var actions []string
	for _, action := range audit.Actions() {
		actions = append(actions, string(action))
	}
	rest.Handle(api, rest.Endpoint{
		ID: "list-audit", Method: http.MethodGet, Path: "/v1/audit", Tag: "Audit",
		Summary: "Who did what, newest first", Credentials: []rest.Credential{rest.Session},
		Description: "Of all projects. Numbers have no gaps: heed audit verify finds what was changed or is missing.",
		Params: []rest.Param{
			{Name: "action", In: "query", Description: "Only this action.", Enum: actions},
			{Name: "actor", In: "query", Description: "Only what this member or key did, by id."},
			{Name: "project", In: "query", Description: "Only what concerns this project, by its name or id."},
			{Name: "limit", In: "query", Integer: true, Description: "Records on the page, 1 to 1000; 100 unless told otherwise."},
			{Name: "cursor", In: "query", Description: "From the previous page's next."},
		},
		Status: http.StatusOK, Answer: AuditList{}, Serve: a.listAudit,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "audit-checkpoint", Method: http.MethodGet, Path: "/v1/audit/checkpoint", Tag: "Audit",
		Summary:     "A signed checkpoint of the audit log",
		Description: "text/plain: a signed note with the log's name, its size, the root of its Merkle tree and the time. Keep it elsewhere: heed audit verify --checkpoint holds the log against it.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Status:      http.StatusOK, Answer: "", Serve: a.auditCheckpoint,
	})
	rest.Handle(api, rest.Endpoint{
		ID: "audit-published", Method: http.MethodGet, Path: "/v1/audit/published", Tag: "Audit",
		Summary:     "Which checkpoints of the audit log have left the machine",
		Description: "One leaves when the server starts, every hour, and when it stops: to the server's log, and to the webhook that its operator named.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session},
		Status:      http.StatusOK, Answer: AuditPublished{}, Serve: a.auditPublished,
	})
}

// AuditList lists records, newest first.
type AuditList struct {
	Items []audit.Record    `json:"items"`
	Next  string            `json:"next" doc:"Cursor of the next page; empty on the last."`
	Names map[string]string `json:"names" doc:"What the ids in it are called now, as far as they are still there and whoever asks may see it. A right to read an attachment is called by the reason that was given for it. The log itself holds no name but that of a member who acted."`
}

func (a *API) listAudit(_ http.ResponseWriter, r *http.Request) (any, error) {
	member, err := a.door.AdmitMember(r)
	if err != nil {
		return nil, err
	}
	q, err := auditQuery(r.URL.RawQuery)
	if err != nil {
		return nil, err
	}
	if q.Project, err = a.auditedProject(r.Context(), string(q.Project)); err != nil {
		return nil, err
	}
	records, err := a.catalog.ListAudit(r.Context(), q)
	if err != nil {
		return nil, err
	}
	names, err := a.auditNames(r.Context(), access.Principal{Member: &member}, records)
	if err != nil {
		return nil, err
	}
	list := AuditList{Items: records, Names: names}
	if n := len(records); n == q.Limit && records[n-1].Number > 0 {
		list.Next = strconv.FormatInt(records[n-1].Number, 10)
	}
	return list, nil
}

// auditedProject finds the project that somebody names by its name or id. One that
// is none is refused: that nothing is known of it must not look as if nothing had
// been done in it.
func (a *API) auditedProject(ctx context.Context, name string) (heed.ProjectID, error) {
	if name == "" {
		return "", nil
	}
	projects, err := a.catalog.ListProjects(ctx)
	if err != nil {
		return "", err
	}
	p, ok := heed.FindProject(projects, name)
	if !ok {
		return "", heed.Errorf(heed.NotFound, "there is no project of this name")
	}
	return p.ID, nil
}

func auditQuery(text string) (q store.AuditQuery, err error) {
	values, err := url.ParseQuery(text)
	if err != nil {
		return q, heed.InvalidField("query", "is not well-formed")
	}
	if err := query.CheckNames(values, "action", "actor", "project", "limit", "cursor"); err != nil {
		return q, err
	}
	q.Action, q.Actor, q.Project = audit.Action(values.Get("action")), values.Get("actor"), heed.ProjectID(values.Get("project"))
	if q.Action != "" && !slices.Contains(audit.Actions(), q.Action) {
		return q, heed.InvalidField("query.action", "must be one of those that /openapi.json lists")
	}
	if q.Limit, err = query.ParseLimit(values.Get("limit")); err != nil {
		return q, err
	}
	if cursor := values.Get("cursor"); cursor != "" {
		if q.Before, err = strconv.ParseInt(cursor, 10, 64); err != nil || q.Before < 1 {
			return q, heed.InvalidField("query.cursor", "must be the next of an earlier page")
		}
	}
	return q, nil
}

// AuditPublished says which checkpoints have left the machine, as far as the server
// knows: since it was started.
type AuditPublished struct {
	Now     time.Time  `json:"now" doc:"What the server's clock shows."`
	Records int64      `json:"records" doc:"How many there are."`
	Log     AuditSent  `json:"log" doc:"To the server's log, which somebody else usually keeps."`
	Webhook *AuditSent `json:"webhook,omitempty" doc:"To the webhook; absent where there is none."`
}

// AuditSent says how one way out fares.
type AuditSent struct {
	At           time.Time `json:"at,omitzero" doc:"When the last checkpoint was taken; absent before that."`
	Records      int64     `json:"records" doc:"How many records that one vouches for, from the first."`
	WaitingSince time.Time `json:"waiting_since,omitzero" doc:"Since when the first record after those has waited, or the server has run, whichever is later; absent where there is none."`
	Trouble      string    `json:"trouble,omitempty" doc:"Why the next one was not taken."`
}

func (a *API) auditPublished(_ http.ResponseWriter, r *http.Request) (any, error) {
	if err := a.admitAuditor(r); err != nil {
		return nil, err
	}
	ctx, standing := r.Context(), a.standing()
	tree, err := a.catalog.AuditTree(ctx)
	if err != nil {
		return nil, err
	}
	told := AuditPublished{Now: heed.Instant(time.Now()), Records: tree.Size}
	if told.Log, err = a.auditSent(ctx, &standing.Log, standing.Since, tree.Size); err != nil || standing.Webhook == nil {
		return told, err
	}
	webhook, err := a.auditSent(ctx, standing.Webhook, standing.Since, tree.Size)
	told.Webhook = &webhook
	return told, err
}

// auditSent says of one way since when the oldest of the records waits that it has
// not vouched for.
func (a *API) auditSent(ctx context.Context, s *audit.Sent, began time.Time, records int64) (AuditSent, error) {
	sent := AuditSent{Records: s.Records, Trouble: s.Trouble}
	if !s.At.IsZero() {
		sent.At = heed.Instant(s.At)
	}
	if records <= s.Records {
		return sent, nil
	}
	sent.WaitingSince = heed.Instant(began)
	next, err := a.catalog.ListAudit(ctx, store.AuditQuery{Before: s.Records + 1, Limit: 1})
	// The record may have ended by retention: then it is older than the server's start.
	if err == nil && len(next) == 1 && next[0].Number == s.Records && next[0].Time.After(began) {
		sent.WaitingSince = next[0].Time
	}
	return sent, err
}

// admitAuditor lets in by a key or a session whoever may have checkpoints.
func (a *API) admitAuditor(r *http.Request) (err error) {
	if access.CarriesCredential(r) {
		_, err = a.door.Admit(r)
		return err
	}
	_, err = a.door.AdmitMember(r)
	return err
}

func (a *API) auditCheckpoint(w http.ResponseWriter, r *http.Request) (any, error) {
	if err := a.admitAuditor(r); err != nil {
		return nil, err
	}
	_, signed, err := a.notary.Checkpoint(r.Context())
	if err != nil {
		return nil, err
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	// The client may be gone; there is nobody left to tell.
	_, _ = w.Write(signed)
	return rest.Written, nil
}
