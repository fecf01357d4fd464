package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asHeed makes the test binary behave as the heed command, so that tests run
// the real thing in a process of its own.
const asHeed = "HEED_TEST_AS_HEED"

func TestMain(m *testing.M) {
	if os.Getenv(asHeed) == "1" {
		main()
	}
	os.Exit(m.Run())
}

// heedCommand prepares the heed command with a clean environment.
func heedCommand(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = []string{asHeed + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "TMPDIR=" + os.TempDir()}
	return cmd
}

// heed runs the heed command to its end and returns what it printed.
func runHeed(t testing.TB, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	return runHeedWith(t, nil, args...)
}

func runHeedWith(t testing.TB, environ []string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	cmd := heedCommand(args...)
	cmd.Env = append(cmd.Env, environ...)
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), errs.String(), cmd.ProcessState.ExitCode()
}

// process is a heed that serves.
type process struct {
	cmd    *exec.Cmd
	url    string
	otlp   string        // where it serves OTLP over gRPC
	log    *bytes.Buffer // complete once exited is closed
	exited chan struct{}
}

// serve starts heed serve on dir and waits until it is ready. It is stopped at
// the end of the test.
func serve(t testing.TB, dir string, args ...string) *process {
	t.Helper()
	p := tryServe(t, dir, args...)
	if p.url == "" {
		t.Fatalf("heed serve did not become ready:\n%s", p.log)
	}
	return p
}

// tryServe is serve for a start that may fail: then url is empty and the
// process has ended.
func tryServe(t testing.TB, dir string, args ...string) *process {
	t.Helper()
	cmd := heedCommand(append([]string{"serve", "--data", dir, "--listen", "127.0.0.1:0", "--otlp-grpc", "127.0.0.1:0"}, args...)...)
	pipe, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{cmd: cmd, log: &bytes.Buffer{}, exited: make(chan struct{})}
	ready := make(chan readyLine, 1)
	go func() {
		defer close(p.exited)
		lines := bufio.NewScanner(pipe)
		for lines.Scan() {
			p.log.Write(append(lines.Bytes(), '\n'))
			var line readyLine
			if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "ready" {
				ready <- line
			}
		}
		_ = cmd.Wait()
	}()
	t.Cleanup(p.kill)
	select {
	case line := <-ready:
		p.url, p.otlp = line.URL, line.OTLP
	case <-p.exited:
	case <-time.After(patience):
		p.kill()
		t.Fatalf("heed serve said nothing for %v", patience)
	}
	return p
}

type readyLine struct {
	Msg, URL string
	OTLP     string `json:"otlp_grpc"`
}

// kill ends the process at once, as a power cut would.
func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	<-p.exited
}

// stop asks the process to end and returns its exit status.
func (p *process) stop(t testing.TB) int {
	t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	<-p.exited
	return p.cmd.ProcessState.ExitCode()
}

// createProject makes a project in dir.
func createProject(t testing.TB, dir, name string, args ...string) newProject {
	t.Helper()
	stdout, stderr, status := runHeed(t, append([]string{"project", "create", name, "--data", dir, "--json"}, args...)...)
	if status != 0 {
		t.Fatalf("project create: %s", stderr)
	}
	var created newProject
	if err := json.Unmarshal([]byte(stdout), &created); err != nil {
		t.Fatal(err)
	}
	return created
}

// answer is what came back for a request.
type answer struct {
	status int
	header http.Header
	body   map[string]any
	text   string
}

// call sends one request. Headers come as name, value pairs.
func call(t testing.TB, method, url, body string, headers ...string) answer {
	t.Helper()
	a, err := tryCall(method, url, body, headers...)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func tryCall(method, url, body string, headers ...string) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	a := answer{status: response.StatusCode, header: response.Header, text: string(text)}
	if strings.Contains(response.Header.Get("Content-Type"), "json") {
		_ = json.Unmarshal(text, &a.body)
	}
	return a, err
}

// bearer is the header of a credential.
func bearer(credential string) []string { return []string{"Authorization", "Bearer " + credential} }

// patience is how long something may take that takes a moment where all goes well:
// a machine that is busy with other tests takes many times that. To wait longer
// costs nothing but where a test fails.
const patience = 2 * time.Minute

// eventually tries check until it returns "", and fails with its last words when
// patience ends.
func eventually(t testing.TB, check func() string) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for {
		problem := check()
		if problem == "" {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(problem)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// past waits for a moment that is near, so that it does not come in the middle of a
// test to which it matters.
func past(moment time.Time) {
	if left := time.Until(moment); left > 0 && left < patience {
		time.Sleep(left)
	}
}

// midnight is when a day ends, in UTC, on which pseudonyms may depend.
func midnight() time.Time { return time.Now().UTC().Truncate(24 * time.Hour).Add(24 * time.Hour) }

// night is when retention deletes what is due.
func night() time.Time {
	now := time.Now()
	return time.Date(now.Year(), now.Month(), now.Day(), 3, 0, 0, 0, time.Local)
}

// stored waits until all that a server accepted is stored, so that what reads the
// store alone, such as numbers and what endpoints are told, knows it.
func stored(t testing.TB, server string) {
	t.Helper()
	eventually(t, func() string {
		if page := call(t, http.MethodGet, server+"/metrics", "").text; !strings.Contains(page, "\nheed_spool_pending_events 0\n") {
			return "not all is stored: " + regexp.MustCompile(`(?m)^heed_spool_.*$`).FindString(page)
		}
		return ""
	})
}

// sharedData is the folder of recorded data beside the repository, and false
// where it is not there.
func sharedData() (string, bool) {
	dir, err := filepath.Abs(filepath.Join("..", "..", "..", "shared", "data"))
	if err != nil {
		return "", false
	}
	_, err = os.Stat(dir)
	return dir, err == nil
}
