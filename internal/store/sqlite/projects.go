package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/store"
)

var (
	//go:embed query/projects.create.sql
	projectsCreate string
	//go:embed query/projects.get.sql
	projectsGet string
	//go:embed query/projects.by_name.sql
	projectsByName string
	//go:embed query/projects.list.sql
	projectsList string
	//go:embed query/projects.update.sql
	projectsUpdate string
)

// CreateProject stores a new project with its first keys, all or nothing.
func (c *Catalog) CreateProject(ctx context.Context, p heed.Project, keys []store.Key) error {
	return c.change(ctx, "create project", func(tx *sql.Tx) error {
		args, err := projectArgs(p)
		if err != nil {
			return err
		}
		args = append(args, sql.Named("created_at", p.CreatedAt.UnixMicro()))
		if _, err := tx.ExecContext(ctx, projectsCreate, args...); err != nil {
			return err
		}
		e := audit.Entry{Project: p.ID, Action: audit.ProjectCreated, Object: string(p.ID), Details: map[string]string{"content": string(p.Content)}}
		if _, err := appendAudit(ctx, tx, e); err != nil {
			return err
		}
		for _, key := range keys {
			if err := createKey(ctx, tx, key); err != nil {
				return err
			}
		}
		return nil
	})
}

// Project returns the project with an id.
func (c *Catalog) Project(ctx context.Context, id heed.ProjectID) (heed.Project, error) {
	p, err := scanProject(c.read.QueryRowContext(ctx, projectsGet, sql.Named("id", string(id))))
	return p, failure("get project", err)
}

// ProjectByName returns the project with a name.
func (c *Catalog) ProjectByName(ctx context.Context, name string) (heed.Project, error) {
	p, err := scanProject(c.read.QueryRowContext(ctx, projectsByName, sql.Named("name", name)))
	return p, failure("get project by name", err)
}

// ListProjects returns every project, by name.
func (c *Catalog) ListProjects(ctx context.Context) ([]heed.Project, error) {
	projects, err := list(ctx, c.read, scanProject, projectsList)
	return projects, failure("list projects", err)
}

// UpdateProject replaces everything of a project but its id and time of
// creation. Where that changes nothing, nothing is written down.
func (c *Catalog) UpdateProject(ctx context.Context, p heed.Project) error {
	return c.change(ctx, "update project", func(tx *sql.Tx) error {
		before, err := scanProject(tx.QueryRowContext(ctx, projectsGet, sql.Named("id", string(p.ID))))
		if err != nil {
			return err
		}
		if len(before.Inbox.Causes)+len(p.Inbox.Causes) == 0 {
			before.Inbox.Causes = p.Inbox.Causes // null and [] are no change
		}
		was, err := projectArgs(before)
		if err != nil {
			return err
		}
		args, err := projectArgs(p)
		if err != nil {
			return err
		}
		changed := changedIn(was, args)
		if len(changed) == 0 {
			return nil
		}
		if err := changeOne(tx.ExecContext(ctx, projectsUpdate, args...)); err != nil {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{
			Project: p.ID, Action: audit.ProjectUpdated, Object: string(p.ID), Details: projectChange(&before, &p, changed),
		})
		if err != nil || before.AttachmentKey == p.AttachmentKey {
			return err
		}
		_, err = appendAudit(ctx, tx, audit.Entry{Project: p.ID, Action: audit.AttachmentKeyChanged, Object: string(p.ID), Details: map[string]string{
			"before": keyName(before.AttachmentKey), "after": keyName(p.AttachmentKey),
		}})
		return err
	})
}

// keyName names a key for attachments in the audit log.
func keyName(k heed.CustomerKey) string { return cmp.Or(k.ID(), "server") }

// projectArgs are the parameters that creating and updating share.
func projectArgs(p heed.Project) ([]any, error) {
	origins, err := jsonArray(p.Origins)
	if err != nil {
		return nil, err
	}
	tags, err := jsonArray(p.Tags)
	if err != nil {
		return nil, err
	}
	forms, err := jsonArray(p.Forms)
	if err != nil {
		return nil, err
	}
	patterns, err := jsonArray(p.Patterns)
	if err != nil {
		return nil, err
	}
	privacy, err := json.Marshal(p.Privacy)
	if err != nil {
		return nil, err
	}
	inbox, err := json.Marshal(p.Inbox)
	if err != nil {
		return nil, err
	}
	tracker, err := json.Marshal(p.Tracker)
	if err != nil {
		return nil, err
	}
	since := sql.NullInt64{Int64: p.AttachmentKeySince.UnixMicro(), Valid: !p.AttachmentKeySince.IsZero()}
	return []any{
		sql.Named("id", string(p.ID)), sql.Named("name", p.Name), sql.Named("origins", origins),
		sql.Named("content", string(p.Content)), sql.Named("tags", tags), sql.Named("forms", forms),
		sql.Named("commands", string(p.Commands)), sql.Named("attachment_days", p.AttachmentDays),
		sql.Named("attachment_key", string(p.AttachmentKey)), sql.Named("attachment_key_since", since),
		sql.Named("redact_patterns", patterns), sql.Named("privacy", string(privacy)), sql.Named("inbox", string(inbox)), sql.Named("tracker", string(tracker)),
	}, nil
}

// jsonArray writes a list as a JSON array, never as null.
func jsonArray[T any](list []T) (string, error) {
	if len(list) == 0 {
		return "[]", nil
	}
	text, err := json.Marshal(list)
	return string(text), err
}

func scanProject(row scanner) (heed.Project, error) {
	p := heed.Project{Privacy: heed.DefaultPrivacy()}
	var origins, tags, forms, patterns, privacy, inbox, tracker []byte
	var createdAt int64
	var keySince sql.NullInt64
	if err := row.Scan(&p.ID, &p.Name, &origins, &p.Content, &tags, &forms, &p.Commands, &p.AttachmentDays, &p.AttachmentKey, &keySince, &patterns, &privacy, &inbox, &tracker, &createdAt); err != nil {
		return heed.Project{}, err
	}
	p.CreatedAt = time.UnixMicro(createdAt).UTC()
	if keySince.Valid {
		p.AttachmentKeySince = instant(keySince.Int64)
	}
	for _, part := range []struct {
		text []byte
		into any
	}{{origins, &p.Origins}, {tags, &p.Tags}, {forms, &p.Forms}, {patterns, &p.Patterns}, {privacy, &p.Privacy}, {inbox, &p.Inbox}, {tracker, &p.Tracker}} {
		if err := json.Unmarshal(part.text, part.into); err != nil {
			return heed.Project{}, err
		}
	}
	return p, nil
}
