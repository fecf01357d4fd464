package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

// keysCommand is about the keys of what people attach. The private one is made
// and used where this command runs, and is never sent anywhere.
type keysCommand struct {
	Make keysMake `cmd:"" help:"Make a key pair, and write the private key to a file that age protects."`
	Use  keysUse  `cmd:"" help:"Have what people attach from now on sealed for a public key, or for the server's own again."`
	Show keysShow `cmd:"" help:"Show what a project's attachments are sealed for, and which keys are still needed."`
	Open keysOpen `cmd:"" help:"Open a sealed attachment with the private key, here."`
}

// serversOwn is what stands for the key that a server keeps itself.
const serversOwn = "server"

type keysUse struct {
	keyPlace
	PublicKey string `arg:"" help:"Public key that heed keys make printed; or server, for the one that the server keeps."`
}

// Run changes the project's key.
func (cmd keysUse) Run(env *environment) (err error) {
	public := heed.CustomerKey(cmd.PublicKey)
	if cmd.PublicKey == serversOwn {
		public = ""
	} else if public.ID() == "" {
		return fmt.Errorf("this is no public key for attachments: give what heed keys make printed, or %s", serversOwn)
	}
	k, closing, err := cmd.open(env)
	if err != nil {
		return err
	}
	defer func() { err = closing(err) }()
	now, err := k.seal(env.ctx, public)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(now)
	}
	return now.tell(env.stdout)
}

type keysShow struct{ keyPlace }

// Run tells of the project's keys.
func (cmd keysShow) Run(env *environment) (err error) {
	k, closing, err := cmd.open(env)
	if err != nil {
		return err
	}
	defer func() { err = closing(err) }()
	now, err := k.attachments(env.ctx)
	if err != nil {
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(now)
	}
	return now.tell(env.stdout)
}

// attachmentKeys is what heed keys tells of a project.
type attachmentKeys struct {
	KeyID string                  `json:"attachment_key_id"`
	Since time.Time               `json:"attachment_key_since,omitzero"`
	Days  int                     `json:"attachment_days"`
	Uses  []heed.AttachmentKeyUse `json:"attachment_keys"`
}

func (k attachmentKeys) tell(w io.Writer) error {
	since := "since ever"
	if !k.Since.IsZero() {
		since = "since " + k.Since.Local().Format(time.DateTime)
	}
	who := "the server has the private key, and a member who gives a reason can read what is attached"
	if heed.HeldByCustomer(k.KeyID) {
		who = "this server cannot open it; whoever has the private key can, with heed keys open"
	}
	fmt.Fprintf(w, "New attachments are sealed for %s, %s: %s.\n", k.KeyID, since, who)
	if k.Days == 0 {
		fmt.Fprintln(w, "People cannot attach anything yet: heed project update NAME --attachment-days 30 lets them.")
	}
	for _, u := range k.Uses {
		whose := "the server's key " + u.KeyID
		if heed.HeldByCustomer(u.KeyID) {
			whose = "your key " + u.KeyID + "; keep its private key until then"
		}
		fmt.Fprintf(w, "%s kept until %s at the latest under %s.\n", counted(u.Attachments, "attachment"), u.Until.Local().Format(time.DateTime), whose)
	}
	return nil
}

func (k remoteKeys) attachments(ctx context.Context) (now attachmentKeys, err error) {
	err = k.do(ctx, http.MethodGet, "/v1/project", "", nil, &now)
	return now, err
}

func (k remoteKeys) seal(ctx context.Context, public heed.CustomerKey) (now attachmentKeys, err error) {
	err = k.do(ctx, http.MethodPatch, "/v1/project", "", api.ProjectBody{AttachmentKey: &public}, &now)
	return now, err
}

func (k localKeys) attachments(ctx context.Context) (attachmentKeys, error) {
	project, err := k.catalog.Project(ctx, k.project)
	if err != nil {
		return attachmentKeys{}, err
	}
	key, err := k.vault.AttachmentKey(ctx, project)
	if err != nil {
		return attachmentKeys{}, err
	}
	uses, err := k.catalog.AttachmentKeys(ctx, k.project)
	return attachmentKeys{KeyID: key.ID, Since: project.AttachmentKeySince, Days: project.AttachmentDays, Uses: uses}, err
}

func (k localKeys) seal(ctx context.Context, public heed.CustomerKey) (attachmentKeys, error) {
	project, err := k.catalog.Project(ctx, k.project)
	if err != nil {
		return attachmentKeys{}, err
	}
	project.UseAttachmentKey(public, time.Now())
	if err := k.catalog.UpdateProject(ctx, project); err != nil {
		return attachmentKeys{}, err
	}
	return k.attachments(ctx)
}
