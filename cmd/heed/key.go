package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/access"
	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/store"
)

type keyCommand struct {
	Create keyCreate `cmd:"" help:"Create a key; it is shown this once."`
	Rotate keyRotate `cmd:"" help:"Create a key like another, to take its place, and say when that was last used."`
	List   keyList   `cmd:"" help:"List keys, with what each may do and when it was last used."`
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
	create(ctx context.Context, plan access.KeyPlan) (api.NewKey, error)
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

func (k remoteKeys) create(ctx context.Context, plan access.KeyPlan) (created api.NewKey, err error) {
	body := api.KeyBody{Kind: plan.Kind, Scope: plan.Scope, Name: plan.Name}
	if !plan.ExpiresAt.IsZero() {
		body.ExpiresAt = &plan.ExpiresAt
	}
	err = k.do(ctx, http.MethodPost, "/v1/keys", "", body, &created)
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

func (k localKeys) create(ctx context.Context, plan access.KeyPlan) (api.NewKey, error) {
	plain, key, err := k.authority.CreateKey(ctx, k.project, plan)
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
	Kind    string  `arg:"" enum:"sk,pk" help:"sk: secret, for servers. pk: publishable, for web pages."`
	Name    string  `help:"A name to know it by."`
	Scope   string  `enum:",all,write,read,numbers" default:"" help:"What of its project a secret key may do: all; write (what an application sends); read; numbers (statistics alone). docs/access.md has the table." placeholder:"SCOPE"`
	Expires keyEnds `help:"When it ends by itself: after so many days, such as 90d, or at a date." placeholder:"WHEN"`
}

func (cmd keyCreate) Run(env *environment) (err error) {
	k, closing, err := cmd.open(env)
	if err != nil {
		return err
	}
	defer func() { err = closing(err) }()
	created, err := k.create(env.ctx, access.KeyPlan{Kind: store.KeyKind(cmd.Kind), Scope: store.KeyScope(cmd.Scope), Name: cmd.Name, ExpiresAt: cmd.Expires.from(time.Now())})
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(created)
	}
	_, err = fmt.Fprintf(env.stdout, "%s\nThe key is shown this once.%s\n", created.Plain, endsAt(created.Key))
	return err
}

func endsAt(key store.Key) string {
	if key.ExpiresAt.IsZero() {
		return ""
	}
	return " It ends at " + key.ExpiresAt.Format(time.DateTime) + " UTC, with every token made with it."
}

// keyEnds is when a key ends, as people say it.
type keyEnds struct {
	in time.Duration
	at time.Time
}

// UnmarshalText reads a number of days, a date, or a time in RFC 3339.
func (e *keyEnds) UnmarshalText(text []byte) error {
	if days, ok := strings.CutSuffix(string(text), "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil && n > 0 {
			e.in = time.Duration(n) * 24 * time.Hour
			return nil
		}
	}
	var at moment
	if at.UnmarshalText(text) != nil {
		return errors.New("must be a number of days such as 90d, a date such as 2027-01-31, or a time such as 2027-01-31T12:00:00Z")
	}
	e.at = at.Time
	return nil
}

// from is the time itself; zero where nobody said.
func (e keyEnds) from(now time.Time) time.Time {
	if e.in > 0 {
		return now.Add(e.in).UTC().Truncate(time.Second)
	}
	return e.at
}

type keyRotate struct {
	keyPlace
	ID      string  `arg:"" help:"The key whose place the new one takes, by its eight characters; a whole key is fine too."`
	Expires keyEnds `help:"When the new one ends by itself; as long after now as the old one was made to last, unless told otherwise." placeholder:"WHEN"`
}

// Run makes the new key. The old one goes on: programs that have it are told the
// new one first.
func (cmd keyRotate) Run(env *environment) (err error) {
	k, closing, err := cmd.open(env)
	if err != nil {
		return err
	}
	defer func() { err = closing(err) }()
	list, err := k.list(env.ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(list, func(key store.Key) bool { return key.ID == keyID(cmd.ID) })
	if i < 0 {
		return noSuchKey()
	}
	old, now := list[i], time.Now()
	plan := access.KeyPlan{Kind: old.Kind, Scope: old.Scope, Name: old.Name, ExpiresAt: cmd.Expires.from(now)}
	if plan.ExpiresAt.IsZero() && !old.ExpiresAt.IsZero() {
		plan.ExpiresAt = now.Add(old.ExpiresAt.Sub(old.CreatedAt)).UTC().Truncate(time.Second)
	}
	created, err := k.create(env.ctx, plan)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(struct {
			api.NewKey
			Replaces store.Key `json:"replaces"`
		}{created, old})
	}
	_, err = fmt.Fprintf(env.stdout, "%s\nThe key is shown this once.%s\n\nIt is as %s is, which %s. Give the new one to every program that has the old one;\n"+
		"once heed key list shows that the old one is used no more: heed key revoke %[3]s\n", created.Plain, endsAt(created.Key), old.ID, lastUse(old, now))
	return err
}

// lastUse says when a key was last used, which is known to ten minutes.
func lastUse(key store.Key, now time.Time) string {
	switch ago := now.Sub(key.UsedAt); {
	case key.UsedAt.IsZero():
		return "was not used yet"
	case ago < 20*time.Minute:
		return "was used in the last twenty minutes"
	case ago < 2*24*time.Hour:
		return fmt.Sprintf("was last used %d h ago", int(ago.Hours()))
	default:
		return fmt.Sprintf("was last used %d days ago", int(ago.Hours()/24))
	}
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
	fmt.Fprintln(table, "ID\tKIND\tSCOPE\tNAME\tCREATED\tLAST USED\tENDS")
	now := time.Now()
	for _, key := range list {
		used := "never"
		if !key.UsedAt.IsZero() {
			used = key.UsedAt.Format("2006-01-02 15:04")
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", key.ID, key.Kind, key.Scope, key.Name, key.CreatedAt.Format(time.DateTime), used, ending(key, now))
	}
	return table.Flush()
}

// ending says until when a key is good.
func ending(key store.Key, now time.Time) string {
	switch {
	case !key.RevokedAt.IsZero():
		return "revoked " + key.RevokedAt.Format(time.DateTime)
	case key.ExpiresAt.IsZero():
		return "–"
	case !key.Active(now):
		return "ended " + key.ExpiresAt.Format(time.DateTime)
	}
	return key.ExpiresAt.Format(time.DateTime)
}

// keyID is the id of a key, of which somebody gave that or all.
func keyID(given string) string {
	if parts := strings.Split(given, "_"); len(parts) == 4 {
		return parts[2]
	}
	return given
}

func noSuchKey() error {
	return errors.New("the project has no key with this id: heed key list shows them")
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
	id := keyID(cmd.ID)
	if err := k.revoke(env.ctx, id); heed.CodeOf(err) == heed.NotFound {
		return noSuchKey()
	} else if err != nil {
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "Revoked %s. It ends within a second everywhere, with every token made with it.\n", id)
	return err
}
