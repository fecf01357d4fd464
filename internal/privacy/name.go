package privacy

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// announcement says what a phrase makes of the words that follow it.
type announcement uint8

const (
	announced  announcement = iota // they are a name, if they have capitals
	labelled                       // the same, if nothing else stands on the line
	titled                         // they are a name if the lists have the first
	introduced                     // they are one if the list of given names has the first
	signed                         // the next line is a name
)

// nameCue is a phrase after which people name somebody.
type nameCue struct {
	text string // small letters, with the space behind it
	what announcement
}

// nameCues lists the phrases by language: English, German, French, Spanish,
// Italian, Portuguese, Dutch, Polish, and some of Swedish and Danish.
func nameCues() []nameCue {
	var cues []nameCue
	for _, group := range []struct {
		phrases string
		what    announcement
	}{
		{`my name is |my name's |my full name is |mr |mr. |mrs |mrs. |ms. |
			|ich heiße |ich heisse |mein name ist |herr |herrn |frau |je m'appelle |je me nomme |mon nom est |monsieur |madame |mademoiselle |mme |mme. |
			|me llamo |mi nombre es |mi nombre completo es |señor |señora |señorita |sr. |sra. |mi chiamo |il mio nome è |signor |signora |sig. |sig.ra |
			|meu nome é |o meu nome é |me chamo |chamo-me |senhor |senhora |mijn naam is |ik heet |meneer |mevrouw |dhr. |mevr. |
			|first_name":|firstname":|given_name":|givenname":|last_name":|lastname":|family_name":|familyname":|full_name":|fullname":|surname":
			|nazywam się |mam na imię |jag heter |mitt namn är |jeg hedder |mit navn er |benim adım `, announced},
		{`full name: |first name: |last name: |surname: |customer name: |patient: |applicant: |cardholder: |contact person: |attn: |signed by |
			|mein name: |vorname: |nachname: |ansprechpartner: |ansprechpartnerin: |prénom : |prénom: |apellidos: |cognome: |
			|nome completo: |sobrenome: |voornaam: |achternaam: |nazwisko: |imię i nazwisko: `, labelled},
		{`dr |dr. |prof. |professor |miss |don |doña |dott. |dott.ssa |dona |pan |pani |spoke with |spoke to |name is |
			|name: |nom : |nom: |nombre: |nome: |naam: |imię: |namn: |navn: |name lautet |the name is `, titled},
		{`i am |i'm |this is |it's |call me |hi |hello |hey |dear |thanks |thank you |best |cheers |ask |contact |colleague |manager |user |customer |
			|ich bin |hier ist |hallo |liebe |lieber |danke |gruß |grüße |kollege |kollegin |je suis |c'est |bonjour |salut |cher |chère |merci |
			|soy |hola |gracias |estimado |estimada |querido |querida |saludos |sono |ciao |gentile |caro |cara |grazie |
			|eu sou |sou |olá |oi |prezado |prezada |obrigado |obrigada |ik ben |hoi |beste |geachte |bedankt |groetjes |
			|jestem |cześć |dzień dobry |witam |dziękuję |jag är |hej `, introduced},
		{`regards|kind regards|best regards|warm regards|best wishes|sincerely|sincerely yours|yours sincerely|yours faithfully|yours truly|cheers|
			|thanks|many thanks|thank you|best|mit freundlichen grüßen|freundliche grüße|viele grüße|beste grüße|liebe grüße|herzliche grüße|mfg|
			|cordialement|bien cordialement|bien à vous|salutations|sincères salutations|un saludo|saludos|saludos cordiales|atentamente|
			|cordiali saluti|distinti saluti|saluti|atenciosamente|cumprimentos|melhores cumprimentos|com os melhores cumprimentos|abraços|
			|met vriendelijke groet|met vriendelijke groeten|groeten|groetjes|z poważaniem|pozdrawiam|med vänlig hälsning|hälsningar`, signed},
	} {
		for _, phrase := range strings.Split(group.phrases, "|") {
			if phrase = strings.TrimLeft(phrase, "\n\t"); phrase != "" {
				cues = append(cues, nameCue{phrase, group.what})
			}
		}
	}
	return cues
}

const (
	maxNameWords = 5
	maxWordBytes = 32
)

// nameBooks holds the lists and what goes with them.
type nameBooks struct {
	cues             [][]nameCue    // by their first three bytes; the first is empty
	bucketOf         [1 << 15]uint8 // which bucket of cues three bytes have
	starts           [1 << 9]uint64 // a bit for the first three bytes of each given name
	given, family    *book
	alone            *book // given names that say enough by themselves
	followers        *book
	never, particles *book
}

// neverNames are words in capitals that follow an announcement and are no
// name; particles stand inside of one.
const (
	neverNames = `i the a an not no yes so very really just also still sorry glad happy sure afraid here there that this it what
		monday tuesday wednesday thursday friday saturday sunday january february march april june july august september october
		november december english german french spanish italian dutch polish api url json id ai ok okay user admin customer support
		team sir madam all everyone everybody world today kollegen herren damen kunde kundin doktor professor mesdames messieurs tous
		todos todas equipo tutti equipe allemaal iedereen państwo państwa null none unknown undefined string anonymous test
		der die das ein eine ich nicht le la les un une je pas el los las yo il lo o os as um uma eu de het een ik niet
		heißt lautet ist was who how why when where which please bitte regards kind best thanks danke merci mrs mr ms dr
		claude gemini siri alexa cortana copilot chatgpt gpt grok llama mistral bard assistant bot google openai microsoft apple`
	nameParticles = `de da do dos das di del della dei van von der den ten ter zu zum zur vom la le du des el al bin ibn ben y e af av`
)

func newNameBooks() *nameBooks {
	b := &nameBooks{
		given: newBook(givenNames, givenNamesUS, rareGivenNamesUS), family: newBook(surnames, surnamesUS), cues: make([][]nameCue, 1),
		never: newBook(neverNames), particles: newBook(nameParticles), followers: newBook(nameFollowers),
		alone: newBook(givenNames, givenNamesUS).without(wordlyNames),
	}
	for _, cue := range nameCues() {
		bucket := &b.bucketOf[threeOf(cue.text)]
		if *bucket == 0 {
			b.cues = append(b.cues, nil)
			*bucket = uint8(len(b.cues) - 1)
		}
		b.cues[*bucket] = append(b.cues[*bucket], cue)
	}
	for name := range b.given.words {
		n := threeOf(name + " ")
		b.starts[n>>6] |= 1 << (n & 63)
	}
	return b
}

// threeOf numbers the first three bytes of a word, capital or small.
func threeOf(s string) uint16 {
	return uint16(s[0]&31)<<10 | uint16(s[1]&31)<<5 | uint16(s[2]&31)
}

// begins reports whether a word that begins so is worth a look.
func (b *nameBooks) begins(s string) bool {
	n := threeOf(s)
	return b.bucketOf[n] != 0 || s[0] < 'a' && b.starts[n>>6]&(1<<(n&63)) != 0
}

// announces looks for a phrase at i and for the name that it announces, and
// reports whether there was one.
func (s *scan) announces(at int) bool {
	rest := s.text[at:]
	for _, cue := range s.words.books.cues[s.words.books.bucketOf[threeOf(rest)]] {
		if len(rest) <= len(cue.text) || !equalLetters(rest[:len(cue.text)], cue.text) {
			continue
		}
		s.work += len(cue.text)
		s.spent += lookWork
		if s.nameAfter(cue, at, at+len(cue.text)) {
			return true
		}
	}
	return false
}

// nameAfter adds the name that begins at i, after a phrase at from.
func (s *scan) nameAfter(cue nameCue, from, i int) bool {
	if cue.what == signed {
		if i = s.nextLine(i); i == 0 || !s.lineStarts(from) {
			return false
		}
	}
	for s.byteAt(i) == ' ' || s.byteAt(i) == '"' || s.byteAt(i) == '*' {
		i++
	}
	upper := capital(s.text, i)
	if !upper && (cue.what == introduced || s.byteAt(i) < 'a') {
		return false
	}
	first := s.nameWord(i)
	books := s.words.books
	if first == i || first-i < 2 && s.byteAt(first) != '.' || s.inBook(books.never, i, first) && !s.inBook(books.particles, i, first) {
		return false
	}
	given := s.inBook(books.given, i, first)
	if cue.what == introduced && !given {
		return false
	}
	end, words, _ := s.name(i)
	if !upper {
		particle := s.inBook(books.particles, i, first) && words > 1 && cue.what != introduced && s.text[i] != 'd'
		if !particle && !(given && cue.what == announced) {
			return false
		}
	}
	known := given || s.inBook(books.family, i, first)
	switch cue.what {
	case titled:
		if !known {
			return false
		}
	case labelled:
		if !known && !s.lineEnds(end) {
			return false
		}
	case signed:
		if !known && (words == 1 && len(cue.text) < 7 || !s.lineEnds(end)) {
			return false
		}
	}
	s.nameEnd = max(s.nameEnd, end)
	s.add(kindName, i, end)
	return true
}

// lineStarts reports whether nothing but space stands before i on its line.
func (s *scan) lineStarts(i int) bool {
	for i > 0 && (s.text[i-1] == ' ' || s.text[i-1] == '\t') {
		i--
	}
	return i == 0 || s.text[i-1] == '\n' || escapeEnds(s.text, i)
}

// lineEnds reports whether what stands at i ends a line or an entry.
func (s *scan) lineEnds(i int) bool {
	if i >= len(s.text) || strings.IndexByte("\r\n\\,;.|\"')<*[", s.text[i]) >= 0 {
		return true
	}
	return strings.HasPrefix(s.text[i:], " (") || strings.HasPrefix(s.text[i:], " -") || strings.HasPrefix(s.text[i:], " |")
}

// nextLine returns where the line after a closing formula begins, or 0.
func (s *scan) nextLine(i int) int {
	end := min(len(s.text), i+8)
	if i < end && (s.text[i] == ',' || s.text[i] == '!' || s.text[i] == '.') {
		i++
	}
	lines := 0
	for i < end && isSpace(s.text[i]) || i+1 < end && s.text[i] == '\\' && s.text[i+1] == 'n' {
		switch s.text[i] {
		case '\n':
			lines++
		case '\\':
			lines++
			i++
		}
		i++
	}
	if lines == 0 || lines > 2 {
		return 0
	}
	return i
}

// name returns where the name that begins at i ends, how many words it has,
// and where the last begins: words in capitals, initials, and particles
// between them.
func (s *scan) name(i int) (end, words, last int) {
	begin := i
	for words < maxNameWords {
		n := s.nameWord(i)
		if n == i {
			break
		}
		switch {
		case words == 0, capital(s.text, i) && (n-i == 1 && s.byteAt(n) == '.' || !s.inBook(s.words.books.never, i, n)):
			if n-i == 1 && s.byteAt(n) == '.' {
				n++
			}
			end, last = n, i
			words++
		case s.inBook(s.words.books.particles, i, n):
		default:
			s.work += i - begin
			return end, words, last
		}
		if s.byteAt(n) != ' ' {
			break
		}
		i = n + 1
	}
	s.work += i - begin
	return end, words, last
}

// nameWord returns the end of the word at i, with hyphens and apostrophes
// inside it.
func (s *scan) nameWord(i int) int {
	end := i
	for end < len(s.text) && end-i < maxWordBytes {
		c := s.text[end]
		if !wordByte(c) && !((c == '-' || c == '\'') && end > i && wordByte(s.byteAt(end+1))) {
			break
		}
		end++
	}
	s.work += end - i
	if end < len(s.text) && (wordByte(s.text[end]) || isDigit(s.text[end]) || s.text[end] == '_' || s.text[end] == '@') {
		return i
	}
	return end
}

// capital reports whether a capital letter stands at i.
func capital(text string, i int) bool {
	if i >= len(text) {
		return false
	}
	if c := text[i]; c < utf8.RuneSelf {
		return c-'A' < 26
	}
	r, _ := utf8.DecodeRuneInString(text[i:])
	return unicode.IsUpper(r)
}

// lowered appends a word in small letters.
func lowered(dst []byte, word string) []byte {
	for i := 0; i < len(word); {
		if c := word[i]; c < utf8.RuneSelf {
			dst = append(dst, lower(c))
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(word[i:])
		if small := unicode.ToLower(r); utf8.RuneLen(small) == n && len(dst)+n <= cap(dst) {
			dst = utf8.AppendRune(dst, small)
		} else {
			dst = append(dst, word[i:i+n]...)
		}
		i += n
	}
	return dst
}

// equalLetters compares with a phrase in small letters.
func equalLetters(s, phrase string) bool {
	ascii := true
	for i := range len(phrase) {
		if lower(s[i]) != phrase[i] {
			if s[i] < utf8.RuneSelf || phrase[i] < utf8.RuneSelf {
				return false
			}
			ascii = false
		}
	}
	return ascii || strings.EqualFold(s, phrase)
}
