package store

import (
	"context"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/query"
)

// Datasets keeps choices out of what reviewers marked. What a member changes has
// its audit record in the same transaction.
type Datasets interface {
	// CreateDataset stores a dataset. Conflict if the project has one of its name,
	// or heed.MaxDatasets of them.
	CreateDataset(ctx context.Context, d heed.Dataset) error
	Dataset(ctx context.Context, project heed.ProjectID, id heed.DatasetID) (heed.Dataset, error)
	// ListDatasets returns every dataset of a project, newest first.
	ListDatasets(ctx context.Context, project heed.ProjectID) ([]heed.Dataset, error)
	// DeleteDataset removes a dataset with its versions, one that is being built
	// among them. What is marked stays so.
	DeleteDataset(ctx context.Context, project heed.ProjectID, id heed.DatasetID) error
}

// DatasetMarks keeps which feedback may be used for what. A mark that ends takes
// the versions with it that have its feedback: they are stale, and their manifests
// are deleted.
type DatasetMarks interface {
	// Mark stores marks of one project, and returns how many are new or say more
	// than before: that an item was looked at stays when a filter marks it again.
	// Conflict if one purpose would have more than heed.MaxDatasetMarks.
	Mark(ctx context.Context, marks []heed.DatasetMark) (int, error)
	// Unmark ends the marks of feedback for a purpose, by a reviewer, and returns
	// how many there were.
	Unmark(ctx context.Context, project heed.ProjectID, purpose heed.DatasetPurpose, feedback []heed.FeedbackID, at time.Time) (int, error)
	// EndMarks ends every mark of feedback that is not there any more, or not to be.
	EndMarks(ctx context.Context, project heed.ProjectID, feedback []heed.FeedbackID, why heed.DatasetEnd, at time.Time) error
	// Marks lists what is marked for a purpose, the newest feedback first.
	Marks(ctx context.Context, q MarkQuery) ([]heed.DatasetMark, error)
	// MarksOf lists the marks of feedback.
	MarksOf(ctx context.Context, project heed.ProjectID, feedback ...heed.FeedbackID) ([]heed.DatasetMark, error)
	// CountMarks counts what is marked, by purpose.
	CountMarks(ctx context.Context, project heed.ProjectID) (map[heed.DatasetPurpose]int64, error)
}

// MarkQuery chooses marks of a project.
type MarkQuery struct {
	Project heed.ProjectID
	Purpose heed.DatasetPurpose
	After   query.Cursor // time and id of a feedback
	Limit   int
}

// DatasetVersions keeps what was in a dataset at a moment.
type DatasetVersions interface {
	// BeginVersion stores a version that is to be built, with the next number of its
	// dataset. Conflict while another of the dataset is being built, or if it has
	// heed.MaxDatasetVersions.
	BeginVersion(ctx context.Context, v heed.DatasetVersion) (heed.DatasetVersion, error)
	// KeepItems adds to the manifest of a version that is being built; with the
	// place 0 it begins it anew.
	KeepItems(ctx context.Context, v heed.DatasetVersion, items []heed.DatasetItem) error
	// FinishVersion ends the building of a version, as ready or failed. Conflict
	// where it is ready and something in its manifest may not be used any more:
	// build it again.
	FinishVersion(ctx context.Context, v heed.DatasetVersion) error
	// EndVersion makes a version stale that is ready; no error if it is not.
	EndVersion(ctx context.Context, v heed.DatasetVersion, why heed.DatasetEnd, at time.Time) error
	// ListVersions lists the versions of a dataset, or the one with a number, newest
	// first; without a project those of all that are being built, oldest first.
	ListVersions(ctx context.Context, project heed.ProjectID, id heed.DatasetID, number int64) ([]heed.DatasetVersion, error)
	// LatestVersions returns the latest version of each dataset of a project that
	// has one.
	LatestVersions(ctx context.Context, project heed.ProjectID) (map[heed.DatasetID]heed.DatasetVersion, error)
	// Items lists a manifest by place, from one on.
	Items(ctx context.Context, v heed.DatasetVersion, from int64, limit int) ([]heed.DatasetItem, error)
}
