package vault

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/heed-ai/heed"
)

func TestOwnerNames(t *testing.T) {
	for name, o := range map[string]owner{
		"respondent:01" + strings.Repeat("00", 15): {kind: ofRespondent, respondent: heed.Respondent{1}},
		"day:2025-03-09": {kind: ofDay, day: 20156},
		"secret:audit":   {kind: ofSecret, purpose: "audit"},
		"month:2026-11":  {kind: ofMonth, month: monthOf(time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC))},
		"stable:0000-00": {kind: ofStable},
	} {
		o.project = "prj_1"
		if got := o.name(); got != name {
			t.Errorf("name: %q, want %q", got, name)
		}
		if got, err := parseOwner("prj_1", name); err != nil || got != o {
			t.Errorf("parse %q: %v, %v, want %v", name, got, err, o)
		}
	}
}

func FuzzParseOwner(f *testing.F) {
	for _, name := range []string{
		"", "project", "project:x", "day:2025-03-09", "day:2025-3-9", "day:", "respondent:", "respondent:00",
		"respondent:" + hex.EncodeToString(make([]byte, 17)), "respondent:" + strings.Repeat("A", 32), "nobody:1",
	} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		o, err := parseOwner("prj_1", name)
		if err != nil {
			if !errors.Is(err, ErrTampered) || o != (owner{}) {
				t.Errorf("refused with %v and %v", err, o)
			}
			return
		}
		if got := o.name(); got != name {
			t.Errorf("parsed as %q", got)
		}
	})
}

func TestFrameHasNoTwins(t *testing.T) {
	seen := map[string][]string{}
	for _, fields := range [][]string{
		{}, {""}, {"", ""}, {"ab"}, {"a", "b"}, {"", "ab"}, {"ab", ""}, {"\x01a"}, {"a", "\x01b"},
		{strings.Repeat("x", 128)}, {strings.Repeat("x", 127), ""},
	} {
		framed := string(frame(fields...))
		if other, ok := seen[framed]; ok {
			t.Errorf("%q and %q give the same bytes", fields, other)
		}
		seen[framed] = fields
	}
}
