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
// person. A demand is in one line or more: what is learned of it later is in lines
// that repeat whom it is of. Who restores a backup keeps this file, so that what was
// erased since is erased again. Safe for concurrent use.
type ledger struct {
	mu      sync.Mutex
	file    *os.File
	demands []*record // oldest first
	byID    map[string]*record
}

// entry is one line of the ledger.
type entry struct {
	ID             string         `json:"id"`
	Project        heed.ProjectID `json:"project"`
	Respondents    []string       `json:"respondents"` // in hexadecimal
	RequestedAt    time.Time      `json:"requested_at"`
	Keys           []string       `json:"keys,omitempty"`            // ids of the keys of texts that are destroyed
	AttachmentKeys []string       `json:"attachment_keys,omitempty"` // and of those of attachments
	DestroyedAt    time.Time      `json:"destroyed_at,omitzero"`     // by when the keys in this line were; zero: they are to be
	ReplayedAt     time.Time      `json:"replayed_at,omitzero"`      // when the demand was made anew, in a data directory that did not know it
}

// record is what the ledger says of a demand.
type record struct {
	demand     heed.Erasure
	keys       []DestroyedKey // no time: it is not known to be destroyed
	replayedAt time.Time      // the last time; zero: never
}

func entryOf(e heed.Erasure) entry {
	respondents := make([]string, len(e.Respondents))
	for i, person := range e.Respondents {
		respondents[i] = person.String()
	}
	return entry{ID: e.ID, Project: e.Project, Respondents: respondents, RequestedAt: e.RequestedAt}
}

func (e entry) demand() heed.Erasure {
	demand := heed.Erasure{ID: e.ID, Project: e.Project, RequestedAt: e.RequestedAt, Respondents: make([]heed.Respondent, len(e.Respondents))}
	for i, person := range e.Respondents {
		_, _ = hex.Decode(demand.Respondents[i][:], []byte(person)) // checked when it was read
	}
	return demand
}

// take takes in what a line says.
func (l *ledger) take(e entry) {
	r := l.byID[e.ID]
	if r == nil {
		r = &record{demand: e.demand()}
		l.demands, l.byID[e.ID] = append(l.demands, r), r
	}
	r.take(KeyOfTexts, e.Keys, e.DestroyedAt)
	r.take(KeyOfAttachment, e.AttachmentKeys, e.DestroyedAt)
	if !e.ReplayedAt.IsZero() {
		r.replayedAt = e.ReplayedAt
	}
}

func (r *record) take(of KeyKind, ids []string, destroyedAt time.Time) {
	for _, id := range ids {
		at := slices.IndexFunc(r.keys, func(k DestroyedKey) bool { return k.ID == id })
		if at < 0 {
			at = len(r.keys)
			r.keys = append(r.keys, DestroyedKey{ID: id, Of: of})
		}
		if r.keys[at].DestroyedAt.IsZero() { // the first time is when it was
			r.keys[at].DestroyedAt = destroyedAt
		}
	}
}

// ids are those of the keys of a kind that are, or are not, known to be destroyed.
func (r *record) ids(of KeyKind, destroyed bool) (ids []string) {
	for _, k := range r.keys {
		if k.Of == of && !k.DestroyedAt.IsZero() == destroyed {
			ids = append(ids, k.ID)
		}
	}
	return ids
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

// maxKeysInLine is how many keys a line names at most.
const maxKeysInLine = heed.MaxPseudonymMonths + 4

// maxLedgerLine has room for a person under as many pseudonyms as there may be, and
// as many keys.
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
	l := &ledger{file: file, byID: map[string]*record{}}
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
		l.take(e)
		whole += int64(len(line))
	}
}

// append adds a demand, or what is new of it; it is durable when append returns.
func (l *ledger) append(e entry) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.write(e)
}

// write is append with mu held.
func (l *ledger) write(entries ...entry) error {
	if len(entries) == 0 {
		return nil
	}
	var lines []byte
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return err
		}
		lines = append(append(lines, line...), '\n')
	}
	at, err := l.file.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	_, err = l.file.Write(lines)
	if err = errors.Join(err, l.file.Sync()); err != nil {
		// Half a line would spoil those that come after it.
		return errors.Join(err, l.file.Truncate(at))
	}
	for _, e := range entries {
		l.take(e)
	}
	return nil
}

// name adds the keys of attachments that a demand destroys, before they are.
func (l *ledger) name(demand heed.Erasure, keys []string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.byID[demand.ID]; r != nil {
		keys = slices.DeleteFunc(slices.Clone(keys), func(id string) bool {
			return slices.ContainsFunc(r.keys, func(k DestroyedKey) bool { return k.ID == id })
		})
	}
	return l.write(entriesOf(demand, KeyOfAttachment, keys, time.Time{})...)
}

// destroyed notes that all keys that are named by now are destroyed.
func (l *ledger) destroyed(demand heed.Erasure, at time.Time) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.byID[demand.ID]
	if r == nil {
		return nil
	}
	lines := entriesOf(r.demand, KeyOfTexts, r.ids(KeyOfTexts, false), at)
	lines = append(lines, entriesOf(r.demand, KeyOfAttachment, r.ids(KeyOfAttachment, false), at)...)
	return l.write(lines...)
}

// entriesOf are the lines that say something of keys.
func entriesOf(demand heed.Erasure, of KeyKind, keys []string, destroyedAt time.Time) (lines []entry) {
	for some := range slices.Chunk(keys, maxKeysInLine) {
		e := entryOf(demand)
		e.DestroyedAt = destroyedAt
		if e.Keys = some; of == KeyOfAttachment {
			e.Keys, e.AttachmentKeys = nil, some
		}
		lines = append(lines, e)
	}
	return lines
}

// all returns every demand, oldest first.
func (l *ledger) all() []record {
	l.mu.Lock()
	defer l.mu.Unlock()
	all := make([]record, len(l.demands))
	for i, r := range l.demands {
		all[i] = r.clone()
	}
	return all
}

// of returns what is known of a demand; nothing where it is not there.
func (l *ledger) of(id string) record {
	l.mu.Lock()
	defer l.mu.Unlock()
	if r := l.byID[id]; r != nil {
		return r.clone()
	}
	return record{}
}

// lacks counts demands that the ledger does not have.
func (l *ledger) lacks(ids map[string]bool) (n int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range ids {
		if l.byID[id] == nil {
			n++
		}
	}
	return n
}

func (r *record) clone() record {
	c := *r
	c.keys = slices.Clone(r.keys)
	return c
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
