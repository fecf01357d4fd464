package heed_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/heed-ai/heed"

// room is one package and the doors it may use: which packages of ours it may
// import, and why it exists. A package without a row may not exist.
type room struct {
	doors  []string
	reason string
}

// layout is the house plan. Imports point one way, from the command down to
// the vocabulary; widening a row needs a better reason than the one it has.
var layout = map[string]room{
	".": {nil, "the vocabulary: everything speaks it, so it may depend on nothing"},

	"internal/privacy": {[]string{"."}, "pure: redaction and pseudonyms must be testable without a disk"},
	"internal/recognize": {
		[]string{".", "internal/privacy"},
		"asks programs beside Heed what they find in a text: privacy stays pure, and capture knows no protocol",
	},
	"internal/query":   {[]string{"."}, "pure: a question is a value, and no store may leak into it"},
	"internal/laplace": {nil, "pure: noise knows no numbers that it is added to"},
	"internal/insight": {nil, "pure: statistics know numbers, not feedback"},
	"internal/crowd":   {[]string{".", "internal/query"}, "pure: what may be told of people must be provable without a store"},
	"internal/audit":   {[]string{"."}, "pure: what is hashed and signed must not depend on where it is kept"},

	"internal/statement": {[]string{"."}, "pure: what is promised must be the same wherever it is told"},

	"internal/vault":         {[]string{".", "internal/privacy"}, "the only place that turns text into ciphertext and back"},
	"internal/vault/awskms":  {nil, "one key management service, which only a binary that is built with it speaks to"},
	"internal/vault/transit": {nil, "one key management service, which only a binary that is built with it speaks to"},
	"internal/reach":         {nil, "one place decides which addresses may be connected to"},
	"internal/audit/publish": {[]string{"internal/audit", "internal/reach"}, "sends what is signed; knows nothing of what is in the log"},
	"internal/store":         {[]string{".", "internal/audit", "internal/query", "internal/vault"}, "contracts: text only as vault.Sealed, questions only as query types"},

	"internal/spool":           {[]string{".", "internal/store"}, "carries store events, so it cannot hold a text that is not sealed"},
	"internal/store/duckdb":    {[]string{".", "internal/insight", "internal/query", "internal/store", "internal/vault"}, "a backend: knows its contract and nothing above it"},
	"internal/store/sqlite":    {[]string{".", "internal/audit", "internal/store"}, "a backend: knows its contract and nothing above it"},
	"internal/store/storetest": {[]string{".", "internal/audit", "internal/insight", "internal/privacy", "internal/query", "internal/store", "internal/vault"}, "judges backends by their contract alone"},
	"internal/oidc":            {[]string{"."}, "one protocol with one provider: says who somebody is, and knows no members"},
	"internal/access":          {[]string{".", "internal/audit", "internal/oidc", "internal/privacy", "internal/store"}, "says yes or no, and needs only the catalog for it, and who an identity provider vouches for"},

	"internal/rest":    {[]string{"."}, "how JSON endpoints speak: shared by capture and api, so below both"},
	"internal/capture": {[]string{".", "internal/access", "internal/privacy", "internal/store", "internal/vault"}, "the one door in: private before durable, durable before answered"},
	"internal/capture/command": {
		[]string{".", "internal/privacy"},
		"pure: a grammar and shapes; whoever has the request carries out what it says",
	},
	"internal/capture/followup": {
		[]string{".", "internal/access", "internal/capture", "internal/rest", "internal/review"},
		"tells people what became of what they gave: who they are capture knows, and what became of it review",
	},
	"internal/capture/fields": {[]string{".", "internal/capture", "internal/privacy"}, "reads JSON field by field and names what is wrong: shared by the protocols, so below them"},
	"internal/capture/native": {[]string{".", "internal/access", "internal/capture", "internal/capture/fields", "internal/privacy", "internal/rest"}, "one protocol: decodes, and leaves the rest to capture"},
	"internal/capture/rating": {[]string{"."}, "pure: what a name with a value means is the same in every protocol of others"},
	"internal/capture/langfuse": {
		[]string{".", "internal/access", "internal/capture", "internal/capture/failure", "internal/capture/fields", "internal/capture/rating", "internal/capture/usage", "internal/price", "internal/privacy", "internal/rest", "internal/store"},
		"one protocol: decodes, and leaves the rest to capture; a client that checks its keys is told the project's name",
	},
	"internal/capture/langsmith": {
		[]string{".", "internal/access", "internal/capture", "internal/capture/fields", "internal/capture/rating", "internal/rest"},
		"one protocol: decodes, and leaves the rest to capture",
	},
	"internal/capture/phoenix": {
		[]string{".", "internal/access", "internal/capture", "internal/capture/fields", "internal/capture/rating", "internal/rest"},
		"one protocol: decodes, and leaves the rest to capture",
	},
	"internal/capture/failure": {[]string{"."}, "pure: what a message says of a failure is the same in every protocol"},
	"internal/retain":          {[]string{".", "internal/audit", "internal/query", "internal/store"}, "ends what is kept, by contracts alone: it opens no text"},
	"internal/spreadsheet":     {nil, "pure: what a spreadsheet takes for a formula is the same in every file that it opens"},
	"internal/dataset":         {[]string{".", "internal/spreadsheet"}, "pure: shapes of files, which the same items fill with the same bytes"},
	"internal/dataset/build":   {[]string{".", "internal/audit", "internal/dataset", "internal/privacy", "internal/query", "internal/store", "internal/vault"}, "opens what reviewers marked, redacts it again, and has it shaped; it keeps no text"},
	"internal/review":          {[]string{".", "internal/audit", "internal/insight", "internal/query", "internal/store"}, "judges findings and writes reviews by contracts alone: it counts, and opens no text"},
	"internal/capture/usage":   {[]string{".", "internal/capture/fields"}, "pure: what Langfuse's clients tell of tokens is the same in both protocols that they speak"},
	"internal/alert":           {[]string{".", "internal/audit", "internal/insight", "internal/query", "internal/store"}, "judges alerts by contracts alone: it counts, and tells nobody"},
	"internal/outward":         {[]string{".", "internal/audit", "internal/query", "internal/reach", "internal/review", "internal/store"}, "tells endpoints what histories hold, by contracts alone and in the words that review has: it opens no text"},
	"internal/github":          {[]string{".", "internal/reach"}, "one protocol with one program: says what is in a repository, and knows no finding"},
	"internal/tracker":         {[]string{".", "internal/github", "internal/store"}, "makes findings into issues by contracts alone: what they say review writes, and who may ask access decides"},
	"internal/emit":            {[]string{".", "internal/store"}, "tells others what became durable, and knows nothing of where it came from"},
	"internal/telemetry":       {[]string{".", "internal/store"}, "counts events, and knows nothing of where they come from"},
	"internal/price":           {nil, "pure: what tokens cost"},
	"internal/capture/gateway": {
		[]string{".", "internal/access", "internal/capture", "internal/capture/command", "internal/capture/failure", "internal/price", "internal/privacy", "internal/rest", "internal/vault"},
		"passes calls on but for commands, and leaves the rest to capture; what it holds it hands out as the parts of an attachment",
	},
	"internal/capture/otlp": {
		[]string{".", "internal/access", "internal/capture", "internal/capture/failure", "internal/capture/fields", "internal/capture/rating", "internal/capture/usage", "internal/price", "internal/privacy", "internal/rest"},
		"one protocol: decodes, and leaves the rest to capture",
	},
	"internal/capture/attach": {
		[]string{".", "internal/access", "internal/capture", "internal/privacy", "internal/rest", "internal/retain", "internal/store", "internal/vault"},
		"takes what people attach, which goes to the vault and to no event",
	},
	"internal/capture/link": {
		[]string{".", "internal/access", "internal/capture", "internal/privacy", "internal/rest", "internal/store"},
		"one protocol: decodes, and leaves the rest to capture; its page offers the tags that the project's row has",
	},
	"internal/capture/slack": {
		[]string{".", "internal/access", "internal/capture", "internal/capture/link", "internal/privacy", "internal/rest", "internal/store"},
		"one protocol: decodes, and leaves the rest to capture; its dialog offers the tags in the words of the page",
	},
	"internal/capture/widget": {
		[]string{".", "internal/access", "internal/bundle", "internal/capture/attach", "internal/rest", "internal/statement", "internal/store", "internal/vault", "widget"},
		"serves what people click on; their clicks come in by native",
	},
	"internal/api/notice":  {[]string{".", "internal/rest", "internal/statement"}, "the one page for those who are asked; it knows what may be told to everybody"},
	"internal/api/console": {[]string{".", "console", "internal/bundle", "internal/rest"}, "serves pages; what they show they ask of the API"},
	"internal/api/mcp": {
		[]string{".", "internal/access", "internal/api", "internal/query", "internal/rest"},
		"one protocol: its tools ask the API as everybody does, with the caller's key",
	},
	"console":         {nil, "sources for the browser, embedded"},
	"internal/bundle": {nil, "makes scripts out of sources; knows no page"},
	"widget":          {nil, "sources for the browser, embedded"},
	"docs":            {nil, "what is promised in words, embedded: the console shows the same"},
	"internal/api": {
		[]string{".", "internal/access", "internal/alert", "internal/audit", "internal/capture", "internal/capture/slack", "internal/crowd", "internal/dataset", "internal/dataset/build", "internal/github", "internal/insight", "internal/laplace", "internal/outward", "internal/privacy", "internal/query", "internal/recognize", "internal/rest", "internal/retain", "internal/review", "internal/statement", "internal/store", "internal/tracker", "internal/vault"},
		"reads: asks a store by its contract and opens what may be opened",
	},
	"internal/server": {
		[]string{
			"internal/dataset/build", "internal/emit", "internal/price", "internal/privacy", "internal/recognize", "internal/rest", "internal/retain", "internal/review", "internal/spool", "internal/statement", "internal/store", "internal/telemetry", "internal/vault",
			".", "docs", "internal/access", "internal/alert", "internal/api", "internal/api/console", "internal/api/mcp", "internal/api/notice", "internal/audit", "internal/capture", "internal/capture/attach", "internal/capture/followup", "internal/capture/gateway", "internal/capture/langfuse", "internal/capture/langsmith", "internal/capture/link", "internal/capture/native", "internal/capture/otlp", "internal/capture/phoenix", "internal/capture/slack", "internal/capture/widget",
			"internal/emit", "internal/outward", "internal/price", "internal/privacy", "internal/recognize", "internal/rest", "internal/retain", "internal/review", "internal/spool", "internal/statement", "internal/store", "internal/telemetry", "internal/tracker", "internal/vault",
		},
		"puts everything on one address, with backends as interfaces",
	},
	"internal/demo": {
		[]string{".", "internal/alert", "internal/audit", "internal/capture", "internal/privacy", "internal/query", "internal/review", "internal/store"},
		"makes up history, which enters by the same door as everybody's, and what a team made of it, which is judged as everybody's",
	},
	"internal/demo/chat": {
		[]string{".", "internal/access", "internal/bundle", "internal/privacy", "internal/rest"},
		"an AI product like any other: it uses Heed over HTTP, with a key, and names its people in tokens",
	},
	"cmd/heed": {[]string{"*"}, "the wiring: the only importer of backends"},
	"bench":    {[]string{"internal/privacy"}, "measures the binary from outside, over its public contract; only redaction has no way in of its own"},
}

// onlyIn lists packages of others that only some of ours may import.
var onlyIn = map[string]room{
	"github.com/duckdb/":               {[]string{"internal/store/duckdb"}, "a backend is replaceable only while nobody else speaks its dialect"},
	"modernc.org/sqlite":               {[]string{"internal/store/sqlite", "internal/vault"}, "the catalog and the key database are its only files"},
	"github.com/hashicorp/raft":        {[]string{"internal/spool"}, "the queue's format is the spool's own business"},
	"go.opentelemetry.io/collector/":   {[]string{"bench", "internal/capture/otlp", "internal/emit"}, "the protocol of one way in"},
	"google.golang.org/protobuf":       {[]string{"internal/capture/otlp"}, "the wire format of one way in"},
	"filippo.io/age":                   {[]string{"cmd/heed"}, "protects the key files of customers; no server ever opens one"},
	"golang.org/x/mod/sumdb/":          {[]string{"internal/audit"}, "one place decides what is hashed and signed"},
	"github.com/aws/":                  {[]string{"internal/vault/awskms"}, "an optional service: nothing else may come to need it"},
	"github.com/hashicorp/vault/":      {[]string{"internal/vault/transit"}, "an optional service: nothing else may come to need it"},
	"github.com/modelcontextprotocol/": {[]string{"cmd/heed", "internal/api/mcp"}, "the protocol of one way to read; the command joins it to a terminal's ends"},
	"github.com/golang-jwt/":           {[]string{"internal/access"}, "one place decides which tokens are good"},
	"github.com/coreos/go-oidc/":       {[]string{"internal/oidc"}, "one place decides which identities are good"},
	"golang.org/x/oauth2":              {[]string{"internal/oidc"}, "one place decides which identities are good"},
	"github.com/mileusna/useragent":    {[]string{"internal/access"}, "what a browser says of itself is reduced in one place, before anything keeps it"},
	"github.com/nyaruka/phonenumbers":  {[]string{"internal/privacy"}, "a detector's business"},
	"github.com/evanw/esbuild":         {[]string{"internal/bundle"}, "one place decides what browsers get"},
	"net/http/httptest":                {nil, "tests only"},
	"regexp":                           {nil, "a pattern on text that people wrote is a way to stall the server; hand-written scanners are not"},
	"github.com/wneessen/go-mail":      {[]string{"internal/outward"}, "one way out"},
	"github.com/emersion/":             {nil, "tests only: takes the mail that Heed sends"},
	"github.com/standard-webhooks/":    {nil, "tests only: what Heed signs is held against somebody else's code"},
}

// exposers lists where Raw.Expose and Clean.Expose may be called: every other
// place that could open a text is a leak.
var exposers = []string{
	"internal/privacy",         // redacts
	"internal/vault",           // seals
	"internal/access",          // writes the user into a token that the application asked for
	"internal/capture/gateway", // tells the messages apart that it holds, so that no more of them is sealed than was consented to
	"internal/api",             // answers POST /v1/redact, which stores nothing
	"internal/recognize",       // asks the recogniser that a project chose
	"internal/dataset/build",   // writes datasets, redacted once more, for whoever may have them
	"cmd/heed",                 // prints what heed redact was given, redacted
}

// sourceFile is one Go file that is not a test.
type sourceFile struct {
	pkg    string // folder below the module
	name   string
	syntax *ast.File
}

func sourceFiles(t *testing.T) []sourceFile {
	t.Helper()
	var files []sourceFile
	fset := token.NewFileSet()
	err := filepath.WalkDir(".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if _, err := fs.Stat(os.DirFS(p), "go.mod"); d.IsDir() && p != "." && err == nil {
			return filepath.SkipDir // a module of its own
		}
		if d.IsDir() && p != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "node_modules") {
			return filepath.SkipDir
		}
		if d.IsDir() || !strings.HasSuffix(p, ".go") || strings.HasSuffix(p, "_test.go") {
			return nil
		}
		syntax, err := parser.ParseFile(fset, p, nil, parser.SkipObjectResolution)
		files = append(files, sourceFile{path.Dir(filepath.ToSlash(p)), p, syntax})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func importsOf(f sourceFile) []string {
	var paths []string
	for _, spec := range f.syntax.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		paths = append(paths, p)
	}
	return paths
}

func TestImportsFollowTheLayout(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range sourceFiles(t) {
		seen[f.pkg] = true
		here, ok := layout[f.pkg]
		if !ok {
			t.Errorf("%s: package %s has no row in the layout: say what it is for and what it may import", f.name, f.pkg)
			continue
		}
		for _, p := range importsOf(f) {
			ours, isOurs := strings.CutPrefix(p, module)
			if !isOurs {
				continue
			}
			ours = strings.TrimPrefix(ours, "/")
			if ours == "" {
				ours = "."
			}
			if !slices.Contains(here.doors, ours) && !slices.Contains(here.doors, "*") {
				t.Errorf("%s imports %s, but %s may not: %s", f.name, ours, f.pkg, here.reason)
			}
		}
	}
	for pkg := range layout {
		if !seen[pkg] {
			t.Errorf("the layout has a row for %s, which does not exist", pkg)
		}
	}
}

func TestImportsOfOthersStayInTheirRoom(t *testing.T) {
	for _, f := range sourceFiles(t) {
		for _, p := range importsOf(f) {
			if f.pkg == "." && strings.Contains(strings.Split(p, "/")[0], ".") {
				t.Errorf("%s imports %s, but the vocabulary imports the standard library only", f.name, p)
			}
			for prefix, rule := range onlyIn {
				if strings.HasPrefix(p, prefix) && !slices.Contains(rule.doors, f.pkg) {
					t.Errorf("%s imports %s: %s", f.name, p, rule.reason)
				}
			}
		}
	}
}

func TestTextIsOpenedInFewPlaces(t *testing.T) {
	for _, f := range sourceFiles(t) {
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			if sel, ok := call.Fun.(*ast.SelectorExpr); ok && sel.Sel.Name == "Expose" && !slices.Contains(exposers, f.pkg) {
				t.Errorf("%s calls Expose: text that people wrote may be opened only in %s", f.name, strings.Join(exposers, ", "))
			}
			return true
		})
	}
}

func TestFilesAndFunctionsStaySmall(t *testing.T) {
	const maxFileLines, maxFunctionLines = 500, 80
	fset := token.NewFileSet()
	for _, f := range sourceFiles(t) {
		syntax, err := parser.ParseFile(fset, f.name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		if n := fset.Position(syntax.End()).Line; n > maxFileLines {
			t.Errorf("%s has %d lines, more than %d: one main type a file reads better", f.name, n, maxFileLines)
		}
		for _, decl := range syntax.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; n > maxFunctionLines {
				t.Errorf("%s: function %s has %d lines, more than %d", f.name, fn.Name.Name, n, maxFunctionLines)
			}
		}
	}
}

func TestNoDrawers(t *testing.T) {
	forbidden := []string{"util", "utils", "common", "helper", "helpers", "misc", "base", "shared", "model", "models", "types", "services", "pkg", "lib"}
	for _, f := range sourceFiles(t) {
		for part := range strings.SplitSeq(f.pkg, "/") {
			if slices.Contains(forbidden, part) {
				t.Errorf("%s: a folder called %s is a drawer: name it after what is in it", f.name, part)
			}
		}
	}
}

// A query that ends without a semicolon stays compiled: SQLite's driver takes
// what follows one, be it the end of a line, for another statement, compiles each
// as it comes, and that again at every use.
func TestQueriesEndWithoutSemicolon(t *testing.T) {
	files, err := filepath.Glob("internal/*/query/*.sql")
	more, errMore := filepath.Glob("internal/*/*/query/*.sql")
	if files = append(files, more...); err != nil || errMore != nil || len(files) < 100 {
		t.Fatalf("%d queries, %v, %v", len(files), err, errMore)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasSuffix(strings.TrimSpace(string(text)), ";") {
			t.Errorf("%s ends with a semicolon: without one it is compiled once", name)
		}
	}
}
