package privacy_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash/crc32"
	"math/big"
	"strings"

	"golang.org/x/crypto/sha3"
)

// tokenForms are secrets with a prefix: r, u and h draw that many characters
// in base 62, in base 64 for URLs and in hexadecimal; n, s and c draw digits,
// small letters with digits, and capitals with digits. Prefixes are split, so that scanners of repositories
// leave this file alone.
var tokenForms = []string{
	"github" + "_pat_ r22 _ r59", "AK" + "IA c16", "AS" + "IA c16", "sk-" + "proj- u48", "sk-" + "ant-api03- u93 AA", "sk-" + "svcacct- u58",
	"sk-" + "or-v1- h64", "gl" + "pat- u20", "gl" + "dt- u20", "gl" + "rt- u20", "xox" + "b- n12 - n12 - r24", "xox" + "p- n12 - n12 - n12 - h32",
	"xap" + "p-1-A n10 - n13 - h64", "AI" + "za u35", "ya" + "29. u120", "GOC" + "SPX- u28", "h" + "f_ r34", "sk_" + "live_ r24", "rk_" + "live_ r24",
	"sk_" + "test_ r99", "whs" + "ec_ r32", "S" + "G. u22 . u43", "pyp" + "i-AgEIcHlwaS5vcmc u120", "rubygem" + "s_ h48", "shp" + "at_ h32",
	"shp" + "ss_ h32", "hv" + "s. u90", "dop" + "_v1_ h64", "lin" + "_api_ r40", "nt" + "n_ r46", "fig" + "d_ u40", "dap" + "i h32",
	"PMA" + "K- h24 - h34", "NRA" + "K- c27", "sntry" + "s_ r100", "gs" + "k_ r52", "xa" + "i- r80", "ppl" + "x- r48", "r" + "8_ r37",
	"tgp" + "_v1_ u43", "lsv2" + "_pt_ h32 _ h10", "ico" + "- r32", "key" + "- h32", "S" + "K h32", "A" + "C h32", "BBD" + "C- r44",
	"AT" + "ATT3 u188", "sha" + "256~ u43", "fo" + "1_ u43", "sgp" + "_ h40", "pscale" + "_tkn_ u43", "AG" + "E-SECRET-KEY-1 c58",
	"glsa" + "_ r32 _ h8", "HRK" + "U-AA u58", "heed" + "_sk_ r8 _ r38", "cosm" + "o_ h32", "sb" + "p_ h40", "EA" + "A r120",
}

func (g *generator) secret(form string) string {
	switch form {
	case "password":
		return g.password()
	case "random":
		if g.IntN(2) == 0 {
			return g.chars(32, hexChars)
		}
		return g.chars(24+g.IntN(20), base62Chars)
	}
	switch n := g.IntN(len(tokenForms) + 8); n {
	case 0, 1:
		return checkedToken(pick(g, []string{"gh" + "p_", "gh" + "o_", "gh" + "s_", "gh" + "u_"}), g.chars(30, base62Chars))
	case 2:
		return checkedToken("np"+"m_", g.chars(30, base62Chars))
	case 3, 4:
		header := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"HS256","typ":"JWT","kid":"` + g.chars(8, base62Chars) + `"}`))
		claims := base64.RawURLEncoding.EncodeToString([]byte(`{"sub":"` + g.chars(12, hexChars) + `"}`))
		return header + "." + claims + "." + g.chars(42, base62Chars+"_-") + "x"
	case 5:
		return g.chars(10, digitChars[1:]) + ":AA" + g.chars(33, base62Chars+"_-")
	case 6:
		return g.chars(3, base62Chars) + "8Q~" + g.chars(34, base62Chars+"_")
	case 7:
		return g.chars(32, hexChars) + "-us" + g.chars(1, digitChars[1:])
	default:
		return g.token(tokenForms[n-8])
	}
}

// token fills a form.
func (g *generator) token(form string) string {
	alphabets := map[byte]string{
		'r': base62Chars, 'u': base62Chars + "_-", 'h': hexChars, 'n': digitChars, 's': lowerChars + digitChars, 'c': upperDigits,
	}
	var b strings.Builder
	for i, part := range strings.Fields(form) {
		var n int
		if from, ok := alphabets[part[0]]; ok && i > 0 && len(part) > 1 {
			if _, err := fmt.Sscanf(part[1:], "%d", &n); err == nil {
				b.WriteString(g.chars(n-1, from) + g.chars(1, strings.Trim(from, "_-")))
				continue
			}
		}
		b.WriteString(part)
	}
	return b.String()
}

// checkedToken appends the checksum that GitHub and npm put into the last six
// characters.
func checkedToken(prefix, entropy string) string {
	const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	sum, tail := crc32.ChecksumIEEE([]byte(entropy)), ""
	for range 6 {
		tail = string(digits[sum%62]) + tail
		sum /= 62
	}
	return prefix + entropy + tail
}

// password makes one as people do, or as their browsers do.
func (g *generator) password() string {
	words := []string{"sunshine", "Dragon", "monkey", "Sommer", "soleil", "Fussball", "estrella", "Juventus", "Bella", "kwiatek", "zomer", "qwerty"}
	switch g.IntN(3) {
	case 0:
		return pick(g, words) + g.chars(2+g.IntN(3), digitChars)
	case 1:
		return pick(g, words) + g.chars(2, digitChars) + pick(g, []string{"!", "$", "#", "_"}) + g.chars(2, lowerChars)
	}
	return g.faker.Password(true, true, true, false, false, 10) + "7x"
}

// cryptoAddress makes one with its checksum, or for "plain" one without.
func (g *generator) cryptoAddress(form string) string {
	hash := make([]byte, 20)
	for i := range hash {
		hash[i] = byte(g.IntN(256))
	}
	switch form {
	case "btc":
		return pick(g, []string{base58Checked(0, hash), base58Checked(5, hash), bech32(hash)})
	case "eth":
		return ethereum(hash)
	case "plain":
		return "0x" + hex.EncodeToString(hash)
	}
	return pick(g, []string{base58Checked(0, hash), base58Checked(5, hash), base58Checked(0x30, hash), base58Checked(0x1e, hash), bech32(hash), ethereum(hash), ethereum(hash)})
}

func base58Checked(version byte, hash []byte) string {
	const digits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	body := append([]byte{version}, hash...)
	first := sha256.Sum256(body)
	second := sha256.Sum256(first[:])
	body = append(body, second[:4]...)
	n, out := new(big.Int).SetBytes(body), ""
	for n.Sign() > 0 {
		var rest big.Int
		n.DivMod(n, big.NewInt(58), &rest)
		out = string(digits[rest.Int64()]) + out
	}
	for i := 0; body[i] == 0; i++ {
		out = "1" + out
	}
	return out
}

// bech32 writes a witness program of version 0 after the algorithm of BIP 173.
func bech32(hash []byte) string {
	const digits = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
	values := []int{0}
	acc, bits := 0, 0
	for _, b := range hash {
		acc, bits = acc<<8|int(b), bits+8
		for bits >= 5 {
			bits -= 5
			values = append(values, acc>>bits&31)
		}
	}
	polymod := func(values []int) int {
		chk := 1
		for _, v := range values {
			top := chk >> 25
			chk = chk&0x1ffffff<<5 ^ v
			for i, g := range []int{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
				if top>>i&1 == 1 {
					chk ^= g
				}
			}
		}
		return chk
	}
	expanded := append([]int{3, 3, 0, 2, 3}, values...)
	sum := polymod(append(expanded, 0, 0, 0, 0, 0, 0)) ^ 1
	out := "bc1"
	for _, v := range values {
		out += string(digits[v])
	}
	for i := range 6 {
		out += string(digits[sum>>(5*(5-i))&31])
	}
	return out
}

func ethereum(hash []byte) string {
	plain := hex.EncodeToString(hash)
	keccak := sha3.NewLegacyKeccak256()
	keccak.Write([]byte(plain))
	marks := hex.EncodeToString(keccak.Sum(nil))
	out := []byte(plain)
	for i, c := range out {
		if c >= 'a' && marks[i] >= '8' {
			out[i] = c - 'a' + 'A'
		}
	}
	return "0x" + string(out)
}
