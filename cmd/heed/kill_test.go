package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// ledger remembers what was sent and what was acknowledged, across kills.
type ledger struct {
	mu        sync.Mutex
	next      int
	feedback  map[string]*sentFeedback
	responses map[string]bool // by id: acknowledged
}

// sentFeedback is the life of one feedback: the votes sent, in order, and how
// many of them were acknowledged.
type sentFeedback struct {
	votes []string
	acked int
}

func (l *ledger) newID() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.next++
	return fmt.Sprintf("k%06d", l.next)
}

// click sends a response, a vote on it and sometimes a change of mind. It
// returns false when the server is gone.
func (l *ledger) click(server, key string, random *rand.Rand) bool {
	id := l.newID()
	l.mu.Lock()
	l.responses[id] = false
	l.mu.Unlock()
	event := fmt.Sprintf(`{"events":[{"type":"response","response_id":%q,"model":"m%d","duration_ms":100}]}`, id, random.IntN(3))
	got, err := tryCall(http.MethodPost, server+"/v1/events", event, bearer(key)...)
	if err != nil || got.status != http.StatusOK {
		return false
	}
	l.mu.Lock()
	l.responses[id] = true
	life := &sentFeedback{}
	l.feedback[id] = life
	l.mu.Unlock()
	votes := []string{"up"}
	if random.IntN(3) == 0 {
		votes = append(votes, "down")
	}
	for _, vote := range votes {
		l.mu.Lock()
		life.votes = append(life.votes, vote)
		l.mu.Unlock()
		body := fmt.Sprintf(`{"id":%q,"response_id":%q,"vote":%q,"comment":"mail me at a%d@example.com","user":"u%d"}`,
			id, id, vote, random.IntN(100), random.IntN(50))
		got, err := tryCall(http.MethodPost, server+"/v1/feedback", body, bearer(key)...)
		if err != nil || got.status != http.StatusCreated {
			return false
		}
		l.mu.Lock()
		life.acked++
		l.mu.Unlock()
	}
	return true
}

// TestKill kills the server at random moments under load, again and again, and
// then holds what is stored against what was acknowledged: nothing lost,
// nothing doubled, every state the last acknowledged one or the one that was
// under way.
func TestKill(t *testing.T) {
	kills := 50
	if n, err := strconv.Atoi(os.Getenv("HEED_CRASH_N")); err == nil {
		kills = n
	}
	dir := t.TempDir()
	project := createProject(t, dir, "kill")
	book := &ledger{feedback: map[string]*sentFeedback{}, responses: map[string]bool{}}
	for i := range kills {
		server := serve(t, dir)
		var workers sync.WaitGroup
		for w := range 8 {
			random := rand.New(rand.NewPCG(uint64(i), uint64(w)))
			workers.Go(func() {
				for book.click(server.url, project.SecretKey, random) {
				}
			})
		}
		time.Sleep(time.Duration(20+rand.IntN(250)) * time.Millisecond)
		server.kill()
		workers.Wait()
	}
	server := serve(t, dir)
	book.compare(t, server, project)
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d after SIGTERM:\n%s", status, server.log)
	}
}

func (l *ledger) compare(t *testing.T, server *process, project newProject) {
	t.Helper()
	// The feedback sent last is stored last.
	final := call(t, http.MethodPost, server.url+"/v1/feedback", `{"id":"final","response_id":"final","vote":"up"}`, bearer(project.SecretKey)...)
	if final.status != http.StatusCreated {
		t.Fatal(final.text)
	}
	eventually(t, func() string {
		if got := call(t, http.MethodGet, server.url+"/v1/feedback/final", "", bearer(project.SecretKey)...); got.status != 200 {
			return "the last feedback did not become visible: " + got.text
		}
		return ""
	})
	feedback := listAll(t, server.url+"/v1/feedback", project.SecretKey, "id")
	acked := 0
	for id, life := range l.feedback {
		acked += life.acked
		found := feedback[id]
		if len(found) == 0 && life.acked == 0 {
			continue
		}
		if len(found) != 1 {
			t.Errorf("feedback %s stands %d times, after %d acknowledgements", id, len(found), life.acked)
			continue
		}
		possible := life.votes[max(life.acked-1, 0):]
		if vote := found[0]["vote"].(string); vote != possible[0] && vote != possible[len(possible)-1] {
			t.Errorf("feedback %s is %s; acknowledged and under way: %v", id, vote, possible)
		}
		if comment := found[0]["comment"]; comment != "mail me at [EMAIL_1]" {
			t.Errorf("feedback %s: its comment is %v", id, comment)
		}
	}
	responses := listAll(t, server.url+"/v1/responses", project.SecretKey, "response_id")
	for id, acknowledged := range l.responses {
		if n := len(responses[id]); n > 1 || (acknowledged && n == 0) {
			t.Errorf("response %s stands %d times; acknowledged: %v", id, n, acknowledged)
		}
	}
	stats := call(t, http.MethodGet, server.url+"/v1/stats", "", bearer(project.SecretKey)...)
	var groups struct{ Responses float64 }
	groups.Responses = stats.body["groups"].([]any)[0].(map[string]any)["responses"].(float64)
	if diff := cmp.Diff(float64(len(responses)), groups.Responses); diff != "" {
		t.Errorf("responses counted, against listed (-listed +counted):\n%s", diff)
	}
	t.Logf("%d responses and %d acknowledged votes came through", len(l.responses), acked)
	if acked == 0 {
		t.Error("nothing was acknowledged: the test tested nothing")
	}
}

// listAll pages through a list and returns its items by id.
func listAll(t testing.TB, address, key, idField string) map[string][]map[string]any {
	t.Helper()
	items := map[string][]map[string]any{}
	cursor := ""
	for {
		page := call(t, http.MethodGet, address+"?limit=1000&cursor="+url.QueryEscape(cursor), "", bearer(key)...)
		if page.status != http.StatusOK {
			t.Fatalf("%d %s", page.status, page.text)
		}
		for _, item := range page.body["items"].([]any) {
			fields := item.(map[string]any)
			id := fields[idField].(string)
			items[id] = append(items[id], fields)
		}
		if cursor = page.body["next"].(string); cursor == "" {
			return items
		}
	}
}
