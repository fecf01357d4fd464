package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/api"
)

type datasetExport struct {
	remote
	ID      string   `arg:"" help:"Id of the dataset."`
	Out     string   `short:"o" required:"" help:"Folder to write to; it is made where there is none." placeholder:"DIR"`
	Format  []string `help:"Only this format; again for another." placeholder:"FORMAT"`
	Version int64    `help:"Number of the version; the latest unless told otherwise." placeholder:"N"`
}

// Run writes the files, each whole or not at all, and the card as README.md and
// card.json.
func (cmd datasetExport) Run(env *environment) error {
	c, err := cmd.remote.client()
	if err != nil {
		return err
	}
	_, v, err := c.datasetVersion(env.ctx, cmd.ID, cmd.Version)
	if err != nil {
		return err
	}
	if v.State != heed.DatasetReady {
		return fmt.Errorf("version %d is %s, so it has no files: heed dataset build %s makes the next one", v.Number, statePrinted(v), cmd.ID)
	}
	files, err := cmd.chosen(v)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cmd.Out, 0o700); err != nil {
		return cannotWrite(cmd.Out, err)
	}
	for _, f := range files {
		if err := cmd.write(env, c, v, f); err != nil {
			return err
		}
	}
	for _, card := range []struct{ name, format string }{{"README.md", "md"}, {"card.json", "json"}} {
		text, err := c.text(env.ctx, versionPath(v)+"/card?format="+card.format)
		if err != nil {
			return err
		}
		if err := writeWhole(filepath.Join(cmd.Out, card.name), text); err != nil {
			return err
		}
	}
	_, err = fmt.Fprintf(env.stdout, "Exported version %d to %s: %s, and its card. Who may use it for what, the card says.\n", v.Number, cmd.Out, counted(int64(len(files)), "file"))
	return err
}

// chosen is the files that are asked for.
func (cmd datasetExport) chosen(v *api.DatasetVersionItem) ([]heed.DatasetFile, error) {
	if len(cmd.Format) == 0 {
		return v.Files, nil
	}
	var files []heed.DatasetFile
	for _, name := range cmd.Format {
		i := slices.IndexFunc(v.Files, func(f heed.DatasetFile) bool { return f.Format == name })
		if i < 0 {
			var names []string
			for _, f := range v.Files {
				names = append(names, f.Format)
			}
			return nil, fmt.Errorf("this dataset has no such format: it has %v", names)
		}
		files = append(files, v.Files[i])
	}
	return files, nil
}

// write writes one file, and makes sure that it is the one that was built.
func (cmd datasetExport) write(env *environment, c *client, v *api.DatasetVersionItem, f heed.DatasetFile) error {
	out, err := createOutput(filepath.Join(cmd.Out, filepath.Base(f.Name)))
	if err != nil {
		return err
	}
	defer out.discard()
	told := newProgress(env.stderr, "written", "bytes", f.Bytes)
	defer told.done()
	sum, n := sha256.New(), int64(0)
	err = c.stream(env.ctx, question{method: http.MethodGet, path: versionPath(v) + "/files/" + f.Format}, io.MultiWriter(out, sum, writerFunc(func(p []byte) (int, error) {
		n += int64(len(p))
		told.advance(n, n)
		return len(p), nil
	})))
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	if hex.EncodeToString(sum.Sum(nil)) != f.SHA256 {
		return fmt.Errorf("%s did not come whole: try again", f.Name)
	}
	return out.keep()
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func writeWhole(name, text string) error {
	out, err := createOutput(name)
	if err != nil {
		return err
	}
	defer out.discard()
	if _, err := out.WriteString(text); err != nil {
		return err
	}
	return out.keep()
}

// text reads an answer that is no JSON, or as it was written.
func (c *client) text(ctx context.Context, path string) (string, error) {
	var text strings.Builder
	err := c.stream(ctx, question{method: http.MethodGet, path: path}, &text)
	return text.String(), err
}
