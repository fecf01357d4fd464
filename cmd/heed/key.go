package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/store"
)

type keyCommand struct {
	Create keyCreate `cmd:"" help:"Create a key; it is shown this once."`
	List   keyList   `cmd:"" help:"List keys."`
	Revoke keyRevoke `cmd:"" help:"End a key, and every token made with it."`
}

// keyPlace says where keys are managed: at a server with a secret key, or, where
// no key is left to do that with, in a data directory.
type keyPlace struct {
	remote
	Data    string `help:"Work in this data directory instead of at a server." placeholder:"DIR"`
	Project string `help:"Name of the project, with --data." placeholder:"NAME"`
	JSON    bool   `name:"json" help:"Print JSON."`
}

// keys is what can be done with keys, in either place.
type keys interface {
	create(ctx context.Context, kind store.KeyKind, name string) (api.NewKey, error)
	list(ctx context.Context) ([]store.Key, error)
	revoke(ctx context.Context, id string) error

	// attachments tells of the keys of what people attach, and seal has it sealed
	// for another from now on.
	attachments(ctx context.Context) (attachmentKeys, error)
	seal(ctx context.Context, public heed.CustomerKey) (attachmentKeys, error)
}

// open returns the keys of the place, and what closes it.
func (p keyPlace) open(env *environment) (keys, func(error) error, error) {
	if p.Data == "" {
		c, err := p.remote.client()
		return remoteKeys{c}, func(err error) error { return err }, err
	}
	if p.Project == "" {
		return nil, nil, errors.New("name the project with --project when working on a data directory")
	}
	c, err := serving{Data: p.Data}.config(env)
	if err != nil {
		return nil, nil, err
	}
	t, project, err := openProject(env, c, p.Project)
	if err != nil {
		return nil, nil, err
	}
	closing := func(err error) error { return closeWith(err, t) }
	return localKeys{t, project.ID}, closing, nil
}

type remoteKeys struct{ *client }

func (k remoteKeys) create(ctx context.Context, kind store.KeyKind, name string) (created api.NewKey, err error) {
	err = k.do(ctx, http.MethodPost, "/v1/keys", "", api.KeyBody{Kind: string(kind), Name: name}, &created)
	return created, err
}

func (k remoteKeys) list(ctx context.Context) ([]store.Key, error) {
	var list api.KeyList
	err := k.do(ctx, http.MethodGet, "/v1/keys", "", nil, &list)
	return list.Items, err
}

func (k remoteKeys) revoke(ctx context.Context, id string) error {
	return k.do(ctx, http.MethodDelete, "/v1/keys/"+url.PathEscape(id), "", nil, nil)
}

type localKeys struct {
	*tenancy
	project heed.ProjectID
}

func (k localKeys) create(ctx context.Context, kind store.KeyKind, name string) (api.NewKey, error) {
	plain, key, err := k.authority.CreateKey(ctx, k.project, kind, name)
	return api.NewKey{Key: key, Plain: plain}, err
}

func (k localKeys) list(ctx context.Context) ([]store.Key, error) {
	return k.catalog.ListKeys(ctx, k.project)
}

func (k localKeys) revoke(ctx context.Context, id string) error {
	return k.catalog.RevokeKey(ctx, k.project, id, heed.Instant(time.Now()))
}

type keyCreate struct {
	keyPlace
	Kind string `arg:"" enum:"sk,pk" help:"sk: secret, for servers. pk: publishable, for web pages."`
	Name string `help:"A name to know it by."`
}

func (cmd keyCreate) Run(env *environment) (err error) {
	k, closing, err := cmd.open(env)
	if err != nil {
		return err
	}
	defer func() { err = closing(err) }()
	created, err := k.create(env.ctx, store.KeyKind(cmd.Kind), cmd.Name)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(created)
	}
	_, err = fmt.Fprintf(env.stdout, "%s\nThe key is shown this once.\n", created.Plain)
	return err
}

type keyList struct{ keyPlace }

func (cmd keyList) Run(env *environment) (err error) {
	k, closing, err := cmd.open(env)
	if err != nil {
		return err
	}
	defer func() { err = closing(err) }()
	list, err := k.list(env.ctx)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(api.KeyList{Items: list})
	}
	table := tabwriter.NewWriter(env.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ID\tKIND\tNAME\tCREATED\tREVOKED")
	for _, key := range list {
		revoked := ""
		if !key.Active() {
			revoked = key.RevokedAt.Format(time.DateTime)
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", key.ID, key.Kind, key.Name, key.CreatedAt.Format(time.DateTime), revoked)
	}
	return table.Flush()
}

type keyRevoke struct {
	keyPlace
	ID string `arg:"" help:"The eight characters after heed_sk_ or heed_pk_, as heed key list shows them; a whole key is fine too."`
}

func (cmd keyRevoke) Run(env *environment) (err error) {
	k, closing, err := cmd.open(env)
	if err != nil {
		return err
	}
	defer func() { err = closing(err) }()
	id := cmd.ID
	if parts := strings.Split(id, "_"); len(parts) == 4 {
		id = parts[2]
	}
	if err := k.revoke(env.ctx, id); heed.CodeOf(err) == heed.NotFound {
		return errors.New("the project has no key with this id: heed key list shows them")
	} else if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "Revoked %s. It ends within a second everywhere, with every token made with it.\n", id)
	return err
}
