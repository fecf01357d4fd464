package api

import (
	"context"
	"crypto/rand"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/dataset"
	"github.com/heed-ai/heed/internal/dataset/build"
	"github.com/heed-ai/heed/internal/query"
	"github.com/heed-ai/heed/internal/rest"
)

func (a *API) registerDatasets(api huma.API) {
	credentials := []rest.Credential{rest.SecretKey, rest.Session}
	id := rest.Param{Name: "id", In: "path", Description: "The dataset's id."}
	number := rest.Param{Name: "number", In: "path", Integer: true, Description: "The number of the version."}
	rest.Handle(api, rest.Endpoint{
		ID: "list-datasets", Method: http.MethodGet, Path: "/v1/datasets", Tag: "Datasets",
		Summary: "Datasets with their latest version, newest first", Credentials: credentials,
		Status: http.StatusOK, Answer: DatasetList{}, Serve: a.read(a.listDatasets),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "create-dataset", Method: http.MethodPost, Path: "/v1/datasets", Tag: "Datasets",
		Summary:     "Make a dataset",
		Description: "A choice out of what reviewers marked. It never changes; its versions say what was in it at a moment.",
		Credentials: credentials, Body: DatasetBody{}, Status: http.StatusCreated, Answer: DatasetDetail{}, Serve: a.manage(a.createDataset),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-dataset", Method: http.MethodGet, Path: "/v1/datasets/{id}", Tag: "Datasets",
		Summary: "A dataset with its versions, newest first", Credentials: credentials, Params: []rest.Param{id},
		Status: http.StatusOK, Answer: DatasetDetail{}, Serve: a.read(a.getDataset),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "delete-dataset", Method: http.MethodDelete, Path: "/v1/datasets/{id}", Tag: "Datasets",
		Summary:     "Delete a dataset with its versions and their cards",
		Description: "What is marked stays marked. The audit log keeps who had which files when; copies that were taken home are yours to delete.",
		Credentials: credentials, Params: []rest.Param{id}, Status: http.StatusOK, Answer: Nothing{}, Serve: a.manage(a.deleteDataset),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "build-dataset", Method: http.MethodPost, Path: "/v1/datasets/{id}/versions", Tag: "Datasets",
		Summary: "Have the next version built", Description: "It answers at once; the version tells how far it is.",
		Credentials: credentials, Params: []rest.Param{id}, Status: http.StatusAccepted, Answer: DatasetVersionItem{}, Serve: a.manage(a.buildDataset),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-dataset-version", Method: http.MethodGet, Path: "/v1/datasets/{id}/versions/{number}", Tag: "Datasets",
		Summary: "A version, and how far its building is", Credentials: credentials, Params: []rest.Param{id, number},
		Status: http.StatusOK, Answer: DatasetVersionItem{}, Serve: a.read(a.getDatasetVersion),
	})
	rest.Handle(api, rest.Endpoint{
		ID: "get-dataset-card", Method: http.MethodGet, Path: "/v1/datasets/{id}/versions/{number}/card", Tag: "Datasets",
		Summary:     "What is in a version, and what it is not",
		Description: "JSON; with format=md a README.md as the Hugging Face hub reads it. It looks whether the version is as it was built.",
		Credentials: credentials, Params: []rest.Param{id, number, {Name: "format", In: "query", Enum: []string{"json", "md"}, Description: "json unless told otherwise."}},
		Status: http.StatusOK, Answer: dataset.Card{}, Serve: a.manage(a.getDatasetCard),
	})
	a.registerDatasetFiles(api)
	a.registerDatasetMarks(api)
}

// maxDatasetBytes bounds the body of what concerns datasets.
const maxDatasetBytes = 64 << 10

// DatasetBody describes what POST /v1/datasets takes.
type DatasetBody struct {
	Name      string                `json:"name" maxLength:"100"`
	Purpose   heed.DatasetPurpose   `json:"purpose" enum:"training,evaluation"`
	Selection heed.DatasetSelection `json:"selection,omitempty"`
	PersonCap *int                  `json:"person_cap,omitempty" doc:"How many items of one person, the newest; 20 unless told otherwise, 0 for all."`
	License   string                `json:"license,omitempty" maxLength:"64"`
}

// DatasetList lists datasets, and counts what they are chosen of.
type DatasetList struct {
	Items  []DatasetItem                 `json:"items"`
	Marked map[heed.DatasetPurpose]int64 `json:"marked" doc:"How much is marked, by purpose."`
}

// DatasetItem is a dataset with its latest version.
type DatasetItem struct {
	heed.Dataset
	Latest *DatasetVersionItem `json:"latest,omitempty"`
}

// DatasetDetail is a dataset with its versions.
type DatasetDetail struct {
	heed.Dataset
	Marked   int64                 `json:"marked" doc:"How much is marked for its purpose now."`
	Formats  []DatasetFormat       `json:"formats"`
	Versions []*DatasetVersionItem `json:"versions"`
}

// DatasetFormat is one kind of file that its versions have.
type DatasetFormat struct {
	Name string `json:"name"`
	Rows string `json:"rows" doc:"What makes a row."`
}

// DatasetVersionItem is a version with its progress while it is built.
type DatasetVersionItem struct {
	heed.DatasetVersion
	Progress *build.Progress `json:"progress,omitempty"`
}

func (a *API) versionOf(v heed.DatasetVersion) *DatasetVersionItem {
	out := &DatasetVersionItem{DatasetVersion: v}
	if v.State == heed.DatasetBuilding {
		progress := a.builder.Progress(&v)
		out.Progress = &progress
	}
	return out
}

func (a *API) listDatasets(ctx context.Context, project heed.ProjectID, _ *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	datasets, err := a.catalog.ListDatasets(ctx, project)
	if err != nil {
		return nil, err
	}
	latest, err := a.catalog.LatestVersions(ctx, project)
	if err != nil {
		return nil, err
	}
	list := DatasetList{Items: make([]DatasetItem, 0, len(datasets))}
	for _, d := range datasets {
		one := DatasetItem{Dataset: d}
		if v, ok := latest[d.ID]; ok {
			one.Latest = a.versionOf(v)
		}
		list.Items = append(list.Items, one)
	}
	list.Marked, err = a.catalog.CountMarks(ctx, project)
	return list, err
}

func (a *API) createDataset(who access.Principal, w http.ResponseWriter, r *http.Request) (any, error) {
	var in DatasetBody
	if err := readStrict(w, r, maxDatasetBytes, &in, anyShape); err != nil {
		return nil, err
	}
	by, err := a.redactionOf(r.Context(), who.Project, nil)
	if err != nil {
		return nil, err
	}
	if err := by.texts(r.Context(), &in.Name, &in.License); err != nil {
		return nil, err
	}
	d := heed.Dataset{
		Project: who.Project, ID: heed.DatasetID("ds_" + rand.Text()), Name: in.Name, Purpose: in.Purpose, Selection: in.Selection,
		PersonCap: heed.DefaultPersonCap, License: in.License, CreatedAt: heed.Instant(time.Now()), CreatedBy: memberID(who),
	}
	if in.PersonCap != nil {
		d.PersonCap = *in.PersonCap
	}
	s := &d.Selection
	s.Filter, s.From, s.To = by.filter(s.Filter), heed.Instant(s.From), heed.Instant(s.To)
	if err := d.Validate(d.CreatedAt); err != nil {
		return nil, err
	}
	filter := query.Filter{}
	for name, values := range s.Filter {
		filter[query.Dimension(name)] = values
	}
	if err := filter.Validate(); err != nil {
		return nil, err
	}
	if err := a.catalog.CreateDataset(r.Context(), d); err != nil {
		return nil, err
	}
	return a.datasetDetail(r.Context(), d)
}

// memberID is the id of the member who asks; empty for a key.
func memberID(who access.Principal) string {
	if who.Member == nil {
		return ""
	}
	return who.Member.ID
}

func (a *API) getDataset(ctx context.Context, project heed.ProjectID, r *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	d, err := a.dataset(ctx, project, r)
	if err != nil {
		return nil, err
	}
	return a.datasetDetail(ctx, d)
}

func (a *API) datasetDetail(ctx context.Context, d heed.Dataset) (any, error) {
	detail := DatasetDetail{Dataset: d, Versions: []*DatasetVersionItem{}}
	for _, f := range dataset.FormatsFor(d.Purpose) {
		detail.Formats = append(detail.Formats, DatasetFormat{f.Name, f.Rows})
	}
	versions, err := a.catalog.ListVersions(ctx, d.Project, d.ID, 0)
	if err != nil {
		return nil, err
	}
	for _, v := range versions {
		detail.Versions = append(detail.Versions, a.versionOf(v))
	}
	marked, err := a.catalog.CountMarks(ctx, d.Project)
	detail.Marked = marked[d.Purpose]
	return detail, err
}

// dataset reads the dataset that the path names.
func (a *API) dataset(ctx context.Context, project heed.ProjectID, r *http.Request) (heed.Dataset, error) {
	d, err := a.catalog.Dataset(ctx, project, heed.DatasetID(r.PathValue("id")))
	return d, noDataset(err)
}

// datasetVersion reads the version that the path names, with its dataset.
func (a *API) datasetVersion(ctx context.Context, project heed.ProjectID, r *http.Request) (heed.Dataset, heed.DatasetVersion, error) {
	d, err := a.dataset(ctx, project, r)
	if err != nil {
		return d, heed.DatasetVersion{}, err
	}
	number, err := strconv.ParseInt(r.PathValue("number"), 10, 64)
	if err != nil || number < 1 {
		return d, heed.DatasetVersion{}, heed.Errorf(heed.NotFound, "there is no such version")
	}
	versions, err := a.catalog.ListVersions(ctx, project, d.ID, number)
	if err == nil && len(versions) == 0 {
		err = heed.Errorf(heed.NotFound, "there is no such version")
	}
	if err != nil {
		return d, heed.DatasetVersion{}, err
	}
	return d, versions[0], nil
}

func (a *API) buildDataset(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	d, err := a.dataset(r.Context(), who.Project, r)
	if err != nil {
		return nil, err
	}
	v, err := a.builder.Begin(r.Context(), &d, memberID(who))
	if err != nil {
		return nil, err
	}
	return a.versionOf(v), nil
}

func (a *API) deleteDataset(who access.Principal, _ http.ResponseWriter, r *http.Request) (any, error) {
	err := a.catalog.DeleteDataset(r.Context(), who.Project, heed.DatasetID(r.PathValue("id")))
	return Nothing{}, noDataset(err)
}

func noDataset(err error) error {
	if heed.CodeOf(err) == heed.NotFound {
		return heed.Wrap(heed.NotFound, err, "there is no such dataset")
	}
	return err
}

func (a *API) getDatasetVersion(ctx context.Context, project heed.ProjectID, r *http.Request, q url.Values) (any, error) {
	if err := query.CheckNames(q); err != nil {
		return nil, err
	}
	_, v, err := a.datasetVersion(ctx, project, r)
	if err != nil {
		return nil, err
	}
	return a.versionOf(v), nil
}
