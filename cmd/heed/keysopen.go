package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"unicode"

	"filippo.io/age"

	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/vault"
)

type keysOpen struct {
	File     string `arg:"" optional:"" help:"File with the sealed attachment, as the console saves it; standard input, if there is none." type:"existingfile"`
	Private  string `short:"i" required:"" help:"File with the private key, which heed keys make wrote." placeholder:"FILE"`
	Identity string `help:"File with the age identity that opens the private key's file, where that is for recipients." placeholder:"FILE"`
	passphraseSource
	JSON bool `name:"json" help:"Print JSON, exactly as it was said."`

	Attachment string `help:"Instead of a file: id of the attachment to ask the server for, as a member." placeholder:"ID"`
	Reason     string `help:"With --attachment: why you need to read it. It is written down with your name." placeholder:"TEXT"`
	Member     string `help:"With --attachment: your name in the console." placeholder:"NAME"`
	Password   string `name:"password-file" help:"With --attachment: file whose first line is your password, instead of a question at the terminal." placeholder:"FILE"`
	Project    string `help:"With --attachment: name of the project." placeholder:"NAME"`
	URL        string `help:"With --attachment: address of the server." env:"HEED_URL" default:"http://127.0.0.1:8080"`
}

// maxSealedFile bounds a sealed attachment in base64, with what is around it.
const maxSealedFile = vault.MaxAttachmentBytes/3*4 + 64<<10

// Run prints what was attached. What is opened goes to standard output alone.
func (cmd keysOpen) Run(env *environment) error {
	var identities []age.Identity
	if cmd.Identity != "" {
		file, err := os.Open(cmd.Identity)
		if err != nil {
			return err
		}
		identities, err = age.ParseIdentities(file)
		if err := errors.Join(err, file.Close()); err != nil {
			return errors.New("--identity takes a file of age identities, such as age-keygen writes")
		}
	}
	// Before anybody is asked for what can be read once in a while.
	private, err := readKeyFile(cmd.Private, identities, func() (string, error) { return cmd.ask("Passphrase of the key file: ") })
	if err != nil {
		return err
	}
	sealed, err := cmd.sealed(env)
	if err != nil {
		return err
	}
	parts, err := private.Open(sealed)
	switch {
	case errors.Is(err, vault.ErrOtherKey):
		return fmt.Errorf("this is sealed for the key %s, and %s holds %s: give the file of that key", sealed.KeyID, cmd.Private, private.Public().ID())
	case errors.Is(err, vault.ErrTampered):
		return errors.New("this does not open: it is not what was sealed, or whoever sealed it did it wrong")
	case err != nil:
		return err
	}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(api.Revealed{Parts: parts}.Parts)
	}
	for _, p := range parts {
		if _, err := fmt.Fprintf(env.stdout, "[%s]\n%s\n\n", p.Role, strings.Map(visible, p.Text)); err != nil {
			return err
		}
	}
	return nil
}

// visible replaces what would make a terminal do something, or show a text in
// another order than it has.
func visible(r rune) rune {
	if r == '\n' || r == '\t' || !unicode.IsControl(r) && !unicode.Is(unicode.Bidi_Control, r) {
		return r
	}
	return unicode.ReplacementChar
}

func (cmd keysOpen) sealed(env *environment) (vault.SealedAttachment, error) {
	if cmd.Attachment != "" {
		return cmd.revealed(env)
	}
	in := env.stdin
	if cmd.File != "" {
		file, err := os.Open(cmd.File)
		if err != nil {
			return vault.SealedAttachment{}, err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, maxSealedFile))
	if err != nil {
		return vault.SealedAttachment{}, fmt.Errorf("read the sealed attachment: %w", err)
	}
	// As the console saves it, or as the server answers.
	var file struct {
		vault.SealedAttachment
		Sealed json.RawMessage `json:"sealed"`
	}
	var sealed vault.SealedAttachment
	err = json.Unmarshal(text, &file)
	if err == nil && file.Kind == "" {
		text = file.Sealed
	}
	if err == nil {
		err = json.Unmarshal(text, &sealed)
	}
	if err != nil || sealed.Kind != vault.SealedAttachmentKind {
		return sealed, errors.New("this is no sealed attachment: give the file that the console saved, or the answer of GET /v1/attachments/{id}/content")
	}
	return sealed, nil
}

// revealed asks a server for the attachment, by the same right, reason and record
// as in the console.
func (cmd keysOpen) revealed(env *environment) (sealed vault.SealedAttachment, err error) {
	if cmd.Member == "" || cmd.Reason == "" || cmd.Project == "" {
		return sealed, errors.New("--attachment needs --member, --reason and --project: who asks, why, and where")
	}
	path, in := "/v1/attachments/"+url.PathEscape(cmd.Attachment), "?project="+url.QueryEscape(cmd.Project)
	var revealed api.Revealed
	if err := asMember(env, cmd.URL, cmd.Member, cmd.Password, func(c *client) error {
		if err := c.do(env.ctx, http.MethodPost, path+"/reveals"+in, "", api.RevealBody{Reason: cmd.Reason}, nil); err != nil {
			return err
		}
		return c.do(env.ctx, http.MethodGet, path+"/content"+in, "", nil, &revealed)
	}); err != nil {
		return sealed, err
	}
	if revealed.Sealed == nil {
		return sealed, errors.New("this attachment is sealed for the server's own key: read it in the console")
	}
	return *revealed.Sealed, nil
}
