package store

import (
	"context"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
)

// Audit keeps the record of who did what; package audit says what a record
// holds. It only grows.
//
// Every method of the catalog that changes something for good writes its record
// in its own transaction: after a crash there are both or neither. It takes who
// acts from its context, where audit.By put it, and refuses to act for nobody
// (Internal). What only passes, such as a session that ended by itself, has no
// record.
type Audit interface {
	// AppendAudit writes down an action that is not the catalog's own. When it
	// returns the record is durable: what must not happen without a record
	// happens after it.
	AppendAudit(ctx context.Context, e audit.Entry) (audit.Record, error)
	// ListAudit lists records, newest first.
	ListAudit(ctx context.Context, q AuditQuery) ([]audit.Record, error)
	// AuditTree returns the state of the log.
	AuditTree(ctx context.Context) (audit.Tree, error)
	// ReadAudit lets read have the whole log as it is stored, at one moment.
	// The source is good until read returns.
	ReadAudit(ctx context.Context, read func(audit.Source) error) error
	// AuditKey returns what signs the log's checkpoints; NotFound if there is
	// nothing yet.
	AuditKey(ctx context.Context) (AuditKey, error)
	// KeepAuditKey stores the log's key, which is the first record, and returns
	// it. Where there is one, that one stays and is returned.
	KeepAuditKey(ctx context.Context, k AuditKey) (AuditKey, error)
}

// AuditQuery chooses records. What is empty chooses all.
type AuditQuery struct {
	Project heed.ProjectID
	Action  audit.Action
	Actor   string // id
	Before  int64  // number of the record to go on before; 0: from the newest
	Limit   int
}

// AuditKey is the key that signs checkpoints.
type AuditKey struct {
	Verifier string // public
	Wrapped  []byte // the secret
}
