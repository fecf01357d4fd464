package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestProgressInLines(t *testing.T) {
	for _, c := range []struct {
		name  string
		total int64
		want  string
	}{
		{"known end", 1_000, "imported 50,000 events, 42 %\nline 7: is wrong\nimported 90,000 events, 100 %\n"},
		{"unknown end", 0, "imported 50,000 events\nline 7: is wrong\nimported 90,000 events\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				p := newProgress(f, "imported", "events", c.total)
				p.advance(10_000, 84)
				time.Sleep(progressInterval)
				p.advance(50_000, 420)
				p.advance(60_000, 500)
				p.say("line 7: is wrong")
				time.Sleep(progressInterval)
				p.advance(90_000, 1_010) // the file has grown meanwhile
				p.done()
				got, err := os.ReadFile(f.Name())
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(c.want, string(got)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		})
	}
}

func TestProgressAsBar(t *testing.T) {
	for name, total := range map[string]int64{"known end": 1_000, "unknown end": 0, "empty": -1} {
		t.Run(name, func(t *testing.T) {
			var screen bytes.Buffer
			p := &progress{w: &screen, bar: newBar(&screen, total), verb: "imported", noun: "events", total: total}
			p.advance(12_345, 1_000)
			p.say("line 7: is wrong")
			p.advance(12_346, 1_000)
			p.done()
			for _, words := range []string{"\rline 7: is wrong\n"} {
				if !strings.Contains(screen.String(), words) {
					t.Errorf("%q does not hold %q", screen.String(), words)
				}
			}
		})
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1: "-1", -1000: "-1,000", -999999: "-999,999"} {
		if got := grouped(n); got != want {
			t.Errorf("%d is %q, want %q", n, got, want)
		}
	}
}
