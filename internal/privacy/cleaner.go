package privacy

import (
	"errors"
	"hash/maphash"
	"sync"
	"unicode/utf8"

	"github.com/heed-ai/heed"
)

const (
	// MaxTextBytes bounds what is scanned at once. A longer text is withheld.
	MaxTextBytes = 256 << 10

	// maxFindings bounds the findings of one text: more is no text but an
	// attempt to keep a processor busy.
	maxFindings = 8192

	// maxRounds bounds how often a text is scanned again after redaction. Two
	// are the rule, one that finds and one that finds no more; of the 110,000
	// texts of our tests three take three.
	maxRounds = 4

	// workPerByte and workAtLeast bound the work of detectors for a text, all
	// scans together. No text of our tests takes more than 11 for each of its
	// bytes, and of tables, logs and dumps none more than 19; what takes more is made
	// to keep a processor busy.
	workPerByte = 32
	workAtLeast = 16 << 10

	withheldLabel = "[WITHHELD]"
)

var errWithheld = errors.New("redaction gave up")

// Cleaner finds personal data and secrets. It never changes after NewCleaner
// and is safe for concurrent use.
type Cleaner struct {
	detectors [triggers][]detector
	words     *vocabulary
	seed      maphash.Seed
	rounds    sync.Pool // *round
}

// NewCleaner makes a Cleaner with all detectors.
func NewCleaner() *Cleaner {
	c := &Cleaner{detectors: allDetectors(), seed: maphash.MakeSeed()}
	c.words = newVocabulary()
	c.rounds.New = func() any { return newRound(c.words, nil) }
	return c
}

// allDetectors is the one list of detectors and of what fires them.
func allDetectors() [triggers][]detector {
	return [triggers][]detector{
		letter:      {detectPrefixed, detectSpoken, detectSpelledEmail},
		phrase:      {detectName},
		digit:       {detectIPv4, detectCard, detectIBAN, detectSSN, detectNationalID, detectDocument, detectCrypto, detectPhone, detectDigitPrefixed, detectAddress, detectSpaced, detectBase64Email},
		shortNumber: {detectAddress},
		digitGroup:  {detectIPv4, detectCard, detectSSN, detectNationalID, detectPhone, detectAddress, detectSpaced, detectBase64Email},
		atSign:      {detectEmail},
		percent:     {detectEscapedEmail, detectEscapedPair},
		bracket:     {detectBracketedEmail},
		colon:       {detectURLCredentials, detectColonHex, detectBotToken, detectKeyValue},
		equals:      {detectKeyValue, detectBase64Email},
		dash:        {detectKeyBlock, detectDashedMAC, detectLogin, detectDataCentreKey},
		dot:         {detectDottedMAC, detectDottedToken},
		tilde:       {detectTildeSecret},
	}
}

// Clean redacts a text. It never fails: a text that cannot be redacted comes
// back withheld.
func (c *Cleaner) Clean(text Raw) Clean {
	cleaned, _, err := c.redact(text.open(), nil, false)
	return newClean(text, cleaned, err)
}

// Find says what Clean would redact. A TooLarge error says that the text is
// over its bound, an Internal one that it could not be scanned.
func (c *Cleaner) Find(text Raw) ([]Finding, error) {
	_, findings, err := c.redact(text.open(), nil, true)
	return findings, explain(text, err)
}

// explain says for users why there is no cleaned text; nil stays nil.
func explain(text Raw, err error) error {
	switch {
	case err == nil:
		return nil
	case text.Len() > MaxTextBytes:
		return heed.Errorf(heed.TooLarge, "the text is longer than redaction takes at once: send it in parts")
	}
	return heed.Wrap(heed.Internal, err, "the text could not be redacted")
}

// Redact does both at once. A withheld text has no findings.
func (c *Cleaner) Redact(text Raw) (Clean, []Finding) {
	cleaned, findings, err := c.redact(text.open(), nil, true)
	return newClean(text, cleaned, err), findings
}

// Label redacts a short value that is stored in the clear: a tag, a surface,
// an error code. What cannot be redacted becomes "[WITHHELD]". A value in
// which nothing is found comes back as it is, without an allocation.
func (c *Cleaner) Label(value string) string {
	cleaned, _, err := c.redact(value, nil, false)
	if err != nil {
		return withheldLabel
	}
	return cleaned
}

// newClean makes the Clean of a text, or withholds it after an error.
func newClean(text Raw, cleaned string, err error) Clean {
	switch {
	case err != nil:
		return Clean{text: text.text, withheld: true}
	case cleaned == text.open():
		return Clean{text: text.text}
	}
	own := cleaned
	return Clean{text: &own}
}

// redact is the one way from text to cleaned text. It adds what a recogniser
// told to what it finds. An error means that there is no cleaned text.
func (c *Cleaner) redact(text string, told []span, list bool) (cleaned string, findings []Finding, err error) {
	if len(text) > MaxTextBytes {
		return "", nil, errWithheld
	}
	r := c.rounds.Get().(*round)
	cleaned, err = c.settle(r, text, told)
	if err != nil {
		// A round that failed may be in any state: it is not used again.
		return "", nil, err
	}
	if list {
		findings = listFindings(text, r.found)
	}
	r.forget()
	c.rounds.Put(r)
	return cleaned, findings, nil
}

// settle scans a text, redacts it, and scans the result again until nothing
// more is found: a placeholder is shorter or longer than what it replaces, so
// that what stood too far from a telling word may now stand near it.
func (c *Cleaner) settle(r *round, text string, told []span) (cleaned string, err error) {
	defer func() {
		// A detector is fed what strangers wrote: its bug must cost one text
		// its redacted view, and neither the process nor anyone's privacy.
		if recover() != nil {
			cleaned, err = "", errWithheld
		}
	}()
	cleaned, r.work, r.budget = text, 0, workPerByte*len(text)+workAtLeast
	for range maxRounds {
		spans, err := r.find(&c.detectors, cleaned)
		if err != nil {
			return "", err
		}
		spans, told = join(cleaned, spans, told), nil // it saw the text as it came in
		if !r.adopt(spans) {
			return cleaned, nil
		}
		cleaned = r.render(c.seed, text)
	}
	return "", errWithheld
}

// listFindings counts spans in code points.
func listFindings(text string, spans []span) []Finding {
	if len(spans) == 0 {
		return nil
	}
	findings := make([]Finding, 0, len(spans))
	bytes, runes := 0, 0
	count := func(to int) int {
		runes += utf8.RuneCountInString(text[bytes:to])
		bytes = to
		return runes
	}
	for _, s := range spans {
		findings = append(findings, Finding{Type: s.kind.typ(), Start: count(s.start), End: count(s.end)})
	}
	return findings
}
