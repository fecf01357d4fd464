package privacy_test

import (
	"fmt"
	"strings"
)

// nationalID makes a number of a kind. The check digits are worked out here
// once more, so that a mistake in a detector does not hide itself.
func (g *generator) nationalID(kind string) string {
	n := func(k int) string { return g.chars(k, digitChars) }
	day, month, year := 1+g.IntN(28), 1+g.IntN(12), 40+g.IntN(60)
	birth := fmt.Sprintf("%02d%02d%02d", year, month, day)
	backwards := fmt.Sprintf("%02d%02d%02d", day, month, year)
	switch kind {
	case "nino":
		return pick(g, []string{"AB", "CE", "JM", "PR", "YZ"}) + g.spaced(" ", n(2), n(2), n(2), pick(g, []string{"A", "B", "C", "D"}))
	case "nhs":
		return g.search(func() string { return n(10) }, func(s string) bool {
			check := (11 - weigh(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)%11) % 11
			return check < 10 && check == int(s[9]-'0')
		}, 3, 6)
	case "passport":
		return pick(g, []string{"C", "X", "AB", "YA", "G"}) + n(7)
	case "aadhaar":
		return g.search(func() string { return fmt.Sprint(2+g.IntN(8)) + n(11) }, verhoeff, 4, 8)
	case "pan":
		return g.chars(3, upperDigits[10:]) + "P" + g.chars(1, upperDigits[10:]) + n(4) + g.chars(1, upperDigits[10:])
	case "sin":
		return g.search(func() string { return fmt.Sprint(1+g.IntN(7)) + n(8) }, func(s string) bool { return luhnSum(s)%10 == 0 }, 3, 6)
	case "pps":
		s := n(7)
		return s + string("WABCDEFGHIJKLMNOPQRSTUV"[weigh(s, 8, 7, 6, 5, 4, 3, 2)%23])
	case "tfn":
		return g.search(func() string { return n(9) }, func(s string) bool { return weigh(s, 1, 4, 3, 7, 5, 8, 6, 9, 10)%11 == 0 }, 3, 6)
	case "za":
		return g.search(func() string { return birth + n(4) + "0" + "8" + n(1) }, func(s string) bool { return luhnSum(s)%10 == 0 })
	case "nric":
		s := n(7)
		return "S" + s + string("JZIHGFEDCBA"[weigh(s, 2, 7, 6, 5, 4, 3, 2)%11])
	case "dni":
		s := n(8)
		return s + pick(g, []string{"", "-"}) + spanish(s)
	case "nie":
		s := n(7)
		return "Y" + s + spanish("1"+s)
	case "curp":
		const values = "0123456789ABCDEFGHIJKLMN?OPQRSTUVWXYZ"
		s := g.chars(4, "ABCDEFGHLMNPRST") + birth + pick(g, []string{"H", "M"}) + "DF" + g.chars(3, "BCDFGLMNPRST") + "0"
		sum := 0
		for i := range s {
			sum += strings.IndexByte(values, s[i]) * (18 - i)
		}
		return s + fmt.Sprint((10-sum%10)%10)
	case "rut":
		s := fmt.Sprintf("%08d", 5000000+g.IntN(20000000))
		check := "0K987654321"[weigh(s, 3, 2, 7, 6, 5, 4, 3, 2)%11]
		return s[:2] + "." + s[2:5] + "." + s[5:] + "-" + string(check)
	case "cuil":
		return g.search(func() string { return "20" + n(9) }, func(s string) bool { return weigh(s, 5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)%11 == 0 && s[10] != '0' }, -2, -10)
	}
	return g.europeanID(kind, birth, backwards)
}

func (g *generator) europeanID(kind, birth, backwards string) string {
	n := func(k int) string { return g.chars(k, digitChars) }
	switch kind {
	case "steuerid":
		return g.search(func() string { return fmt.Sprint(1+g.IntN(9)) + n(10) }, iso7064, 2, 5, 8)
	case "rvnr":
		return g.search(func() string { return "15" + backwards + g.chars(1, upperDigits[10:]) + n(3) }, func(s string) bool {
			letter := fmt.Sprintf("%02d", s[8]-'A'+1)
			sum := 0
			for i, d := range s[:8] + letter + s[9:11] {
				v := int(d-'0') * []int{2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1}[i]
				sum += v/10 + v%10
			}
			return fmt.Sprint(sum%10) == s[11:]
		}, 2, 8, 9)
	case "ahv":
		return g.search(func() string { return "756" + n(10) }, func(s string) bool { return weigh(s, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1)%10 == 0 }, -3, -7, -11)
	case "svnr":
		return g.search(func() string { return fmt.Sprint(1+g.IntN(9)) + n(3) + backwards }, func(s string) bool {
			return weigh(s, 3, 7, 9, 0, 5, 8, 4, 2, 1, 6)%11 == int(s[3]-'0')
		}, 4)
	case "nir":
		s := pick(g, []string{"1", "2"}) + birth[:4] + "75" + n(6)
		var v int
		fmt.Sscan(s, &v)
		s += fmt.Sprintf("%02d", 97-v%97)
		return g.spaced(" ", s[:1], s[1:3], s[3:5], s[5:7], s[7:10], s[10:13], s[13:])
	case "rijks":
		s := birth + n(3)
		var v int
		fmt.Sscan(strings.TrimLeft(s, "0"), &v)
		s += fmt.Sprintf("%02d", 97-v%97)
		return s[:2] + "." + s[2:4] + "." + s[4:6] + "-" + s[6:9] + "." + s[9:]
	case "cf":
		return g.codiceFiscale()
	case "cpf", "cpfbare":
		s := g.search(func() string { return n(11) }, func(s string) bool {
			first, second := weigh(s, 10, 9, 8, 7, 6, 5, 4, 3, 2)*10%11%10, weigh(s, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2)*10%11%10
			return fmt.Sprint(first, second) == s[9:10]+" "+s[10:]
		})
		if kind == "cpfbare" {
			return s
		}
		return s[:3] + "." + s[3:6] + "." + s[6:9] + "-" + s[9:]
	case "nifpt":
		return g.search(func() string { return pick(g, []string{"1", "2", "3", "5"}) + n(8) }, func(s string) bool {
			check := 11 - weigh(s, 9, 8, 7, 6, 5, 4, 3, 2)%11
			return check < 10 && check == int(s[8]-'0')
		}, 3, 6)
	case "bsn":
		return g.search(func() string { return fmt.Sprint(1+g.IntN(9)) + n(8) }, func(s string) bool { return (weigh(s, 9, 8, 7, 6, 5, 4, 3, 2)-int(s[8]-'0'))%11 == 0 })
	case "pesel":
		return g.search(func() string { return birth + n(5) }, func(s string) bool { return weigh(s, 1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1)%10 == 0 })
	case "personnummer":
		s := g.search(func() string { return birth + n(4) }, func(s string) bool { return luhnSum(s)%10 == 0 })
		return pick(g, []string{"", "19"}) + s[:6] + "-" + s[6:]
	case "hetu":
		number := fmt.Sprintf("%03d", 2+g.IntN(897))
		var v int
		fmt.Sscan(strings.TrimLeft(backwards+number, "0"), &v)
		return backwards + "-" + number + string("0123456789ABCDEFHJKLMNPRSTUVWXY"[v%31])
	}
	panic("no such kind of number: " + kind)
}

// search draws until a number checks, and groups it at some places half of
// the time, with a dot or hyphen where the places are negative.
func (g *generator) search(draw func() string, checks func(string) bool, cuts ...int) string {
	s := draw()
	for !checks(s) {
		s = draw()
	}
	if len(cuts) == 0 || g.IntN(2) == 0 {
		return s
	}
	sep := " "
	if cuts[0] < 0 {
		sep = "."
		if cuts[0] == -2 {
			sep = "-"
		}
	}
	last, parts := 0, []string{}
	for _, cut := range cuts {
		cut = max(cut, -cut)
		parts, last = append(parts, s[last:cut]), cut
	}
	return strings.Join(append(parts, s[last:]), sep)
}

// spaced joins parts with a separator or with nothing.
func (g *generator) spaced(sep string, parts ...string) string {
	if g.IntN(2) == 0 {
		sep = ""
	}
	return strings.Join(parts, sep)
}

func weigh(s string, weights ...int) int {
	sum := 0
	for i, w := range weights {
		sum += int(s[i]-'0') * w
	}
	return sum
}

func spanish(digits string) string {
	var v int
	fmt.Sscan("1"+digits, &v)
	pow := 1
	for range digits {
		pow *= 10
	}
	return string("TRWAGMYFPDXBNJZSQVHLCKE"[(v-pow)%23])
}

func iso7064(s string) bool {
	product := 10
	for i := range 10 {
		sum := (int(s[i]-'0') + product) % 10
		if sum == 0 {
			sum = 10
		}
		product = sum * 2 % 11
	}
	return (11-product)%10 == int(s[10]-'0')
}

// verhoeff works the dihedral group out instead of looking it up.
func verhoeff(s string) bool {
	times := func(a, b int) int {
		switch {
		case a < 5 && b < 5:
			return (a + b) % 5
		case a < 5:
			return (a+b-5)%5 + 5
		case b < 5:
			return (a-5-b+5)%5 + 5
		}
		return (a - b + 10) % 5
	}
	turn := [10]int{1, 5, 7, 6, 2, 8, 3, 0, 9, 4}
	check := 0
	for i := range s {
		v := int(s[len(s)-1-i] - '0')
		for range i % 8 {
			v = turn[v]
		}
		check = times(check, v)
	}
	return check == 0
}

func (g *generator) codiceFiscale() string {
	s := g.chars(6, "BCDFGLMNPRST") + g.chars(2, digitChars) + g.chars(1, "ABCDEHLMPRST") +
		fmt.Sprintf("%02d", 1+g.IntN(28)) + pick(g, []string{"H501", "F205", "A562", "L219"})
	odd := map[byte]int{}
	for i, v := range []int{1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23} {
		odd[byte('A'+i)] = v
		if i < 10 {
			odd[byte('0'+i)] = v
		}
	}
	sum := 0
	for i := range s {
		switch {
		case i%2 == 0:
			sum += odd[s[i]]
		case s[i] >= 'A':
			sum += int(s[i] - 'A')
		default:
			sum += int(s[i] - '0')
		}
	}
	return s + string(rune('A'+sum%26))
}
