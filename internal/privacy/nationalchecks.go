package privacy

import "strings"

// The checks below are given letters in capitals and digits as characters.

// weighted sums digits times weights.
func weighted(c []byte, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(c[i]-'0') * w
	}
	return sum
}

// numberOf returns the number that digits make.
func numberOf(c []byte) int {
	n := 0
	for _, d := range c {
		n = n*10 + int(d-'0')
	}
	return n
}

// born reports whether a month and a day can be of a date.
func born(month, day int) bool { return month >= 1 && month <= 12 && day >= 1 && day <= 31 }

// digitsOf returns the values of digits, into buf.
func digitsOf(buf, c []byte) []byte {
	buf = buf[:0]
	for _, d := range c {
		buf = append(buf, d-'0')
	}
	return buf
}

func luhnOf(c []byte) bool {
	var buf [maxIDBytes]byte
	return luhn(digitsOf(buf[:], c))
}

func allSame(c []byte) bool { return sameDigits(c) }

// validCodiceFiscale checks the tax code of Italy.
func validCodiceFiscale(c []byte) bool {
	const months, odd = "ABCDEHLMPRST", "BAKPLCQDREVOSFTGUHMINJWZYX"
	sum := 0
	if strings.IndexByte(months, c[8]) < 0 {
		return false
	}
	for i, b := range c[:15] {
		v := int(b - '0')
		if b >= 'A' {
			v = int(b - 'A')
		}
		if i%2 == 0 {
			v = strings.IndexByte(odd, byte('A'+v))
		}
		sum += v
	}
	return c[15] == byte('A'+sum%26)
}

// validCURP checks the population code of Mexico.
func validCURP(c []byte) bool {
	const values = "0123456789ABCDEFGHIJKLMN#OPQRSTUVWXYZ"
	if !born(numberOf(c[6:8]), numberOf(c[8:10])) || c[10] != 'H' && c[10] != 'M' && c[10] != 'X' {
		return false
	}
	sum := 0
	for i, b := range c[:17] {
		sum += strings.IndexByte(values, b) * (18 - i)
	}
	return int(c[17]-'0') == (10-sum%10)%10
}

// validNIR checks the social security number of France: sex, year, month,
// place, order, and a key over 97. Corsica writes 2A and 2B.
func validNIR(c []byte) bool {
	month := numberOf(c[3:5])
	if c[0] != '1' && c[0] != '2' && c[0] != '3' && c[0] != '4' || month == 0 || month > 12 && month < 20 || month > 42 && month < 50 {
		return false
	}
	n, less := 0, 0
	for i, b := range c[:13] {
		switch {
		case b >= 'A' && i == 6 && c[5] == '2' && (b == 'A' || b == 'B'):
			less, b = 1000000*(1+int(b-'A')), '0'
		case b >= 'A':
			return false
		}
		n = n*10 + int(b-'0')
	}
	return 97-(n-less)%97 == numberOf(c[13:15])
}

// validRentenversicherung checks the pension number of Germany.
func validRentenversicherung(c []byte) bool {
	day, month := numberOf(c[2:4]), numberOf(c[4:6])
	if day == 0 || day > 31 && day < 51 || day > 81 || month == 0 || month > 12 {
		return false
	}
	weights := [...]int{2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1}
	n := int(c[8]-'A') + 1
	digits := [12]int{}
	for i := range 8 {
		digits[i] = int(c[i] - '0')
	}
	digits[8], digits[9], digits[10], digits[11] = n/10, n%10, int(c[9]-'0'), int(c[10]-'0')
	sum := 0
	for i, d := range digits {
		v := d * weights[i]
		sum += v/10 + v%10
	}
	return sum%10 == int(c[11]-'0')
}

// mod11and10 is the check of ISO 7064 that Germany and Croatia use.
func mod11and10(c []byte) bool {
	p := byte(10)
	for _, d := range c[:len(c)-1] {
		p = mod11and10Steps[p][d-'0']
	}
	return (11-p)%10 == c[len(c)-1]-'0'
}

// mod11and10Steps gives what a digit makes of the remainder before it. It is
// never written.
var mod11and10Steps = func() (t [11][10]byte) {
	for p := 1; p <= 10; p++ {
		for d := range 10 {
			v := d + p // 1 to 19
			if v > 10 {
				v -= 10
			}
			if v *= 2; v > 11 {
				v -= 11
			}
			t[p][d] = byte(v)
		}
	}
	return t
}()

func validSteuerID(c []byte) bool { return c[0] != '0' && mod11and10(c) }
func validOIB(c []byte) bool      { return mod11and10(c) }

const dniLetters = "TRWAGMYFPDXBNJZSQVHLCKE"

func validDNI(c []byte) bool {
	return c[8] == dniLetters[numberOf(c[:8])%23]
}

func validNIE(c []byte) bool {
	first := strings.IndexByte("XYZ", c[0])
	return first >= 0 && c[8] == dniLetters[(first*10000000+numberOf(c[1:8]))%23]
}

// validNINO checks the letters of a national insurance number: there is no
// check digit.
func validNINO(c []byte) bool {
	if strings.IndexByte("DFIQUV", c[0]) >= 0 || strings.IndexByte("DFIOQUV", c[1]) >= 0 || c[8] > 'D' {
		return false
	}
	switch string(c[:2]) {
	case "BG", "GB", "KN", "NK", "NT", "TN", "ZZ":
		return false
	}
	return true
}

func validNHS(c []byte) bool {
	check := (11 - weighted(c, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11) % 11
	return check != 10 && check == int(c[9]-'0') && !allSame(c)
}

func validPPS(c []byte) bool {
	sum := weighted(c, 8, 7, 6, 5, 4, 3, 2)
	if len(c) == 9 {
		sum += int(c[8]-'A'+1) * 9
	}
	return c[7] == "WABCDEFGHIJKLMNOPQRSTUV"[sum%23]
}

func validBSN(c []byte) bool {
	return weighted(c, 9, 8, 7, 6, 5, 4, 3, 2, -1)%11 == 0 && !allSame(c)
}

// validRijksregister checks the number of Belgium; who was born from 2000 on
// has a 2 before it in the check.
func validRijksregister(c []byte) bool {
	n, check := numberOf(c[:9]), numberOf(c[9:11])
	month := numberOf(c[2:4]) % 20
	return month <= 12 && numberOf(c[4:6]) <= 31 && (97-n%97 == check || 97-(2000000000+n)%97 == check)
}

func validPortugueseNIF(c []byte) bool {
	check := 11 - weighted(c, 9, 8, 7, 6, 5, 4, 3, 2)%11
	if check > 9 {
		check = 0
	}
	return strings.IndexByte("12356789", c[0]) >= 0 && check == int(c[8]-'0')
}

func validAustrianSV(c []byte) bool {
	sum := weighted(c, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6)
	return c[0] != '0' && sum%11 == int(c[3]-'0') && born(numberOf(c[6:8]), numberOf(c[4:6]))
}

func validAHV(c []byte) bool {
	return string(c[:3]) == "756" && (10-weighted(c, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3)%10)%10 == int(c[12]-'0')
}

// validPersonnummer checks the number of Sweden, with or without the century.
// Who has no permanent number has 60 added to the day.
func validPersonnummer(c []byte) bool {
	var buf [maxIDBytes]byte
	d := digitsOf(buf[:], c)[:0]
	for _, b := range c {
		if isDigit(b) {
			d = append(d, b-'0')
		}
	}
	if len(d) == 12 {
		if century := leading(d, 2); century < 18 || century > 20 {
			return false
		}
		d = d[2:]
	}
	return len(d) == 10 && born(leading(d[2:], 2), leading(d[4:], 2)%60) && luhn(d)
}

func validCPR(c []byte) bool { return born(numberOf(c[2:4]), numberOf(c[:2])) && !allSame(c) }

func validFodselsnummer(c []byte) bool {
	day := numberOf(c[:2]) % 40
	return born(numberOf(c[2:4])%40, day) &&
		weighted(c, 3, 7, 6, 1, 8, 9, 4, 5, 2, 1)%11 == 0 && weighted(c, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0
}

// validHetu checks the code of Finland: a sign or letter between date and
// number tells the century.
func validHetu(c []byte) bool {
	d := c
	if len(c) == 11 {
		if strings.IndexByte("ABCDEFYXWVU", c[6]) < 0 {
			return false
		}
		d = append(append(make([]byte, 0, 10), c[:6]...), c[7:]...)
	}
	if !born(numberOf(d[2:4]), numberOf(d[:2])) || numberOf(d[6:9]) < 2 {
		return false
	}
	return d[9] == "0123456789ABCDEFHJKLMNPRSTUVWXY"[numberOf(d[:9])%31]
}
