package privacy

import (
	"slices"
	"strings"
	"testing"
)

// TestFailsClosed proves that a detector that panics costs one text its
// redacted view, and nothing else.
func TestFailsClosed(t *testing.T) {
	c := NewCleaner()
	c.detectors[tilde].put(func(*scan, int) { panic("broken") }, gate{})
	text := "write to jane@example.com ~ now"

	clean := c.Clean(NewRaw(text))
	if !clean.Withheld() || clean.Expose() != text {
		t.Errorf("withheld %t, text kept %t; want both", clean.Withheld(), clean.Expose() == text)
	}
	if clean, findings := c.Redact(NewRaw(text)); !clean.Withheld() || findings != nil {
		t.Errorf("Redact: withheld %t with %d findings; want it withheld without any", clean.Withheld(), len(findings))
	}
	if _, err := c.Find(NewRaw(text)); err == nil {
		t.Error("Find hides the failure")
	}
	if got := c.Label(text); got != withheldLabel {
		t.Errorf("Label: %q", got)
	}
	if got := c.Clean(NewRaw("write to jane@example.com")).Expose(); got != "write to [EMAIL_1]" {
		t.Errorf("after a failure: %q", got)
	}
}

// TestNeverSettles proves that a text in which every scan finds more is
// withheld in the end.
func TestNeverSettles(t *testing.T) {
	c := NewCleaner()
	c.detectors[dash] = newBattery(always(func(s *scan, at int) {
		if at > 0 && at == strings.IndexByte(s.text, '-') {
			s.add(kindSecret, at, at+1)
		}
	}))
	if clean := c.Clean(NewRaw("x" + strings.Repeat("-", maxRounds+1))); !clean.Withheld() {
		t.Errorf("got %q", clean.Expose())
	}
	if clean := c.Clean(NewRaw("x" + strings.Repeat("-", maxRounds-1))); clean.Withheld() {
		t.Error("withheld too early")
	}
}

// TestLongFindings: what is left of a text that shrinks to a placeholder is
// scanned again on what the text was worth.
func TestLongFindings(t *testing.T) {
	key := "-----BEGIN PRIVATE KEY-----\n" + strings.Repeat("MIIabcDEF0123456789\n", 4000) + "-----END PRIVATE KEY-----"
	if clean := NewCleaner().Clean(NewRaw(key)); clean.Withheld() || clean.Expose() != "[SECRET_1]" {
		t.Errorf("withheld %t: %.80q", clean.Withheld(), clean.Expose())
	}
}

// TestTooMuchWork withholds a text that detectors would read again and again.
func TestTooMuchWork(t *testing.T) {
	c := NewCleaner()
	c.detectors[dash].put(func(s *scan, at int) { s.work += len(s.text) - at }, gate{})
	if clean := c.Clean(NewRaw(strings.Repeat("a-", 20_000))); !clean.Withheld() {
		t.Error("it was passed on")
	}
	if clean := c.Clean(NewRaw(strings.Repeat("a-", 50))); clean.Withheld() {
		t.Error("a short text was withheld")
	}
}

// TestWorkIsLinear counts the bytes that detectors read in texts made to
// bring them to their knees: 1 MiB of one thing over and over. Twice the text
// must be twice the work, and no byte be read more than a fixed number of
// times.
func TestWorkIsLinear(t *testing.T) {
	const size, mostPerByte = 1 << 20, 100
	c, words := NewCleaner(), newVocabulary()
	for _, unit := range []string{
		"@", "1", "\\", ":", "=", "-", ".", "(", "[", "%", "~", "a", "A", "é", "\n", " ", "+", "\x00", "\xff",
		"1-", "1 ", "1.", "12-", "123-", "4444 ", "4444-4444-4444-4444-", "a@", "a@a.", "a@a.co ", "a.", "%40", "a%40", "(at)", "[at] ",
		"john at example dot ", "http://", "ab://", "ab:", "a:b@", "::", "1:", "00:", "aa-", "0000.", "1.1.1.1.", "1.1.1.1 ", "DE12 ",
		"DE89 3704 0044 0532 0130 01 ", "sk-", "sk-a", "ghp_", "ghp_a", "eyJ", "eyJhbGci.", "eyJ.eyJ", "-----BEGIN ",
		"-----BEGIN RSA PRIVATE KEY-----", "-----BEGIN RSA PRIVATE KEY-----\nx", "password", "password:", "password ", "password=a ",
		"token: \"", "a=", "Q~", "8Q~", "1:AA", "-us1", "1//0", "%3D", "-u ", "curl -u a", "phone 1234567 ", "+1 415 555 0132 ",
		"number 0912345678 ", "(415) ", "LS0tLS1CRUdJTi", "１",
		"&#64;", "&#", "&", "%41", "1 2 3 4 5 6 7 8 9 ", "1 2 ", "A 1 ", "амa", "amFuZUBleGFtcGxlLmNvbQ== ", "amFuZUBl1", "YUBi",
		"12 345 678 901 ", "AB 12 34 56 C ", "RSSMRA85T10A562S ", "A1234567 ", "999-99-9999 ", "passport A1234567 ", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb ",
		"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed ", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdp ", "1a", "my name is ", "Mr Mr ", "Anna ",
		"Anna de la ", "Dear Anna ", "Best\n", "Regards,\n\n", "password a b c d e ", "Straße 5 ", "12 Rose Hill Road ", "Calle de la Paz 5 ", "12 rue de la ",
		"5 A St\nB C D, ", "1 B ", "Rua 1, 2, ", "\u200b1", "bearer ", "mot de passe ",
	} {
		work := func(n int) int {
			s := &scan{words: words}
			text := strings.Repeat(unit, n/len(unit))
			if folds, _ := needsFold(text); folds {
				text = new(shadow).fold(text, true)
			}
			s.reset(text)
			s.limit, s.budget = n, n*mostPerByte*2
			s.run(c.detectors, window{0, len(text)})
			return s.work + s.spent
		}
		half, whole := work(size/2), work(size)
		if whole > 2*half+half/10+4096 {
			t.Errorf("%q: %d bytes read in half a MiB, %d in one", unit, half, whole)
		}
		if whole > mostPerByte*size {
			t.Errorf("%q: each byte read %d times", unit, whole/size)
		}
	}
}

// TestAdopt places what a second scan finds in the text as it came in.
func TestAdopt(t *testing.T) {
	c := NewCleaner()
	text := "abcdefghij"
	r := c.rounds.Get().(*round)
	if !r.adopt([]span{{2, 4, kindEmail}, {6, 7, kindIP}}) {
		t.Fatal("nothing adopted")
	}
	if got := r.render(c.seed, text); got != "ab[EMAIL_1]ef[IP_1]hij" {
		t.Fatal(got)
	}
	if r.adopt([]span{{4, 6, kindPhone}}) {
		t.Error("a span inside a placeholder is taken for news")
	}
	// From "b" into the first placeholder, and the "i" behind the second.
	if !r.adopt([]span{{1, 5, kindSecret}, {20, 21, kindCard}}) {
		t.Fatal("nothing adopted")
	}
	if got := r.render(c.seed, text); got != "a[SECRET_1]ef[IP_1]h[CARD_1]j" {
		t.Error(got)
	}
}

func TestResolve(t *testing.T) {
	text := strings.Repeat("x", 30)
	got := resolve(text, []span{{5, 9, kindPhone}, {0, 6, kindEmail}, {8, 12, kindSecret}, {20, 22, kindIP}, {20, 25, kindIP}, {21, 24, kindPhone}})
	if want := []span{{0, 6, kindEmail}, {6, 8, kindPhone}, {8, 12, kindSecret}, {20, 25, kindIP}}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// TestShadowOffsets leads every offset of a shadow back to its text.
func TestShadowOffsets(t *testing.T) {
	var s shadow
	text := "a\u200b\u200bｂc\u00add"
	if got := s.fold(text, false); got != "abcd" {
		t.Fatal(got)
	}
	for at, want := range []string{"a", "ｂ", "c", "d"} {
		if got := text[s.start(at):s.end(at+1)]; got != want {
			t.Errorf("character %d: %q, want %q", at, got, want)
		}
	}
	if got := text[s.start(0):s.end(4)]; got != text {
		t.Errorf("all: %q", got)
	}
}
