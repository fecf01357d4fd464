package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"
	"filippo.io/age/armor"
	"golang.org/x/term"

	"github.com/heed-ai/heed/internal/vault"
)

// A key file holds one private key as a line of text among comments. It is armored
// by age, for a passphrase or for recipients, so that every age can open it too;
// in the clear it is only where somebody asked for that.

const (
	minPassphraseBytes = 12
	maxKeyFileBytes    = 64 << 10
)

// keyFileText is what a key file holds.
func keyFileText(key vault.CustomerPrivateKey, now time.Time) string {
	public := key.Public()
	return fmt.Sprintf("# Opens what people attach to their feedback. Whoever has this file can read it.\n# made: %s\n# key id: %s\n# public key: %s\n%s\n",
		now.UTC().Format(time.RFC3339), public.ID(), public, key.Secret())
}

// protected returns text armored by age.
func protected(text string, recipients ...age.Recipient) ([]byte, error) {
	var file bytes.Buffer
	armored := armor.NewWriter(&file)
	w, err := age.Encrypt(armored, recipients...)
	if err != nil {
		return nil, fmt.Errorf("protect the key: %w", err)
	}
	_, err = io.WriteString(w, text)
	if err := errors.Join(err, w.Close(), armored.Close()); err != nil {
		return nil, fmt.Errorf("protect the key: %w", err)
	}
	return file.Bytes(), nil
}

// writeKeyFile makes a file that only its owner may read, and replaces none. When
// it returns, the file is durable: what is sealed for its key is lost without it.
func writeKeyFile(name string, text []byte) (err error) {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already, and a key is never written over another: choose another name", name)
	}
	if err != nil {
		return cannotWrite(name, err)
	}
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return errors.Join(cannotWrite(name, err), os.Remove(name))
	}
	folder, err := os.Open(filepath.Dir(name))
	if err != nil {
		return cannotWrite(name, err)
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// readKeyFile reads a private key. identities opens what is for recipients of age,
// and passphrase is asked where a passphrase protects it.
func readKeyFile(name string, identities []age.Identity, passphrase func() (string, error)) (vault.CustomerPrivateKey, error) {
	file, err := os.Open(name)
	if err != nil {
		return vault.CustomerPrivateKey{}, err
	}
	defer file.Close()
	in := bufio.NewReader(io.LimitReader(file, maxKeyFileBytes))
	begin, _ := in.Peek(len(armor.Header))
	var sealed io.Reader
	switch {
	case string(begin) == armor.Header:
		sealed = armor.NewReader(in)
	case strings.HasPrefix(string(begin), "age-encryption.org/"):
		sealed = in
	}
	var text io.Reader = in
	if sealed != nil {
		if text, err = age.Decrypt(sealed, append(identities, lazyPassphrase(passphrase))...); err != nil {
			return vault.CustomerPrivateKey{}, cannotOpenKey(name, err)
		}
	}
	opened, err := io.ReadAll(text)
	if err != nil {
		return vault.CustomerPrivateKey{}, cannotOpenKey(name, err)
	}
	return vault.ParseCustomerPrivateKey(string(opened))
}

func cannotOpenKey(name string, err error) error {
	if asked, ok := errors.AsType[*passphraseError](err); ok {
		return asked.error
	}
	if errors.Is(err, age.ErrIncorrectIdentity) {
		return fmt.Errorf("%s does not open: the passphrase is another, or it is for other recipients, whose file goes to --identity", name)
	}
	return fmt.Errorf("%s does not open: it is damaged: %w", name, err)
}

// lazyPassphrase is an age.Identity that asks only for files that need it.
type lazyPassphrase func() (string, error)

// passphraseError is a passphrase that could not be asked.
type passphraseError struct{ error }

// Unwrap opens a file that a passphrase protects.
func (ask lazyPassphrase) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if len(stanzas) != 1 || stanzas[0].Type != "scrypt" {
		return nil, age.ErrIncorrectIdentity
	}
	passphrase, err := ask()
	if err != nil {
		return nil, &passphraseError{err}
	}
	identity, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, &passphraseError{errors.New("the passphrase is empty: give the one that heed keys make was given")}
	}
	return identity.Unwrap(stanzas)
}

// passphraseSource is where a passphrase comes from: the first line of a file, or
// the terminal.
type passphraseSource struct {
	PassphraseFile string `help:"File whose first line is the passphrase, instead of a question at the terminal." placeholder:"FILE"`
}

func (s passphraseSource) ask(question string) (string, error) {
	return askSecret(s.PassphraseFile, question, "the passphrase", "--passphrase-file")
}

// askSecret returns the first line of a file or, where none is named, what somebody
// answers at the terminal. Where there is no terminal it says what was asked for, and
// which flag gives it.
func askSecret(file, question, what, flag string) (string, error) {
	if file != "" {
		return firstLine(file)
	}
	// Standard input may be what is to be opened.
	terminal, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if err != nil {
		return "", fmt.Errorf("there is no terminal to ask for %s: give %s", what, flag)
	}
	defer terminal.Close()
	fmt.Fprint(terminal, question)
	answer, err := term.ReadPassword(int(terminal.Fd()))
	fmt.Fprintln(terminal)
	return string(answer), err
}

func firstLine(name string) (string, error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return "", err
	}
	line, _, _ := strings.Cut(string(text), "\n")
	return strings.TrimSuffix(line, "\r"), nil
}
