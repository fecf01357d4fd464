package retain

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/heed-ai/heed"
)

// ledger is the list of all demands ever made, in a file of its own: one JSON
// object a line, only ever appended, with keyed hashes and nothing else of a
// person. Who restores a backup keeps this file, so that what was erased since
// is erased again. Safe for concurrent use.
type ledger struct {
	mu      sync.Mutex
	file    *os.File
	entries []entry
}

// entry is one demand in the ledger.
type entry struct {
	ID          string         `json:"id"`
	Project     heed.ProjectID `json:"project"`
	Respondents []string       `json:"respondents"` // in hexadecimal
	RequestedAt time.Time      `json:"requested_at"`
	Keys        []string       `json:"keys,omitempty"` // ids of the keys that are destroyed
}

func entryOf(e heed.Erasure, keys []string) entry {
	respondents := make([]string, len(e.Respondents))
	for i, person := range e.Respondents {
		respondents[i] = person.String()
	}
	return entry{ID: e.ID, Project: e.Project, Respondents: respondents, RequestedAt: e.RequestedAt, Keys: keys}
}

func (e entry) demand() heed.Erasure {
	demand := heed.Erasure{ID: e.ID, Project: e.Project, RequestedAt: e.RequestedAt, Respondents: make([]heed.Respondent, len(e.Respondents))}
	for i, person := range e.Respondents {
		_, _ = hex.Decode(demand.Respondents[i][:], []byte(person)) // checked when it was read
	}
	return demand
}

// readEntry reads a line. Those from before people had several pseudonyms name one
// respondent and one key.
func readEntry(line []byte) (entry, error) {
	var e struct {
		entry
		Respondent string `json:"respondent"`
		Key        string `json:"key"`
	}
	if err := json.Unmarshal(line, &e); err != nil {
		return entry{}, err
	}
	if e.Respondent != "" {
		e.Respondents = append(e.Respondents, e.Respondent)
	}
	if e.Key != "" {
		e.Keys = append(e.Keys, e.Key)
	}
	if len(e.Respondents) == 0 || e.ID == "" || e.Project == "" || e.RequestedAt.IsZero() {
		return entry{}, errNoDemand
	}
	for _, text := range e.Respondents {
		if person, err := hex.DecodeString(text); err != nil || len(person) != len(heed.Respondent{}) {
			return entry{}, errNoDemand
		}
	}
	return e.entry, nil
}

var errNoDemand = errors.New("a line is no demand")

// maxLedgerLine has room for a person under as many pseudonyms and keys as there
// may be.
const maxLedgerLine = 1024 + 70*2*(heed.MaxPseudonymMonths+4)

// openLedger reads the ledger, and makes it if it is not there. A last line that
// is not whole is one whose demand was never answered; it is cut off.
func openLedger(path string) (_ *ledger, err error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("open the ledger of erasures: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(fmt.Errorf("read the ledger of erasures %s: %w: restore the file from a copy", path, err), file.Close())
		}
	}()
	l := &ledger{file: file}
	whole, err := l.read()
	if err != nil {
		return nil, err
	}
	if err := file.Truncate(whole); err != nil {
		return nil, err
	}
	if _, err := file.Seek(whole, io.SeekStart); err != nil {
		return nil, err
	}
	return l, syncFolder(filepath.Dir(path))
}

// read takes in every whole line and returns where the last one ends.
func (l *ledger) read() (whole int64, err error) {
	lines := bufio.NewReaderSize(l.file, maxLedgerLine)
	for {
		line, err := lines.ReadSlice('\n')
		if errors.Is(err, io.EOF) {
			return whole, nil
		}
		if err != nil {
			return 0, err
		}
		e, err := readEntry(bytes.TrimSpace(line))
		if err != nil {
			return 0, err
		}
		l.entries = append(l.entries, e)
		whole += int64(len(line))
	}
}

// append adds a demand; it is durable when append returns.
func (l *ledger) append(e entry) error {
	line, err := json.Marshal(e)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	at, err := l.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	_, err = l.file.Write(append(line, '\n'))
	if err = errors.Join(err, l.file.Sync()); err != nil {
		// Half a line would spoil those that come after it.
		return errors.Join(err, l.file.Truncate(at))
	}
	l.entries = append(l.entries, e)
	return nil
}

// all returns every demand, oldest first.
func (l *ledger) all() []entry {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.entries)
}

// keysOf returns the ids of the keys that a demand destroys.
func (l *ledger) keysOf(id string) []string {
	for _, e := range slices.Backward(l.all()) {
		if e.ID == id {
			return e.Keys
		}
	}
	return nil
}

func (l *ledger) close() error { return l.file.Close() }

// syncFolder makes the name of a new file durable.
func syncFolder(path string) error {
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}
