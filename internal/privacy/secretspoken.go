package privacy

import "strings"

// spokenWord is a word after which people give a secret away in prose.
type spokenWord struct {
	text    string
	secrecy secrecy
}

func spokenWords() []spokenWord {
	return []spokenWord{
		{"password", password}, {"passwd", password}, {"passphrase", password}, {"passcode", password}, {"pass", password},
		{"pwd", password}, {"pw", password}, {"passwort", password}, {"kennwort", password}, {"contraseña", password},
		{"contrasena", password}, {"senha", password}, {"mot de passe", password}, {"wachtwoord", password},
		{"hasło", password}, {"parola", password}, {"secret", token}, {"token", token}, {"key", token},
		{"bearer", header}, {"basic", header},
	}
}

// detectSpoken finds secrets that follow their name without a sign between:
// "my password is hunter2!", "Bearer eyJ…", "token AIhq5Xyb1Gga9Q0".
func detectSpoken(s *scan, at int) {
	if at < s.valueEnd {
		return
	}
	s.spent += 2 * fireWork
	text := s.text
	what, end := open, at
	for _, word := range s.words.spoken[lower(text[at])] {
		if n := len(word.text); len(text) > at+n && equalFold(text[at:at+n], word.text) && !wordByte(text[at+n]) {
			what, end = word.secrecy, at+n
			break
		}
	}
	if what == open {
		return
	}
	s.spent += lookWork
	i, verb := s.skipVerb(what, end)
	if i == end {
		return
	}
	v := s.valueAfter(i - 1)
	if what == password && !v.quoted {
		v.end = s.pastSigns(v.end)
	}
	s.work += v.end - at
	if v.end-v.start > maxNestedBytes {
		s.valueEnd = v.end
	}
	if v.end <= v.start {
		return
	}
	if s.isSpokenSecret(what, v, verb) {
		s.add(kindSecret, v.start, v.end)
	}
}

// pastSigns returns where a password ends that was read up to a sign at end which
// would end it in a query or a list. In a sentence only a space behind the sign does.
func (s *scan) pastSigns(end int) int {
	i := end
	for i < len(s.text) && i-end < maxNestedBytes && (valueByte(s.text[i], 0) || strings.IndexByte("&;,", s.text[i]) >= 0) {
		if s.text[i] == '=' { // name=password&name=value
			return end
		}
		i++
	}
	for i > end && strings.IndexByte("&;,.:!?", s.text[i-1]) >= 0 {
		i--
	}
	return i
}

// skipVerb passes over what may stand between a name and its value: spaces, a
// bracket, "is" in several languages, and a few words before that, as in "the
// password for the portal is …".
func (s *scan) skipVerb(what secrecy, i int) (next int, verb bool) {
	text := s.text
	for range 2 {
		begin := i
		for i < len(text) && (text[i] == ' ' || text[i] == '(') && i-begin < 3 {
			i++
		}
		if i == begin {
			return i, verb
		}
		if n := verbLen(text[i:]); n > 0 {
			i += n - 1
			verb = true
		}
		if i < len(text) && text[i] != ' ' {
			break
		}
	}
	if verb || what != password {
		return i, verb
	}
	for j, words := i, 0; words < 5; words++ {
		n := 0
		for j+n < len(text) && wordByte(text[j+n]) && n < maxWordBytes {
			n++
		}
		s.work += n
		if n == 0 || j+n >= len(text) || text[j+n] != ' ' {
			break
		}
		j += n + 1
		if n := verbLen(text[j:]); n > 0 {
			return j + n, true
		}
	}
	return i, false
}

// verbLen returns the length of the verb that s begins with, with the space
// behind it, or 0.
func verbLen(s string) int {
	if s == "" || strings.IndexByte("ie\xc3wjtla", s[0]) < 0 {
		return 0
	}
	for _, word := range [...]string{"is ", "ist ", "est ", "es ", "è ", "é ", "was ", "war ", "jest ", "to ", "lautet ", "era ", "are "} {
		if s[0] == word[0] && strings.HasPrefix(s, word) {
			return len(word)
		}
	}
	return 0
}

// isSpokenSecret is stricter than isSecretValue, because a word of any kind
// may follow.
func (s *scan) isSpokenSecret(what secrecy, v value, verb bool) bool {
	text := s.text[v.start:v.end]
	if len(text) < 6 || strings.IndexByte(text, ' ') >= 0 || !hasDigit(text) {
		return false
	}
	s.spent += judgeWork * len(text)
	l := lookOf(text)
	mixed := l.digits > 0 && l.small+l.capital > 0
	switch what {
	case header:
		mixed = mixed && l.n >= 12 && l.random() && l.others < l.n/2
	case password:
		mixed = mixed && l.distinct >= 5 && (verb || l.small > 0 && l.capital > 0 || l.others > 0)
	default:
		mixed = l.n >= 12 && l.digits > 0 && l.small > 0 && l.capital > 0 && l.others <= 2 && l.random()
	}
	return mixed && !template(text) && !placeholder(text) && !s.isCode(v)
}
