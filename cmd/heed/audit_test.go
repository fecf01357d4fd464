package main

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/api"
	"github.com/heed-ai/heed/internal/audit"
)

// auditOf runs heed audit on a data directory.
func auditOf(t *testing.T, dir string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	return runHeed(t, append(append([]string{"audit"}, args...), "--data", dir)...)
}

func mustAudit(t *testing.T, dir string, args ...string) string {
	t.Helper()
	out, errs, status := auditOf(t, dir, args...)
	if status != 0 {
		t.Fatalf("heed audit %v: status %d\n%s%s", args, status, out, errs)
	}
	return out
}

// What a team does, at the command line and over HTTP, is in one log, with who
// did it; and what is changed in it afterwards is found against checkpoints that
// left the server by each of the ways they leave it.
func TestAuditLog(t *testing.T) {
	posted := make(chan string, 4)
	witness := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		posted <- string(body)
	}))
	defer witness.Close()
	dir, elsewhere := t.TempDir(), t.TempDir()
	config := filepath.Join(elsewhere, "heed.yaml")
	write(t, config, "audit:\n  webhook: "+witness.URL+"\n  webhook_private: true\n")
	server := serve(t, dir, "--config", config)
	files := map[string]string{"webhook at the start": <-posted} // of what is done from here on it knows nothing
	project := createProject(t, dir, "ours")
	cookie, user := enter(t, server.url, dir, "grace", "admin")
	secret := "Bearer " + project.SecretKey
	made := call(t, http.MethodPost, server.url+"/v1/keys", `{"kind":"pk","name":"a name that people wrote"}`, "Authorization", secret)
	id, _ := made.body["id"].(string)
	for _, c := range []struct{ method, path, body string }{
		{http.MethodDelete, "/v1/keys/" + id, ""}, {http.MethodPatch, "/v1/project", `{"tags":["wombat_tag"]}`},
	} {
		if got := call(t, c.method, server.url+c.path, c.body, "Cookie", cookie); got.status != http.StatusOK {
			t.Fatalf("%s %s: %d %s", c.method, c.path, got.status, got.text)
		}
	}
	if got := call(t, http.MethodPost, server.url+"/v1/session", `{"name":"grace","password":"wombat password"}`); got.status != http.StatusUnauthorized {
		t.Fatalf("a wrong password: %d", got.status)
	}
	key := strings.TrimSpace(mustAudit(t, dir, "key"))
	files["cli"] = mustAudit(t, dir, "checkpoint")
	for name, header := range map[string][2]string{"key": {"Authorization", secret}, "session": {"Cookie", cookie}} {
		files[name] = call(t, http.MethodGet, server.url+"/v1/audit/checkpoint", "", header[0], header[1]).text
	}
	wantPublished(t, server.url, secret)

	list := mustAudit(t, dir, "list", "--json")
	if strings.Contains(list, "wombat") || strings.Contains(list, "people wrote") {
		t.Errorf("the log holds what people wrote:\n%s", list)
	}
	wantActs(t, list, user, project)
	got := call(t, http.MethodGet, server.url+"/v1/audit?limit=2&actor="+user, "", "Cookie", cookie)
	if got.status != http.StatusOK || strings.Count(got.text, `"number"`) != 2 || got.body["next"] == "" {
		t.Errorf("over HTTP: %d %s", got.status, got.text)
	}
	for name, want := range map[string]int{"ours": http.StatusOK, string(project.Project): http.StatusOK, "theirs": http.StatusNotFound} {
		got := call(t, http.MethodGet, server.url+"/v1/audit?project="+name, "", "Cookie", cookie)
		if n := strings.Count(got.text, `"number"`); got.status != want || (n > 0) != (want == http.StatusOK) {
			t.Errorf("of the project %s: %d, %d records", name, got.status, n)
		}
	}
	if stop := server.stop(t); stop != 0 {
		t.Fatalf("exit status %d", stop)
	}
	files["webhook at the end"], files["log"] = <-posted, server.log.String()

	args := []string{"verify", "--key", key}
	for name, text := range files {
		file := filepath.Join(elsewhere, name)
		write(t, file, text)
		if c, err := audit.OpenCheckpoint(audit.FindCheckpoints([]byte(text))[0], key); err != nil || c.Size == 0 {
			t.Errorf("%s: %+v, %v in\n%s", name, c, err, text)
		}
		args = append(args, "--checkpoint", file)
	}
	if out := mustAudit(t, dir, args...); !strings.Contains(out, "agree with 7 checkpoints") {
		t.Errorf("verify: %s", out)
	}
	db, err := sql.Open("sqlite", filepath.Join(dir, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "DROP TRIGGER audit_records_stay; UPDATE audit_records SET object = 'other' WHERE number = 3"); err != nil {
		t.Fatal(err)
	}
	out, errs, status := auditOf(t, dir, args...)
	if status != 1 || !strings.Contains(out, "record 3 is not what was written") || !strings.Contains(errs, "not as it was written") {
		t.Errorf("status %d: %s%s", status, out, errs)
	}
}

// wantPublished wants that the checkpoint of the start left both ways, and is said
// to vouch for nothing that was done since; so says the doctor.
func wantPublished(t *testing.T, url, secret string) {
	t.Helper()
	var s api.AuditPublished
	eventually(t, func() string {
		got := call(t, http.MethodGet, url+"/v1/audit/published", "", "Authorization", secret)
		if err := json.Unmarshal([]byte(got.text), &s); err != nil || s.Webhook == nil || s.Webhook.At.IsZero() {
			return got.text
		}
		return ""
	})
	for _, way := range []*api.AuditSent{&s.Log, s.Webhook} {
		if way.Records < 1 || way.Records >= s.Records || way.At.After(s.Now) || way.WaitingSince.IsZero() || way.WaitingSince.After(s.Now) || way.Trouble != "" {
			t.Errorf("%+v of %d records, at %v", way, s.Records, s.Now)
		}
	}
	key := strings.TrimPrefix(secret, "Bearer ")
	out, _, _ := runHeedWith(t, []string{"HEED_URL=" + url, "HEED_KEY=" + key}, "doctor")
	if want := fmt.Sprintf("audit log: ok: the last checkpoint was made at %s, and the webhook took its last", s.Log.At.Format(time.DateTime)); !strings.Contains(out, want) {
		t.Errorf("%q is not in\n%s", want, out)
	}
}

// wantActs checks who did what, oldest first.
func wantActs(t *testing.T, list, user string, project newProject) {
	t.Helper()
	var got []string
	for line := range strings.Lines(list) {
		var r audit.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		act := string(r.Actor.Kind) + " " + string(r.Action)
		if r.Project != "" && r.Project != project.Project {
			t.Errorf("of another project: %s", line)
		}
		if (r.Actor.ID == user) != (r.Actor.Kind == audit.Member) || (r.Actor.Name == "grace") != (r.Actor.Kind == audit.Member) {
			t.Errorf("done by another: %s", line)
		}
		got = append([]string{act}, got...)
	}
	want := []string{
		"operator audit.begun", "operator member.added", "operator member.link_made", // the first admin
		"operator project.created", "operator key.created", "operator key.created",
		"operator member.added", "operator member.link_made", "member session.opened",
		"key key.created", "member key.revoked", "member project.updated", "nobody session.refused",
	}
	if strings.Join(got, ", ") != strings.Join(want, ", ") {
		t.Errorf("acts:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Whatever was done to the file since a checkpoint was published, heed audit
// verify finds it against that and says where. What it says where every hash was
// made anew as well, the tests of the catalog check.
func TestAuditVerifyFindsTampering(t *testing.T) {
	const open = "DROP TRIGGER audit_records_stay; DROP TRIGGER audit_records_last; DROP TRIGGER audit_hashes_stay; DROP TRIGGER audit_hashes_last;"
	columns := "time, actor_kind, actor_id, actor_name, project, action, object, details"
	for name, c := range map[string]struct{ change, say string }{
		"edit":   {"UPDATE audit_records SET object = 'other' WHERE number = 3", "record 3 is not what was written"},
		"delete": {"DELETE FROM audit_records WHERE number = 3", "record 3 is missing"},
		"insert": {"UPDATE audit_records SET number = number + 1000 WHERE number >= 3; UPDATE audit_records SET number = number - 999 WHERE number >= 1003;" +
			"INSERT INTO audit_records (number, " + columns + ") SELECT 3, " + columns + " FROM audit_records WHERE number = 2", "record 3 is not what was written"},
		"reorder":   {"UPDATE audit_records SET number = 1003 WHERE number = 3; UPDATE audit_records SET number = 3 WHERE number = 4; UPDATE audit_records SET number = 4 WHERE number = 1003", "record 3 is not what was written"},
		"roll back": {"DELETE FROM audit_records WHERE number >= 3; DELETE FROM audit_hashes WHERE place >= 4", "rolled back"},
	} {
		t.Run(name, func(t *testing.T) {
			dir, published := t.TempDir(), filepath.Join(t.TempDir(), "checkpoint")
			createProject(t, dir, "one")
			createProject(t, dir, "two")
			write(t, published, mustAudit(t, dir, "checkpoint"))
			mustAudit(t, dir, "verify", "--checkpoint", published)
			db, err := sql.Open("sqlite", filepath.Join(dir, "catalog.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(t.Context(), open+c.change); err != nil {
				t.Fatal(err)
			}
			if out, errs, status := auditOf(t, dir, "verify", "--checkpoint", published); status != 1 || !strings.Contains(out, c.say) {
				t.Errorf("status %d: %s%s; want %q", status, out, errs, c.say)
			}
		})
	}
}

// enter adds a member and lets them in by their link.
func enter(t *testing.T, url, dir, name, role string) (cookie, user string) {
	t.Helper()
	out, errs, status := runHeed(t, "user", "add", name, "--role", role, "--data", dir, "--json")
	var added struct{ ID, Link string }
	if err := json.Unmarshal([]byte(out), &added); err != nil || status != 0 {
		t.Fatalf("user add: %s%s", out, errs)
	}
	_, code, _ := strings.Cut(added.Link, "/enter#")
	in := call(t, http.MethodPost, url+"/v1/session", `{"code":"`+code+`"}`)
	if in.status != http.StatusCreated {
		t.Fatalf("enter: %d %s", in.status, in.text)
	}
	cookie, _, _ = strings.Cut(in.header.Get("Set-Cookie"), ";")
	return cookie, added.ID
}

// Who checks is told what a file is not, and that a log has another key.
func TestAuditVerifyRefuses(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	createProject(t, dir, "p")
	createProject(t, other, "p")
	nothing, theirs := filepath.Join(t.TempDir(), "nothing"), filepath.Join(t.TempDir(), "theirs")
	write(t, nothing, "no checkpoint\n")
	write(t, theirs, mustAudit(t, other, "checkpoint"))
	for name, c := range map[string]struct {
		args []string
		say  string
	}{
		"a file without one":          {[]string{"--checkpoint", nothing}, "holds no checkpoint"},
		"a file that is not there":    {[]string{"--checkpoint", nothing + "x"}, "read the checkpoint"},
		"another log's":               {[]string{"--checkpoint", theirs}, "is not good"},
		"another log's, with its key": {[]string{"--checkpoint", theirs, "--key", strings.TrimSpace(mustAudit(t, other, "key"))}, "has another key"},
		"as JSON":                     {[]string{"--json", "--checkpoint", theirs}, `"record":-1`},
	} {
		out, errs, status := auditOf(t, dir, append([]string{"verify"}, c.args...)...)
		if status != 1 || !strings.Contains(out+errs, c.say) {
			t.Errorf("%s: status %d\n%s%s", name, status, out, errs)
		}
	}
	if out := mustAudit(t, dir, "verify"); !strings.Contains(out, "4 records are as they were written") || !strings.Contains(out, "see --checkpoint") {
		t.Errorf("verify: %s", out)
	}
	if out := mustAudit(t, dir, "list", "--action", "key.created"); strings.Count(out, "\n") != 3 || !strings.Contains(out, "kind=sk") {
		t.Errorf("list:\n%s", out)
	}
	if _, errs, status := auditOf(t, dir, "list", "--action", "burn"); status != 1 || !strings.Contains(errs, "key.created") {
		t.Errorf("an action that is none: %d %s", status, errs)
	}
}

// TestAuditNames: what the log knows by ids is told by its name to whoever may see it
// elsewhere, and to nobody else; the log itself holds none.
func TestAuditNames(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	defer server.stop(t)
	createProject(t, dir, "ours")
	admin, _ := enter(t, server.url, dir, "grace", "admin")
	auditor, _ := enter(t, server.url, dir, "joan", "auditor")
	for path, body := range map[string]string{
		"/v1/keys": `{"kind":"pk","name":"front page"}`, "/v1/findings": `{"title":"Prices are made up"}`,
		"/v1/alerts": `{"name":"somebody is hurt","rule":{"measure":"unsafe","hours":24}}`, "/v1/datasets": `{"name":"hard ones","purpose":"evaluation"}`,
		"/v1/reviews": `{}`,
	} {
		if got := call(t, http.MethodPost, server.url+path, body, "Cookie", admin); got.status != http.StatusCreated {
			t.Fatalf("%s: %d %s", path, got.status, got.text)
		}
	}
	names := func(cookie string) []string {
		got := call(t, http.MethodGet, server.url+"/v1/audit", "", "Cookie", cookie)
		if items, err := json.Marshal(got.body["items"]); err != nil || strings.Contains(string(items), "made up") || strings.Contains(string(items), "front page") {
			t.Errorf("the log holds names: %s (%v)", items, err)
		}
		all, _ := got.body["names"].(map[string]any)
		var found []string
		for id, name := range all {
			if id == "" || name == "" {
				t.Errorf("%q is called %q", id, name)
			}
			found = append(found, fmt.Sprint(name))
		}
		slices.Sort(found)
		return found
	}
	everything := []string{"Prices are made up", "admin", "first publishable key", "first secret key", "front page", "grace", "hard ones", "joan", "ours", "review 1", "somebody is hurt"}
	if diff := cmp.Diff(everything, names(admin)); diff != "" {
		t.Errorf("to an admin (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"admin", "grace", "joan", "ours"}, names(auditor)); diff != "" {
		t.Errorf("to an auditor (-want +got):\n%s", diff)
	}
}
