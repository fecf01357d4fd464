package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"strconv"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

var (
	//go:embed query/dataset_versions.begin.sql
	datasetVersionsBegin string
	//go:embed query/dataset_versions.list.sql
	datasetVersionsList string
	//go:embed query/dataset_versions.latest.sql
	datasetVersionsLatest string
	//go:embed query/dataset_versions.building.sql
	datasetVersionsBuilding string
	//go:embed query/dataset_versions.finish.sql
	datasetVersionsFinish string
	//go:embed query/dataset_versions.unusable.sql
	datasetVersionsUnusable string
	//go:embed query/dataset_versions.end.sql
	datasetVersionsEnd string
	//go:embed query/dataset_versions.end_of_feedback.sql
	datasetVersionsEndOfFeedback string
	//go:embed query/dataset_versions.end_of_person.sql
	datasetVersionsEndOfPerson string
	//go:embed query/dataset_items.put.sql
	datasetItemsPut string
	//go:embed query/dataset_items.list.sql
	datasetItemsList string
	//go:embed query/dataset_items.delete.sql
	datasetItemsDelete string
	//go:embed query/dataset_items.purge.sql
	datasetItemsPurge string
	//go:embed query/dataset_people.put.sql
	datasetPeoplePut string
	//go:embed query/dataset_people.delete.sql
	datasetPeopleDelete string
	//go:embed query/dataset_people.purge.sql
	datasetPeoplePurge string
)

// BeginVersion stores a version that is to be built.
func (c *Catalog) BeginVersion(ctx context.Context, v heed.DatasetVersion) (heed.DatasetVersion, error) {
	v.State, v.Files = heed.DatasetBuilding, []heed.DatasetFile{}
	err := c.change(ctx, "begin a version of a dataset", func(tx *sql.Tx) error {
		err := tx.QueryRowContext(ctx, datasetVersionsBegin, sql.Named("project", string(v.Project)), sql.Named("dataset", string(v.Dataset)),
			sql.Named("begun_at", v.BegunAt.UnixMicro()), sql.Named("begun_by", v.BegunBy)).Scan(&v.Number)
		if err != nil {
			return err
		}
		if v.Number > heed.MaxDatasetVersions {
			return heed.Errorf(heed.Conflict, "a dataset has %d versions at most: make another dataset", heed.MaxDatasetVersions)
		}
		return auditVersion(ctx, tx, v, "version")
	})
	if heed.CodeOf(err) == heed.Conflict && v.Number <= heed.MaxDatasetVersions {
		err = heed.Wrap(heed.Conflict, err, "a version of this dataset is being built: wait for it")
	}
	return v, err
}

func auditVersion(ctx context.Context, tx *sql.Tx, v heed.DatasetVersion, changed string) error {
	_, err := appendAudit(ctx, tx, audit.Entry{Project: v.Project, Action: audit.DatasetChanged, Object: string(v.Dataset), Details: map[string]string{
		"changed": changed, "version": strconv.FormatInt(v.Number, 10), "state": string(v.State),
	}})
	return err
}

func versionArgs(v heed.DatasetVersion, more ...any) []any {
	return append([]any{sql.Named("project", string(v.Project)), sql.Named("dataset", string(v.Dataset)), sql.Named("number", v.Number)}, more...)
}

// KeepItems adds to the manifest of a version that is being built.
func (c *Catalog) KeepItems(ctx context.Context, v heed.DatasetVersion, items []heed.DatasetItem) error {
	return c.change(ctx, "keep the manifest of a dataset", func(tx *sql.Tx) error {
		if len(items) == 0 || items[0].Place == 0 {
			if err := deleteManifest(ctx, tx, v); err != nil {
				return err
			}
		}
		putItem, err := tx.PrepareContext(ctx, datasetItemsPut)
		if err != nil {
			return err
		}
		defer putItem.Close()
		putPerson, err := tx.PrepareContext(ctx, datasetPeoplePut)
		if err != nil {
			return err
		}
		defer putPerson.Close()
		for _, i := range items {
			_, err := putItem.ExecContext(ctx, versionArgs(v, sql.Named("place", i.Place), sql.Named("feedback", string(i.Feedback)),
				sql.Named("updated", i.Updated.UnixMicro()), sql.Named("attachment", i.Attachment), sql.Named("texts", i.Texts),
				sql.Named("reviewed_by", i.ReviewedBy), sql.Named("reviewed_at", i.ReviewedAt.UnixMicro()))...)
			if err != nil {
				return err
			}
			for _, person := range i.People {
				if _, err := putPerson.ExecContext(ctx, versionArgs(v, sql.Named("respondent", person[:]))...); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

func deleteManifest(ctx context.Context, tx *sql.Tx, v heed.DatasetVersion) error {
	for _, query := range []string{datasetItemsDelete, datasetPeopleDelete} {
		if _, err := tx.ExecContext(ctx, query, versionArgs(v)...); err != nil {
			return err
		}
	}
	return nil
}

// purgeManifests deletes the manifests of versions that are not served.
func purgeManifests(ctx context.Context, tx *sql.Tx, project heed.ProjectID) error {
	for _, query := range []string{datasetItemsPurge, datasetPeoplePurge} {
		if _, err := tx.ExecContext(ctx, query, sql.Named("project", string(project))); err != nil {
			return err
		}
	}
	return nil
}

// FinishVersion ends the building of a version.
func (c *Catalog) FinishVersion(ctx context.Context, v heed.DatasetVersion) error {
	counts, err := json.Marshal(v.Counts)
	if err != nil {
		return err
	}
	files, err := json.Marshal(v.Files)
	if err != nil {
		return err
	}
	return c.change(ctx, "finish a version of a dataset", func(tx *sql.Tx) error {
		if v.State == heed.DatasetReady {
			var unusable bool
			if err := tx.QueryRowContext(ctx, datasetVersionsUnusable, versionArgs(v)...).Scan(&unusable); err != nil {
				return err
			}
			if unusable {
				return heed.Errorf(heed.Conflict, "something in this version may not be used any more: it is built again")
			}
		}
		err := changeOne(tx.ExecContext(ctx, datasetVersionsFinish, versionArgs(v, sql.Named("state", string(v.State)), sql.Named("built_at", v.BuiltAt.UnixMicro()),
			sql.Named("built_by", v.BuiltBy), sql.Named("redaction", v.Redaction), sql.Named("counts", string(counts)), sql.Named("files", string(files)))...))
		if err != nil {
			return err
		}
		if v.State == heed.DatasetFailed {
			if err := purgeManifests(ctx, tx, v.Project); err != nil {
				return err
			}
		}
		return auditVersion(ctx, tx, v, "built")
	})
}

// EndVersion makes a version stale that is ready.
func (c *Catalog) EndVersion(ctx context.Context, v heed.DatasetVersion, why heed.DatasetEnd, at time.Time) error {
	return c.change(ctx, "end a version of a dataset", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, datasetVersionsEnd, versionArgs(v, sql.Named("ended_at", at.UnixMicro()), sql.Named("ended_by", string(why)))...)
		if err != nil {
			return err
		}
		return purgeManifests(ctx, tx, v.Project)
	})
}

// endVersionsOf ends the versions that have feedback, of datasets for one purpose or
// all.
func endVersionsOf(ctx context.Context, tx *sql.Tx, project heed.ProjectID, purpose heed.DatasetPurpose, feedback []heed.FeedbackID, why heed.DatasetEnd, at time.Time) error {
	if len(feedback) == 0 {
		return nil
	}
	ids, err := jsonArray(feedback)
	if err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, datasetVersionsEndOfFeedback, sql.Named("project", string(project)), sql.Named("purpose", string(purpose)),
		sql.Named("feedback", ids), sql.Named("ended_at", at.UnixMicro()), sql.Named("ended_by", string(why)))
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return purgeManifests(ctx, tx, project)
}

// ListVersions lists the versions of a dataset, or those that are being built.
func (c *Catalog) ListVersions(ctx context.Context, project heed.ProjectID, id heed.DatasetID, number int64) ([]heed.DatasetVersion, error) {
	query, args := datasetVersionsBuilding, []any(nil)
	if project != "" {
		query, args = datasetVersionsList, versionArgs(heed.DatasetVersion{Project: project, Dataset: id, Number: number})
	}
	found, err := list(ctx, c.read, scanVersion, query, args...)
	return found, failure("list versions of a dataset", err)
}

// LatestVersions returns the latest version of each dataset of a project.
func (c *Catalog) LatestVersions(ctx context.Context, project heed.ProjectID) (map[heed.DatasetID]heed.DatasetVersion, error) {
	found, err := list(ctx, c.read, scanVersion, datasetVersionsLatest, sql.Named("project", string(project)))
	latest := make(map[heed.DatasetID]heed.DatasetVersion, len(found))
	for _, v := range found {
		latest[v.Dataset] = v
	}
	return latest, failure("list the latest versions of datasets", err)
}

// Items lists a manifest by place.
func (c *Catalog) Items(ctx context.Context, v heed.DatasetVersion, from int64, limit int) ([]heed.DatasetItem, error) {
	found, err := list(ctx, c.read, scanDatasetItem, datasetItemsList, versionArgs(v, sql.Named("from", from), sql.Named("limit", limit))...)
	return found, failure("list the manifest of a dataset", err)
}

func scanVersion(row scanner) (heed.DatasetVersion, error) {
	var v heed.DatasetVersion
	var begun int64
	var built, ended sql.NullInt64
	var counts, files []byte
	err := row.Scan(&v.Dataset, &v.Number, &v.Project, &v.State, &begun, &v.BegunBy, &built, &v.BuiltBy, &v.Redaction, &ended, &v.EndedBy, &counts, &files)
	if err != nil {
		return heed.DatasetVersion{}, err
	}
	v.BegunAt = instant(begun)
	if built.Valid {
		v.BuiltAt = instant(built.Int64)
	}
	if ended.Valid {
		v.EndedAt = instant(ended.Int64)
	}
	if err := json.Unmarshal(counts, &v.Counts); err != nil {
		return heed.DatasetVersion{}, err
	}
	return v, json.Unmarshal(files, &v.Files)
}

func scanDatasetItem(row scanner) (heed.DatasetItem, error) {
	var i heed.DatasetItem
	var updated, reviewed int64
	err := row.Scan(&i.Place, &i.Feedback, &updated, &i.Attachment, &i.Texts, &i.ReviewedBy, &reviewed)
	i.Updated, i.ReviewedAt = instant(updated), instant(reviewed)
	return i, err
}
