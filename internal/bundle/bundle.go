// Package bundle turns TypeScript and styles that are embedded in the binary
// into what a browser loads: one minified script, one minified style sheet. So no bundle is kept beside its sources,
// and no tool but Go is needed to build Heed.
package bundle

import (
	"bytes"
	"compress/gzip"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/evanw/esbuild/pkg/api"
)

// Format is how a script is loaded.
type Format = api.Format

// The formats: a classic script, and an ES module.
const (
	Classic = api.FormatIIFE
	Module  = api.FormatESModule
)

// File is a script or a style sheet as browsers get it. Safe to share; nobody
// changes it.
type File struct {
	Body []byte
	Gzip []byte // the same, compressed

	// Integrity is the value of an integrity attribute, by which browsers
	// refuse any other bytes: SHA-384 (W3C Subresource Integrity).
	Integrity string

	media string
}

// Version names the bytes in an address that may be cached for ever.
func (f *File) Version() string {
	sum, _ := base64.StdEncoding.DecodeString(strings.TrimPrefix(f.Integrity, "sha384-"))
	return fmt.Sprintf("%x", sum[:8])
}

// browsers are what scripts must run on: those of the last two years.
const browsers = api.ES2022

// Build bundles entry, a path in sources, with all that it imports from there:
// its own parts, and modules of others from the folder vendor. A style sheet is
// imported as its minified text. JSX is made of calls of h.
func Build(sources fs.FS, entry string, format Format) (*File, error) {
	result := api.Build(api.BuildOptions{
		EntryPoints: []string{entry}, Bundle: true, Format: format, Target: browsers,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		JSXFactory: "h", JSXFragment: "Fragment",
		Plugins: []api.Plugin{{Name: "embedded", Setup: func(b api.PluginBuild) { fromSources(b, sources) }}},
	})
	if err := failed(entry, result.Errors); err != nil {
		return nil, err
	}
	return newFile(result.OutputFiles[0].Contents, "text/javascript")
}

// Style minifies a style sheet.
func Style(sources fs.FS, name string) (*File, error) {
	text, err := fs.ReadFile(sources, name)
	if err != nil {
		return nil, err
	}
	return newFile([]byte(minifiedStyle(string(text))), "text/css")
}

func newFile(body []byte, media string) (*File, error) {
	sum := sha512.Sum384(body)
	compressed, err := compress(body)
	if err != nil {
		return nil, err
	}
	return &File{
		Body: body, Gzip: compressed, Integrity: "sha384-" + base64.StdEncoding.EncodeToString(sum[:]), media: media,
	}, nil
}

func compress(body []byte) ([]byte, error) {
	var out bytes.Buffer
	// The level is a valid one.
	w, _ := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if _, err := w.Write(body); err != nil {
		return nil, err
	}
	err := w.Close()
	return out.Bytes(), err
}

// ServeHTTP answers with the file, compressed for who takes that, and with
// nothing for who has it. The caller has set what else belongs in the header.
func (f *File) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Type", f.media+"; charset=utf-8")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("ETag", `"`+f.Version()+`"`)
	h.Add("Vary", "Accept-Encoding")
	if strings.Contains(r.Header.Get("If-None-Match"), f.Version()) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	body := f.Body
	if strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		body = f.Gzip
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body) // the client is gone if this fails
}

// fromSources makes the bundler read from sources and from nowhere else.
func fromSources(b api.PluginBuild, sources fs.FS) {
	b.OnResolve(api.OnResolveOptions{Filter: `.*`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
		name := path.Clean(args.Path)
		if strings.HasPrefix(args.Path, ".") {
			name = path.Join(path.Dir(args.Importer), args.Path)
		}
		for _, candidate := range []string{name, name + ".ts", name + ".tsx", "vendor/" + name + ".mjs"} {
			if info, err := fs.Stat(sources, candidate); err == nil && !info.IsDir() {
				return api.OnResolveResult{Path: candidate, Namespace: "embedded"}, nil
			}
		}
		return api.OnResolveResult{}, fmt.Errorf("%s is not among the embedded sources", args.Path)
	})
	b.OnLoad(api.OnLoadOptions{Filter: `.*`, Namespace: "embedded"}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
		text, err := fs.ReadFile(sources, args.Path)
		if err != nil {
			return api.OnLoadResult{}, err
		}
		contents, loader := string(text), api.LoaderTS
		switch path.Ext(args.Path) {
		case ".css":
			contents, loader = minifiedStyle(contents), api.LoaderText
		case ".tsx":
			loader = api.LoaderTSX
		case ".mjs":
			loader = api.LoaderJS
		}
		return api.OnLoadResult{Contents: &contents, Loader: loader}, nil
	})
}

func minifiedStyle(text string) string {
	result := api.Transform(text, api.TransformOptions{Loader: api.LoaderCSS, MinifyWhitespace: true, MinifySyntax: true})
	return strings.TrimSpace(string(result.Code))
}
