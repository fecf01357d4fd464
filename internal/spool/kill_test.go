package spool_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/heed-ai/heed/internal/spool"
	"github.com/heed-ai/heed/internal/store"
)

// The test binary runs itself as the process that is killed.
const childVariable = "HEED_SPOOL_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childVariable); dir != "" {
		fmt.Fprintln(os.Stderr, runChild(dir))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// runChild appends and drains until it is killed, and prints each id once it
// is acknowledged.
func runChild(dir string) error {
	m, err := openFileStore(filepath.Join(dir, "store"))
	if err != nil {
		return err
	}
	position, err := m.Position(context.Background())
	if err != nil {
		return err
	}
	s, err := spool.Open(filepath.Join(dir, "spool"), smallConfig(), position, quiet())
	if err != nil {
		return err
	}
	ended := make(chan error)
	go func() { ended <- s.Drain(context.Background(), m, func(store.Seq) {}) }()
	run := os.Getenv(childVariable + "_RUN")
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				events := signalsOf(fmt.Sprintf("%s-%d-%d", run, g, i), 1+rand.IntN(20))
				if _, err := s.Append(context.Background(), events); err != nil {
					ended <- err
					return
				}
				line := ""
				for _, ev := range events {
					line += ev.Signal.ID + "\n"
				}
				os.Stdout.WriteString(line)
			}
		}()
	}
	return <-ended
}

// fileStore is a store that outlives being killed: each commit is one line,
// written at once: the position and the ids.
type fileStore struct {
	mu       sync.Mutex
	file     *os.File
	position store.Seq
	ids      []string
}

func openFileStore(path string) (*fileStore, error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	whole := strings.LastIndexByte(string(data), '\n') + 1
	m := &fileStore{file: f}
	for line := range strings.Lines(string(data[:whole])) {
		fields := strings.Fields(line)
		n, err := strconv.ParseUint(fields[0], 10, 64)
		if err != nil || store.Seq(n) < m.position {
			return nil, fmt.Errorf("position %s after %d: %w", fields[0], m.position, err)
		}
		m.position = store.Seq(n)
		m.ids = append(m.ids, fields[1:]...)
	}
	_, err = f.Seek(int64(whole), io.SeekStart)
	return m, errors.Join(err, f.Truncate(int64(whole)))
}

func (m *fileStore) Position(context.Context) (store.Seq, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.position, nil
}

func (m *fileStore) Append(_ context.Context, events []store.Event, upTo store.Seq) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	line := strconv.FormatUint(uint64(upTo), 10)
	for _, ev := range events {
		if ev.Seq > m.position {
			line += " " + ev.Signal.ID
			m.ids = append(m.ids, ev.Signal.ID)
		}
	}
	m.position = upTo
	_, err := m.file.WriteString(line + "\n")
	return err
}

// TestKill kills a process that appends and drains, again and again on one
// folder. HEED_CRASH_N sets how often.
func TestKill(t *testing.T) {
	kills := 50
	if n, err := strconv.Atoi(os.Getenv("HEED_CRASH_N")); err == nil {
		kills = n
	}
	dir := t.TempDir()
	acked := []string{}
	for run := range kills {
		acked = append(acked, killedRun(t, dir, run)...)
	}
	if len(acked) < kills {
		t.Fatalf("only %d events acknowledged in %d runs", len(acked), kills)
	}

	m, err := openFileStore(filepath.Join(dir, "store"))
	if err != nil {
		t.Fatal(err)
	}
	s := open(t, filepath.Join(dir, "spool"), smallConfig(), m.position)
	last := appendTo(t, s, signalOf("last"))
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	err = s.Drain(ctx, m, func(at store.Seq) {
		if at >= last {
			cancel()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	stored := map[string]int{}
	for _, id := range m.ids {
		stored[id]++
		if stored[id] == 2 {
			t.Errorf("%s is stored twice", id)
		}
	}
	for _, id := range acked {
		if stored[id] == 0 {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	if n := s.Stats().SetAside; n != 0 {
		t.Errorf("%d events set aside", n)
	}
	t.Logf("%d kills: %d events acknowledged, %d stored", kills, len(acked), len(m.ids))
}

// killedRun runs a process on dir, kills it after a random number of events,
// and returns those that it acknowledged.
func killedRun(t *testing.T, dir string, run int) []string {
	t.Helper()
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), childVariable+"="+dir, fmt.Sprintf("%s_RUN=%d", childVariable, run))
	var complaint strings.Builder
	child.Stderr = &complaint
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	stop := context.AfterFunc(t.Context(), func() { child.Process.Kill() })
	defer stop()
	// A run that never acknowledges anything is ended by the deadline.
	deadline := time.AfterFunc(2*time.Minute, func() { child.Process.Kill() })
	defer deadline.Stop()

	acked := []string{}
	lines := bufio.NewReader(out)
	for n := 1 + rand.IntN(2000); ; n-- {
		line, err := lines.ReadString('\n')
		if err != nil {
			break // a line without its end may be cut
		}
		acked = append(acked, strings.TrimSuffix(line, "\n"))
		if n == 0 {
			if err := child.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	_ = child.Wait() // it was killed, which is an error
	if len(acked) == 0 {
		t.Fatalf("run %d acknowledged nothing: %s", run, complaint.String())
	}
	return acked
}
