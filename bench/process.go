package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a server in a process of its own that has said it is ready.
type process struct {
	cmd      *exec.Cmd
	url      string
	readyIn  time.Duration // from exec to the line that says so
	input    io.Closer     // open as long as the process is to live
	exited   chan struct{}
	lastSaid []string // complete once exited is closed
}

const (
	startTimeout = 60 * time.Second
	stopTimeout  = 15 * time.Second
)

// start runs a command that serves and waits until it logs that it is ready.
// It ends with ctx, if stop does not end it before.
func start(ctx context.Context, input []byte, name string, args ...string) (*process, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = environment()
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = stopTimeout
	stdin, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	stderr, err := cmd.StderrPipe()
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, input: stdin, exited: make(chan struct{})}
	ready := make(chan string, 1)
	go p.watch(stderr, ready)
	if _, err := stdin.Write(input); err != nil {
		p.stop()
		return nil, fmt.Errorf("start %s: %w", name, err)
	}
	select {
	case p.url = <-ready:
		p.readyIn = time.Since(began)
		return p, nil
	case <-p.exited:
		return nil, fmt.Errorf("%s %s ended before it was ready:\n%s", name, strings.Join(args, " "), strings.Join(p.lastSaid, "\n"))
	case <-time.After(startTimeout):
		p.stop()
		return nil, fmt.Errorf("%s was not ready within %s:\n%s", name, startTimeout, strings.Join(p.lastSaid, "\n"))
	}
}

// environment is that of the bench without settings of heed, which is measured
// with its defaults, but logs in JSON wherever the bench runs.
func environment() []string {
	ours := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "HEED_") })
	return append(ours, "HEED_LOG_FORMAT=json")
}

// watch reads what the process logs until it ends.
func (p *process) watch(stderr io.Reader, ready chan<- string) {
	defer close(p.exited)
	const kept = 20
	lines := bufio.NewScanner(stderr)
	for lines.Scan() {
		p.lastSaid = append(p.lastSaid, lines.Text())
		if len(p.lastSaid) > kept {
			p.lastSaid = slices.Delete(p.lastSaid, 0, 1)
		}
		var line struct{ Msg, URL string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "ready" && line.URL != "" {
			select {
			case ready <- line.URL:
			default:
			}
		}
	}
	_ = p.cmd.Wait() // ended by a signal: not an error here
}

// stop asks the process to end and, if it does not, ends it.
func (p *process) stop() {
	_ = p.input.Close()
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.exited:
	case <-time.After(stopTimeout):
		_ = p.cmd.Process.Kill()
		<-p.exited
	}
}

// residentMB is the memory the process has in use, in MB of 10^6 bytes.
func (p *process) residentMB() (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range bytes.Lines(status) {
		if rest, ok := bytes.CutPrefix(line, []byte("VmRSS:")); ok {
			kib, err := strconv.ParseFloat(strings.Fields(string(rest))[0], 64)
			return kib * 1024 / 1e6, err
		}
	}
	return 0, fmt.Errorf("/proc does not tell the memory of process %d", p.cmd.Process.Pid)
}

// cpuTime is the time the process has computed, to within 10 ms.
func (p *process) cpuTime() (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	// The fields after the name, which stands in parentheses: state is the
	// third of all, user and system time the 14th and 15th.
	fields := bytes.Fields(stat[bytes.LastIndexByte(stat, ')')+1:])
	const third, user, system = 3, 14, 15
	var ticks int64
	for _, field := range []int{user, system} {
		n, err := strconv.ParseInt(string(fields[field-third]), 10, 64)
		if err != nil {
			return 0, err
		}
		ticks += n
	}
	const ticksPerSecond = 100 // what /proc counts in, on every Linux
	return time.Duration(ticks) * time.Second / ticksPerSecond, nil
}
