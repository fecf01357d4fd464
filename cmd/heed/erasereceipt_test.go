package main

import (
	"bytes"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/retain"
)

// speaksAndAttaches has a person say something on three answers, and attach one of them.
func speaksAndAttaches(t *testing.T, server *process, dir string, project newProject) (attached string) {
	t.Helper()
	if _, errs, code := runHeed(t, "project", "update", "p", "--attachment-days", "30", "--data", dir); code != 0 {
		t.Fatal(errs)
	}
	for i := range 3 {
		sent := call(t, http.MethodPost, server.url+"/v1/events", fmt.Sprintf(`{"events":[
			{"type":"response","response_id":"r%[1]d","model":"m","user":"canary-ada","status":"ok","input":"canary question","output":"an answer"},
			{"type":"feedback","id":"f%[1]d","response_id":"r%[1]d","vote":"down","comment":"it was canary wrong","user":"canary-ada"}]}`, i), bearer(project.SecretKey)...)
		if sent.status != http.StatusOK || !strings.Contains(sent.text, `"accepted":2`) {
			t.Fatal(sent.status, sent.text)
		}
	}
	eventually(t, func() string { // a project is remembered for a second
		offer := offerOf(t, server, bearer(project.SecretKey)...)
		if offer.Attach == nil {
			return "attachments are not offered"
		}
		got := call(t, http.MethodPost, server.url+"/v1/attachments", offer.body("f0", fmt.Sprintf(`"parts":[{"role":"user","text":%q}]`, attachWords)), bearer(project.SecretKey)...)
		if got.status != http.StatusCreated {
			return got.text
		}
		attached = got.body["id"].(string)
		return ""
	})
	return attached
}

// keysDestroyed returns the ids of the keys in keys.db that are all zeros.
func keysDestroyed(t *testing.T, dir string) map[string]bool {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(dir, "keys.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query("SELECT id FROM keys WHERE owner IS NULL AND wrapped = zeroblob(length(wrapped))")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	ids := map[string]bool{}
	for rows.Next() {
		var id []byte
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids[hex.EncodeToString(id)] = true
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return ids
}

// TestReceiptOfEveryKey erases somebody who attached something: the receipt names
// exactly the keys that are destroyed, with the time of each, and so does the ledger.
// In a backup from before, with the ledger, the same erasure is one that was done again.
// Without its ledger the server and heed retention say that it is missing.
func TestReceiptOfEveryKey(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p", "--content", "redacted")
	attached := speaksAndAttaches(t, server, dir, project)
	backup := backupOf(t, dir)
	receipt := filepath.Join(t.TempDir(), "receipt.json")
	client := []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}
	out, errs, code := runHeedWith(t, client, "erase", "--user", "canary-ada", "--yes", "--receipt", receipt)
	if code != 0 || !strings.Contains(out, "Erased: 3 pieces of feedback, 1 attachment, and the person in 3 responses.") || !strings.Contains(out, "The key of what they attached (") {
		t.Fatal(code, out, errs)
	}
	text, err := os.ReadFile(receipt)
	if err != nil {
		t.Fatal(err)
	}
	first, err := retain.VerifyReceipt(text, "")
	held := heed.Held{Feedback: 3, Responses: 3, Attachments: 1}
	if err != nil || first.Found != held || first.Erased != held || !first.ReplayedAt.IsZero() {
		t.Errorf("receipt %+v (%v)", first, err)
	}
	server.stop(t)
	wantKeysNamed(t, dir, first)

	restored := restore(t, backup, dir)
	if got := call(t, http.MethodGet, restored.url+"/v1/feedback/f0", "", bearer(project.SecretKey)...); got.status != http.StatusNotFound {
		t.Errorf("feedback of who was erased: %d %s", got.status, got.text)
	}
	if again := receiptAt(t, restored, project, first.ID); again.Found != held || again.Erased != held || again.ReplayedAt.IsZero() || len(again.Keys) != len(first.Keys) {
		t.Errorf("receipt of what was done again %+v", again)
	}
	wantKeysNamed(t, backup, first)
	reviewer := signedIn(t, restored, backup, "rita", "reviewer")
	if got := call(t, http.MethodPost, restored.url+"/v1/attachments/"+attached+"/reveals?project=p", `{"reason":"is it still there?"}`, reviewer...); got.status != http.StatusNotFound {
		t.Errorf("an attachment of who was erased: %d %s", got.status, got.text)
	}
	if strings.Contains(restored.log.String(), "the ledger of erasures lacks") {
		t.Error("the log says that the ledger lacks something")
	}
	restored.stop(t)
	wantLedgerMissed(t, dir, project)
}

// wantKeysNamed: a receipt and the ledger name the keys that are destroyed, and when.
func wantKeysNamed(t *testing.T, dir string, s retain.Statement) {
	t.Helper()
	ledger, err := os.ReadFile(filepath.Join(dir, "erasures.ledger"))
	if err != nil {
		t.Fatal(err)
	}
	destroyed, kinds := keysDestroyed(t, dir), map[retain.KeyKind]int{}
	for _, k := range s.Keys {
		kinds[k.Of]++
		if !destroyed[k.ID] {
			t.Errorf("the key %s is not destroyed", k.ID)
		}
		if k.DestroyedAt.Before(s.RequestedAt.Truncate(time.Second)) || k.DestroyedAt.After(s.DoneAt) {
			t.Errorf("the key %s was destroyed %s, the demand is of %s to %s", k.ID, k.DestroyedAt, s.RequestedAt, s.DoneAt)
		}
		if !bytes.Contains(ledger, []byte(k.ID)) {
			t.Errorf("the ledger does not name %s", k.ID)
		}
	}
	if len(destroyed) != len(s.Keys) || kinds[retain.KeyOfTexts] != 1 || kinds[retain.KeyOfAttachment] != 1 {
		t.Errorf("destroyed are %v, named are %v", destroyed, s.Keys)
	}
}

// receiptAt waits for a receipt of a server.
func receiptAt(t *testing.T, server *process, project newProject, id string) (s retain.Statement) {
	t.Helper()
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/erasures/"+id, "", bearer(project.SecretKey)...)
		var demand erasure
		if err := json.Unmarshal([]byte(got.text), &demand); err != nil || demand.Status != "done" {
			return got.text
		}
		var err error
		if s, err = retain.VerifyReceipt(demand.Receipt, ""); err != nil {
			t.Fatal(err)
		}
		return ""
	})
	return s
}

// wantLedgerMissed starts a server without its ledger, and says that it is missing, in
// the log, to heed retention and to heed doctor.
func wantLedgerMissed(t *testing.T, dir string, project newProject) {
	t.Helper()
	copied := backupOf(t, dir)
	for _, err := range []error{os.Remove(filepath.Join(copied, "erasures.ledger")), os.Chmod(filepath.Join(copied, "root.key"), 0o600)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // at each start, also once it is there and empty
		server := serve(t, copied)
		if log := server.log.String(); !strings.Contains(log, "the ledger of erasures lacks") || !strings.Contains(log, "WARN") {
			t.Errorf("the log does not tell that the ledger is missing: %s", log)
		}
		client := []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}
		for _, command := range []string{"retention", "doctor"} {
			if out, errs, _ := runHeedWith(t, client, command); !strings.Contains(strings.ToLower(out), "ledger of erasures lacks 1 demand that the data knows of") {
				t.Errorf("heed %s does not tell that the ledger is missing: %s%s", command, out, errs)
			}
		}
		server.stop(t)
	}
}
