package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

// demoRun is a heed demo that runs.
type demoRun struct {
	cmd    *exec.Cmd
	exited chan struct{}
	mu     sync.Mutex
	text   bytes.Buffer
}

func startDemo(t *testing.T, dir string, args ...string) *demoRun {
	t.Helper()
	args = append([]string{"demo", "--data", dir, "--listen", "127.0.0.1:0"}, args...)
	d := &demoRun{cmd: heedCommand(args...), exited: make(chan struct{})}
	pipe, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		defer close(d.exited)
		for lines := bufio.NewReader(pipe); ; {
			line, err := lines.ReadString('\n')
			d.mu.Lock()
			d.text.WriteString(line)
			d.mu.Unlock()
			if err != nil {
				break
			}
		}
		_ = d.cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = d.cmd.Process.Kill()
		<-d.exited
	})
	eventually(t, func() string {
		select {
		case <-d.exited:
			t.Fatalf("the demo ended, and said only: %s", d.printed())
		default:
		}
		if text := d.printed(); !strings.Contains(text, "Ctrl-C stops.") {
			return "the demo said only: " + text
		}
		return ""
	})
	return d
}

func (d *demoRun) printed() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.text.String()
}

// stop asks the demo to end, as Ctrl-C does.
func (d *demoRun) stop(t *testing.T) {
	t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGINT); err != nil {
		t.Fatal(err)
	}
	<-d.exited
	if status := d.cmd.ProcessState.ExitCode(); status != 0 {
		t.Errorf("the demo ended with status %d", status)
	}
}

// curl runs the n-th curl line that the demo printed, in a shell, as a reader
// would.
func (d *demoRun) curl(t *testing.T, n int) string {
	t.Helper()
	text := strings.ReplaceAll(d.printed(), "\\\n", " ")
	lines := regexp.MustCompile(`(?m)^  (curl .*)$`).FindAllStringSubmatch(text, -1)
	if n >= len(lines) {
		t.Fatalf("the demo prints %d curl lines:\n%s", len(lines), text)
	}
	out, err := exec.Command("sh", "-c", lines[n][1]+" --silent --show-error --fail-with-body").CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", lines[n][1], err, out)
	}
	return string(out)
}

// settled returns the numbers by prompt version, once the history is told to its end
// and stored; they tell the story, and change no more.
func (d *demoRun) settled(t *testing.T, dir string) string {
	t.Helper()
	eventually(t, func() string {
		if state, err := os.ReadFile(filepath.Join(dir, "demo.json")); err != nil || !bytes.Contains(state, []byte(`"history_done": true`)) {
			return fmt.Sprintf("the story is not told to its end: %s, %v", state, err)
		}
		return ""
	})
	stored(t, regexp.MustCompile(`Heed is running on (http\S+)`).FindStringSubmatch(d.printed())[1])
	counted := d.curl(t, 2)
	if missing := story(counted); missing != "" {
		t.Fatal(missing)
	}
	return counted
}

// TestDemo does what the demo tells its reader to do, stops it in the middle
// of its history and starts it again.
func TestDemo(t *testing.T) {
	dir := t.TempDir()
	first := startDemo(t, dir)
	page := regexp.MustCompile(`(?m)^  (http\S+/f/\S+)$`).FindStringSubmatch(first.printed())
	if page == nil {
		t.Fatalf("no link to open:\n%s", first.printed())
	}
	response, err := http.Get(page[1])
	if err != nil {
		t.Fatal(err)
	}
	html, err := io.ReadAll(response.Body)
	response.Body.Close()
	if err != nil || response.StatusCode != http.StatusOK || !bytes.Contains(html, []byte("<form")) {
		t.Errorf("the link opens %d:\n%s", response.StatusCode, html)
	}

	if text := first.curl(t, 0); !strings.Contains(text, `"has_comment":true`) {
		t.Errorf("the click is answered %s", text)
	}
	eventually(t, func() string {
		if text := first.curl(t, 1); !strings.Contains(text, "Mail me at [EMAIL_1]") {
			return "the click is not read back: " + text
		}
		return ""
	})
	counted := first.settled(t, dir)
	address, _, _ := strings.Cut(page[1], "/f/")
	eventually(t, func() string { return carried(t, address, secretKey(first.printed())) })
	if missing := watched(t, address, secretKey(first.printed())); missing != "" {
		t.Error(missing)
	}
	if missing := asked(t, address, secretKey(first.printed())); missing != "" {
		t.Error(missing)
	}
	first.stop(t)

	second := startDemo(t, dir)
	if key := secretKey(first.printed()); key == "" || key != secretKey(second.printed()) {
		t.Error("the second start has another key")
	}
	if strings.Contains(second.printed(), "Making up") {
		t.Error("the second start makes up the history again")
	}
	if again := second.curl(t, 2); groupsOf(again) != groupsOf(counted) {
		t.Errorf("the second start counts\n%s\nthe first\n%s", again, counted)
	}
	second.stop(t)
}

// A demo that is killed in the middle of its history continues it at the next
// start, and nothing counts twice.
func TestDemoIsCutShort(t *testing.T) {
	dir := t.TempDir()
	cut := heedCommand("demo", "--data", dir, "--listen", "127.0.0.1:0")
	if err := cut.Start(); err != nil {
		t.Fatal(err)
	}
	time.Sleep(600 * time.Millisecond)
	_ = cut.Process.Kill()
	_ = cut.Wait()

	again := startDemo(t, dir)
	total := answers(t, again.settled(t, dir))
	// 60 days of about 690 answers on average, of which 0.6 are support chat.
	if total < 20_000 || total > 30_000 {
		t.Errorf("%d answers of the support chat, want about 25,000", total)
	}
}

// A first start that ended after it had made the project, and before it wrote
// down the keys, is no reason to refuse the next one.
func TestDemoWithoutItsKeys(t *testing.T) {
	dir := t.TempDir()
	lost := createProject(t, dir, "demo").SecretKey
	first := startDemo(t, dir, "--days", "1")
	if text := first.curl(t, 0); !strings.Contains(text, `"has_comment":true`) {
		t.Errorf("the click is answered %s", text)
	}
	first.stop(t)
	second := startDemo(t, dir, "--days", "1")
	if key := secretKey(first.printed()); key == "" || key == lost || key != secretKey(second.printed()) {
		t.Error("the new keys are not kept")
	}
	second.stop(t)
}

// Where somebody's own projects are, no demo is put among them.
func TestDemoRefusesForeignProjects(t *testing.T) {
	for name, projects := range map[string][]string{"another": {"support"}, "another beside it": {"demo", "support"}} {
		dir := t.TempDir()
		for _, project := range projects {
			createProject(t, dir, project)
		}
		_, stderr, status := runHeed(t, "demo", "--data", dir, "--listen", "127.0.0.1:0")
		if status != 1 || !strings.Contains(stderr, "projects that are no demo") {
			t.Errorf("%s: status %d:\n%s", name, status, stderr)
		}
	}
}

// answers sums the answers that a stats answer counts.
func answers(t *testing.T, text string) int {
	t.Helper()
	var stats struct{ Groups []struct{ Responses int } }
	if err := json.Unmarshal([]byte(text), &stats); err != nil {
		t.Fatal(err)
	}
	total := 0
	for _, g := range stats.Groups {
		total += g.Responses
	}
	return total
}

func secretKey(text string) string { return regexp.MustCompile(`heed_sk_\w+`).FindString(text) }

// groupsOf is what a stats answer counts, without the time it speaks of.
func groupsOf(text string) string {
	var stats struct{ Groups json.RawMessage }
	_ = json.Unmarshal([]byte(text), &stats)
	return string(stats.Groups)
}

// story reports what the answer by prompt version does not show of the demo's
// story: v13 was worse than v12 and v14, beyond chance.
func story(text string) string {
	var stats struct {
		Groups []struct {
			Key      map[string]string
			Positive struct{ Low, High float64 }
		}
	}
	if err := json.Unmarshal([]byte(text), &stats); err != nil {
		return err.Error()
	}
	low, high := map[string]float64{}, map[string]float64{}
	for _, g := range stats.Groups {
		low[g.Key["prompt_version"]], high[g.Key["prompt_version"]] = g.Positive.Low, g.Positive.High
	}
	if len(low) < 3 || high["v13"] >= low["v12"] || high["v13"] >= low["v14"] {
		return fmt.Sprintf("v13 does not stand out: from %v to %v", low, high)
	}
	return ""
}

// asked reports what is missing of what was asked and answered where prompt v13 was wrong.
func asked(t *testing.T, url, key string) string {
	t.Helper()
	rated := call(t, http.MethodGet, url+"/v1/feedback?prompt_version=v13&tag=incorrect&limit=20", "", bearer(key)...)
	items, _ := rated.body["items"].([]any)
	for _, item := range items {
		if id, _ := item.(map[string]any)["response_id"].(string); !strings.HasSuffix(id, "-lost") {
			one := call(t, http.MethodGet, url+"/v1/responses/"+id, "", bearer(key)...)
			r, _ := one.body["response"].(map[string]any)
			if input, _ := r["input"].(string); !strings.Contains(input, `"role":"user"`) || r["output"] == nil {
				return "nobody can read what was rated: " + one.text
			}
		}
	}
	if len(items) < 20 {
		return "too little is said of v13: " + rated.text
	}
	return ""
}

// watched reports what is missing of what alerts tell: one fired on the provider's bad
// afternoon and resolved by itself, one fires for what is not repaired.
func watched(t *testing.T, url, key string) string {
	t.Helper()
	got := call(t, http.MethodGet, url+"/v1/alerts", "", bearer(key)...)
	var all struct {
		Items []struct {
			ID, State string
			Rule      heed.AlertRule
		}
		History []struct {
			Alert, What string
			Time        time.Time
			By          struct{ Kind string }
			Reading     heed.AlertReading
		}
	}
	if err := json.Unmarshal([]byte(got.text), &all); err != nil {
		t.Fatal(err)
	}
	states, threshold, turned := map[string]string{}, map[string]float64{}, map[string]int{}
	for _, a := range all.Items {
		states[a.ID], threshold[a.ID] = a.State, a.Rule.Threshold
	}
	for _, e := range all.History {
		turned[e.Alert+" "+e.What+" by "+e.By.Kind]++
		if days := time.Since(e.Time).Hours() / 24; e.Alert == "alt_demo_failures" && e.What == "fired" && (days < 16 || days > 18 || e.Time.UTC().Hour() < 13 || e.Time.UTC().Hour() > 16) {
			return "it fired on no bad afternoon: " + got.text
		}
		if e.What == "fired" && (!e.Reading.Known || e.Reading.Value <= threshold[e.Alert]) {
			return "it fired for no reason: " + got.text
		}
	}
	want := map[string]int{
		"alt_demo_failures created by member": 1, "alt_demo_failures fired by server": 1, "alt_demo_failures resolved by server": 1,
		"alt_demo_outdated created by member": 1, "alt_demo_outdated fired by server": 1,
	}
	if diff := cmp.Diff(want, turned); diff != "" || states["alt_demo_failures"] != "ok" || states["alt_demo_outdated"] != "firing" {
		return "alerts turned otherwise: " + diff + got.text
	}
	return ""
}

// carried reports what is missing of the story that findings tell: what people said of
// v13 was found, repaired by v14, proven, and those who spoke were told.
func carried(t *testing.T, url, key string) string {
	t.Helper()
	found := call(t, http.MethodGet, url+"/v1/findings?state=verified", "", bearer(key)...)
	items, _ := found.body["items"].([]any)
	if len(items) != 1 {
		return "there is no verified finding: " + found.text
	}
	one := call(t, http.MethodGet, url+"/v1/findings/"+items[0].(map[string]any)["id"].(string), "", bearer(key)...)
	var f struct {
		Shown    int
		Filed    int
		Matches  struct{ Votes, People int }
		Measured struct{ Verdict string }
		Change   struct{ Value string }
		FollowUp struct{ State string } `json:"follow_up"`
		History  []struct {
			State string
			By    struct{ Kind string }
			Time  time.Time
		}
	}
	if err := json.Unmarshal([]byte(one.text), &f); err != nil {
		t.Fatal(err)
	}
	var way []string
	for i, step := range f.History {
		if i > 0 && step.Time.Before(f.History[i-1].Time) {
			t.Errorf("step %d of the story is before the one before it", i+1)
		}
		if step.State != "" {
			way = append(way, step.State+" by "+step.By.Kind)
		}
	}
	if got := strings.Join(way, ", "); got != "new by member, triaged by member, fixing by member, fixed by member, verified by server" {
		t.Errorf("the story goes %s", got)
	}
	if f.Change.Value != "v14" || f.Measured.Verdict != "better" || f.FollowUp.State != "fixed" || f.Shown < 10 || f.Matches.Votes < 50 {
		return "the story ends otherwise: " + one.text
	}
	reviews := call(t, http.MethodGet, url+"/v1/reviews?state=closed", "", bearer(key)...)
	inbox := call(t, http.MethodGet, url+"/v1/inbox/count", "", bearer(key)...)
	if open, ok := inbox.body["open"].(float64); !strings.Contains(reviews.text, "forty hardest questions") || !ok || open < 5 || open > 150 {
		return "the team's week ends otherwise: " + reviews.text + inbox.text
	}
	if datasets := call(t, http.MethodGet, url+"/v1/datasets", "", bearer(key)...); !strings.Contains(datasets.text, `"number":1`) {
		return "nothing was collected: " + datasets.text
	}
	return ""
}
