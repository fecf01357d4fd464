package privacy

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"math/bits"
	"strings"

	"golang.org/x/crypto/sha3"
)

const (
	minChainBytes  = 25
	maxChainBytes  = 110 // Cardano's are the longest
	moneroBytes    = 95
	maxBase58Bytes = 52 // a private key in base58 with its checksum
	etherBytes     = 42
)

const (
	bitcoinDigits = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	rippleDigits  = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
	bech32Digits  = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
)

// detectCrypto finds the addresses of wallets, by their checksums, and private
// keys of Bitcoin, which are secrets. It is fired by a digit, which nearly all
// of them hold, and reads the run of letters and digits around it once.
func detectCrypto(s *scan, at int) {
	if at < s.chainEnd {
		return
	}
	text := s.text
	start, end := at, at
	for start > s.chainEnd && at-start < maxChainBytes && alnum(text[start-1]) {
		start--
	}
	for end < len(text) && end-start <= maxChainBytes && alnum(text[end]) {
		end++
	}
	s.work += end - start
	s.chainEnd = end
	if end-start < minChainBytes || end-start > maxChainBytes || start > 0 && alnum(text[start-1]) {
		return
	}
	if escapeEnds(text, start+1) && start > 0 && text[start-1] == '\\' {
		start++
	}
	s.spent += judgeWork * (end - start)
	if k, ok := s.wallet(text[start:end], start, end); ok {
		s.add(k, start, end)
	}
}

// wallet judges a run as an address or a key.
func (s *scan) wallet(run string, start, end int) (kind, bool) {
	switch {
	case len(run) == etherBytes && run[:2] == "0x" && hexDigits(run[2:]):
		return kindCrypto, s.isEther(run[2:], start, end)
	case len(run) == moneroBytes:
		return kindCrypto, (run[0] == '4' || run[0] == '8') && within(run, bitcoinDigits)
	case validBech32(run):
		return kindCrypto, true
	case len(run) > maxBase58Bytes:
		return 0, false
	}
	var buf [40]byte
	if n := decodeBase58(run, bitcoinValues, &buf); n > 0 {
		body := buf[40-n:]
		switch {
		case n == 25 && strings.IndexByte("\x00\x05\x1e\x30\x32\x16\x4c\x10\x41\x6f\xc4", body[0]) >= 0 && checked(body):
			return kindCrypto, true // Bitcoin, Dogecoin, Litecoin, Dash, Tron, and Bitcoin's test net
		case n == 26 && body[0] == 0x1c && checked(body):
			return kindCrypto, true // Zcash
		case (n == 37 || n == 38) && (body[0] == 0x80 || body[0] == 0xef) && checked(body):
			return kindSecret, true
		case n == 32 && len(run) >= 43:
			return kindCrypto, s.near(start, end)&cueCrypto != 0 // Solana has no checksum
		}
	}
	if run[0] == 'r' {
		if n := decodeBase58(run, rippleValues, &buf); n == 25 && buf[40-n] == 0 && checked(buf[40-n:]) {
			return kindCrypto, true
		}
	}
	return 0, false
}

// isEther checks the capital letters of an address of Ethereum, after EIP-55.
// Without any, a telling word is needed.
func (s *scan) isEther(digits string, start, end int) bool {
	var small [40]byte
	capitals, letters := 0, 0
	for i := range len(digits) {
		small[i] = lower(digits[i])
		if isLetter(digits[i]) {
			letters++
		}
		if small[i] != digits[i] {
			capitals++
		}
	}
	if capitals == 0 || capitals == letters {
		return s.near(start, end)&cueCrypto != 0
	}
	hash := sha3.NewLegacyKeccak256()
	hash.Write(small[:])
	var sum [32]byte
	var marks [40]byte
	hex.Encode(marks[:], hash.Sum(sum[:0])[:20])
	for i := range len(digits) {
		if isLetter(small[i]) && (small[i] != digits[i]) != (marks[i] >= '8') {
			return false
		}
	}
	return true
}

func within(s, alphabet string) bool {
	for i := range len(s) {
		if strings.IndexByte(alphabet, s[i]) < 0 {
			return false
		}
	}
	return true
}

// base58 gives the value of each digit of an alphabet, and 0xff for all other
// bytes.
type base58 [256]byte

func newBase58(alphabet string) *base58 {
	var values base58
	for c := range values {
		values[c] = 0xff
	}
	for v := range len(alphabet) {
		values[alphabet[v]] = byte(v)
	}
	return &values
}

// bitcoinValues and rippleValues are never written.
var bitcoinValues, rippleValues = newBase58(bitcoinDigits), newBase58(rippleDigits)

// decodeBase58 writes what a number in base 58 stands for into the end of out
// and returns how many bytes it has, or 0. It takes ten digits at once, as many
// as a word holds.
func decodeBase58(s string, values *base58, out *[40]byte) int {
	const chunk = 10
	var words [5]uint64 // the least first
	zeros := 0
	for i := 0; i < len(s); {
		carry, scale := uint64(0), uint64(1)
		for end := min(len(s), i+chunk); i < end; i++ {
			v := values[s[i]]
			if v == 0xff {
				return 0
			}
			if v == 0 && zeros == i {
				zeros++
			}
			carry, scale = carry*58+uint64(v), scale*58
		}
		for w := range words {
			high, low := bits.Mul64(words[w], scale)
			low, over := bits.Add64(low, carry, 0)
			words[w], carry = low, high+over
		}
		if carry > 0 {
			return 0
		}
	}
	for w, word := range words {
		binary.BigEndian.PutUint64(out[len(out)-8*(w+1):], word)
	}
	n := len(out)
	for n > 0 && out[len(out)-n] == 0 {
		n--
	}
	if n += zeros; n <= len(out) {
		return n
	}
	return 0
}

// checked reports whether the last four bytes are the beginning of the hash of
// the hash of the others.
func checked(b []byte) bool {
	first := sha256.Sum256(b[:len(b)-4])
	second := sha256.Sum256(first[:])
	return string(second[:4]) == string(b[len(b)-4:])
}

// validBech32 reports whether a run is an address by BIP 173 or 350 of one of
// the chains that write theirs so.
func validBech32(run string) bool {
	sep := strings.LastIndexByte(run, '1')
	if sep < 2 || len(run)-sep < 7 {
		return false
	}
	var prefix [8]byte
	n := copy(prefix[:], run[:sep])
	for i := range n {
		prefix[i] = lower(prefix[i])
	}
	switch string(prefix[:n]) {
	case "bc", "tb", "bcrt", "ltc", "addr", "stake", "cosmos", "osmo", "celestia", "inj", "terra", "erd", "zil", "kava", "bnb":
	default:
		return false
	}
	sum := uint32(1)
	for _, c := range prefix[:n] {
		sum = bech32Step(sum, c>>5)
	}
	sum = bech32Step(sum, 0)
	for _, c := range prefix[:n] {
		sum = bech32Step(sum, c&31)
	}
	small, capital := false, false
	for i := sep + 1; i < len(run); i++ {
		small, capital = small || run[i]-'a' < 26, capital || run[i]-'A' < 26
		v := strings.IndexByte(bech32Digits, lower(run[i]))
		if v < 0 {
			return false
		}
		sum = bech32Step(sum, byte(v))
	}
	return !(small && capital) && (sum == 1 || sum == 0x2bc830a3)
}

func bech32Step(sum uint32, v byte) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(v)
	for i, g := range [...]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}
