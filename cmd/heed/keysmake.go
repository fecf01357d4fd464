package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

type keysMake struct {
	Out       string   `short:"o" required:"" help:"File for the private key; none is written over." placeholder:"FILE"`
	Recipient []string `short:"r" help:"age recipient (age1…) that opens the file, instead of a passphrase; may stand several times." placeholder:"AGE1…"`
	Plain     bool     `help:"Do not protect the file: whoever can read it can read what people attach."`
	passphraseSource
	JSON bool `name:"json" help:"Print JSON."`
}

// madeKey is what keys make prints.
type madeKey struct {
	PublicKey heed.CustomerKey `json:"public_key"`
	KeyID     string           `json:"key_id"`
	File      string           `json:"file"`
}

// Run makes a key pair. The private key leaves this command only for the file.
func (cmd keysMake) Run(env *environment) error {
	if cmd.Plain && len(cmd.Recipient) > 0 || len(cmd.Recipient) > 0 && cmd.PassphraseFile != "" || cmd.Plain && cmd.PassphraseFile != "" {
		return errors.New("give one of --recipient, --passphrase-file and --plain: age protects a file by one passphrase, or for recipients")
	}
	key, err := vault.NewCustomerPrivateKey()
	if err != nil {
		return err
	}
	text := []byte(keyFileText(key, time.Now()))
	if !cmd.Plain {
		recipients, err := cmd.recipients()
		if err != nil {
			return err
		}
		if text, err = protected(string(text), recipients...); err != nil {
			return err
		}
	}
	if err := writeKeyFile(cmd.Out, text); err != nil {
		return err
	}
	made := madeKey{PublicKey: key.Public(), KeyID: key.Public().ID(), File: cmd.Out}
	if cmd.JSON {
		return json.NewEncoder(env.stdout).Encode(made)
	}
	_, err = fmt.Fprintf(env.stdout, `The private key %s is in %s. Keep a copy in another place: without it
nobody can ever open what is sealed for it, and Heed has no second way in.

  Public key: %s

To have what people attach sealed for it from now on:

  heed keys use %[3]s
`, made.KeyID, made.File, made.PublicKey)
	return err
}

// recipients are those that can open the file.
func (cmd keysMake) recipients() ([]age.Recipient, error) {
	if len(cmd.Recipient) > 0 {
		recipients, err := age.ParseRecipients(strings.NewReader(strings.Join(cmd.Recipient, "\n")))
		if err != nil {
			return nil, errors.New("--recipient takes public keys of age, such as age1…, which age-keygen prints")
		}
		return recipients, nil
	}
	passphrase, err := cmd.ask(fmt.Sprintf("Passphrase for the key file, at least %d characters: ", minPassphraseBytes))
	if err != nil {
		return nil, err
	}
	if len(passphrase) < minPassphraseBytes {
		return nil, fmt.Errorf("the passphrase is too short: at least %d characters, or give --recipient", minPassphraseBytes)
	}
	if cmd.PassphraseFile == "" {
		again, err := cmd.ask("Once more: ")
		if err != nil {
			return nil, err
		}
		if again != passphrase {
			return nil, errors.New("the two passphrases differ: nothing was written")
		}
	}
	recipient, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, err
	}
	return []age.Recipient{recipient}, nil
}
