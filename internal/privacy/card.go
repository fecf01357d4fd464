package privacy

import "slices"

const minCardDigits, maxCardDigits = 12, 19

// detectCard finds payment card numbers: 12 to 19 digits with a Luhn check
// digit, in a range that an issuer uses. Without a telling word nearby only
// the common ranges and lengths count, in one piece or grouped as on cards.
func detectCard(s *scan, at int) {
	if s.byteAt(at+4) == '.' && s.fourDigits(at) {
		s.dottedCard(at)
		return
	}
	inside := at >= 2 && cardSeparator(s.text[at-1]) && isDigit(s.text[at-2])
	if inside && !s.fourDigits(at) {
		return
	}
	var r digitRun
	s.readDigits(&r, at, maxCardDigits, cardSeparator)
	if r.n < minCardDigits {
		return
	}
	for k := r.k; k > 0; k-- {
		digits := r.digits[:r.length(k)]
		if len(digits) < minCardDigits {
			return
		}
		whole := k == r.k && !r.more && !inside
		if !whole && !cardGroups(r.groups[:k]) {
			continue
		}
		end := at + int(r.ends[k-1])
		if luhn(digits) && !sameDigits(digits) && s.isCard(digits, r.groups[:k], at, end, whole) {
			s.add(kindCard, at, end)
			return
		}
	}
}

// dottedCard finds a card number of four groups of four digits with dots between
// them. Other groups with dots are decimals, versions, dates and addresses.
func (s *scan) dottedCard(at int) {
	var r digitRun
	s.readDigits(&r, at, maxCardDigits, func(c byte) bool { return c == '.' })
	if r.k != 4 || r.more || slices.Max(r.groups[:4]) != 4 || slices.Min(r.groups[:4]) != 4 {
		return
	}
	end, digits := at+int(r.ends[3]), r.digits[:16]
	if luhn(digits) && !sameDigits(digits) && s.isCard(digits, r.groups[:4], at, end, true) {
		s.add(kindCard, at, end)
	}
}

// length returns how many digits the first k groups have.
func (r *digitRun) length(k int) int {
	n := 0
	for _, g := range r.groups[:k] {
		n += int(g)
	}
	return n
}

// fourDigits reports whether a group of four digits begins at i.
func (s *scan) fourDigits(i int) bool {
	return i+4 <= len(s.text) && isDigit(s.text[i+1]) && isDigit(s.text[i+2]) && isDigit(s.text[i+3]) && !isDigit(s.byteAt(i+4))
}

func (s *scan) isCard(digits []byte, groups []uint8, start, end int, whole bool) bool {
	if !wordEnds(s.text, end) || s.byteAt(end) == '_' || s.byteAt(end) == '.' && isDigit(s.byteAt(end+1)) {
		return false
	}
	if s.byteAt(end) == '-' && alnum(s.byteAt(end+1)) {
		return false
	}
	cues := s.near(start, end)
	switch {
	case cues&cueCard != 0 || s.alone(start, end):
		return usualIssuer(digits) || rareIssuer(digits)
	case !whole || len(groups) == 1 && s.before(start, 24)&cueOrder != 0:
		return false
	}
	return usualIssuer(digits) && (len(groups) == 1 || cardGroups(groups))
}

func cardSeparator(c byte) bool { return c == ' ' || c == '-' }

// cardGroups reports whether a number is grouped as cards are: 4-4-4-4, also
// with a shorter last group or a fifth one of three, 4-6-5 and 4-6-4.
func cardGroups(groups []uint8) bool {
	if len(groups) == 1 {
		return true
	}
	if groups[0] != 4 {
		return false
	}
	switch len(groups) {
	case 3:
		return groups[1] == 6 && (groups[2] == 5 || groups[2] == 4)
	case 4:
		return groups[1] == 4 && groups[2] == 4 && groups[3] <= 4
	case 5:
		return groups[1] == 4 && groups[2] == 4 && groups[3] == 4 && groups[4] == 3
	}
	return false
}

// usualIssuer reports whether a number is in a range of a large network, at
// the length that the network uses.
func usualIssuer(digits []byte) bool {
	one, two, three, four := int(digits[0]), leading(digits, 2), leading(digits, 3), leading(digits, 4)
	switch len(digits) {
	case 14: // Diners Club
		return three >= 300 && three <= 305 || three == 309 || two == 36 || two == 38 || two == 39
	case 15: // American Express
		return two == 34 || two == 37
	case 16:
		switch {
		case one == 4: // Visa
		case two >= 51 && two <= 55, four >= 2221 && four <= 2720: // Mastercard
		case four >= 3528 && four <= 3589: // JCB
		case four == 6011, three >= 644 && three <= 649, two == 65, two == 62: // Discover, UnionPay
		case two == 60, two == 81, two == 82, three == 508: // RuPay
		case four >= 2200 && four <= 2204: // Mir
		case four == 5018, four == 5019, four == 5020, four == 5038, four == 5893: // Maestro, Dankort
		case four == 6304, four == 6759, four >= 6761 && four <= 6763: // Maestro
		default:
			return false
		}
		return true
	}
	return false
}

// rareIssuer reports whether a number is in a range that is used, but that too
// many other numbers are in as well.
func rareIssuer(digits []byte) bool {
	one, two, four := int(digits[0]), leading(digits, 2), leading(digits, 4)
	switch len(digits) {
	case 12, 13, 14, 17, 18, 19:
		return one == 4 && len(digits) != 12 || two == 50 || two >= 56 && two <= 69 || four == 604 ||
			len(digits) > 14 && (two == 35 || two == 36 || four >= 2200 && four <= 2204)
	case 15:
		return one == 1 || four == 2131 || two == 50 || two >= 56 && two <= 69
	case 16:
		return two >= 30 && two <= 39 || two >= 50 && two <= 69
	}
	return false
}
