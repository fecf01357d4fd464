package publish_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/audit"
	"github.com/heed-ai/heed/internal/audit/publish"
)

// lines is a log that several goroutines may write to and read.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func checkpoints() (made *atomic.Int64, make func(context.Context) (audit.Checkpoint, []byte, error)) {
	made = &atomic.Int64{}
	return made, func(context.Context) (audit.Checkpoint, []byte, error) {
		n := made.Add(1)
		return audit.Checkpoint{Tree: audit.Tree{Size: n}}, []byte(strings.Repeat("x", int(n))), nil
	}
}

// A checkpoint goes to the log at the start, one an hour, and one at the end.
func TestEveryHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log lines
		_, checkpoint := checkpoints()
		p := publish.New(publish.Options{Checkpoint: checkpoint, Verifier: "v", Log: slog.New(slog.NewTextHandler(&log, nil))})
		time.Sleep(3*publish.Every + time.Minute)
		synctest.Wait()
		if n := strings.Count(log.String(), `msg="audit checkpoint"`); n != 4 {
			t.Errorf("%d in three hours:\n%s", n, log.String())
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(log.String(), "records=5 key=v checkpoint=xxxxx\n") {
			t.Errorf("none at the end:\n%s", log.String())
		}
	})
}

func TestWithoutCheckpoint(t *testing.T) {
	var log lines
	p := publish.New(publish.Options{
		Checkpoint: func(context.Context) (audit.Checkpoint, []byte, error) {
			return audit.Checkpoint{}, nil, errors.New("damaged")
		},
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	if err := p.Close(); err != nil || !strings.Contains(log.String(), "level=ERROR") {
		t.Errorf("%v:\n%s", err, log.String())
	}
}

func TestWebhook(t *testing.T) {
	for _, test := range []struct {
		name    string
		private bool
		status  int
		taken   bool
		told    string // in the log; empty: nothing
		answer  string // instead of one with the status
	}{
		{"takes it", true, http.StatusNoContent, true, "", ""},
		{"fails", true, http.StatusInternalServerError, true, "it answered with status 500", ""},
		{"sends elsewhere", true, http.StatusFound, true, "it answered with status 302", ""},
		{"is on this machine, and may not", false, http.StatusNoContent, false, "its address is private", ""},
		{"speaks no HTTP", true, 0, true, "it does not answer as it should", "wombat\r\n\r\n"},
		{"hangs up", true, 0, true, "it does not answer as it should", " "},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := make(chan string, 8)
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				body, _ := io.ReadAll(r.Body)
				got <- r.Method + " " + r.Header.Get("Content-Type") + " " + string(body)
				if test.answer != "" {
					conn, _, err := http.NewResponseController(w).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = io.WriteString(conn, strings.TrimLeft(test.answer, " "))
					_ = conn.Close()
					return
				}
				w.Header().Set("Location", "/elsewhere")
				w.WriteHeader(test.status)
			}))
			defer server.Close()
			var log lines
			_, checkpoint := checkpoints()
			p := publish.New(publish.Options{
				Checkpoint: checkpoint, Webhook: server.URL + "/secret-path", Private: test.private, Log: slog.New(slog.NewTextHandler(&log, nil)),
			})
			if err := p.Close(); err != nil {
				t.Fatal(err)
			}
			select {
			case sent := <-got:
				if !test.taken || sent != "POST text/plain; charset=utf-8 x" {
					t.Errorf("sent %q", sent)
				}
			default:
				if test.taken {
					t.Error("nothing was sent")
				}
			}
			webhook := p.Standing().Webhook
			if webhook.Trouble != test.told && !strings.HasPrefix(webhook.Trouble, test.told) || webhook.At.IsZero() != (test.told != "") {
				t.Errorf("it is known as %+v", webhook)
			}
			if warned := strings.Contains(log.String(), "level=WARN"); warned != (test.told != "") || !strings.Contains(log.String(), test.told) {
				t.Errorf("the log says:\n%s", log.String())
			}
			if told := log.String(); strings.Contains(told, "secret-path") || strings.Contains(told, "wombat") || strings.Contains(told, server.Listener.Addr().String()) {
				t.Errorf("the log tells the address:\n%s", log.String())
			}
		})
	}
}

// What has left is known, and by which way it has not.
func TestStanding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		_, checkpoint := checkpoints()
		var damaged atomic.Bool
		p := publish.New(publish.Options{
			Checkpoint: func(ctx context.Context) (audit.Checkpoint, []byte, error) {
				if damaged.Load() {
					return audit.Checkpoint{}, nil, errors.New("damaged")
				}
				return checkpoint(ctx)
			},
			Webhook: "http://127.0.0.1:1/secret-path", Private: true, Log: slog.New(slog.DiscardHandler),
		})
		synctest.Wait()
		want := audit.Standing{Since: began, Log: audit.Sent{At: began, Records: 1}, Webhook: &audit.Sent{}}
		if diff := cmp.Diff(want, p.Standing()); diff != "" {
			t.Errorf("at the start, while the webhook is tried (-want +got):\n%s", diff)
		}
		time.Sleep(publish.Every + 10*time.Minute)
		synctest.Wait()
		want.Log, want.Webhook = audit.Sent{At: began.Add(publish.Every), Records: 2}, &audit.Sent{Trouble: "connection refused"}
		if diff := cmp.Diff(want, p.Standing()); diff != "" {
			t.Errorf("after an hour (-want +got):\n%s", diff)
		}
		damaged.Store(true)
		time.Sleep(publish.Every)
		synctest.Wait()
		want.Log.Trouble = "none could be made"
		if diff := cmp.Diff(want, p.Standing()); diff != "" {
			t.Errorf("of what is damaged (-want +got):\n%s", diff)
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

// A webhook that is not there is tried five times, and not held against the next
// hour.
func TestRetries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log lines
		made, checkpoint := checkpoints()
		p := publish.New(publish.Options{Checkpoint: checkpoint, Webhook: "http://127.0.0.1:1/", Log: slog.New(slog.NewTextHandler(&log, nil))})
		time.Sleep(2*publish.Every + 10*time.Minute)
		synctest.Wait()
		if n := strings.Count(log.String(), "tries=5"); n != 3 || made.Load() != 3 {
			t.Errorf("%d checkpoints, %d given up:\n%s", made.Load(), n, log.String())
		}
		if err := p.Close(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestCheck(t *testing.T) {
	for webhook, good := range map[string]bool{
		"https://witness.example.com/heed": true, "http://127.0.0.1:9/": true,
		"": false, "witness.example.com": false, "ftp://example.com/": false, "https://me:secret@example.com/": false, "https://": false,
	} {
		if err := publish.Check(webhook); (err == nil) != good {
			t.Errorf("%q: %v", webhook, err)
		}
	}
}
