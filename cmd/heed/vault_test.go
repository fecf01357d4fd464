package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/heed-ai/heed/internal/vault"
)

func vaultStatusOf(t *testing.T, dir string, env ...string) vault.Status {
	t.Helper()
	out, errs, code := runHeedWith(t, env, "vault", "status", "--data", dir, "--json")
	var status vault.Status
	if err := json.Unmarshal([]byte(out), &status); code != 0 || err != nil {
		t.Fatal(code, out, errs, err)
	}
	return status
}

// TestVaultRotate rotates under a server that runs: it goes on reading what it has
// and taking what comes, for people and projects that are new, and starts again.
func TestVaultRotate(t *testing.T) {
	dir := t.TempDir()
	server := serve(t, dir)
	project := createProject(t, dir, "p", "--content", "redacted")
	someoneSpeaks(t, server, project)
	reads := func(server *process) {
		t.Helper()
		eventually(t, func() string {
			got := call(t, http.MethodGet, server.url+"/v1/feedback/f1", "", bearer(project.SecretKey)...)
			if !strings.Contains(got.text, "it was canary wrong") {
				return got.text
			}
			return ""
		})
	}
	takes := func(server *process, key, user string) {
		t.Helper()
		sent := call(t, http.MethodPost, server.url+"/v1/feedback", `{"response_id":"r9","vote":"up","comment":"fine","user":"`+user+`"}`, bearer(key)...)
		if sent.status != http.StatusCreated {
			t.Fatal(sent.text)
		}
	}
	reads(server)
	before := vaultStatusOf(t, dir)
	root, err := os.ReadFile(filepath.Join(dir, "root.key"))
	if err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"vault", "rotate", "project", "p"}, {"vault", "rotate", "root"}} {
		if out, errs, code := runHeed(t, append(args, "--data", dir)...); code != 0 {
			t.Fatal(out, errs)
		}
		reads(server)
		takes(server, project.SecretKey, "new after "+args[2])
	}
	other := createProject(t, dir, "other")
	takes(server, other.SecretKey, "u-1")
	after := vaultStatusOf(t, dir)
	ours := after.Projects[slices.IndexFunc(after.Projects, func(p vault.ProjectStatus) bool { return p.Project == project.Project })]
	if after.Root == before.Root || ours.Key == before.Projects[0].Key || ours.Waiting != 0 {
		t.Errorf("before %+v, after %+v", before, after)
	}
	now, err := os.ReadFile(filepath.Join(dir, "root.key"))
	if err != nil || bytes.Equal(now, root) {
		t.Errorf("root.key is as it was (%v)", err)
	}
	server.stop(t)
	server = serve(t, dir)
	reads(server)
	out, errs, code := runHeed(t, "audit", "list", "--data", dir)
	for _, action := range []string{"project_key.rotated", "root_key.rotated"} {
		if code != 0 || !strings.Contains(out, action) {
			t.Errorf("%s is not in the audit log: %s %s", action, out, errs)
		}
	}
	if out, errs, code := runHeedWith(t, nil, "vault", "destroy", "p", "--yes", "--data", dir); code != 0 {
		t.Fatal(out, errs)
	}
	eventually(t, func() string {
		got := call(t, http.MethodGet, server.url+"/v1/feedback/f1", "", bearer(project.SecretKey)...)
		if got.status != http.StatusOK || strings.Contains(got.text, "canary wrong") {
			return got.text
		}
		return ""
	})
	takes(server, project.SecretKey, "somebody")
}

// TestVaultRotateRootToOutside goes to a root key that the environment holds; the
// old one, and none, are refused by name.
func TestVaultRotateRootToOutside(t *testing.T) {
	dir := t.TempDir()
	createProject(t, dir, "p")
	key := "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(key+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	old := vaultStatusOf(t, dir).Root
	const removed = "The file root.key in the data directory is overwritten and removed"
	if out, errs, code := runHeedWith(t, []string{"HEED_NEW_ROOT_KEY_FILE=" + file}, "vault", "rotate", "root", "--data", dir); code != 0 || !strings.Contains(out, removed) {
		t.Fatal(out, errs)
	}
	if _, err := os.Stat(filepath.Join(dir, "root.key")); err == nil {
		t.Error("root.key is there")
	}
	status := vaultStatusOf(t, dir, "HEED_ROOT_KEY="+key)
	if status.Root == old {
		t.Error("the root key is the old one")
	}
	for name, test := range map[string]struct {
		env  []string
		args []string
		say  string
	}{
		"none":         {nil, []string{"vault", "status"}, "root.key is missing"},
		"another":      {[]string{"HEED_ROOT_KEY=" + strings.Replace(key, "M", "N", 1)}, []string{"vault", "status"}, "keys.db is under the root key " + status.Root},
		"nowhere":      {[]string{"HEED_ROOT_KEY=" + key}, []string{"vault", "rotate", "root"}, "say which root key to rotate to"},
		"two":          {[]string{"HEED_ROOT_KEY=" + key, "HEED_ROOT_KMS=aws:1"}, []string{"vault", "status"}, "both set"},
		"no service":   {[]string{"HEED_ROOT_KMS=gcp:1"}, []string{"vault", "status"}, "must be vault:KEY"},
		"not built in": {[]string{"HEED_ROOT_KMS=aws:1"}, []string{"vault", "status"}, "-tags awskms"},
	} {
		if out, errs, code := runHeedWith(t, test.env, append(test.args, "--data", dir)...); code != 1 || !strings.Contains(errs, test.say) {
			t.Errorf("%s: %d %s %s, want %q", name, code, out, errs, test.say)
		}
	}
	if out, errs, code := runHeedWith(t, []string{"HEED_ROOT_KEY=" + key}, "vault", "rotate", "root", "--file", "--data", dir); code != 0 || strings.Contains(out, removed) {
		t.Fatal(out, errs)
	}
	vaultStatusOf(t, dir)
}

// TestServicesAreOptional holds the default binary against what only some need.
func TestServicesAreOptional(t *testing.T) {
	for tags, want := range map[string]bool{"": false, "vaultkms,awskms": true} {
		out, err := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", tags, ".").Output()
		if err != nil {
			t.Fatal(err)
		}
		for _, module := range []string{"github.com/aws/aws-sdk-go-v2/service/kms", "github.com/hashicorp/vault/api"} {
			if got := strings.Contains(string(out), "\n"+module+"\n"); got != want {
				t.Errorf("-tags %q: %s is in the binary: %v, want %v", tags, module, got, want)
			}
		}
	}
}
