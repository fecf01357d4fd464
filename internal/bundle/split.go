package bundle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"github.com/evanw/esbuild/pkg/api"
)

// Scripts are a script in parts: what is imported at once, and what is imported
// when it is needed. Safe to share; nobody changes it.
type Scripts struct {
	Entry string           // name of the part that is loaded first
	Files map[string]*File // by name; those of all others have a hash in it
	First []string         // names of the parts that the entry imports at once
}

// Split bundles entry as Build does, as modules: each import() in it becomes a
// part of its own, and so does what several parts need.
func Split(sources fs.FS, entry, name string) (*Scripts, error) {
	result := api.Build(api.BuildOptions{
		EntryPointsAdvanced: []api.EntryPoint{{InputPath: entry, OutputPath: name}},
		Bundle:              true, Format: Module, Target: browsers, Splitting: true, Outdir: "/", ChunkNames: "[name]-[hash]", Metafile: true,
		MinifyWhitespace: true, MinifyIdentifiers: true, MinifySyntax: true,
		JSXFactory: "h", JSXFragment: "Fragment",
		Plugins: []api.Plugin{{Name: "embedded", Setup: func(b api.PluginBuild) { fromSources(b, sources) }}},
	})
	if err := failed(entry, result.Errors); err != nil {
		return nil, err
	}
	s := &Scripts{Entry: name + ".js", Files: map[string]*File{}}
	for _, out := range result.OutputFiles {
		file, err := newFile(out.Contents, "text/javascript")
		if err != nil {
			return nil, err
		}
		s.Files[path.Base(out.Path)] = file
	}
	var err error
	s.First, err = importedAtOnce(result.Metafile, s.Entry)
	return s, err
}

// importedAtOnce names what a part imports by statements, and not by calls.
func importedAtOnce(metafile, entry string) (names []string, err error) {
	var meta struct {
		Outputs map[string]struct {
			Imports []struct{ Path, Kind string }
		}
	}
	if err := json.Unmarshal([]byte(metafile), &meta); err != nil {
		return nil, fmt.Errorf("read how %s was bundled: %w", entry, err)
	}
	for out, parts := range meta.Outputs {
		for _, i := range parts.Imports {
			if path.Base(out) == entry && i.Kind == "import-statement" {
				names = append(names, path.Base(i.Path))
			}
		}
	}
	return names, nil
}

// failed is what went wrong with a bundle.
func failed(entry string, messages []api.Message) error {
	if len(messages) == 0 {
		return nil
	}
	var errs []error
	for _, text := range api.FormatMessages(messages, api.FormatMessagesOptions{}) {
		errs = append(errs, errors.New(text))
	}
	return fmt.Errorf("bundle %s: %w", entry, errors.Join(errs...))
}
