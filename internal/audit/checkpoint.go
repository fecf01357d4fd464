package audit

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/heed-ai/heed"
)

// Checkpoint is a signed statement of how a log was at a time. As text it is a
// signed note (golang.org/x/mod/sumdb/note) with the lines of a transparency
// log's checkpoint (C2SP tlog-checkpoint): the log's name, its size, its root in
// base64; and then the time.
type Checkpoint struct {
	Tree
	Time time.Time
}

// NewKey makes a key that signs checkpoints: the secret, which is to be kept
// wrapped, and the verifier, which everybody may know. The name in both is that
// of the log, and random.
func NewKey() (secret, verifier string, err error) {
	var name [8]byte
	rand.Read(name[:]) // never fails; see crypto/rand
	return note.GenerateKey(rand.Reader, "heed/audit/"+hex.EncodeToString(name[:]))
}

// Notary signs checkpoints of a log. Safe for concurrent use.
type Notary struct {
	signer   note.Signer
	verifier string
	tree     func(context.Context) (Tree, error)
}

// NewNotary makes a Notary of the log whose state tree tells.
func NewNotary(secret, verifier string, tree func(context.Context) (Tree, error)) (*Notary, error) {
	signer, err := note.NewSigner(secret)
	if err != nil {
		return nil, heed.Wrap(heed.Internal, errors.New("not a note signer"), "the audit log's key is damaged: restore catalog.db from a backup")
	}
	return &Notary{signer: signer, verifier: verifier, tree: tree}, nil
}

// Verifier is the key by which everybody can check what this Notary signs.
func (n *Notary) Verifier() string { return n.verifier }

// Checkpoint signs the state of the log as it is now.
func (n *Notary) Checkpoint(ctx context.Context) (Checkpoint, []byte, error) {
	tree, err := n.tree(ctx)
	if err != nil {
		return Checkpoint{}, nil, err
	}
	c := Checkpoint{Tree: tree, Time: time.Now().UTC().Truncate(time.Second)}
	text := fmt.Sprintf("%s\n%d\n%s\n%s\n", n.signer.Name(), c.Size, c.Root, c.Time.Format(time.RFC3339))
	signed, err := note.Sign(&note.Note{Text: text}, n.signer)
	return c, signed, err
}

// OpenCheckpoint returns what a signed checkpoint says, if the key of the
// verifier signed it.
func OpenCheckpoint(signed []byte, verifier string) (Checkpoint, error) {
	v, err := note.NewVerifier(strings.TrimSpace(verifier))
	if err != nil {
		return Checkpoint{}, errors.New("this is no verifier key: heed audit key prints that of a log")
	}
	opened, err := note.Open(signed, note.VerifierList(v))
	if err != nil {
		return Checkpoint{}, fmt.Errorf("it is not signed by %s, or was changed", v.Name())
	}
	c, ok := parseCheckpoint(opened.Text, v.Name())
	if !ok {
		return Checkpoint{}, errors.New("what is signed is no checkpoint of this log")
	}
	return c, nil
}

func parseCheckpoint(text, name string) (c Checkpoint, ok bool) {
	lines := strings.Split(text, "\n")
	if len(lines) != 5 || lines[0] != name {
		return c, false
	}
	var err, errRoot, errTime error
	c.Size, err = strconv.ParseInt(lines[1], 10, 64)
	root, errRoot := base64.StdEncoding.DecodeString(lines[2])
	c.Time, errTime = time.Parse(time.RFC3339, lines[3])
	copy(c.Root[:], root)
	return c, err == nil && errRoot == nil && errTime == nil && len(root) == len(c.Root) && c.Size >= 0
}

// Sign signs a statement of Heed's other than a checkpoint, with the log's key.
// What it is of is part of what is signed, so that no signature is good for
// anything else.
func (n *Notary) Sign(of string, statement []byte) (signature []byte, err error) {
	return n.signer.Sign(signable(of, statement))
}

// VerifyStatement reports whether the holder of a log's key signed a statement.
func VerifyStatement(verifier, of string, statement, signature []byte) bool {
	v, err := note.NewVerifier(strings.TrimSpace(verifier))
	return err == nil && v.Verify(signable(of, statement), signature)
}

// signable is never the text of a checkpoint, which begins with its origin.
func signable(of string, statement []byte) []byte {
	return append([]byte("heed statement\n"+of+"\n"), statement...)
}
