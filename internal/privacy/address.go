package privacy

import (
	"strings"
	"unicode/utf8"
)

const (
	maxHouseDigits  = 5
	maxStreetBytes  = 64 // how far from the house number the word for the street may stand
	maxAddressBytes = 96 // how far unit, postcode and town may reach behind it
)

// streetBooks hold the words that make a number one of a house.
type streetBooks struct {
	before, first, after, units *book
	endings                     [256][]string // by their last byte
	boxEnds                     [1 << 10]bool // by letterPair, how what stands before the number of a box ends
}

// In most languages the word for the street comes first and the number last:
// Calle Mayor 5; in German and Dutch it is the end of a word, Hauptstraße 5.
// In English and French the number comes first.
const (
	streetsBefore = `calle avenida avda av plaza plza paseo carrera carretera camino ronda glorieta travesía via viale piazza corso
		vicolo largo piazzale lungomare strada contrada rua travessa praça alameda estrada rodovia ulica ul aleja aleje al plac
		osiedle os straße strasse улица ул проспект`
	streetsFirst = `rue avenue boulevard bd place chemin impasse allée allées quai route cours square passage faubourg sentier`
	streetsAfter = `street st avenue ave road rd lane ln drive dr boulevard blvd court ct way place pl square sq terrace close crescent
		parkway pkwy highway hwy circle cir trail trl loop row mews grove gardens alley expressway plaza walk hill turnpike`
	streetUnits = `apt apartment unit suite ste flat floor fl piso puerta dpto appartement bâtiment etage stock int interno scala andar bus
		m lok lokal wohnung whg room rm #`
	streetEndings = `straße strasse str weg allee gasse platz ring damm ufer steig chaussee promenade straat laan plein gracht kade dijk
		singel hof steeg weide gatan vägen gata vej gade`
)

func newStreetBooks() *streetBooks {
	b := &streetBooks{before: newBook(streetsBefore), first: newBook(streetsFirst), after: newBook(streetsAfter), units: newBook(streetUnits)}
	for _, box := range postBoxes {
		b.boxEnds[letterPair(box[len(box)-2], box[len(box)-1])] = true
	}
	for _, ending := range strings.Fields(streetEndings) {
		last := ending[len(ending)-1]
		b.endings[last] = append(b.endings[last], ending)
	}
	return b
}

// detectAddress finds postal addresses that say street and house number, in
// the order of several languages, with unit, postcode and town where they
// follow. It is fired by the house number.
func detectAddress(s *scan, at int) {
	text := s.text
	if at < s.addressEnd || text[at] == '0' {
		return
	}
	end := at
	for end < len(text) && isDigit(text[end]) && end-at <= maxHouseDigits {
		end++
	}
	if end-at > maxHouseDigits {
		return
	}
	s.spent += fireWork
	number := s.houseEnd(end)
	if !s.besideWords(at, number) {
		return
	}
	s.spent += 2 * lookWork
	start, stop := s.streetBefore(at), number
	if start < 0 {
		start = s.boxBefore(at)
	}
	if start < 0 {
		start = at
		if stop = s.streetAfter(number); stop < 0 {
			stop = s.toldPlace(at, number)
		}
		if stop < 0 {
			return
		}
	}
	stop = s.townEnd(stop)
	s.addressEnd = stop
	s.add(kindAddress, start, stop)
}

// streetBefore returns where a street that ends before the number at i
// begins, or -1.
func (s *scan) streetBefore(i int) int {
	text := s.text
	end := i
	for end > 0 && (text[end-1] == ' ' || text[end-1] == ',') && i-end < 3 {
		end--
	}
	if end == i || end == 0 {
		return -1
	}
	end = s.numberWord(end)
	if !wordByte(text[end-1]) && text[end-1] != '.' {
		return -1
	}
	begin := s.wordBegin(end)
	switch {
	case begin == end:
		return -1
	case !capital(text, begin):
		if end-begin > 5 || !s.inBook(s.words.books.particles, begin, end) {
			return -1
		}
	default:
		if street := s.germanic(begin, end); street >= 0 {
			return street
		}
	}
	// Calle de la Paz 5: back over words in capitals and particles.
	for words := 0; words < 6 && i-begin < maxStreetBytes; words++ {
		s.spent += fireWork
		if words > 0 && s.words.streets.before.has(withoutDots(text[begin:end])) {
			s.work += i - begin
			return begin
		}
		if !capital(text, begin) && !s.inBook(s.words.books.particles, begin, end) && !isDigit(text[begin]) {
			break
		}
		if calle := s.calle(begin); calle >= 0 {
			return calle
		}
		if begin < 2 || text[begin-1] != ' ' {
			break
		}
		end = begin - 1
		for end > 0 && text[end-1] == ' ' {
			end--
		}
		begin = s.wordBegin(end)
		if begin == end {
			break
		}
	}
	s.work += i - begin
	return -1
}

// numberWord goes back over "Nr." and the like before a house number.
func (s *scan) numberWord(end int) int {
	if strings.IndexByte("r.\xba\xb0oR", s.text[end-1]) < 0 {
		return end
	}
	for _, word := range [...]string{"nr", "nr.", "n.", "nº", "n°", "no.", "numero", "número"} {
		if n := len(word); end > n+1 && s.text[end-n-1] == ' ' && lower(s.text[end-n]) == 'n' && strings.EqualFold(s.text[end-n:end], word) {
			end -= n + 1
			if end > 1 && s.text[end-1] == ',' {
				end--
			}
			break
		}
	}
	return end
}

// calle returns where "C/" or "c/ " begins that ends before i, or -1.
func (s *scan) calle(i int) int {
	if s.byteAt(i-1) == ' ' {
		i--
	}
	if i >= 2 && s.text[i-1] == '/' && lower(s.text[i-2]) == 'c' && wordStarts(s.text, i-2) {
		return i - 2
	}
	return -1
}

// wordBegin returns where the word that ends at i begins, with hyphens,
// apostrophes and dots inside it.
func (s *scan) wordBegin(i int) int {
	begin := i
	for begin > 0 && i-begin < maxWordBytes {
		c := s.text[begin-1]
		if !wordByte(c) && !isDigit(c) && c != '-' && c != '\'' && c != '.' {
			break
		}
		begin--
	}
	return begin
}

// germanic returns where a street begins whose last word ends like a street:
// Lange Straße, Keizersgracht, Unter den Linden is not one.
func (s *scan) germanic(begin, end int) int {
	var buf [maxWordBytes]byte
	word := withoutDots(s.text[begin:end])
	if len(word) < 4 || len(word) > len(buf) {
		return -1
	}
	endings := s.words.streets.endings[lower(word[len(word)-1])]
	if len(endings) == 0 {
		return -1
	}
	small := lowered(buf[:0], word)
	for _, ending := range endings {
		if !strings.HasSuffix(string(small), ending) {
			continue
		}
		if len(small) >= len(ending)+3 {
			return begin
		}
		// The word stands apart: "Lange Straße 5" needs one in capitals before.
		if begin >= 3 && s.text[begin-1] == ' ' && len(ending) > 3 {
			if prev := s.wordBegin(begin - 1); prev < begin-1 && capital(s.text, prev) {
				return prev
			}
		}
	}
	return -1
}

// streetAfter returns where a street that begins after a house number ends,
// or -1: 12 Rose Hill Road, 12 rue de la Paix.
func (s *scan) streetAfter(i int) int {
	text := s.text
	if i < len(text) && text[i] == ',' {
		i++
	}
	if i+3 >= len(text) || text[i] != ' ' {
		return -1
	}
	i++
	begin := i
	first := s.wordAfter(i)
	if first == i {
		return -1
	}
	if strings.IndexByte("rabpciqsfRABPCIQSF", text[i]) >= 0 && s.words.streets.first.has(withoutDots(text[i:first])) {
		return s.frenchStreet(first)
	}
	end := -1
	for words := 0; words < 5 && i-begin < maxStreetBytes; words++ {
		s.spent += fireWork
		n := s.wordAfter(i)
		if n == i || !capital(text, i) && !(isDigit(text[i]) && isLetter(text[n-1])) {
			break
		}
		// 512 GB Drive is none, nor is 5 The Road.
		if words == 0 && (n-i == 2 && text[i+1]-'A' < 26 || s.inBook(s.words.books.never, i, n)) {
			break
		}
		if words > 0 && s.words.streets.after.has(withoutDots(text[i:n])) {
			end = n
		}
		if n >= len(text) || text[n] != ' ' {
			break
		}
		i = n + 1
	}
	s.work += i - begin
	return end
}

// toldPlace returns where a place without a word for its street ends, or -1:
// "my address is 12 Rákóczi út" says that it is one.
func (s *scan) toldPlace(at, number int) int {
	if s.byteAt(number) != ' ' || !capital(s.text, number+1) || s.nearest(at, 2, 24, cuePlace)&cuePlace == 0 {
		return -1
	}
	end := s.capitals(number+1, min(len(s.text), number+maxStreetBytes))
	if end < number+4 {
		return -1
	}
	return end
}

// wordAfter returns the end of the word at i, with hyphens, apostrophes and a
// dot at its end.
func (s *scan) wordAfter(i int) int {
	end := i
	for end < len(s.text) && end-i < maxWordBytes {
		c := s.text[end]
		if !wordByte(c) && !isDigit(c) && !((c == '-' || c == '\'') && end > i) {
			break
		}
		end++
	}
	if end > i && s.byteAt(end) == '.' && end-i <= 4 {
		end++
	}
	return end
}

// frenchStreet returns where the name of a street ends that begins at i:
// particles and words in capitals.
func (s *scan) frenchStreet(i int) int {
	text := s.text
	end, begin := -1, i
	for words := 0; words < 7 && i < len(text) && text[i] == ' '; words++ {
		i++
		n := s.wordAfter(i)
		if n == i {
			break
		}
		elided := n-i > 2 && text[i+1] == '\''
		switch {
		case capital(text, i), elided, isDigit(text[i]) && n-i < 5:
			end = n
		case s.inBook(s.words.books.particles, i, n), text[i:n] == "aux", text[i:n] == "sur":
		case words == 0 && (n >= len(text) || text[n] == ',' || text[n] == '.' || text[n] == '\n'):
			end = n // rue principale
		default:
			s.work += n - begin
			return end
		}
		i = n
	}
	s.work += i - begin
	return end
}

// townEnd takes in what follows street and number: a unit, a postcode, and
// the town next to it, at most three parts with commas or line ends between.
func (s *scan) townEnd(i int) int {
	text, limit := s.text, min(len(s.text), i+maxAddressBytes)
	for range 4 {
		j := i
		for j < limit && (text[j] == ',' || text[j] == ' ' || text[j] == '\n' || text[j] == '\r') {
			j++
		}
		if j == i || j >= limit {
			break
		}
		// Lindenweg 5 in 50667 Köln
		if strings.HasPrefix(text[j:limit], "in ") && isDigit(s.byteAt(j+3)) {
			j += len("in ")
		}
		next := s.addressPart(j, limit)
		if next == j {
			break
		}
		i = next
	}
	return i
}

// addressPart returns the end of a unit, of a town with a postcode, or of a
// postcode that begins at i, or i.
func (s *scan) addressPart(i, limit int) int {
	text := s.text
	n := s.wordAfter(i)
	if n > i && n < limit && s.words.streets.units.has(withoutDots(text[i:n])) {
		j := n
		for j < limit && (text[j] == ' ' || text[j] == '#') {
			j++
		}
		if end := s.wordAfter(j); end > j && end-j < 6 && (isDigit(text[j]) || end-j == 1) {
			return end
		}
	}
	if text[i] == '#' && isDigit(s.byteAt(i+1)) {
		return s.wordAfter(i + 1)
	}
	if end := s.floor(i); end > i {
		return end
	}
	if end := s.postcode(i); end > i {
		if town := s.town(end, limit); town > 0 {
			return town
		}
		return end
	}
	// Springfield, IL 62704; London SW1A 2AA; Springfield IL 62704.
	end := s.capitals(i, limit)
	if end == i {
		return i
	}
	j := end
	for j < limit && (text[j] == ',' || text[j] == ' ') {
		j++
	}
	if code := s.postcode(j); code > j {
		return code
	}
	if j+3 < limit && text[j]-'A' < 26 && text[j+1]-'A' < 26 && text[j+2] == ' ' {
		if code := s.postcode(j + 3); code > j+3 {
			return code
		}
	}
	return i
}

// floor returns the end of a floor and door as in Spain and Portugal, 3º B or 2.º
// izq., or i.
func (s *scan) floor(i int) int {
	end := i + digitsAt(s.text, i)
	if s.byteAt(end) == '.' {
		end++
	}
	if end == i || end-i > 3 || !isDigit(s.text[i]) || s.byteAt(end) != 0xC2 || strings.IndexByte("\xaa\xb0\xba", s.byteAt(end+1)) < 0 {
		return i
	}
	end += len("º")
	if s.byteAt(end) != ' ' {
		return end
	}
	door := s.wordAfter(end + 1)
	switch word := s.text[end+1 : door]; {
	case len(word) == 1, equalFold(withoutDots(word), "izq"), equalFold(withoutDots(word), "dcha"), equalFold(withoutDots(word), "esq"), equalFold(withoutDots(word), "dto"):
		return door
	}
	return end
}

// town returns the end of the name of a town behind a postcode, or 0.
func (s *scan) town(i, limit int) int {
	for i < limit && (s.text[i] == ' ' || s.text[i] == ',') {
		i++
	}
	if end := s.capitals(i, limit); end > i {
		return end
	}
	return 0
}

// capitals returns the end of a row of at most four words in capitals, or i.
func (s *scan) capitals(i, limit int) int {
	end := i
	for range 4 {
		n := s.wordAfter(i)
		if n == i || n > limit || !capital(s.text, i) && (end == i || !s.inBook(s.words.books.particles, i, n)) {
			break
		}
		// The state and the postcode behind a town are no part of it.
		if n-i == 2 && s.text[i+1]-'A' < 26 || hasDigit(s.text[i:n]) {
			break
		}
		end = n
		if s.text[n-1] == '.' {
			end--
			break
		}
		if s.byteAt(n) != ' ' {
			break
		}
		i = n + 1
	}
	return end
}

// postcode returns the end of a postcode that begins at i, or i: 12345,
// 12345-6789, 1234 AB, 12-345, 1234-567, 123 45, SW1A 2AA, K1A 0B1.
func (s *scan) postcode(i int) int {
	for _, shape := range [...]string{"99999-9999", "99999-999", "9999-999", "99-999", "99999", "9999 AA", "999 99", "9999", "AA9A 9AA", "A9A 9AA", "AA99 9AA", "A99 9AA", "AA9 9AA", "A9 9AA", "A9A 9A9"} {
		if s.shaped(shape, i) {
			return i + len(shape)
		}
	}
	return i
}

func (s *scan) shaped(shape string, i int) bool {
	if i+len(shape) > len(s.text) || !wordEnds(s.text, i+len(shape)) {
		return false
	}
	for k := range len(shape) {
		c := s.text[i+k]
		switch shape[k] {
		case '9':
			if !isDigit(c) {
				return false
			}
		case 'A':
			if c-'A' >= 26 {
				return false
			}
		default:
			if c != shape[k] {
				return false
			}
		}
	}
	return s.byteAt(i+len(shape)) < utf8.RuneSelf
}
