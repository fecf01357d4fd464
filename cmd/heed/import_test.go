package main

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// everyKind has each kind of event, with and without what identifies it.
const everyKind = `{"type":"response","response_id":"r1","model":"m"}

{"type":"feedback","response_id":"r1","vote":"up","user":"u"}
{"type":"feedback","response_id":"r1","vote":"up"}
{"type":"feedback","response_id":"r1","vote":"up"}
{"type":"feedback","response_id":"r1","vote":"up","user":"","id":null}
{"type":"feedback","id":"f1","response_id":"r1","comment":"<b>&\u2028"}
{"type":"signal","response_id":"r1","name":"copied"}
{"type":"signal","response_id":"r1","name":"copied"}
{"type":"signal","id":"s1","response_id":"r1","name":"copied"}
{ "type": "change", "name": "prompt", "value": "v2" }
{"type":"change","id":"c1","name":"prompt","value":"v2"}
`

func TestImportTwiceIsImportOnce(t *testing.T) {
	server := newEventsServer(t)
	file := write(t, filepath.Join(t.TempDir(), "events.jsonl"), everyKind)
	first := runCommand(t, t.Context(), server.URL, "import", file)
	if diff := cmp.Diff(ran{Stdout: "Imported 11 events; 0 lines were rejected.\n"}, first); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	stored := maps.Clone(server.stored)
	if len(stored) != 11 {
		t.Fatalf("%d events are stored, want 11: %v", len(stored), slices.Sorted(maps.Keys(stored)))
	}
	for identity := range stored {
		if strings.Contains(identity, "unnamed") {
			t.Errorf("%s was sent with nothing that identifies it", identity)
		}
	}
	runCommand(t, t.Context(), server.URL, "import", file)
	if diff := cmp.Diff(stored, server.stored); diff != "" {
		t.Errorf("after a second import (-first +second):\n%s", diff)
	}
}

// TestImportCorrected: correcting one line of a file leaves the ids of all
// others as they were.
func TestImportCorrected(t *testing.T) {
	server := newEventsServer(t)
	dir := t.TempDir()
	wrong := strings.Replace(everyKind, `{"type":"response","response_id":"r1"`, `{"type":"response","vote":"sideways","response_id":"r1"`, 1)
	got := runCommand(t, t.Context(), server.URL, "import", write(t, filepath.Join(dir, "wrong.jsonl"), wrong))
	if got.Status != 1 || len(server.stored) != 10 {
		t.Fatalf("status %d with %d events stored, want 1 with 10", got.Status, len(server.stored))
	}
	runCommand(t, t.Context(), server.URL, "import", write(t, filepath.Join(dir, "right.jsonl"), everyKind))
	if len(server.stored) != 11 {
		t.Errorf("%d events are stored, want 11", len(server.stored))
	}
}

func TestImportNamesEveryRejectedLine(t *testing.T) {
	server := newEventsServer(t)
	text := strings.Join([]string{
		`{"type":"feedback","response_id":"r1","vote":"canary"}`,
		``,
		`{"type":"feedback","response_id":"r1","comment":"canary"`,
		`["canary"]`,
		`null`,
		strings.Repeat("[", 70) + `"canary"` + strings.Repeat("]", 70),
		`{"canary":"` + strings.Repeat("x", maxImportLine) + `"}`,
		"{\"canary\":\"\xff\"}",
		`{"type":"feedback","response_id":"r1","vote":"canary"}`,
		`{"type":"feedback","response_id":"r2","vote":"up"}`,
	}, "\r\n")
	file := write(t, filepath.Join(t.TempDir(), "events.jsonl"), text)
	got := runCommand(t, t.Context(), server.URL, "import", file)
	want := ran{
		Status: 1,
		Stdout: "Imported 1 event; 8 lines were rejected.\n",
		Stderr: `line 1: vote must be one of: up, down, none
line 3: is not a JSON object
line 4: is not a JSON object
line 5: is not a JSON object
line 6: is not valid UTF-8, or nests too deep
line 7: is longer than 1 MiB
line 8: is not valid UTF-8, or nests too deep
line 9: vote must be one of: up, down, none
heed: correct the rejected lines and run the same command again; what was imported is not counted twice
`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	got = runCommand(t, t.Context(), server.URL, "import", "--json", file)
	var outcome imported
	if err := json.Unmarshal([]byte(got.Stdout), &outcome); err != nil || got.Status != 1 {
		t.Fatalf("status %d, %v: %s", got.Status, err, got.Stdout)
	}
	lines := []int64{}
	for _, r := range outcome.Rejected {
		lines = append(lines, r.Line)
	}
	if diff := cmp.Diff([]int64{1, 3, 4, 5, 6, 7, 8, 9}, lines); diff != "" || outcome.Accepted != 1 {
		t.Errorf("accepted %d, lines (-want +got):\n%s", outcome.Accepted, diff)
	}
	if diff := cmp.Diff(rejectedLine{1, "invalid", "vote", "vote must be one of: up, down, none"}, outcome.Rejected[0]); diff != "" {
		t.Error(diff)
	}
}

// TestImportKeepsWithinARequest: batches stay within their bounds, also where
// text grows as it is escaped, and lines stay in order.
func TestImportKeepsWithinARequest(t *testing.T) {
	server := newEventsServer(t)
	var text bytes.Buffer
	const lines = 30_000
	var want []string
	for i := range lines {
		comment := ""
		if i%1000 == 0 {
			comment = strings.Repeat("<", 300_000) // six times as much in JSON
		}
		id := fmt.Sprintf("r%d", i)
		want = append(want, id)
		fmt.Fprintf(&text, `{"type":"feedback","id":"f%d","response_id":%q,"comment":"%s"}`+"\n", i, id, comment)
	}
	got := runCommand(t, t.Context(), server.URL, "import", write(t, filepath.Join(t.TempDir(), "events.jsonl"), text.String()))
	if got.Stdout != "Imported 30,000 events; 0 lines were rejected.\n" {
		t.Error(got)
	}
	if server.largest > importBatchBytes {
		t.Errorf("a body has %d bytes, more than %d", server.largest, importBatchBytes)
	}
	if !slices.Equal(want, server.order) {
		t.Error("events did not arrive in the order of the file")
	}
}

func TestImportGzip(t *testing.T) {
	var packed bytes.Buffer
	for line := range strings.Lines(everyKind) { // members of their own, as cat joins them
		w := gzip.NewWriter(&packed)
		fmt.Fprint(w, line)
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	dir := t.TempDir()
	server := newEventsServer(t)
	got := runCommand(t, t.Context(), server.URL, "import", write(t, filepath.Join(dir, "events.jsonl.gz"), packed.String()))
	if got.Stdout != "Imported 11 events; 0 lines were rejected.\n" {
		t.Errorf("%+v", got)
	}

	cut := write(t, filepath.Join(dir, "cut.gz"), packed.String()[:packed.Len()-20])
	got = runCommand(t, t.Context(), server.URL, "import", cut)
	if got.Status != 1 || !strings.Contains(got.Stderr, "cannot be read to its end") || !strings.Contains(got.Stderr, "10 events imported so far") {
		t.Errorf("a file that is cut off: %+v", got)
	}
}

// TestImportSurvivesTheServer: what the server cannot take now is sent again,
// and a batch whose answer was lost does not count twice.
func TestImportSurvivesTheServer(t *testing.T) {
	server := newEventsServer(t)
	server.before = func(request int, w http.ResponseWriter) bool {
		if request != 1 {
			return false
		}
		w.Header().Set("Retry-After", "1")
		w.Header().Set("Content-Type", "application/problem+json")
		w.WriteHeader(http.StatusServiceUnavailable)
		fmt.Fprint(w, `{"code":"unavailable","status":503,"detail":"the disk is full"}`)
		return true
	}
	server.after = func(request int, w http.ResponseWriter) bool {
		switch request {
		case 2: // no answer at all
			panic(http.ErrAbortHandler)
		case 3: // half an answer
			w.Header().Set("Content-Length", "100")
			fmt.Fprint(w, `{"accepted":`)
			_ = http.NewResponseController(w).Flush()
			panic(http.ErrAbortHandler)
		}
		return false
	}
	im, told := importerFor(t, server)
	file, err := newImportFile("events", strings.NewReader(everyKind), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := im.run(t.Context(), file); err != nil {
		t.Fatal(err)
	}
	if im.accepted != 11 || len(server.order) != 11 || server.requests != 4 {
		t.Errorf("accepted %d, received %d in %d requests, want 11 and 11 in 4", im.accepted, len(server.order), server.requests)
	}
	if !strings.HasSuffix(strings.TrimSpace(told.String()), "; trying again") {
		t.Errorf("told %q", told)
	}
}

func importerFor(t *testing.T, server *eventsServer) (*importer, *bytes.Buffer) {
	c, err := remote{URL: server.URL, Key: "heed_sk_of_a_test"}.client()
	if err != nil {
		t.Fatal(err)
	}
	var told bytes.Buffer
	im := newImporter(c, &progress{w: &told, told: time.Now()}, func(rejectedLine) {})
	im.pause = time.Millisecond
	return im, &told
}

func TestImportStopsAtWhatWillNotPass(t *testing.T) {
	server := newEventsServer(t)
	server.before = func(_ int, w http.ResponseWriter) bool {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprint(w, `{"code":"unauthenticated","status":401,"detail":"this key is revoked"}`)
		return true
	}
	got := runCommand(t, t.Context(), server.URL, "import", write(t, filepath.Join(t.TempDir(), "events.jsonl"), everyKind))
	want := ran{Status: 1, Stderr: `Stopped after line 0: 0 events imported so far. Mend what stands below, then run the same command again; nothing is counted twice.
heed: this key is revoked
`}
	if diff := cmp.Diff(want, got); diff != "" || server.requests != 1 {
		t.Errorf("%d requests, (-want +got):\n%s", server.requests, diff)
	}
}

// TestImportInterrupted: an interruption ends the import between two batches
// and says how far it got.
func TestImportInterrupted(t *testing.T) {
	server := newEventsServer(t)
	ctx, interrupt := context.WithCancel(t.Context())
	server.before = func(request int, _ http.ResponseWriter) bool {
		if request == 3 {
			interrupt()
		}
		return false
	}
	var text strings.Builder
	for i := range 4 * importBatchEvents {
		fmt.Fprintf(&text, `{"type":"response","response_id":"r%d"}`+"\n", i)
	}
	got := runCommand(t, ctx, server.URL, "import", write(t, filepath.Join(t.TempDir(), "events.jsonl"), text.String()))
	want := ran{Status: 1, Stderr: `Stopped after line 10000: 10,000 events imported so far. Run the same command again to finish; nothing is counted twice.
heed: the import was interrupted
`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestImportOfNothing(t *testing.T) {
	server := newEventsServer(t)
	empty := write(t, filepath.Join(t.TempDir(), "empty.jsonl"), "\n \n")
	if got := runCommand(t, t.Context(), server.URL, "import", empty); got.Stdout != "Imported 0 events; 0 lines were rejected.\n" || server.requests != 0 {
		t.Errorf("%+v", got)
	}
	got := runCommand(t, t.Context(), server.URL, "import", filepath.Join(t.TempDir(), "absent.jsonl"))
	if got.Status != 1 || !strings.Contains(got.Stderr, "absent.jsonl cannot be read: no such file") {
		t.Errorf("%+v", got)
	}
}
