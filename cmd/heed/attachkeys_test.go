package main

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

// makeKey makes a key pair of a customer and returns its public half.
func makeKey(t *testing.T, file string, flags ...string) heed.CustomerKey {
	t.Helper()
	out, errs, code := runHeed(t, append([]string{"keys", "make", "--out", file, "--json"}, flags...)...)
	var made madeKey
	if err := json.Unmarshal([]byte(out), &made); code != 0 || err != nil || made.KeyID != made.PublicKey.ID() {
		t.Fatal(out, errs)
	}
	return made.PublicKey
}

// customer is somebody who keeps the key of what is attached to themselves.
type customer struct {
	server   *process
	env      []string
	reviewer []string // header
	project  newProject
}

// use has new attachments sealed for a public key, or server.
func (c customer) use(t *testing.T, key string) offered {
	t.Helper()
	if out, errs, code := runHeedWith(t, c.env, "keys", "use", key); code != 0 {
		t.Fatal(out, errs)
	}
	want := heed.CustomerKey(key).ID()
	offer := offerOf(t, c.server, bearer(c.project.SecretKey)...)
	if want != "" && offer.Attach.KeyID != want || want == "" && heed.HeldByCustomer(offer.Attach.KeyID) {
		t.Fatalf("attachments are not sealed for %s: %+v", key, offer.Attach)
	}
	return offer
}

// attach attaches to new feedback and returns the attachment's id.
func (c customer) attach(t *testing.T, offer offered, response, how string) string {
	t.Helper()
	sk := bearer(c.project.SecretKey)
	voted := call(t, http.MethodPost, c.server.url+"/v1/feedback", fmt.Sprintf(`{"response_id":%q,"vote":"down","user":"ada"}`, response), sk...)
	feedback := voted.body["id"].(string)
	body := `"parts":[{"role":"user","text":"` + attachWords + `"},{"role":"assistant","text":"Lyon"}]`
	if how == "sealed" {
		body = fmt.Sprintf(`"key_id":%q,"sealed":%q`, offer.Attach.KeyID, sealedAs(t, offer, feedback, attachWords))
	}
	got := call(t, http.MethodPost, c.server.url+"/v1/attachments", offer.body(feedback, body), sk...)
	if got.status != http.StatusCreated || got.body["key_id"] != offer.Attach.KeyID {
		t.Fatal(got.status, got.text)
	}
	return got.body["id"].(string)
}

// reveal asks for an attachment as a reviewer does.
func (c customer) reveal(t *testing.T, id string) answer {
	t.Helper()
	path := c.server.url + "/v1/attachments/" + id
	if got := call(t, http.MethodPost, path+"/reveals?project=p", `{"reason":"which shop was meant?"}`, c.reviewer...); got.status != http.StatusCreated {
		t.Fatal(got.status, got.text)
	}
	return call(t, http.MethodGet, path+"/content?project=p", "", c.reviewer...)
}

// open opens what the server handed out with heed keys open.
func open(t *testing.T, sealed string, flags ...string) (out, errs string) {
	t.Helper()
	cmd := heedCommand(append([]string{"keys", "open"}, flags...)...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(sealed), &stdout, &stderr
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return stdout.String(), stderr.String()
}

const opened = "[user]\n" + attachWords + "\n\n[assistant]\nLyon\n\n"

// TestCustomerKeys walks attachments whose key only the customer has: the server
// hands them out sealed, and each opens with the key it was sealed for, also when
// another has taken its place since.
func TestCustomerKeys(t *testing.T) {
	server, dir, project, before := attaching(t)
	c := customer{server, []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}, signedIn(t, server, dir, "grace", "reviewer"), project}
	atServer := c.attach(t, before, "r1", "sealed")
	keys := t.TempDir()
	firstFile, secondFile := filepath.Join(keys, "first"), filepath.Join(keys, "second")
	first, second := makeKey(t, firstFile, "--plain"), makeKey(t, secondFile, "--plain")

	offer := c.use(t, string(first))
	if before.Attach.Notice.Hash == offer.Attach.Notice.Hash {
		t.Error("the notice does not tell who can read what is attached now")
	}
	sk := bearer(project.SecretKey)
	if got := call(t, http.MethodPost, server.url+"/v1/attachments", before.body("fb_none", `"parts":[{"role":"user","text":"x"}]`), sk...); got.status != http.StatusConflict {
		t.Errorf("a person agreed while the server had the key: %d %s", got.status, got.text)
	}
	bySealer, byServer := c.attach(t, offer, "r2", "sealed"), c.attach(t, offer, "r3", "parts")
	for what, id := range map[string]string{"sealed in the browser": bySealer, "sealed by the server": byServer} {
		got := c.reveal(t, id)
		if got.status != http.StatusOK || strings.Contains(got.text, attachWords) || got.body["parts"] != nil {
			t.Errorf("%s: %d %s", what, got.status, got.text)
		}
		if out, errs := open(t, got.text, "--private", firstFile); out != opened {
			t.Errorf("%s: %s%s", what, out, errs)
		}
		if out, errs := open(t, got.text, "--private", secondFile); out != "" || !strings.Contains(errs, "sealed for the key "+first.ID()) {
			t.Errorf("%s, with another key: %s%s", what, out, errs)
		}
	}
	if got := c.reveal(t, atServer); !strings.Contains(got.text, attachWords) {
		t.Errorf("what was attached before: %d %s", got.status, got.text)
	}

	rotated := c.attach(t, c.use(t, string(second)), "r4", "sealed")
	handed := c.reveal(t, rotated)
	if out, errs := open(t, handed.text, "--private", secondFile); out != opened {
		t.Errorf("under the new key: %s%s", out, errs)
	}
	if out, errs := open(t, c.reveal(t, bySealer).text, "--private", firstFile); out != opened {
		t.Errorf("under the old key: %s%s", out, errs)
	}
	out, errs, code := runHeedWith(t, c.env, "keys", "show")
	for _, want := range []string{"sealed for " + second.ID(), "cannot open it", "2 attachments kept until", "under your key " + first.ID(), "under the server's key ak_"} {
		if code != 0 || !strings.Contains(out, want) {
			t.Errorf("keys show does not tell %q: %s%s", want, out, errs)
		}
	}
	back := c.attach(t, c.use(t, "server"), "r5", "parts")
	if got := c.reveal(t, back); !strings.Contains(got.text, attachWords) {
		t.Errorf("after switching back: %d %s", got.status, got.text)
	}
	c.ends(t, dir, bySealer)
}

// ends checks that attachments under a customer's key end as all do, and what is
// in the log and the files.
func (c customer) ends(t *testing.T, dir, attachment string) {
	t.Helper()
	sk := bearer(c.project.SecretKey)
	if got := call(t, http.MethodDelete, c.server.url+"/v1/attachments/"+attachment, "", sk...); got.body["ended_by"] != "withdrawn" {
		t.Errorf("withdraw: %d %s", got.status, got.text)
	}
	if got := call(t, http.MethodGet, c.server.url+"/v1/attachments/"+attachment+"/content?project=p", "", c.reviewer...); strings.Contains(got.text, "sealed") || got.status < 400 {
		t.Errorf("what was withdrawn is handed out: %d %s", got.status, got.text)
	}
	if out, errs, code := runHeedWith(t, c.env, "erase", "--user", "ada", "--yes"); code != 0 || !strings.Contains(out, `"attachments":4`) {
		t.Error(out, errs)
	}
	if out, _, _ := runHeedWith(t, c.env, "keys", "show"); strings.Contains(out, "kept until") {
		t.Errorf("keys are still needed: %s", out)
	}
	out, errs, code := runHeed(t, "audit", "list", "--data", dir)
	if code != 0 || strings.Count(out, "project.attachment_key_changed") != 3 {
		t.Errorf("the audit log: %s %s", out, errs)
	}
	if status := c.server.stop(t); status != 0 {
		t.Errorf("exit status %d", status)
	}
	if strings.Contains(c.server.log.String(), attachWords) {
		t.Error("the log tells what was attached")
	}
	findInFiles(t, dir, attachWords)
}

// TestCustomerKeysInADirectory: where no server runs, and no key is at hand.
func TestCustomerKeysInADirectory(t *testing.T) {
	dir := t.TempDir()
	createProject(t, dir, "p")
	public := makeKey(t, filepath.Join(t.TempDir(), "key"), "--plain")
	place := []string{"--data", dir, "--project", "p"}
	run := func(args ...string) string {
		out, errs, _ := runHeed(t, append(append([]string{"keys"}, args...), place...)...)
		return out + errs
	}
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"show"}, "sealed for ak_"},
		{[]string{"use", string(public)}, "sealed for " + public.ID()},
		{[]string{"show"}, "this server cannot open it"},
		{[]string{"use", strings.Replace(string(public), "public", "private", 1)}, "no public key"},
		{[]string{"use", "server"}, "the server has the private key"},
	} {
		if got := run(step.args...); !strings.Contains(got, step.want) || strings.Contains(got, "attach_private") {
			t.Errorf("keys %s: %s", step.args[0], got)
		}
	}
}

// memberPassword is what passwordFile gives.
const memberPassword = "correct horse battery"

// passwordFile gives the member a password, and returns the file that it is in.
func (c customer) passwordFile(t *testing.T) string {
	t.Helper()
	if got := call(t, http.MethodPut, c.server.url+"/v1/session/password", `{"password":"`+memberPassword+`"}`, c.reviewer...); got.status != http.StatusOK {
		t.Fatal(got.text)
	}
	return write(t, filepath.Join(t.TempDir(), "password"), memberPassword+"\n")
}

// TestOpenFromServer: a member fetches and opens by one command, under their own
// name, with a reason that is kept.
func TestOpenFromServer(t *testing.T) {
	server, dir, project, _ := attaching(t)
	c := customer{server, []string{"HEED_URL=" + server.url, "HEED_KEY=" + project.SecretKey}, signedIn(t, server, dir, "grace", "reviewer"), project}
	key, secret := filepath.Join(t.TempDir(), "key"), c.passwordFile(t)
	id := c.attach(t, c.use(t, string(makeKey(t, key, "--plain"))), "r1", "sealed")
	args := []string{"keys", "open", "--private", key, "--attachment", id, "--member", "grace", "--password-file", secret, "--project", "p"}
	if out, errs, code := runHeedWith(t, c.env, args...); code == 0 || strings.Contains(out, attachWords) {
		t.Errorf("without a reason: %s%s", out, errs)
	}
	out, errs, code := runHeedWith(t, c.env, append(args, "--reason", "which shop was meant?", "--json")...)
	if want := `[{"role":"user","text":"` + attachWords + `"},{"role":"assistant","text":"Lyon"}]` + "\n"; code != 0 || out != want {
		t.Errorf("%s%s", out, errs)
	}
	listed, _, _ := runHeed(t, "audit", "list", "--data", dir)
	if strings.Count(listed, "attachment.revealed") != 2 || !strings.Contains(listed, "session.ended") {
		t.Errorf("the audit log: %s", listed)
	}

	// Where nobody can be asked, it is said for which of its files.
	withoutPassword := slices.DeleteFunc(append(slices.Clone(args), "--reason", "which shop was meant?"), func(arg string) bool { return arg == "--password-file" || arg == secret })
	cmd := heedCommand(withoutPassword...)
	cmd.Env = append(cmd.Env, c.env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // no terminal
	if said, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(said), "the password of grace: give --password-file") {
		t.Errorf("without a terminal: %s", said)
	}
	again := call(t, http.MethodPost, server.url+"/v1/session", `{"name":"grace","password":"`+memberPassword+`"}`)
	cookie, _, _ := strings.Cut(again.header.Get("Set-Cookie"), ";")
	c.reviewer = []string{"Cookie", cookie}
	c.asksTooOften(t, dir, id)
}

// asksTooOften: the cap of a day counts how often somebody asked, says so, and until
// when, and the refusal is written down.
func (c customer) asksTooOften(t *testing.T, dir, attachment string) {
	t.Helper()
	ask := func() answer {
		return call(t, http.MethodPost, c.server.url+"/v1/attachments/"+attachment+"/reveals?project=p", `{"reason":"once more"}`, c.reviewer...)
	}
	got := ask()
	for n := 2; got.status == http.StatusCreated && n <= heed.RevealsPerDay; n++ {
		got = ask()
	}
	wait, err := strconv.Atoi(got.header.Get("Retry-After"))
	if got.status != http.StatusTooManyRequests || got.body["code"] != "rate_limited" || !strings.Contains(got.text, "30 times") ||
		err != nil || wait < 23*3600 || wait > 24*3600 {
		t.Errorf("beyond the cap: %d, wait %d s: %s", got.status, wait, got.text)
	}
	if diff := cmp.Diff([]string{"member grace cap " + attachment}, refusedReveals(t, dir)); diff != "" {
		t.Errorf("in the audit log (-want +got):\n%s", diff)
	}
}

// TestKeyFiles: a key file opens by what it was protected with, and by nothing
// else; age itself opens it too.
func TestKeyFiles(t *testing.T) {
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	identity, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	words, wrong := file("words", "correct horse battery\n"), file("wrong", "wrong horse battery\n")
	mine := file("identity", identity.String())
	path := func(name string) string { return filepath.Join(dir, name) }
	protectedKey, sharedKey := path("by-passphrase"), path("for-recipients")
	byPassphrase := makeKey(t, protectedKey, "--passphrase-file", words)
	forRecipients := makeKey(t, sharedKey, "--recipient", identity.Recipient().String())
	plain := makeKey(t, path("plain"), "--plain")
	for _, c := range []struct {
		what string
		args []string
		want string // what is said when nothing sealed comes in
	}{
		{"its passphrase", []string{"-i", protectedKey, "--passphrase-file", words}, "no sealed attachment"},
		{"another passphrase", []string{"-i", protectedKey, "--passphrase-file", wrong}, "does not open: the passphrase is another"},
		{"its identity", []string{"-i", sharedKey, "--identity", mine}, "no sealed attachment"},
		{"no identity", []string{"-i", sharedKey}, "does not open"},
		{"nothing", []string{"-i", path("plain")}, "no sealed attachment"},
		{"a file that is no key", []string{"-i", words}, "no private key"},
	} {
		if out, errs := open(t, "{}", c.args...); out != "" || !strings.Contains(errs, c.want) {
			t.Errorf("%s: %s%s", c.what, out, errs)
		}
	}
	for name, public := range map[string]heed.CustomerKey{protectedKey: byPassphrase, sharedKey: forRecipients, path("plain"): plain} {
		info, err := os.Stat(name)
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: mode %v, %v", name, info.Mode(), err)
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(name == path("plain"), strings.Contains(string(text), public.ID())); diff != "" {
			t.Errorf("%s (-protected +tells its key):\n%s", name, diff)
		}
	}
	kept, _ := os.ReadFile(protectedKey)
	for what, flags := range map[string][]string{
		"over another":       {"--out", protectedKey, "--plain"},
		"a short passphrase": {"--out", path("x"), "--passphrase-file", file("short", "short\n")},
		"two ways at once":   {"--out", path("x"), "--plain", "--recipient", identity.Recipient().String()},
		"no recipient":       {"--out", path("x"), "--recipient", "age1nobody"},
		"no folder":          {"--out", path("none/x"), "--plain"},
	} {
		if out, errs, code := runHeed(t, append([]string{"keys", "make"}, flags...)...); code == 0 || out != "" {
			t.Errorf("%s: %s%s", what, out, errs)
		}
	}
	now, _ := os.ReadFile(protectedKey)
	if _, err := os.Stat(path("x")); err == nil || !bytes.Equal(kept, now) {
		t.Error("what was refused left a file, or changed one")
	}
}

// TestAttachExpired: what is over is read by nobody, before the work that destroys
// it comes round, and whoever had the right to.
func TestAttachExpired(t *testing.T) {
	server, dir, project, offer := attaching(t)
	c := customer{server, nil, signedIn(t, server, dir, "grace", "reviewer"), project}
	id := c.attach(t, offer, "r1", "parts")
	if got := c.reveal(t, id); !strings.Contains(got.text, attachWords) {
		t.Fatal(got.text)
	}
	db, err := sql.Open("sqlite", "file:"+filepath.Join(dir, "catalog.db")+"?_pragma=busy_timeout(10000)") // the server writes, too
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.ExecContext(t.Context(), `UPDATE attachments SET expires_at = ?`, time.Now().Add(-time.Minute).UnixMicro()); err != nil {
		t.Fatal(err)
	}
	path := server.url + "/v1/attachments/" + id
	for what, got := range map[string]answer{
		"with a right": call(t, http.MethodGet, path+"/content?project=p", "", c.reviewer...),
		"a new right":  call(t, http.MethodPost, path+"/reveals?project=p", `{"reason":"why?"}`, c.reviewer...),
	} {
		if got.status != http.StatusNotFound || strings.Contains(got.text, attachWords) {
			t.Errorf("%s: %d %s", what, got.status, got.text)
		}
	}
}
