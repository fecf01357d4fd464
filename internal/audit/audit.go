// Package audit is the record of who did what: what a record holds, the one
// encoding of it that is hashed, the Merkle tree over all of them, the signed
// checkpoints that vouch for the tree, and the check that finds what was changed
// since. It is pure: where records are kept is a backend's business.
//
// The tree is that of Certificate Transparency (RFC 6962), by
// golang.org/x/mod/sumdb/tlog. It proves something only against a checkpoint
// that left the machine: who can write the database and read the root key can
// make up everything after the last one that did.
package audit

import (
	"context"

	"github.com/heed-ai/heed"
)

// ActorKind says what kind of somebody acts.
type ActorKind string

const (
	Operator ActorKind = "operator" // at the command line, on the data directory itself
	Member   ActorKind = "member"   // of the team, signed in
	Key      ActorKind = "key"      // a secret key
	Server   ActorKind = "server"   // Heed by itself, such as retention
	Nobody   ActorKind = "nobody"   // not known to be anybody, such as who was refused
)

// ActorKinds lists every kind.
func ActorKinds() []ActorKind { return []ActorKind{Operator, Member, Key, Server, Nobody} }

// Actor is who does something. The people whose feedback is kept are never
// actors.
type Actor struct {
	Kind ActorKind `json:"kind" enum:"operator,member,key,server,nobody"`
	ID   string    `json:"id,omitempty" doc:"Of the member or key; the number of the user at the command line."`
	Name string    `json:"name,omitempty" doc:"Of a member, as it was then."`
}

// actorKey is the key under which a context carries who acts.
type actorKey struct{}

// By returns a context in which actor acts. What changes the catalog writes down
// who did it, and refuses to do it for nobody: a way in that forgets to say who
// came in by it fails at its first test.
func By(ctx context.Context, actor Actor) context.Context {
	return context.WithValue(ctx, actorKey{}, actor)
}

// ActorOf returns who acts in a context. The error, where nobody does, is
// Internal: it is a mistake in Heed.
func ActorOf(ctx context.Context) (Actor, error) {
	actor, ok := ctx.Value(actorKey{}).(Actor)
	if !ok {
		return Actor{}, heed.Errorf(heed.Internal, "nobody is said to do this, so it cannot be written down and is not done")
	}
	return actor, nil
}
