package privacy

import (
	"hash/crc32"
	"strings"
)

// detectPrefixed finds secrets by the prefix that their makers gave them, and
// JSON web tokens by their header.
func detectPrefixed(s *scan, at int) {
	text := s.text
	if strings.HasPrefix(text[at:], "eyJ") && s.jsonToken(at) {
		return
	}
	s.spent += fireWork
	rules := s.words.rules(text[at], text[at+1])
	for i := range rules {
		rule := &rules[i]
		if !strings.HasPrefix(text[at:], rule.prefix) {
			continue
		}
		if end := s.prefixed(rule, at); end > 0 {
			s.add(kindSecret, at, end)
			return
		}
	}
}

// prefixed returns the end of a secret that follows the rule, or 0.
func (s *scan) prefixed(rule *prefixRule, at int) int {
	start := at + len(rule.prefix)
	end := start
	for end < len(s.text) && end-start <= rule.max && rule.alphabet.has(s.text[end]) {
		end++
	}
	s.work += end - at
	if rule.alphabet == dotted || rule.alphabet == base64URL {
		for end > start && (s.text[end-1] == '.' || s.text[end-1] == '-') && end-start > rule.min {
			end--
		}
	}
	rest := s.text[start:end]
	if len(rest) < rule.min || len(rest) > rule.max || !wordEnds(s.text, end) {
		return 0
	}
	s.spent += judgeWork * len(rest) / 2
	look := lookOf(rest)
	switch {
	case githubChecked(rule.prefix, rest), rule.plain && !template(rest):
		return end
	case rule.plain:
		return 0
	case rule.digits && look.digits == 0, rule.cased && (look.small == 0 || look.capital == 0):
		return 0
	case !look.varied(), rule.prefix == encodedBlock && !namesPrivateKey(s.text[at:end]):
		return 0
	}
	return end
}

// githubChecked reports whether the last six characters of a GitHub token are
// the checksum of the others: then it is one, whatever it looks like.
func githubChecked(prefix, rest string) bool {
	if len(prefix) != 4 || prefix[:2] != "gh" || len(rest) != 36 {
		return false
	}
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum := crc32.ChecksumIEEE([]byte(rest[:30]))
	for i := 35; i >= 30; i-- {
		if rest[i] != digits[sum%62] {
			return false
		}
		sum /= 62
	}
	return true
}

// detectTildeSecret finds client secrets of Microsoft Entra: three characters,
// "Q~" with a digit before it, and 31 to 34 more.
func detectTildeSecret(s *scan, at int) {
	start := at - 5
	if start < 0 || s.text[at-1] != 'Q' || !isDigit(s.text[at-2]) {
		return
	}
	if !entraByte(s.text[start]) || !entraByte(s.text[start+1]) || !entraByte(s.text[start+2]) {
		return
	}
	end := at + 1
	for end < len(s.text) && end-at <= 34 && (entraByte(s.text[end])) {
		end++
	}
	s.work += end - start
	if n := end - at - 1; n >= 31 && wordEnds(s.text, end) && lookOf(s.text[at+1:end]).random() {
		s.add(kindSecret, start, end)
	}
}

func entraByte(c byte) bool { return alnum(c) || c == '_' || c == '.' || c == '~' || c == '-' }

// detectDataCentreKey finds keys of Mailchimp: 32 letters and digits, a hyphen
// and the number of a data centre, "us21".
func detectDataCentreKey(s *scan, at int) {
	const length = 32
	text := s.text
	start := at - length
	if start < 0 || at+3 >= len(text) || text[at+1] != 'u' || text[at+2] != 's' || !isDigit(text[at+3]) {
		return
	}
	end := at + 4
	if end < len(text) && isDigit(text[end]) {
		end++
	}
	for i := start; i < at; i++ {
		if !alnum(text[i]) {
			return
		}
	}
	s.work += length
	if wordStarts(text, start) && wordEnds(text, end) && lookOf(text[start:at]).random() {
		s.add(kindSecret, start, end)
	}
}

// detectDigitPrefixed finds refresh tokens of Google, which begin 1//0, and
// keys of ClickHouse, which begin 4b1d.
func detectDigitPrefixed(s *scan, at int) {
	prefix, least, most := "1//0", 40, 120
	if s.text[at] == '4' {
		prefix, least, most = "4b1d", 42, 42
	}
	if !strings.HasPrefix(s.text[at:], prefix) || !wordStarts(s.text, at) {
		return
	}
	end := at + len(prefix)
	for end < len(s.text) && end-at <= most && base64URL.has(s.text[end]) {
		end++
	}
	s.work += end - at
	if end-at >= least && end-at <= most && lookOf(s.text[at+len(prefix):end]).varied() {
		s.add(kindSecret, at, end)
	}
}

// detectDottedToken finds tokens of Discord: the number of the bot in base64,
// a time in six characters, and a signature. It is fired by the first dot.
func detectDottedToken(s *scan, at int) {
	const idLen, timeLen = 26, 6
	text := s.text
	if at+timeLen+1 >= len(text) || text[at+timeLen+1] != '.' {
		return
	}
	start := at
	for start > 0 && at-start <= idLen && base64URL.has(text[start-1]) {
		start--
	}
	end := at + timeLen + 2
	for end < len(text) && end-at < 64 && base64URL.has(text[end]) {
		end++
	}
	s.work += end - start
	id, signature := at-start, end-at-timeLen-2
	if id < 23 || id > idLen || signature < 27 || signature > 38 || text[start] < 'M' || text[start] > 'O' {
		return
	}
	if lookOf(text[start:end]).random() {
		s.add(kindSecret, start, end)
	}
}

// detectBotToken finds tokens of Telegram bots: the number of the bot, a
// colon, and 35 characters that begin with AA.
func detectBotToken(s *scan, at int) {
	text := s.text
	if at+36 > len(text) || text[at+1] != 'A' || text[at+2] != 'A' {
		return
	}
	start := at
	for start > 0 && isDigit(text[start-1]) && at-start < 12 {
		start--
	}
	end := at + 1
	for end < len(text) && end-at <= 36 && base64URL.has(text[end]) {
		end++
	}
	s.work += end - start
	if n := at - start; n >= 8 && n <= 10 && end-at-1 == 35 && wordStarts(text, start) {
		s.add(kindSecret, start, end)
	}
}
