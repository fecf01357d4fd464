package transit_test

import (
	"bytes"
	"context"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/heed-ai/heed/internal/vault/transit"
)

// service starts Vault or OpenBao in memory, with the transit engine.
func service(t *testing.T) *api.Client {
	t.Helper()
	program, err := exec.LookPath("bao")
	if err != nil {
		program, err = exec.LookPath("vault")
	}
	if err != nil {
		t.Skip("VAULT TRANSIT IS NOT TESTED: there is neither bao nor vault to run")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	server := exec.CommandContext(t.Context(), program, "server", "-dev", "-dev-no-store-token", "-dev-root-token-id=root", "-dev-listen-address="+address)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for name, value := range map[string]string{"VAULT_ADDR": "http://" + address, "VAULT_TOKEN": "root", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"} {
		t.Setenv(name, value)
	}
	client, err := api.NewClient(api.DefaultConfig())
	if err != nil {
		t.Fatal(err)
	}
	deadline, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		err := client.Sys().MountWithContext(deadline, "transit", &api.MountInput{Type: "transit"})
		if err == nil || strings.Contains(err.Error(), "already in use") {
			return client
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-deadline.Done():
			t.Fatal("the server does not answer: ", err)
		}
	}
}

func TestKeyring(t *testing.T) {
	client := service(t)
	for _, name := range []string{"heed", "other"} {
		if _, err := client.Logical().WriteWithContext(t.Context(), "transit/keys/"+name, nil); err != nil {
			t.Fatal(err)
		}
	}
	open := func(key string) *transit.Keyring {
		t.Helper()
		ring, err := transit.Open(key, "")
		if err != nil {
			t.Fatal(err)
		}
		return ring
	}
	ring, other := open("heed"), open("transit/other")
	if ring.ID() != "vault:transit/heed" || other.ID() != "vault:transit/other" {
		t.Errorf("ids %s and %s", ring.ID(), other.ID())
	}
	key, bound := bytes.Repeat([]byte{7}, 32), []byte("where\x00it belongs")
	wrapped, err := ring.Wrap(t.Context(), key, bound)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Logical().WriteWithContext(t.Context(), "transit/keys/heed/rotate", nil); err != nil {
		t.Fatal(err)
	}
	if got, err := ring.Unwrap(t.Context(), wrapped, bound); err != nil || !bytes.Equal(got, key) {
		t.Errorf("unwrapped %x (%v)", got, err)
	}
	if _, err := ring.Unwrap(t.Context(), wrapped, []byte("elsewhere")); err == nil {
		t.Error("it opens elsewhere")
	}
	if _, err := other.Unwrap(t.Context(), wrapped, bound); err == nil {
		t.Error("another key opens it")
	}
	again, err := ring.Wrap(t.Context(), key, bound)
	if err != nil || !bytes.HasPrefix(again, []byte("vault:v2:")) {
		t.Errorf("after a rotation in Vault: %.9s (%v)", again, err)
	}
}

func TestOpenWithoutAToken(t *testing.T) {
	t.Setenv("VAULT_TOKEN", "")
	if _, err := transit.Open("heed", ""); err == nil || !strings.Contains(err.Error(), "VAULT_TOKEN") {
		t.Errorf("%v", err)
	}
}
