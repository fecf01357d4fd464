package retain

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/store"
)

// people is everything that an Eraser needs: two demands are pending, and one
// person cannot be taken out of the store.
type people struct {
	store.Persons
	store.Erasures
	store.Attachments
	pending []heed.Erasure
	stuck   heed.Respondent
	done    []string
}

var errStuck = errors.New("stuck")

func (p *people) PendingErasures(_ context.Context, after heed.Erasure, limit int) ([]heed.Erasure, error) {
	from := slices.IndexFunc(p.pending, func(e heed.Erasure) bool { return e.ID == after.ID }) + 1
	return p.pending[from:min(from+limit, len(p.pending))], nil
}

func (p *people) FinishErasure(_ context.Context, e heed.Erasure) error {
	p.done = append(p.done, e.ID)
	return nil
}

func (p *people) LiveAttachments(context.Context, heed.ProjectID, heed.Respondent, time.Time) ([]heed.Attachment, error) {
	return nil, nil
}

func (p *people) Erase(_ context.Context, e heed.Erasure) (heed.Held, error) {
	if e.Respondents[0] == p.stuck {
		return heed.Held{}, errStuck
	}
	return heed.Held{}, nil
}

func (*people) Settle(context.Context) error                                  { return nil }
func (*people) Forget(heed.ProjectID, []heed.Respondent)                      {}
func (*people) ForgetPerson(heed.ProjectID, heed.Respondent)                  {}
func (*people) ShredKey(context.Context, heed.ProjectID, string) error        { return nil }
func (*people) ShredAttachment(context.Context, heed.ProjectID, string) error { return nil }

func (*people) KeyID(context.Context, heed.ProjectID, heed.Respondent) (string, error) {
	return "", heed.Errorf(heed.NotFound, "none")
}

func (*people) Sign(string, []byte) ([]byte, error) { return []byte("signed"), nil }
func (*people) Verifier() string                    { return "public" }

// One who cannot be erased now keeps nobody else waiting.
func TestOneThatFails(t *testing.T) {
	p := &people{stuck: heed.Respondent{1}, pending: []heed.Erasure{
		{ID: "era_1", Project: "p", Respondents: []heed.Respondent{{1}}}, {ID: "era_2", Project: "p", Respondents: []heed.Respondent{{2}}},
	}}
	e, err := New(Options{
		Keys: p, Events: p, Catalog: p, Intake: p, Calls: p, Signer: p, Ledger: filepath.Join(t.TempDir(), "ledger"),
		Attachments: &Attachments{Keys: p, Catalog: p},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if err := e.work(t.Context()); !errors.Is(err, errStuck) {
		t.Errorf("the one that fails is not told: %v", err)
	}
	if len(p.done) != 1 || p.done[0] != "era_2" {
		t.Errorf("done: %v, want era_2", p.done)
	}
}
