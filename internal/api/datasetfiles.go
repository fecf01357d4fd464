package api

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/dataset"
	"github.com/heed-ai/heed/internal/rest"
)

func (a *API) registerDatasetFiles(api huma.API) {
	rest.Handle(api, rest.Endpoint{
		ID: "get-dataset-file", Method: http.MethodGet, Path: "/v1/datasets/{id}/versions/{number}/files/{format}", Tag: "Datasets",
		Summary: "A file of a version",
		Description: "It is made anew each time, and is byte by byte the one that was built, or is not whole: what its ETag names is its SHA-256. " +
			"A version that is stale or is not as it was built is a conflict. The audit log has it before the first byte.",
		Credentials: []rest.Credential{rest.SecretKey, rest.Session}, Params: []rest.Param{
			{Name: "id", In: "path", Description: "The dataset's id."},
			{Name: "number", In: "path", Integer: true, Description: "The number of the version."},
			{Name: "format", In: "path", Enum: formatNames(), Description: "One of those that the dataset has."},
		},
		Status: http.StatusOK, Answer: "", Serve: a.manage(a.getDatasetFile),
	})
}

func formatNames() []string {
	var names []string
	for _, f := range dataset.Formats() {
		names = append(names, f.Name)
	}
	return names
}

// checkedVersion reads the version that the path names, as it is after it was held
// against what is kept.
func (a *API) checkedVersion(who access.Principal, r *http.Request) (heed.Dataset, heed.DatasetVersion, error) {
	d, v, err := a.datasetVersion(r.Context(), who.Project, r)
	if err != nil {
		return d, v, err
	}
	v, err = a.builder.Check(r.Context(), &d, v)
	return d, v, err
}

func (a *API) getDatasetCard(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	d, v, err := a.checkedVersion(who, r)
	if err != nil {
		return nil, err
	}
	card := dataset.CardOf(d, v)
	switch r.URL.Query().Get("format") {
	case "md":
		w.Header().Set("Content-Type", "text/markdown; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		_, _ = w.Write([]byte(card.Markdown())) // the client may be gone
		return rest.Written, nil
	case "", "json":
		return card, nil
	}
	return nil, heed.InvalidField("query.format", "must be json or md")
}

// fileTimeout is how long one part of a file may take to be sent.
const fileTimeout = time.Minute

func (a *API) getDatasetFile(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	d, v, err := a.checkedVersion(who, r)
	if err != nil {
		return nil, err
	}
	switch v.State {
	case heed.DatasetReady:
	case heed.DatasetStale:
		return nil, heed.Errorf(heed.Conflict, "this version is stale, so its files are not served: build the next one, which is made without what it may not have")
	default:
		return nil, heed.Errorf(heed.Conflict, "this version is not ready: its state says how far it is")
	}
	i := slices.IndexFunc(v.Files, func(f heed.DatasetFile) bool { return f.Format == r.PathValue("format") })
	if i < 0 {
		return nil, heed.Errorf(heed.NotFound, "this dataset has no such format: those for %s are in its files", d.Purpose)
	}
	file := v.Files[i]
	// The record is durable before the first text leaves, and without it none does.
	_, err = a.catalog.AppendAudit(r.Context(), audit.Entry{Project: who.Project, Action: audit.DatasetExported, Object: string(d.ID), Details: map[string]string{
		"version": strconv.FormatInt(v.Number, 10), "format": file.Format, "rows": strconv.FormatInt(file.Rows, 10),
	}})
	if err != nil {
		return nil, err
	}
	out := &fileWriter{w: w, control: http.NewResponseController(w), file: file}
	if err := a.builder.WriteFile(r.Context(), &d, v, file, out); err != nil {
		if !out.begun {
			return nil, err
		}
		abort(w, err)
	}
	if !out.begun { // it is empty
		out.begin()
	}
	return rest.Written, nil
}

// fileWriter writes the head of an answer with the first bytes of a file, and moves
// the time until which it has to be sent on with each part.
type fileWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	file    heed.DatasetFile
	begun   bool
}

func (o *fileWriter) begin() {
	o.begun = true
	h := o.w.Header()
	for _, f := range dataset.Formats() {
		if f.Name == o.file.Format {
			h.Set("Content-Type", f.Media)
		}
	}
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", o.file.Name))
	h.Set("Content-Length", strconv.FormatInt(o.file.Bytes, 10))
	h.Set("Cache-Control", "no-store")
	h.Set("ETag", strconv.Quote(o.file.SHA256))
	o.w.WriteHeader(http.StatusOK)
}

func (o *fileWriter) Write(p []byte) (int, error) {
	if !o.begun {
		o.begin()
	}
	// A server whose connections have no end of their own needs no other.
	_ = o.control.SetWriteDeadline(time.Now().Add(fileTimeout))
	return o.w.Write(p)
}
