package build

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/dataset"
)

// build chooses what is in a version and writes all of its files, of which only
// their hashes are kept.
func (b *Builder) build(ctx context.Context, v heed.DatasetVersion) error {
	d, err := b.Catalog.Dataset(ctx, v.Project, v.Dataset)
	if err != nil {
		return err
	}
	if err := b.choose(ctx, &d, &v); err != nil {
		return err
	}
	p, err := b.newPass(ctx, &d, &v)
	if err != nil {
		return err
	}
	files := openFiles(&d)
	marked, done := v.Counts.Marked, int64(0)
	err = p.each(ctx, func(item *dataset.Item) error {
		if done++; done%100 == 0 {
			b.tell(&v, Progress{Done: marked + done, Total: marked + v.Counts.Items})
		}
		for _, f := range files {
			if err := f.write(item); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	v.Files = []heed.DatasetFile{}
	for _, f := range files {
		file, err := f.close(&d, v.Number)
		if err != nil {
			return err
		}
		v.Files = append(v.Files, file)
	}
	c := &v.Counts
	c.Content, c.Attached, c.Withheld, c.Notices = p.counts.Content, p.counts.Attached, p.counts.Withheld, p.counts.Notices
	v.State, v.BuiltAt, v.BuiltBy, v.Redaction = heed.DatasetReady, heed.Instant(time.Now()), b.Version, p.redact.name
	return b.Catalog.FinishVersion(ctx, v)
}

// measured is a file that is written to be measured.
type measured struct {
	format  dataset.Format
	encoder dataset.Encoder
	sum     hash.Hash
	bytes   int64
	rows    int64
}

func openFiles(d *heed.Dataset) (files []*measured) {
	for _, format := range dataset.FormatsFor(d.Purpose) {
		f := &measured{format: format, sum: sha256.New()}
		f.encoder = format.Open(f)
		files = append(files, f)
	}
	return files
}

// Write measures what the encoder writes.
func (f *measured) Write(p []byte) (int, error) {
	f.bytes += int64(len(p))
	return f.sum.Write(p)
}

func (f *measured) write(item *dataset.Item) error {
	n, err := f.encoder.Write(item)
	f.rows += int64(n)
	return err
}

func (f *measured) close(d *heed.Dataset, number int64) (heed.DatasetFile, error) {
	err := f.encoder.Close()
	return heed.DatasetFile{
		Format: f.format.Name, Name: heed.DatasetFileName(d, number) + "." + f.format.Ending, Rows: f.rows, Bytes: f.bytes, SHA256: hex.EncodeToString(f.sum.Sum(nil)),
	}, err
}

// Check makes sure that a version is as it was built, and ends it if it is not: it
// returns it as it is then.
func (b *Builder) Check(ctx context.Context, d *heed.Dataset, v heed.DatasetVersion) (heed.DatasetVersion, error) {
	if v.State != heed.DatasetReady {
		return v, nil
	}
	select {
	case b.checks <- struct{}{}:
		defer func() { <-b.checks }()
	case <-ctx.Done():
		return v, heed.Wrap(heed.Unavailable, ctx.Err(), "the request ended before the version was checked: ask again")
	}
	p, err := b.newPass(ctx, d, &v)
	if err != nil {
		return v, err
	}
	if p.redact.name != v.Redaction {
		return b.end(ctx, v)
	}
	err = p.pages(ctx, func(items []heed.DatasetItem) error {
		states, err := b.Events.Feedback(ctx, d.Project, idsOf(items, feedbackOf)...)
		for i := range items {
			if f, ok := states[items[i].Feedback]; err == nil && (!ok || !f.UpdatedAt.Equal(items[i].Updated)) {
				err = errChanged
			}
		}
		return err
	})
	if errors.Is(err, errChanged) {
		return b.end(ctx, v)
	}
	return v, err
}

// end ends a version that is not as it was built.
func (b *Builder) end(ctx context.Context, v heed.DatasetVersion) (heed.DatasetVersion, error) {
	at := heed.Instant(time.Now())
	return v.Stale(heed.EndChanged, at), b.Catalog.EndVersion(ctx, v, heed.EndChanged, at)
}

// WriteFile writes a file of a version that was checked. Its last bytes come when it
// is known to be the one that was built: else they do not come at all, the version is
// stale, and the error is a Conflict. Unavailable while many files are written.
func (b *Builder) WriteFile(ctx context.Context, d *heed.Dataset, v heed.DatasetVersion, file heed.DatasetFile, w io.Writer) error {
	select {
	case b.streams <- struct{}{}:
		defer func() { <-b.streams }()
	default:
		return &heed.Error{Code: heed.Unavailable, RetryAfter: 5 * time.Second, Message: "several files of datasets are being written: ask again"}
	}
	p, err := b.newPass(ctx, d, &v)
	if err != nil {
		return err
	}
	out := &withholding{w: w, sum: sha256.New()}
	for _, format := range dataset.FormatsFor(d.Purpose) {
		if format.Name != file.Format {
			continue
		}
		encoder := format.Open(out)
		err = p.each(ctx, func(item *dataset.Item) error {
			_, err := encoder.Write(item)
			return err
		})
		if err == nil {
			err = encoder.Close()
		}
	}
	if err == nil && hex.EncodeToString(out.sum.Sum(nil)) != file.SHA256 {
		err = errChanged
	}
	if errors.Is(err, errChanged) {
		_, err = b.end(ctx, v)
		return errors.Join(heed.Errorf(heed.Conflict, "something in this version was changed meanwhile: build the next one"), err)
	}
	if err != nil {
		return err
	}
	return out.release()
}

// withholding writes all but the last bytes that it was given.
type withholding struct {
	w    io.Writer
	sum  hash.Hash
	held []byte
}

// withheldBytes is how much is held back: of no format is what comes before whole.
const withheldBytes = 32 << 10

func (o *withholding) Write(p []byte) (int, error) {
	o.sum.Write(p) // never fails
	o.held = append(o.held, p...)
	if len(o.held) < 2*withheldBytes {
		return len(p), nil
	}
	ready := len(o.held) - withheldBytes
	if _, err := o.w.Write(o.held[:ready]); err != nil {
		return 0, err
	}
	o.held = append(o.held[:0], o.held[ready:]...)
	return len(p), nil
}

func (o *withholding) release() error {
	_, err := o.w.Write(o.held)
	return err
}
