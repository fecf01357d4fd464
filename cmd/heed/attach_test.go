package main

import (
	"bytes"
	"crypto/ecdh"
	"crypto/hpke"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/audit"
)

// attachWords is a mark that must be in no file.
const attachWords = "wombatcanary"

// offered is what GET /v1/form tells of attachments.
type offered struct {
	Attach *struct {
		KeyID     string `json:"key_id"`
		PublicKey string `json:"public_key"`
		Info      string
		Notice    struct{ Version, Hash string }
	}
}

func offerOf(t *testing.T, server *process, headers ...string) offered {
	t.Helper()
	var form offered
	got := call(t, http.MethodGet, server.url+"/v1/form", "", headers...)
	if err := json.Unmarshal([]byte(got.text), &form); err != nil || got.status != http.StatusOK {
		t.Fatal(got.status, got.text)
	}
	return form
}

// sealedAs seals what was said as a browser does.
func sealedAs(t *testing.T, o offered, feedback, said string) string {
	t.Helper()
	point, err := base64.RawURLEncoding.DecodeString(o.Attach.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	public, err := hpke.DHKEM(ecdh.P256()).NewPublicKey(point)
	if err != nil {
		t.Fatal(err)
	}
	enc, sender, err := hpke.NewSender(public, hpke.HKDFSHA256(), hpke.AES256GCM(), []byte(o.Attach.Info))
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf(`{"parts":[{"role":"user","text":%q},{"role":"assistant","text":"Lyon"}]}`, said)
	text += strings.Repeat(" ", 4096-len(text)%4096)
	sealed, err := sender.Seal([]byte(feedback), []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(append(enc, sealed...))
}

func (o offered) body(feedback, rest string) string {
	return fmt.Sprintf(`{"feedback_id":%q,"scope":"answer","consent":{"version":%q,"hash":%q,"time":%q},%s}`,
		feedback, o.Attach.Notice.Version, o.Attach.Notice.Hash, time.Now().UTC().Format(time.RFC3339), rest)
}

// TestAttach walks an attachment from a person's consent to a reviewer's screen
// and to its end.
func TestAttach(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p", "--origin", "https://app.example.com")
	sk := bearer(project.SecretKey)
	if o := offerOf(t, server, sk...); o.Attach != nil {
		t.Fatal("attachments are offered, which nobody switched on")
	}
	if _, errs, code := runHeed(t, "project", "update", "p", "--attachment-days", "30", "--data", dir); code != 0 {
		t.Fatal(errs)
	}
	post := func(path, body string, headers ...string) answer {
		return call(t, http.MethodPost, server.url+path, body, headers...)
	}
	token := bearer(mint(t, project.SecretKey, "r1", "--user", "ada"))
	offer := offerOf(t, server, token...)
	voted := post("/v1/feedback", `{"vote":"down"}`, token...)
	id := voted.body["id"].(string)
	sealed := offer.body(id, fmt.Sprintf(`"key_id":%q,"sealed":%q`, offer.Attach.KeyID, sealedAs(t, offer, id, attachWords)))
	got := post("/v1/attachments", sealed, token...)
	if got.status != http.StatusCreated || got.body["feedback_id"] != id || strings.Contains(got.text, attachWords) {
		t.Fatal(got.status, got.text)
	}
	attached := got.body["id"].(string)

	for _, c := range []struct {
		what, body string
		headers    []string
		status     int
	}{
		{"another notice", strings.Replace(sealed, offer.Attach.Notice.Hash, strings.Repeat("0", 64), 1), token, 409},
		{"no consent", strings.Replace(sealed, `"version":"2-en"`, `"version":""`, 1), token, 400},
		{"another version", strings.Replace(sealed, `"version":"2-en"`, `"version":"2-de"`, 1), token, 409},
		{"no time", strings.Replace(sealed, `"time":"2`, `"nothing":"2`, 1), token, 400},
		{"a time to come", strings.Replace(sealed, `"time":"2`, `"time":"3`, 1), token, 400},
		{"a time that is over", strings.Replace(sealed, `"time":"`+time.Now().UTC().Format("2006"), `"time":"2020`, 1), token, 400},
		{"somebody else's feedback", sealed, bearer(mint(t, project.SecretKey, "r1", "--user", "bob")), 404},
		{"feedback that is none", offer.body("fb_none", `"parts":[{"role":"user","text":"x"}]`), sk, 404},
		{"another key", strings.Replace(sealed, offer.Attach.KeyID, "ak_0000000000000000", 1), token, 409},
		{"two ways at once", offer.body(id, `"held":true,"parts":[{"role":"user","text":"x"}]`), sk, 400},
		{"a role that is none", offer.body(id, `"parts":[{"role":"boss","text":"x"}]`), sk, 400},
		{"three bytes as sealed", offer.body(id, fmt.Sprintf(`"key_id":%q,"sealed":"AAAA"`, offer.Attach.KeyID)), token, 400},
		{"zeros as sealed", offer.body(id, fmt.Sprintf(`"key_id":%q,"sealed":%q`, offer.Attach.KeyID, strings.Repeat("A", 8000))), token, 400},
		{"nothing is held", offer.body(id, `"held":true`), sk, 404},
		{"too large", `{"sealed":"` + strings.Repeat("A", 8<<20) + `"}`, token, 413},
	} {
		if got := post("/v1/attachments", c.body, c.headers...); got.status != c.status || strings.Contains(got.text, attachWords) {
			t.Errorf("%s: %d %.300s, want %d", c.what, got.status, got.text, c.status)
		}
	}
	byServer := post("/v1/attachments", offer.body(id, fmt.Sprintf(`"parts":[{"role":"user","text":%q}]`, attachWords)), sk...)
	if byServer.status != http.StatusCreated {
		t.Fatal(byServer.text)
	}
	revealAndWithdraw(t, server, dir, project, id, attached, byServer.body["id"].(string), token)
	if status := server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if strings.Contains(server.log.String(), attachWords) {
		t.Error("the log tells what was attached")
	}
	findInFiles(t, dir, attachWords)
}

// signedIn adds a member and returns the header of their session.
func signedIn(t *testing.T, server *process, dir, name, role string) []string {
	t.Helper()
	out, errs, code := runHeed(t, "user", "add", name, "--role", role, "--data", dir, "--json")
	if code != 0 {
		t.Fatal(errs)
	}
	_, entry, _ := strings.Cut(out, "/enter#")
	entry, _, _ = strings.Cut(entry, `"`)
	in := call(t, http.MethodPost, server.url+"/v1/session", `{"code":"`+entry+`"}`)
	cookie, _, _ := strings.Cut(in.header.Get("Set-Cookie"), ";")
	return []string{"Cookie", cookie}
}

// refusedReveals are why, and of which attachment, the audit log says that somebody was
// refused one, in order.
func refusedReveals(t *testing.T, dir string) []string {
	t.Helper()
	out, errs, code := runHeed(t, "audit", "list", "--data", dir, "--json", "--action", "attachment.refused")
	if code != 0 {
		t.Fatal(out, errs)
	}
	var all []string
	for line := range strings.Lines(out) {
		var r audit.Record
		if err := json.Unmarshal([]byte(line), &r); err != nil {
			t.Fatal(err)
		}
		all = append(all, strings.Join([]string{string(r.Actor.Kind), r.Actor.Name, r.Details["reason"], r.Object}, " "))
	}
	slices.Sort(all)
	return all
}

// auditOfReveals: whoever reads the log at the server is told why attachments were
// read, and may ask for one project alone.
func auditOfReveals(t *testing.T, dir string) {
	t.Helper()
	out, errs, code := runHeed(t, "audit", "list", "--data", dir, "--project", "p", "--action", "attachment.revealed")
	if code != 0 || strings.Count(out, `reason="which shop was meant?"`) != 2 || !strings.Contains(out, `reason="and this one?"`) {
		t.Errorf("the reasons: %d %s %s", code, out, errs)
	}
	createProject(t, dir, "other")
	out, errs, code = runHeed(t, "audit", "list", "--data", dir, "--project", "other")
	if code != 0 || strings.Contains(out, "attachment.revealed") || strings.Count(out, "\n") < 2 {
		t.Errorf("another project's: %d %s %s", code, out, errs)
	}
	if _, errs, code := runHeed(t, "audit", "list", "--data", dir, "--project", "nobody"); code != 1 || !strings.Contains(errs, "heed project list") {
		t.Errorf("no project's: %d %s", code, errs)
	}
	if out, _, _ := runHeed(t, "audit", "list", "--data", dir, "--json"); strings.Contains(out, "which shop") {
		t.Error("what is hashed holds a reason, which could not be forgotten there")
	}
}

func revealAndWithdraw(t *testing.T, server *process, dir string, project newProject, feedback, first, second string, token []string) {
	t.Helper()
	reviewer := signedIn(t, server, dir, "grace", "reviewer")
	ask := func(method, path, body string, headers ...string) answer {
		return call(t, method, server.url+path+"?project=p", body, headers...)
	}
	read := func(id string) answer { return ask("GET", "/v1/attachments/"+id+"/content", "", reviewer...) }
	reveals := "/v1/attachments/" + first + "/reveals"
	for what, got := range map[string]answer{
		"before it is asked for": read(first),
		"an analyst":             ask("POST", reveals, `{"reason":"curious"}`, signedIn(t, server, dir, "carl", "analyst")...),
		"a secret key":           call(t, "POST", server.url+reveals, `{"reason":"curious"}`, bearer(project.SecretKey)...),
	} {
		if got.status != http.StatusForbidden {
			t.Errorf("%s: %d %s", what, got.status, got.text)
		}
	}
	if got := ask("POST", reveals, `{"reason":""}`, reviewer...); got.status != 400 {
		t.Errorf("without a reason: %d %s", got.status, got.text)
	}
	refused := []string{"key  role " + first, "member carl role " + first, "member grace grant " + first, "member grace reason " + first}
	if diff := cmp.Diff(refused, refusedReveals(t, dir)); diff != "" {
		t.Errorf("who was refused in the audit log (-want +got):\n%s", diff)
	}
	if got := ask("POST", reveals, `{"reason":"which shop was meant?"}`, reviewer...); got.status != 201 {
		t.Fatal(got.text)
	}
	if got := read(first); !strings.Contains(got.text, attachWords) || !strings.Contains(got.text, `"Lyon"`) {
		t.Errorf("what was sealed in the browser: %d %s", got.status, got.text)
	}
	if got := ask("POST", "/v1/attachments/"+second+"/reveals", `{"reason":"and this one?"}`, reviewer...); got.status != 201 {
		t.Fatal(got.text)
	}
	if got := read(second); !strings.Contains(got.text, attachWords) {
		t.Errorf("what the server sealed: %d %s", got.status, got.text)
	}
	if got := read(first); got.status != http.StatusForbidden {
		t.Errorf("two at a time: %d", got.status)
	}
	out, errs, code := runHeed(t, "audit", "list", "--data", dir)
	if code == 0 && strings.Count(out, "attachment.revealed") < 4 { // two rights, and each reading
		t.Errorf("the audit log: %s %s", out, errs)
	}
	auditOfReveals(t, dir)

	// The person takes one back, and then their feedback with the other.
	if got := call(t, "DELETE", server.url+"/v1/attachments/"+first, "", bearer(mint(t, project.SecretKey, "r2"))...); got.status != 404 {
		t.Errorf("somebody else withdraws: %d", got.status)
	}
	for range 2 {
		if got := call(t, "DELETE", server.url+"/v1/attachments/"+first, "", token...); got.status != 200 || got.body["ended_by"] != "withdrawn" {
			t.Errorf("withdraw: %d %s", got.status, got.text)
		}
	}
	if got := call(t, "DELETE", server.url+"/v1/feedback/"+feedback, "", token...); got.status != 200 {
		t.Fatal(got.text)
	}
	if got := read(second); got.status != http.StatusNotFound {
		t.Errorf("what is left after the feedback was taken back: %d %s", got.status, got.text)
	}
	list := ask("GET", "/v1/feedback/"+feedback+"/attachments", "", reviewer...)
	if strings.Count(list.text, `"ended_by":"withdrawn"`) != 2 {
		t.Errorf("list: %s", list.text)
	}
}

// TestAttachErased: who is erased is so with what they attached.
func TestAttachErased(t *testing.T) {
	server, _, project, offer := attaching(t)
	voted := call(t, "POST", server.url+"/v1/feedback", `{"response_id":"r1","vote":"down","user":"ada"}`, bearer(project.SecretKey)...)
	id := voted.body["id"].(string)
	got := call(t, "POST", server.url+"/v1/attachments", offer.body(id, `"parts":[{"role":"user","text":"x"}]`), bearer(project.SecretKey)...)
	if got.status != 201 {
		t.Fatal(got.text)
	}
	out, errs, code := runHeedWith(t, []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}, "erase", "--user", "ada", "--yes")
	if code != 0 || !strings.Contains(out, `"attachments":1`) {
		t.Fatal(out, errs)
	}
	withdrawn := call(t, "DELETE", server.url+"/v1/attachments/"+got.body["id"].(string), "", bearer(project.SecretKey)...)
	if !bytes.Contains([]byte(withdrawn.text), []byte(`"ended_by":"erased"`)) {
		t.Errorf("the attachment of who was erased: %s", withdrawn.text)
	}
}
