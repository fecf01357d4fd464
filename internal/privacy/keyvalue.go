package privacy

import (
	"strings"
	"unicode/utf8"
)

const (
	// behindName is what may stand between a name and its sign.
	behindName = ` "'\])?:!`
	// nameEndings are the last letters of what may follow the telling word.
	nameEndings = "seyh"

	maxKeyBytes   = 48
	maxValueBytes = 512
	// A longer value is not looked into for pairs of its own.
	maxNestedBytes = 64
)

// afterNames are what may follow the telling word of a name.
var afterNames = [...]string{"s", "value", "key", "hash"}

// secrecy says how much the name of a field says about its value.
type secrecy uint8

const (
	open     secrecy = iota
	token            // a secret that a machine made
	password         // a secret that a person may have made
	header           // the value of an Authorization header
)

// detectKeyValue finds secrets by the name they are given: password=…,
// "api_key": "…", Authorization: Bearer …. It is fired by the "=" or ":", and
// looks back for the name and ahead for the value.
func detectKeyValue(s *scan, at int) {
	s.pair(at, at)
}

// detectEscapedPair does the same where "=" is written %3D, as in a URL inside
// a URL.
func detectEscapedPair(s *scan, at int) {
	if at+2 < len(s.text) && s.text[at+1] == '3' && lower(s.text[at+2]) == 'd' {
		s.pair(at, at+2)
	}
}

// pair looks at a name that ends before i and a value that begins after j.
func (s *scan) pair(i, j int) {
	if i < s.valueEnd {
		return
	}
	s.spent += fireWork
	name := s.nameBefore(i)
	if name == "" {
		return
	}
	s.spent += lookWork + 2*len(name)
	what := s.words.secrecyOf(name)
	if what == open {
		return
	}
	v := s.valueAfter(j)
	if v.end-v.start > maxNestedBytes {
		s.valueEnd = v.end
	}
	if i != j { // in a URL in a URL, where the next pair begins with %26
		value, _, _ := strings.Cut(s.text[v.start:v.end], "%26")
		v.end = v.start + len(value)
	}
	if v.end > v.start && s.isSecretValue(what, v) {
		if what == password && i == j && !v.quoted {
			v.end = s.pastAmpersands(i, v.end)
		}
		s.add(kindSecret, v.start, v.end)
	}
}

// pastAmpersands returns where a password ends whose name ends before i and that was
// read up to an "&" at end. In a query or a form, where a name stands before or a
// "=" behind, the "&" ends it, as it does before an entity of HTML or another "&".
func (s *scan) pastAmpersands(i, end int) int {
	if s.byteAt(end) != '&' {
		return end
	}
	for j := i - 1; j >= 0 && i-j < maxKeyBytes && !isSpace(s.text[j]); j-- {
		if c := s.text[j]; c == '?' || c == '&' {
			return end
		}
	}
	j := end
	for j < len(s.text) && j-end < maxValueBytes && (valueByte(s.text[j], 0) || s.text[j] == '&') {
		if s.text[j] == '=' || s.text[j] == '&' && (j+1 == len(s.text) || !valueByte(s.text[j+1], 0)) {
			return end
		}
		j++
	}
	s.work += j - end
	if s.byteAt(j) == ';' {
		return end
	}
	for strings.IndexByte(".,:!?", s.text[j-1]) >= 0 {
		j--
	}
	return j
}

// endsName reports whether the name of a secret may end with a byte, or with a
// character that ends with it, or be followed by it before its "=" or ":".
func (v *vocabulary) endsName(c byte) bool {
	if isLetter(c) {
		c = lower(c)
		return len(v.names[c]) > 0 || strings.IndexByte(nameEndings, c) >= 0
	}
	return nameByte(c) || behindNames[c]
}

// beforeColons gates colons behind a name. Of two that follow it only the second
// is looked at: to it the first is one of the signs that may stand before.
func (v *vocabulary) beforeColons() []gate {
	name := func(c byte) bool { return nameByte(c) && v.endsName(c) }
	quote := func(c byte) bool { return !nameByte(c) && v.endsName(c) }
	return []gate{
		{before: quote},
		{before: name, after: not(of(":"))},
		{before: name, after: of(":"), next: of(":")},
	}
}

// nameBefore returns the name that ends before i: letters, digits and _ - . in
// one piece, perhaps in quotes, perhaps with a word before it.
func (s *scan) nameBefore(i int) string {
	text := s.text
	end := i
	for end > 0 && i-end < 4 && behindNames[text[end-1]] {
		end--
	}
	if !s.tellingName(end) {
		return ""
	}
	start := end
	for start > 0 && end-start < maxKeyBytes && nameByte(text[start-1]) {
		start--
	}
	// "api key: …" is two words.
	if start > 1 && text[start-1] == ' ' && end-start <= 8 {
		for start--; start > 0 && end-start < maxKeyBytes && nameByte(text[start-1]); start-- {
		}
	}
	s.work += i - start
	return text[start:end]
}

// tellingName reports whether the name that ends before i can be that of a
// secret: its last two letters, before digits and signs, end one of the words.
// Most names in code, and all numbers, need no other look.
func (s *scan) tellingName(i int) bool {
	begin := i
	for i > 0 && begin-i < maxKeyBytes && !wordByte(s.text[i-1]) {
		if c := s.text[i-1]; !isDigit(c) && c != '_' && c != '-' && c != '.' && c != ' ' {
			return false
		}
		i--
	}
	last, before := s.byteAt(i-1), s.byteAt(i-2)
	if !isLetter(last) || !isLetter(before) {
		return wordByte(last) && !isDigit(before)
	}
	return s.words.nameEnds[letterPair(before, last)]
}

func nameByte(c byte) bool {
	return alnum(c) || c == '_' || c == '-' || c == '.' || c >= utf8.RuneSelf
}

// value is what a name is given.
type value struct {
	start, end int
	quoted     bool
	spaced     bool // a space stands between sign and value, as in prose
}

// valueAfter returns the value behind the "=" or ":" at i, without quotes. An
// authentication scheme in front is left out.
func (s *scan) valueAfter(i int) value {
	text := s.text
	i++
	for i < len(text) && (text[i] == '=' || text[i] == '>' || text[i] == ':') {
		i++
	}
	v := value{start: i}
	for i < len(text) && i-v.start < 8 && isSpace(text[i]) && text[i] != '\n' {
		i++
		v.spaced = true
	}
	for i < len(text) && text[i] == '\\' && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\'') {
		i++
	}
	if strings.HasPrefix(text[i:], "&quot;") {
		i += len("&quot;")
		v.quoted = true
	}
	var quote byte
	if i < len(text) && (text[i] == '"' || text[i] == '\'' || text[i] == '`') {
		quote, v.quoted = text[i], true
		i++
	}
	i += schemeLen(text[i:])
	v.start = i
	for i < len(text) && i-v.start < maxValueBytes && valueByte(text[i], quote) {
		i++
	}
	s.work += i - v.start
	v.end = i
	if quote == 0 {
		for v.end > v.start && strings.IndexByte(".,;:!?", text[v.end-1]) >= 0 {
			v.end--
		}
	}
	return v
}

// schemeLen returns the length of the authentication scheme that s begins with,
// or of the sign that makes bytes of a string, if something follows it, and else
// 0.
func schemeLen(s string) int {
	if s == "" || lower(s[0]) != 'b' && lower(s[0]) != 't' {
		return 0
	}
	for _, scheme := range [...]string{"bearer ", "basic ", "token ", "b\"", "b'"} {
		if len(s) > len(scheme) && equalFold(s[:len(scheme)], scheme) {
			return len(scheme)
		}
	}
	return 0
}

// behindNames and notInValues are the sets of behindName and of what ends a
// value without quotes. They are never written.
var behindNames, notInValues = bytesOf(behindName), bytesOf(" \t\n\r\"'`<)]}\\&;,")

func bytesOf(list string) (t [256]bool) {
	for i := range len(list) {
		t[list[i]] = true
	}
	return t
}

func valueByte(c, quote byte) bool {
	if quote != 0 {
		return c != quote && c != '\n' && c != '\r' && c != '\\'
	}
	return !notInValues[c]
}

// secrecyOf judges a name by how it ends. What follows the telling word may
// make it the name of something else, such as a token count or a key file.
func (v *vocabulary) secrecyOf(name string) secrecy {
	var buf [2 * maxKeyBytes]byte
	folded := buf[:0]
	for i := 0; i < len(name) && len(folded) < len(buf); i++ {
		if c := name[i]; c != '_' && c != '-' && c != '.' && c != ' ' {
			folded = append(folded, lower(c))
		}
	}
	for len(folded) > 0 && isDigit(folded[len(folded)-1]) {
		folded = folded[:len(folded)-1]
	}
	if what := v.nameEnding(folded, name); what != open {
		return what
	}
	for _, ending := range afterNames {
		if n := len(folded) - len(ending); n > 0 && string(folded[n:]) == ending {
			return v.nameEnding(folded[:n], "")
		}
	}
	return open
}

// nameEnding returns the secrecy of the telling word that a folded name ends
// with. A short word counts only where name shows that it stands apart.
func (v *vocabulary) nameEnding(folded []byte, name string) secrecy {
	if len(folded) == 0 {
		return open
	}
	for _, rule := range v.names[folded[len(folded)-1]] {
		n := len(folded) - len(rule.word)
		if n < 0 || string(folded[n:]) != rule.word {
			continue
		}
		if len(rule.word) <= 3 && n > 0 && alnum(folded[n-1]) && !separated(name, rule.word) {
			continue
		}
		return rule.secrecy
	}
	return open
}

// separated reports whether a short word stands apart at the end of a name,
// as in DB_PW, or begins with a capital, as in dbPw.
func separated(name, word string) bool {
	i := len(name) - len(word)
	if i <= 0 || !equalFold(name[i:], word) {
		return false
	}
	return !alnum(name[i-1]) || name[i]-'A' < 26 && name[i-1]-'a' < 26
}

// nameRule is a word that tells what a field holds.
type nameRule struct {
	word    string
	secrecy secrecy
}

// letterPair numbers two letters, capital or small.
func letterPair(a, b byte) uint16 { return uint16(a&31)<<5 | uint16(b&31) }

// nameRules lists the telling words in small letters, without separators.
func nameRules() []nameRule {
	var rules []nameRule
	for _, group := range []struct {
		words   string
		secrecy secrecy
	}{
		{`authorization xapikey xauthtoken`, header},
		{`password passwd passphrase passwort kennwort passcode contraseña contrasena senha motdepasse depasse mdp wachtwoord
			hasło haslo пароль parola şifre lösenord 密码 密碼 口令 パスワード 비밀번호 비번 패스워드 암호 pwd pass pw`, password},
		{`secret apikey accesskey accesskeyid secretkey privatekey authkey encryptionkey signingkey masterkey storagekey
			accountkey sharedkey accesstoken refreshtoken authtoken apitoken token credential credentials userauth sessionid
			session sessid sessionkey licensekey 密钥 토큰`, token},
	} {
		for _, word := range strings.Fields(group.words) {
			rules = append(rules, nameRule{word, group.secrecy})
		}
	}
	return rules
}
