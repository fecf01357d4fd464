package awskms_test

import (
	"bytes"
	"context"
	"net"
	"os/exec"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/heed-ai/heed/internal/vault"
	"github.com/heed-ai/heed/internal/vault/awskms"
)

// service starts moto, which speaks as AWS KMS does, and returns a new key of it.
func service(t *testing.T) (newKey func() string) {
	t.Helper()
	program, err := exec.LookPath("moto_server")
	if err != nil {
		t.Skip("AWS KMS IS NOT TESTED: there is no moto_server; pip install 'moto[server]' brings it")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().(*net.TCPAddr)
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	_, port, _ := net.SplitHostPort(address.String())
	server := exec.CommandContext(t.Context(), program, "-H", "127.0.0.1", "-p", port)
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Process.Kill(); _ = server.Wait() })
	for name, value := range map[string]string{
		"AWS_ENDPOINT_URL_KMS": "http://" + address.String(), "AWS_REGION": "eu-central-1",
		"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
	} {
		t.Setenv(name, value)
	}
	deadline, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	for {
		conn, err := (&net.Dialer{}).DialContext(deadline, "tcp", address.String())
		if err == nil {
			conn.Close()
			break
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-deadline.Done():
			t.Fatal("moto_server does not answer: ", err)
		}
	}
	settings, err := config.LoadDefaultConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	client := kms.NewFromConfig(settings)
	return func() string {
		out, err := client.CreateKey(t.Context(), &kms.CreateKeyInput{})
		if err != nil {
			t.Fatal(err)
		}
		return *out.KeyMetadata.KeyId
	}
}

func open(t *testing.T, key string) *awskms.Keyring {
	t.Helper()
	ring, err := awskms.Open(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return ring
}

func TestKeyring(t *testing.T) {
	newKey := service(t)
	ring, other := open(t, newKey()), open(t, newKey())
	if ring.ID() == other.ID() {
		t.Error("two keys have one id")
	}
	key, bound := bytes.Repeat([]byte{7}, 32), []byte("where\x00it belongs")
	wrapped, err := ring.Wrap(t.Context(), key, bound)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(wrapped, key) {
		t.Error("it is not encrypted")
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
	spoiled := bytes.Clone(wrapped)
	spoiled[len(spoiled)-1] ^= 1
	if _, err := ring.Unwrap(t.Context(), spoiled, bound); err == nil {
		t.Error("it opens after it was changed")
	}
	if _, err := open(t, "1234abcd-12ab-34cd-56ef-1234567890ab").Wrap(t.Context(), key, bound); err == nil {
		t.Error("a key that is not there wraps")
	}
}

// A vault moves from its file to KMS, on to another key, and back.
func TestVault(t *testing.T) {
	newKey := service(t)
	dir := t.TempDir()
	var ring vault.Keyring
	within := func(change func(*vault.Vault)) {
		t.Helper()
		options := vault.Options{Dir: dir}
		if at := ring; at != nil {
			options.Root = func(context.Context) (vault.Keyring, error) { return at, nil }
		}
		v, err := vault.Open(t.Context(), options)
		if err != nil {
			t.Fatal(err)
		}
		change(v)
		if err := v.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var secret []byte
	same := func(v *vault.Vault) {
		got, err := v.ProjectSecret(t.Context(), "prj_1", "test")
		if err != nil || secret != nil && !bytes.Equal(got, secret) {
			t.Fatalf("the secret is another (%v)", err)
		}
		secret = got
	}
	within(same)
	for _, to := range []vault.Keyring{open(t, newKey()), open(t, newKey()), nil} {
		within(func(v *vault.Vault) {
			if _, err := v.RotateRoot(t.Context(), to); err != nil {
				t.Fatal(err)
			}
		})
		ring = to
		within(same)
	}
}
