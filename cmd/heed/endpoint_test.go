package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// receiver takes webhooks as the official library has them, and remembers each by
// its id.
type receiver struct {
	*httptest.Server
	t *testing.T

	mu      sync.Mutex
	secrets []string
	answer  func(n int) int // status of the n-th call; nil: 204
	after   string          // Retry-After of every answer, if it is not empty
	calls   int
	told    map[string][]string // bodies by webhook-id
}

func receive(t *testing.T) *receiver {
	r := &receiver{t: t, told: map[string][]string{}}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, _ := io.ReadAll(request.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.calls++
	for _, secret := range r.secrets {
		hook, err := standardwebhooks.NewWebhook(secret)
		if err != nil {
			r.t.Error(err)
			return
		}
		if err := hook.Verify(body, request.Header); err != nil {
			r.t.Errorf("%v: %v\n%s", err, request.Header, body)
		}
	}
	if strings.Contains(string(body), "canary") {
		r.t.Errorf("tells what somebody wrote: %s", body)
	}
	status := http.StatusNoContent
	if r.answer != nil {
		status = r.answer(r.calls)
	}
	if status == http.StatusNoContent {
		id := request.Header.Get("webhook-id")
		r.told[id] = append(r.told[id], string(body))
	}
	if r.after != "" {
		w.Header().Set("Retry-After", r.after)
	}
	w.WriteHeader(status)
}

// taken returns one body for each webhook-id, and fails where one id came with two.
func (r *receiver) taken() map[string]webhookBody {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]webhookBody{}
	for id, bodies := range r.told {
		for _, body := range bodies {
			if body != bodies[0] {
				r.t.Errorf("%s came as\n%s\nand as\n%s", id, bodies[0], body)
			}
		}
		var b webhookBody
		if err := json.Unmarshal([]byte(bodies[0]), &b); err != nil {
			r.t.Error(err)
		}
		all[id] = b
	}
	return all
}

type webhookBody struct {
	Type      string
	Timestamp time.Time
	Data      map[string]any
}

// privateOutbound is a configuration in which endpoints may be on this machine.
func privateOutbound(t *testing.T, more string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "heed.yaml")
	if err := os.WriteFile(file, []byte("outbound: {allow_private: true, console: \"https://heed.test\"}\n"+more), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// endpointOf makes an endpoint and returns its id and secret.
func endpointOf(t *testing.T, server, key, body string) (id, secret string) {
	t.Helper()
	got := call(t, http.MethodPost, server+"/v1/endpoints", body, bearer(key)...)
	if got.status != http.StatusCreated {
		t.Fatal(got.status, got.text)
	}
	secret, _ = got.body["secret"].(string)
	return got.body["id"].(string), secret
}

// TestWebhooks gives feedback and works on a finding, and finds both at a receiver
// that knows Heed by its secret, and by the one before for a day.
func TestWebhooks(t *testing.T) {
	dir, hooks := t.TempDir(), receive(t)
	server := serve(t, dir, "--config", privateOutbound(t, ""))
	project := createProject(t, dir, "p")
	key := project.SecretKey
	post(t, server.url+"/v1/feedback", `{"id":"before","response_id":"r0","vote":"up"}`, key)
	stored(t, server.url) // an endpoint is told what is stored after it was made
	id, secret := endpointOf(t, server.url, key, fmt.Sprintf(`{"name":"ours","kind":"webhook","url":%q,"events":["feedback.*","finding.*"]}`, hooks.URL+"/in?key=hidden"))
	hooks.secrets = []string{secret}
	post(t, server.url+"/v1/feedback", `{"id":"f1","response_id":"r1","vote":"down","tags":["incorrect"],"comment":"canary","user":"canary"}`, key)
	post(t, server.url+"/v1/feedback", `{"id":"f1","vote":"up"}`, key)
	finding := call(t, http.MethodPost, server.url+"/v1/findings", `{"title":"Opening hours are made up, says ada@example.com"}`, bearer(key)...)
	post(t, server.url+"/v1/findings/"+finding.body["id"].(string)+"/notes", `{"text":"canary"}`, key)
	want := map[string]int{"feedback.created": 1, "feedback.updated": 1, "finding.created": 1, "finding.noted": 1}
	eventually(t, func() string { return typesOf(hooks, want) })
	for _, b := range hooks.taken() {
		switch data := fmt.Sprint(b.Data); b.Type {
		case "feedback.created":
			if b.Data["vote"] != "down" || b.Data["response_id"] != "r1" || b.Data["has_comment"] != true || !strings.Contains(data, "incorrect") {
				t.Error(data)
			}
		case "feedback.updated":
			if b.Data["vote"] != "up" || fmt.Sprint(b.Data["changed"]) != "[vote]" {
				t.Error(data)
			}
		case "finding.created":
			if b.Data["title"] != "Opening hours are made up, says [EMAIL_1]" {
				t.Error(data)
			}
		}
	}
	rotated := call(t, http.MethodPost, server.url+"/v1/endpoints/"+id+"/rotate", "", bearer(key)...)
	hooks.mu.Lock()
	hooks.secrets = append(hooks.secrets, rotated.body["secret"].(string))
	hooks.mu.Unlock()
	post(t, server.url+"/v1/endpoints/"+id+"/test", "", key)
	want["endpoint.tested"] = 1
	eventually(t, func() string { return typesOf(hooks, want) })

	for _, path := range []string{"/v1/endpoints", "/v1/endpoints/" + id, "/v1/endpoints/" + id + "/deliveries"} {
		if got := call(t, http.MethodGet, server.url+path, "", bearer(key)...); got.status != 200 || strings.Contains(got.text, "hidden") || strings.Contains(got.text, "whsec_") {
			t.Errorf("%s: %d %s", path, got.status, got.text)
		}
	}
	if status := server.stop(t); status != 0 {
		t.Errorf("stopped with %d", status)
	}
	if strings.Contains(server.log.String(), "hidden") || strings.Contains(server.log.String(), "whsec_") {
		t.Errorf("logged a secret:\n%s", server.log)
	}
}

func post(t *testing.T, address, body, key string) {
	t.Helper()
	if got := call(t, http.MethodPost, address, body, bearer(key)...); got.status >= 300 {
		t.Fatal(address, got.status, got.text)
	}
}

// typesOf compares what came with what is to come, by type.
func typesOf(hooks *receiver, want map[string]int) string {
	got := map[string]int{}
	for _, b := range hooks.taken() {
		got[b.Type]++
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		return fmt.Sprintf("got %v, want %v", got, want)
	}
	return ""
}

// TestEndpointStates pauses an endpoint over the command line, has it go on with what
// it missed, and deletes it; the server's metrics say how that goes.
func TestEndpointStates(t *testing.T) {
	dir, hooks := t.TempDir(), receive(t)
	server := serve(t, dir, "--config", privateOutbound(t, ""))
	key := createProject(t, dir, "p").SecretKey
	id, secret := endpointOf(t, server.url, key, fmt.Sprintf(`{"name":"ours","kind":"webhook","url":%q,"events":["finding.created"]}`, hooks.URL))
	hooks.secrets = []string{secret}
	env := []string{"HEED_URL=" + server.url, "HEED_KEY=" + key}
	run := func(want string, args ...string) {
		t.Helper()
		if stdout, stderr, code := runHeedWith(t, env, append([]string{"endpoint"}, args...)...); code != 0 || !strings.Contains(stdout, want) {
			t.Fatal(args, code, stdout, stderr)
		}
	}
	metrics := func(lines ...string) {
		t.Helper()
		eventually(t, func() string {
			page := call(t, http.MethodGet, server.url+"/metrics", "").text
			for _, line := range lines {
				if !strings.Contains(page, line+"\n") {
					return "no " + line
				}
			}
			return ""
		})
	}
	metrics(`heed_endpoints{state="active"} 1`, `heed_delivery_tries_total{kind="webhook",outcome="taken"} 0`, "heed_deliveries_waiting 0", "heed_deliveries_oldest_seconds 0")

	rotated, _, _ := runHeedWith(t, env, "endpoint", "rotate", id, "--json")
	var fresh struct{ Secret string }
	if err := json.Unmarshal([]byte(rotated), &fresh); err != nil || !strings.HasPrefix(fresh.Secret, "whsec_") || fresh.Secret == secret {
		t.Fatal(err, rotated)
	}
	hooks.secrets = append(hooks.secrets, fresh.Secret) // each message is signed by both

	run("heed endpoint on "+id, "pause", id)
	run("  paused  ", "list")
	post(t, server.url+"/v1/findings", `{"title":"One"}`, key)
	time.Sleep(1200 * time.Millisecond) // two looks
	if n := len(hooks.taken()); n != 0 {
		t.Errorf("%d were told while it was paused", n)
	}
	metrics(`heed_endpoints{state="paused"} 1`, `heed_endpoints{state="active"} 0`)
	run("ours goes on.", "on", id)
	eventually(t, func() string { return typesOf(hooks, map[string]int{"finding.created": 1}) })
	metrics(`heed_endpoints{state="active"} 1`, `heed_delivery_tries_total{kind="webhook",outcome="taken"} 1`)

	// One that fails, and whose address is mended, is tried at once: by itself it would
	// not be before an hour is over.
	hooks.mu.Lock()
	hooks.answer, hooks.after = func(int) int { return http.StatusInternalServerError }, "3600"
	hooks.mu.Unlock()
	post(t, server.url+"/v1/findings", `{"title":"Two"}`, key)
	metrics(`heed_endpoints{state="failing"} 1`, "heed_deliveries_waiting 1", `heed_delivery_tries_total{kind="webhook",outcome="refused"} 1`)
	run("failing since ", "list")
	hooks.mu.Lock()
	hooks.answer = nil
	hooks.mu.Unlock()
	got := call(t, http.MethodPatch, server.url+"/v1/endpoints/"+id, fmt.Sprintf(`{"version":4,"url":%q}`, hooks.URL+"/mended"), bearer(key)...)
	if got.status != http.StatusOK || got.body["failing_since"] != nil {
		t.Fatal(got.status, got.text)
	}
	eventually(t, func() string { return typesOf(hooks, map[string]int{"finding.created": 2}) })

	deliveries := server.url + "/v1/endpoints/" + id + "/deliveries"
	newest := call(t, http.MethodGet, deliveries+"?limit=1", "", bearer(key)...).body["items"].([]any)[0].(map[string]any)
	eventually(t, func() string { // a receiver hears of a try before its outcome is written down
		one := call(t, http.MethodGet, deliveries+"/"+newest["id"].(string), "", bearer(key)...)
		if one.status != http.StatusOK || one.body["type"] != "finding.created" || len(one.body["items"].([]any)) != 2 {
			return fmt.Sprintf("a delivery with its tries: %d %s", one.status, one.text)
		}
		return ""
	})
	if got := call(t, http.MethodGet, deliveries+"/msg_none", "", bearer(key)...); got.status != http.StatusNotFound {
		t.Errorf("a delivery that there is not: %d %s", got.status, got.text)
	}
	run("ours is deleted.", "delete", id)
	if got := call(t, http.MethodGet, server.url+"/v1/endpoints/"+id, "", bearer(key)...); got.status != http.StatusNotFound {
		t.Errorf("after it was deleted: %d %s", got.status, got.text)
	}
	metrics(`heed_endpoints{state="active"} 0`)
}

// TestWebhooksKill kills the server at random moments while it is given feedback and
// delivers it, to a receiver that refuses every third message: in the end each piece
// is told once, under one id.
func TestWebhooksKill(t *testing.T) {
	const kills = 12
	dir, hooks := t.TempDir(), receive(t)
	config := privateOutbound(t, "")
	project := createProject(t, dir, "p")
	server := serve(t, dir, "--config", config)
	id, secret := endpointOf(t, server.url, project.SecretKey, fmt.Sprintf(`{"name":"ours","kind":"webhook","url":%q,"events":["feedback.created"]}`, hooks.URL))
	hooks.secrets = []string{secret}
	hooks.answer = func(n int) int {
		if n%3 == 0 {
			return http.StatusServiceUnavailable
		}
		return http.StatusNoContent
	}
	var mu sync.Mutex
	acknowledged, n := map[string]bool{}, 0
	for range kills {
		var workers sync.WaitGroup
		for range 3 {
			workers.Go(func() {
				for {
					mu.Lock()
					n++
					name := fmt.Sprintf("k%d", n)
					mu.Unlock()
					got, err := tryCall(http.MethodPost, server.url+"/v1/feedback", fmt.Sprintf(`{"id":%q,"response_id":%q,"vote":"up"}`, name, name), bearer(project.SecretKey)...)
					if err != nil || got.status != http.StatusCreated {
						return
					}
					mu.Lock()
					acknowledged[name] = true
					mu.Unlock()
					time.Sleep(15 * time.Millisecond)
				}
			})
		}
		time.Sleep(time.Duration(100+rand.IntN(900)) * time.Millisecond)
		server.kill()
		workers.Wait()
		server = serve(t, dir, "--config", config)
	}
	hooks.mu.Lock()
	hooks.answer = nil
	hooks.mu.Unlock()
	// What waits for its next try is tried now.
	resume := func() {
		got := call(t, http.MethodGet, server.url+"/v1/endpoints/"+id, "", bearer(project.SecretKey)...)
		body := fmt.Sprintf(`{"version":%v,"state":"active"}`, got.body["version"])
		if got := call(t, http.MethodPatch, server.url+"/v1/endpoints/"+id, body, bearer(project.SecretKey)...); got.status != 200 {
			t.Fatal(got.text)
		}
	}
	missing := func() string {
		told := map[string]int{}
		for _, b := range hooks.taken() {
			told[b.Data["id"].(string)]++
		}
		for name, times := range told {
			if times > 1 {
				t.Fatalf("%s is told under %d ids", name, times)
			}
		}
		for name := range acknowledged {
			if told[name] == 0 {
				return fmt.Sprintf("%d of %d are told; %s is not", len(told), len(acknowledged), name)
			}
		}
		return ""
	}
	eventually(t, func() string {
		what := missing()
		if what == "" {
			return ""
		}
		resume() // again: one that was refused before may be written down after the last time
		return fmt.Sprintf("%s\n%s\n%s", what, call(t, http.MethodGet, server.url+"/v1/endpoints", "", bearer(project.SecretKey)...).text,
			call(t, http.MethodGet, server.url+"/v1/endpoints/"+id+"/deliveries?state=waiting&limit=3", "", bearer(project.SecretKey)...).text)
	})
	log := listAll(t, server.url+"/v1/endpoints/"+id+"/deliveries", project.SecretKey, "object")
	for object, deliveries := range log {
		if len(deliveries) != 1 {
			t.Errorf("%s has %d deliveries", object, len(deliveries))
		}
	}
	if len(acknowledged) < kills || len(log) < len(acknowledged) {
		t.Errorf("%d were acknowledged, %d delivered: the test tested nothing", len(acknowledged), len(log))
	}
	t.Logf("%d pieces of feedback came through %d kills, in %d calls", len(log), kills, hooks.calls)
}
