package attach

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed"
)

func readNotices(t *testing.T) Notices {
	t.Helper()
	notices, err := ReadNotices()
	if err != nil {
		t.Fatal(err)
	}
	return notices
}

const someKey = heed.CustomerKey("heed_attach_public_x") // only whether there is one matters to a notice

// Every language names the days and who has the key, and says it in words of its
// own; no two notices that say something else have one hash.
func TestNotices(t *testing.T) {
	notices := readNotices(t)
	hashes := map[string]string{}
	for language := range notices {
		for _, days := range []int{1, 2, 30, 365} {
			for _, key := range []heed.CustomerKey{"", someKey} {
				notice := notices.Of(heed.Project{AttachmentDays: days, AttachmentKey: key}, language)
				what := language + " " + strconv.Itoa(days) + " " + string(key)
				if len(notice.Lines) != 3 || slices.Contains(notice.Lines, "") || !strings.Contains(notice.Lines[0], strconv.Itoa(days)) || strings.Contains(strings.Join(notice.Lines, ""), "{") {
					t.Errorf("%s: %q", what, notice.Lines)
				}
				sum := sha256.Sum256([]byte(strings.Join(notice.Lines, "\n")))
				if notice.Version != "2-"+language || notice.Hash != hex.EncodeToString(sum[:]) {
					t.Errorf("%s: version %s, hash %s", what, notice.Version, notice.Hash)
				}
				if other, taken := hashes[notice.Hash]; taken {
					t.Errorf("%s says the same as %s", what, other)
				}
				hashes[notice.Hash] = what
			}
		}
	}
}

// These words were agreed to: a change of them is another wording, with another
// version, and people are asked again.
func TestNoticeInEnglish(t *testing.T) {
	notices := readNotices(t)
	const use = "Used to look into this answer and to make answers better. Not used to train models."
	for _, c := range []struct {
		project  heed.Project
		language string
		want     []string
	}{
		{heed.Project{AttachmentDays: 1}, "en", []string{
			"Kept for 1 day, then destroyed. You can withdraw it before.",
			"Sealed; the server that keeps it has the key. A member of the team can open it, one at a time and with a reason; each time is written down.",
			use,
		}},
		{heed.Project{AttachmentDays: 30, AttachmentKey: someKey}, "tlh", []string{
			"Kept for 30 days, then destroyed. You can withdraw it before.",
			"Sealed; the server that keeps it cannot open it, only those who hold the team’s own key. Members get it one at a time, with a reason; each time is written down.",
			use,
		}},
	} {
		got := notices.Of(c.project, c.language)
		if diff := cmp.Diff(c.want, got.Lines); diff != "" || got.Version != "2-en" {
			t.Errorf("version %s (-want +got):\n%s", got.Version, diff)
		}
	}
}

// Only the notice that holds now counts, in whichever language it was shown, and
// with the version that its hash belongs to.
func TestAgreed(t *testing.T) {
	notices := readNotices(t)
	project := heed.Project{AttachmentDays: 30}
	consent := func(p heed.Project, language string) heed.Consent {
		notice := notices.Of(p, language)
		return heed.Consent{Version: notice.Version, Hash: notice.Hash}
	}
	for language := range notices {
		if !notices.agreed(project, consent(project, language)) {
			t.Errorf("%s does not count", language)
		}
	}
	german := consent(project, "de")
	for what, c := range map[string]heed.Consent{
		"nothing":                 {},
		"other days":              consent(heed.Project{AttachmentDays: 7}, "de"),
		"another key":             consent(heed.Project{AttachmentDays: 30, AttachmentKey: someKey}, "de"),
		"another language's hash": {Version: german.Version, Hash: consent(project, "fr").Hash},
		"another wording":         {Version: "1-de", Hash: german.Hash},
		"no version":              {Hash: german.Hash},
		"a cut hash":              {Version: german.Version, Hash: german.Hash[:63]},
	} {
		if notices.agreed(project, c) {
			t.Errorf("%s counts", what)
		}
	}
}
