package privacy

import "strings"

// spokenWords begin what people say when they give a secret away in prose.
const spokenWords = `password passwd passwort passphrase passcode pwd pw pass contraseña contrasena senha kennwort
	mot wachtwoord hasło parola secret token bearer basic`

// detectSpoken finds secrets that follow their name without a sign between:
// "my password is hunter2!", "Bearer eyJ…", "token AIhq5Xyb1Gga9Q0".
func detectSpoken(s *scan, at int) {
	text := s.text
	end := at
	for end < len(text) && wordByte(text[end]) && end-at < 16 {
		end++
	}
	word := text[at:end]
	scheme := equalFold(word, "bearer") || equalFold(word, "basic")
	what := token
	switch {
	case scheme:
	case equalFold(word, "mot"):
		const rest = " de passe"
		if !strings.HasPrefix(text[end:], rest) {
			return
		}
		end += len(rest)
		what = password
	default:
		if what = s.words.secrecyOf(word); what == open {
			return
		}
	}
	i, verb := s.skipVerb(end)
	if i == end {
		return
	}
	v := s.valueAfter(i - 1)
	s.work += v.end - at
	if v.end <= v.start {
		return
	}
	if s.isSpokenSecret(what, v, verb, scheme) {
		s.add(kindSecret, v.start, v.end)
	}
}

// skipVerb passes over what may stand between a name and its value: spaces, a
// bracket, "is" in several languages.
func (s *scan) skipVerb(i int) (next int, verb bool) {
	text := s.text
	for range 2 {
		begin := i
		for i < len(text) && (text[i] == ' ' || text[i] == '(') && i-begin < 3 {
			i++
		}
		if i == begin {
			return i, verb
		}
		for _, word := range []string{"is ", "ist ", "est ", "es ", "è ", "é ", "was ", "jest "} {
			if strings.HasPrefix(text[i:], word) {
				i += len(word) - 1
				verb = true
				break
			}
		}
		if i < len(text) && text[i] != ' ' {
			break
		}
	}
	return i, verb
}

// isSpokenSecret is stricter than isSecretValue, because a word of any kind
// may follow.
func (s *scan) isSpokenSecret(what secrecy, v value, verb, scheme bool) bool {
	text := s.text[v.start:v.end]
	if template(text) || placeholder(text) || s.isCode(v) || strings.IndexByte(text, ' ') >= 0 {
		return false
	}
	l := lookOf(text)
	if scheme {
		return l.n >= 12 && l.digits > 0 && l.distinct >= 6 && l.random() && l.others < l.n/2
	}
	if what == password {
		mixed := l.digits > 0 && l.small+l.capital > 0
		return l.n >= 6 && l.distinct >= 5 && mixed && (verb || l.small > 0 && l.capital > 0 || l.others > 0)
	}
	return l.n >= 12 && l.digits > 0 && l.small > 0 && l.capital > 0 && l.others <= 2 && l.random()
}
