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
	// are the rule, one that finds and one that sees around what was found and
	// finds no more; of the 110,000 texts of our tests three take three.
	maxRounds = 4

	// workPerByte and workAtLeast bound the work for a text, all scans together.
	// The scan of the text as it came in takes 7 for each byte of prose, and of
	// some sixty kinds of tables, logs and dumps none takes more than 26.2 there;
	// what takes more than any of them is made to keep a processor busy. What is
	// left is for the scans of what came out, which end where it ends.
	workPerByte = 28
	workAtLeast = 48 << 10

	// The unit of work is a byte that a detector reads, about a nanosecond. These
	// are what else takes time, as measured for each detector over those dumps and
	// over texts made to be slow: to begin a scan and to go on by a byte, to stop,
	// to ask a detector, to go beyond its first glance, to judge a byte of a value,
	// to fold a byte of a text and what stands between two such pieces, to sort
	// what was found, to replace it.
	roundWork = 8
	scanWork  = 2
	stopWork  = 4
	fireWork  = 6
	lookWork  = 20
	judgeWork = 8
	foldWork  = 2
	stepWork  = 10
	spanWork  = 40
	placeWork = 60

	withheldLabel = "[WITHHELD]"
)

var (
	errWithheld = errors.New("redaction gave up")
	errBroken   = errors.New("redaction broke")
)

// Cleaner finds personal data and secrets. It never changes after NewCleaner
// and is safe for concurrent use.
type Cleaner struct {
	detectors *[triggers]battery
	words     *vocabulary
	seed      maphash.Seed
	rounds    sync.Pool // *round
}

// NewCleaner makes a Cleaner with all detectors.
func NewCleaner() *Cleaner {
	c := &Cleaner{words: newVocabulary(), seed: maphash.MakeSeed()}
	c.detectors = allDetectors(c.words)
	c.rounds.New = func() any { return newRound(c.words, nil) }
	return c
}

// allDetectors is the one list of detectors, and of what fires them.
func allDetectors(words *vocabulary) *[triggers]battery {
	labels := func(c byte) bool { return c != '-' && labelByte(c) }
	return &[triggers]battery{
		letter: newBattery(
			always(detectPrefixed),
			behind(detectSpoken, gate{after: words.goesOn}),
			behind(detectSpelledEmail, gate{before: of(" "), after: of("tT")}),
		),
		phrase: newBattery(always(detectName)),
		digit: newBattery(
			behind(detectIPv4, gate{before: not(of(".-_~^")), after: of("."), next: isDigit, digits: from(1, 3)}),
			behind(detectCard,
				gate{after: cardSeparator, next: isDigit, digits: from(1, minCardDigits-1), starts: true},
				gate{before: not(of("#")), digits: from(minCardDigits, maxDigits), starts: true},
				gate{before: of("#"), digits: from(minCardDigits, maxDigits)},
				gate{after: of("."), next: isDigit, digits: 1 << 4, starts: true}),
			behind(detectIBAN, gate{before: isLetter, digits: from(2, maxDigits)}),
			behind(detectSSN, gate{after: of("- ."), next: isDigit, digits: 1<<3 | 1<<5, starts: true}, gate{digits: 1 << 9, starts: true}),
			behind(detectNationalID, words.ids.gates()...),
			behind(detectDocument, inRun(documentRun, isLetter, 7)...),
			behind(detectCrypto, inRun(chainRun, isLetter, minChainBytes)...),
			behind(detectPhone, gate{after: phoneSign, next: phoneByte, digits: from(1, minPhoneDigits-1), unread: true}, gate{digits: from(minPhoneDigits, maxDigits), unread: true}),
			behind(detectDigitPrefixed, gate{after: of("/b"), digits: 1 << 1}),
			behind(detectAddress,
				gate{before: of(" ,"), digits: from(1, maxHouseDigits), starts: true},
				gate{before: not(of(" ,")), after: houseGoesOn, digits: from(1, maxHouseDigits), starts: true}),
			behind(detectSpaced, gate{after: spacer, next: alnum, digits: 1 << 1}),
			behind(detectBase64Email, inRun(base64Run, base64Byte, minBase64Bytes)...),
		),
		shortNumber: newBattery(behind(detectAddress, gate{starts: true})),
		atSign:      newBattery(behind(detectEmail, gate{before: localByte, after: labels}, gate{before: of(`\`), after: labels})),
		percent:     newBattery(behind(detectEscapedEmail, gate{before: localByte, after: of("4"), next: of("0")}), behind(detectEscapedPair, gate{after: of("3"), next: of("dD")})),
		bracket:     newBattery(behind(detectBracketedEmail, gate{after: of("aA@ ")})),
		colon: newBattery(
			behind(detectURLCredentials, gate{before: schemeByte, after: of("/"), next: of("/")}),
			behind(detectColonHex, gate{after: colonHexByte}),
			behind(detectBotToken, gate{before: isDigit, after: of("A"), next: of("A")}),
			behind(detectKeyValue, words.beforeColons()...),
		),
		equals: newBattery(behind(detectKeyValue, gate{before: words.endsName}), behind(detectBase64Email, gate{before: base64Byte})),
		dash: newBattery(
			behind(detectKeyBlock, gate{after: of("-"), next: of("-")}),
			behind(detectDashedMAC, gate{before: isHex, after: isHex, next: isHex}),
			behind(detectLogin, gate{after: of("u")}),
			behind(detectDataCentreKey, gate{before: alnum, after: of("u")}),
		),
		dot:   newBattery(behind(detectDottedMAC, gate{before: isHex, after: isHex, next: isHex}), behind(detectDottedToken, gate{before: base64URL.has})),
		tilde: newBattery(behind(detectTildeSecret, gate{before: of("Q")})),
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
	if errors.Is(err, errBroken) { // the round may be in any state: it is not used again
		return "", nil, err
	}
	if list && err == nil {
		findings = listFindings(text, r.found)
	}
	r.forget()
	c.rounds.Put(r)
	return cleaned, findings, err
}

// settle scans a text, redacts it, and scans the result again until nothing
// more is found: a placeholder is shorter or longer than what it replaces, so
// that what stood too far from a telling word may now stand near it. Where a
// text was not worth a whole scan as it came in there is no cleaned text; where
// it is not worth another, what was found is all.
func (c *Cleaner) settle(r *round, text string, told []span) (cleaned string, err error) {
	defer func() {
		// A detector is fed what strangers wrote: its bug must cost one text
		// its redacted view, and neither the process nor anyone's privacy.
		if recover() != nil {
			cleaned, err = "", errBroken
		}
	}()
	cleaned, r.work, r.budget = text, 0, workPerByte*len(text)+workAtLeast
	r.parts, r.far = append(r.parts[:0], window{0, len(text)}), false
	for range maxRounds {
		spans, err := r.find(c.detectors, cleaned)
		if err != nil {
			return "", err
		}
		spans, told = join(cleaned, spans, told), nil // it saw the text as it came in
		if !r.adopt(spans) {
			return cleaned, nil
		}
		if cleaned = r.render(c.seed, text); !r.worthRound(text) {
			return cleaned, nil
		}
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
