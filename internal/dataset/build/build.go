// Package build makes versions of datasets: it takes what reviewers marked, opens
// it, redacts it once more, and has it shaped into files. It keeps no file: it
// remembers which items in which state, and what the files' hashes are, and makes the
// same bytes again when somebody asks for them.
package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/privacy"
	"github.com/heed-ai/heed/internal/store"
	"github.com/heed-ai/heed/internal/vault"
)

// Catalog is what a Builder needs of the catalog.
type Catalog interface {
	store.Datasets
	store.DatasetMarks
	store.DatasetVersions
	Project(ctx context.Context, id heed.ProjectID) (heed.Project, error)
	Attachment(ctx context.Context, project heed.ProjectID, id string) (heed.Attachment, []byte, error)
}

// Events is what a Builder needs of the events.
type Events interface {
	store.Answers
	Feedback(ctx context.Context, project heed.ProjectID, ids ...heed.FeedbackID) (map[heed.FeedbackID]store.Feedback, error)
	Arrivals(ctx context.Context, project heed.ProjectID, targets ...heed.Target) (map[heed.Target]store.Arrival, error)
}

// Vault opens what is sealed.
type Vault interface {
	Open(ctx context.Context, p vault.Place, s vault.Sealed) (string, error)
	Reveal(ctx context.Context, a heed.Attachment, stored []byte) ([]vault.RevealedPart, error)
}

// Options are the parts a Builder is made of.
type Options struct {
	Catalog     Catalog
	Events      Events
	Vault       Vault
	Cleaner     *privacy.Cleaner
	Recognizers func(project heed.ProjectID, name string) privacy.Recognizer
	Version     string // of Heed
	Log         *slog.Logger
}

// Builder builds versions, one after the other, and writes their files. A version
// whose building was cut off is built again. Safe for concurrent use.
type Builder struct {
	Options
	kicked  chan struct{} // there is something to build; holds one
	streams chan struct{} // holds one for each file that is being written
	checks  chan struct{} // and for each version that is being checked

	mu       sync.Mutex
	progress map[versionKey]Progress
	failures map[versionKey]int
}

type versionKey struct {
	dataset heed.DatasetID
	number  int64
}

// Progress is how far the building of a version is, in items that are looked at and
// items that are written.
type Progress struct {
	Done  int64 `json:"done"`
	Total int64 `json:"total"`
}

const (
	lookEvery = 30 * time.Second
	// maxFailures is how often a building is tried.
	maxFailures = 5
	// maxStreams bounds how many files are written at once.
	maxStreams = 4
	// maxChecks bounds how many versions are held against what is kept at once, which
	// looks through all feedback for each thousand of their items. Others wait.
	maxChecks = 2
)

// New makes a Builder.
func New(o Options) *Builder {
	return &Builder{
		Options: o, kicked: make(chan struct{}, 1), streams: make(chan struct{}, maxStreams), checks: make(chan struct{}, maxChecks),
		progress: map[versionKey]Progress{}, failures: map[versionKey]int{},
	}
}

// Begin has a version of a dataset built.
func (b *Builder) Begin(ctx context.Context, d *heed.Dataset, by string) (heed.DatasetVersion, error) {
	v, err := b.Catalog.BeginVersion(ctx, heed.DatasetVersion{Project: d.Project, Dataset: d.ID, BegunAt: heed.Instant(time.Now()), BegunBy: by})
	if err == nil {
		b.kick()
	}
	return v, err
}

func (b *Builder) kick() {
	select {
	case b.kicked <- struct{}{}:
	default:
	}
}

// Progress says how far the building of a version is.
func (b *Builder) Progress(v *heed.DatasetVersion) Progress {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.progress[versionKey{v.Dataset, v.Number}]
}

func (b *Builder) tell(v *heed.DatasetVersion, p Progress) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.progress[versionKey{v.Dataset, v.Number}] = p
}

// Run builds what there is to build until ctx is done.
func (b *Builder) Run(ctx context.Context) {
	ctx = audit.By(ctx, audit.Actor{Kind: audit.Server})
	for {
		again, err := b.work(ctx)
		if err != nil && ctx.Err() == nil {
			b.Log.Error("a version of a dataset could not be built; it is tried again", "error", err)
		}
		wait := lookEvery
		if again {
			wait = time.Second
		}
		select {
		case <-b.kicked:
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

// work builds all that is to be built, and says whether some of it is to be tried
// again soon.
func (b *Builder) work(ctx context.Context) (again bool, err error) {
	building, err := b.Catalog.ListVersions(ctx, "", "", 0)
	if err != nil {
		return false, err
	}
	for _, v := range building {
		key := versionKey{v.Dataset, v.Number}
		failed := b.build(ctx, v)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if failed != nil && b.deleted(ctx, &v) {
			failed = nil
		}
		b.mu.Lock()
		b.failures[key]++
		tries := b.failures[key]
		if failed == nil {
			delete(b.failures, key)
			delete(b.progress, key)
		}
		b.mu.Unlock()
		if failed == nil {
			continue
		}
		err = errors.Join(err, failed)
		again = true
		if tries >= maxFailures {
			v.State, v.BuiltAt, v.BuiltBy = heed.DatasetFailed, heed.Instant(time.Now()), b.Version
			err = errors.Join(err, b.Catalog.FinishVersion(ctx, v))
			b.mu.Lock()
			delete(b.failures, key)
			delete(b.progress, key)
			b.mu.Unlock()
		}
	}
	return again, err
}

// deleted reports whether somebody deleted the dataset of a version while it was
// built.
func (b *Builder) deleted(ctx context.Context, v *heed.DatasetVersion) bool {
	_, err := b.Catalog.Dataset(ctx, v.Project, v.Dataset)
	return heed.CodeOf(err) == heed.NotFound
}

// redaction is a project's policy of redaction, and what names it.
type redaction struct {
	cleaner    *privacy.Cleaner
	recognizer privacy.Recognizer
	name       string
}

func (b *Builder) redactionOf(ctx context.Context, project heed.ProjectID) (r redaction, err error) {
	p, err := b.Catalog.Project(ctx, project)
	if err != nil {
		return r, err
	}
	text, err := json.Marshal(struct {
		Patterns   []heed.RedactPattern
		Recognizer string
	}{p.Patterns, p.Privacy.Recognizer})
	if err != nil {
		return r, err
	}
	sum := sha256.Sum256(text)
	r.name = hex.EncodeToString(sum[:])
	r.recognizer = b.Recognizers(p.ID, p.Privacy.Recognizer)
	r.cleaner, err = b.Cleaner.With(p.Patterns)
	return r, err
}

// clean redacts a text. Empty and false where that cannot be done; an error where it
// may be done later.
func (r *redaction) clean(ctx context.Context, text string) (string, bool, error) {
	if text == "" {
		return "", true, nil
	}
	var clean privacy.Clean
	if r.recognizer == nil {
		clean = r.cleaner.Clean(privacy.NewRaw(text))
	} else {
		var err error
		if clean, _, err = r.cleaner.RedactBy(ctx, r.recognizer, privacy.NewRaw(text)); heed.CodeOf(err) == heed.Unavailable {
			return "", false, err
		}
	}
	if clean.Withheld() {
		return "", false, nil
	}
	return clean.Expose(), true, nil
}
