package duckdb

import (
	"context"
	_ "embed"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

//go:embed query/receipt.get.sql
var receiptGet string

// Receipt returns the remembered answer of an Idempotency-Key.
func (s *Store) Receipt(ctx context.Context, project heed.ProjectID, key [16]byte) (store.Receipt, error) {
	if !s.seen.maybe(seenReceipt, receiptHash(key)) {
		return store.Receipt{}, errNoReceipt()
	}
	oldest := now().Add(-store.ReceiptLifetime).UnixMicro()
	receipts, err := list(ctx, s.db, func(from scanner) (store.Receipt, error) {
		r := store.Receipt{Key: key}
		var request []byte
		err := from.Scan(&request, &r.Answer)
		copy(r.Request[:], request)
		return r, err
	}, receiptGet, project, key[:], oldest)
	if err != nil {
		return store.Receipt{}, failure("read a receipt", err)
	}
	if len(receipts) == 0 {
		return store.Receipt{}, errNoReceipt()
	}
	return receipts[0], nil
}

func errNoReceipt() error {
	return heed.Errorf(heed.NotFound, "there is no receipt of this Idempotency-Key")
}
