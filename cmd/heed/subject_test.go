package main

import (
	"database/sql"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/api"
)

// TestSubjectHasAttachments: the file about a person has what they attached where a
// member asks, as it was said, or sealed where only a customer's key opens it; a secret
// key learns only that it is there. How many were opened is in the audit log, and where
// that cannot be written nothing is told.
func TestSubjectHasAttachments(t *testing.T) {
	server, dir, project, before := attaching(t)
	c := customer{server, []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}, signedIn(t, server, dir, "olive", "privacy_officer"), project}
	files := t.TempDir()
	key, secret, file := filepath.Join(files, "key"), c.passwordFile(t), filepath.Join(files, "ada.json")
	c.attach(t, before, "r1", "sealed")
	public := makeKey(t, key, "--plain")
	c.attach(t, c.use(t, string(public)), "r2", "sealed")

	byKey, said, code := runHeedWith(t, c.env, "subject", "--user", "ada")
	if told := attachmentsIn(t, byKey); code != 0 || len(told) != 2 || told[0].PartsStatus != "role" || told[1].PartsStatus != "role" || !strings.Contains(told[0].Note, "--member") ||
		strings.Contains(byKey, attachWords) || strings.Contains(byKey, `"sealed":`) || !strings.Contains(said, "but what was said in attachments") {
		t.Errorf("by a secret key: %s%s", byKey, said)
	}
	args := []string{"subject", "--user", "ada", "--member", "olive", "--password-file", secret, "--out", file}
	if out, errs, code := runHeedWith(t, c.env, args...); code == 0 {
		t.Errorf("without a project: %s%s", out, errs)
	}
	out, errs, code := runHeedWith(t, c.env, append(args, "--project", "p")...)
	if code != 0 || !strings.Contains(out, "with what they attached as it was said") {
		t.Fatal(out, errs)
	}
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	told := attachmentsIn(t, string(text))
	if len(told) != 2 || len(told[0].Parts) != 2 || told[0].Parts[0].Text != attachWords || told[0].PartsStatus != "" || told[0].Consent.Hash == "" {
		t.Errorf("by a member: %s", text)
	}
	if told[1].PartsStatus != "customer" || told[1].Parts != nil || !strings.Contains(told[1].Note, public.ID()) {
		t.Errorf("what a customer's key opens: %+v", told[1])
	}
	item, err := json.Marshal(told[1])
	if err != nil {
		t.Fatal(err)
	}
	if out, errs := open(t, string(item), "--private", key); out != opened {
		t.Errorf("it does not open with that key: %s%s", out, errs)
	}
	listed, _, _ := runHeed(t, "audit", "list", "--data", dir, "--action", "subject.exported", "--json")
	for _, want := range []string{`"attachments_opened":"1"`, `"attachments_sealed":"1"`, `"attachments_opened":"0"`} {
		if strings.Count(listed, want) != 1 {
			t.Errorf("the audit log has no %s: %s", want, listed)
		}
	}
	if revealed, _, _ := runHeed(t, "audit", "list", "--data", dir, "--action", "attachment.revealed", "--json"); strings.Count(revealed, `"for":"subject"`) != 2 {
		t.Errorf("the audit log does not tell of each: %s", revealed)
	}
	officer := signedIn(t, server, dir, "otto", "privacy_officer")
	if got := call(t, http.MethodPost, server.url+"/v1/subjects?project=p", `{"user":"ada"}`, officer...); got.status != http.StatusOK || !strings.Contains(got.text, attachWords) {
		t.Errorf("in the console: %d %s", got.status, got.text)
	}
	noAudit(t, dir)
	if got := call(t, http.MethodPost, server.url+"/v1/subjects?project=p", `{"user":"ada"}`, officer...); got.status < 500 || strings.Contains(got.text, attachWords) {
		t.Errorf("without a record: %d %s", got.status, got.text)
	}
}

// attachmentsIn reads a file about a person.
func attachmentsIn(t *testing.T, text string) []api.PersonAttachment {
	t.Helper()
	var file struct{ Attachments []api.PersonAttachment }
	if err := json.Unmarshal([]byte(text), &file); err != nil {
		t.Fatal(err, text)
	}
	return file.Attachments
}

// noAudit has no record of the audit log written any more.
func noAudit(t *testing.T, dir string) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "catalog.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), "CREATE TRIGGER no_records BEFORE INSERT ON audit_records BEGIN SELECT RAISE(ABORT, 'full'); END"); err != nil {
		t.Fatal(err)
	}
}
