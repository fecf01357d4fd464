package sqlite

import (
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"strconv"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

var (
	//go:embed query/datasets.create.sql
	datasetsCreate string
	//go:embed query/datasets.list.sql
	datasetsList string
	//go:embed query/datasets.delete.sql
	datasetsDelete string
	//go:embed query/dataset_versions.delete.sql
	datasetVersionsDelete string
	//go:embed query/dataset_items.delete_all.sql
	datasetItemsDeleteAll string
	//go:embed query/dataset_people.delete_all.sql
	datasetPeopleDeleteAll string
)

// CreateDataset stores a dataset.
func (c *Catalog) CreateDataset(ctx context.Context, d heed.Dataset) error {
	selection, err := json.Marshal(d.Selection)
	if err != nil {
		return err
	}
	err = c.change(ctx, "create a dataset", func(tx *sql.Tx) error {
		created, err := tx.ExecContext(ctx, datasetsCreate,
			sql.Named("id", string(d.ID)), sql.Named("project", string(d.Project)), sql.Named("name", d.Name), sql.Named("purpose", string(d.Purpose)),
			sql.Named("selection", string(selection)), sql.Named("person_cap", d.PersonCap), sql.Named("license", d.License),
			sql.Named("created_at", d.CreatedAt.UnixMicro()), sql.Named("created_by", d.CreatedBy), sql.Named("most", heed.MaxDatasets))
		if err != nil {
			return err
		}
		if n, err := created.RowsAffected(); err != nil || n == 0 {
			if err == nil {
				err = heed.Errorf(heed.Conflict, "this project has %d datasets, which is the most", heed.MaxDatasets)
			}
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: d.Project, Action: audit.DatasetChanged, Object: string(d.ID), Details: map[string]string{"changed": "made", "purpose": string(d.Purpose)}})
		return err
	})
	if heed.CodeOf(err) == heed.Conflict {
		return heed.Wrap(heed.Conflict, err, "there is a dataset of this name, or there are as many as there may be: choose another name")
	}
	return err
}

// Dataset returns one dataset.
func (c *Catalog) Dataset(ctx context.Context, project heed.ProjectID, id heed.DatasetID) (heed.Dataset, error) {
	d, err := scanDataset(c.read.QueryRowContext(ctx, datasetsList, sql.Named("project", string(project)), sql.Named("id", string(id))))
	if id == "" {
		err = sql.ErrNoRows
	}
	return d, failure("get a dataset", err)
}

// ListDatasets returns every dataset of a project, newest first.
func (c *Catalog) ListDatasets(ctx context.Context, project heed.ProjectID) ([]heed.Dataset, error) {
	found, err := list(ctx, c.read, scanDataset, datasetsList, sql.Named("project", string(project)), sql.Named("id", ""))
	return found, failure("list datasets", err)
}

// DeleteDataset removes a dataset with its versions.
func (c *Catalog) DeleteDataset(ctx context.Context, project heed.ProjectID, id heed.DatasetID) error {
	return c.change(ctx, "delete a dataset", func(tx *sql.Tx) error {
		named := []any{sql.Named("project", string(project)), sql.Named("dataset", string(id))}
		for _, query := range []string{datasetItemsDeleteAll, datasetPeopleDeleteAll} {
			if _, err := tx.ExecContext(ctx, query, named...); err != nil {
				return err
			}
		}
		deleted, err := tx.ExecContext(ctx, datasetVersionsDelete, named...)
		if err != nil {
			return err
		}
		versions, err := deleted.RowsAffected()
		if err != nil {
			return err
		}
		if err := changeOne(tx.ExecContext(ctx, datasetsDelete, named...)); err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: project, Action: audit.DatasetChanged, Object: string(id), Details: map[string]string{
			"changed": "deleted", "versions": strconv.FormatInt(versions, 10),
		}})
		return err
	})
}

func scanDataset(row scanner) (heed.Dataset, error) {
	var d heed.Dataset
	var selection []byte
	var created int64
	if err := row.Scan(&d.ID, &d.Project, &d.Name, &d.Purpose, &selection, &d.PersonCap, &d.License, &created, &d.CreatedBy); err != nil {
		return heed.Dataset{}, err
	}
	d.CreatedAt = instant(created)
	return d, json.Unmarshal(selection, &d.Selection)
}
