package privacy

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
)

// dump is a text of many numbers, addresses or ids, as people and programs
// really write them: what is next to texts that are made to take long.
type dump struct {
	name string
	line func(r *rand.Rand) string
}

func (d dump) text(size int, r *rand.Rand) string {
	var b strings.Builder
	for b.Len() < size {
		b.WriteString(d.line(r))
	}
	return b.String()[:size]
}

func anyChars(r *rand.Rand, n int, from string) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = from[r.IntN(len(from))]
	}
	return string(b)
}

func anyBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func anyDigits(r *rand.Rand, n int) string { return anyChars(r, n, "0123456789") }

func given(r *rand.Rand) string {
	names := strings.Fields("Anna Peter Maria Jonas Laura Thomas Julia Michael Sarah David Emma Lukas")
	return names[r.IntN(len(names))]
}

func family(r *rand.Rand) string {
	names := strings.Fields("Smith Müller Johnson García Rossi Novak Schmidt Brown Silva Jansen Kowalski Martin")
	return names[r.IntN(len(names))]
}

// dumps lists them. Each line ends where the next begins.
func dumps() []dump {
	f := fmt.Sprintf
	row := func(n int, sep string, cell func(r *rand.Rand) string) func(r *rand.Rand) string {
		return func(r *rand.Rand) string {
			cells := make([]string, n)
			for i := range cells {
				cells[i] = cell(r)
			}
			return strings.Join(cells, sep) + "\n"
		}
	}
	return []dump{
		{"people.csv", func(r *rand.Rand) string {
			return f("%d,%s,%s,%s.%s@example.com,+49 30 %s,%s\n", r.IntN(99999), given(r), family(r), given(r), family(r), anyDigits(r, 7), anyDigits(r, 5))
		}},
		{"phones", func(r *rand.Rand) string { return f("+1 415 %s %s\n", anyDigits(r, 3), anyDigits(r, 4)) }},
		{"phones.us", func(r *rand.Rand) string { return f("(415) %s-%s, ", anyDigits(r, 3), anyDigits(r, 4)) }},
		{"phones.de", func(r *rand.Rand) string { return f("Tel. 030 %s\n", anyDigits(r, 8)) }},
		{"phones.plain", func(r *rand.Rand) string { return f("0171%s\n", anyDigits(r, 7)) }},
		{"cards", func(r *rand.Rand) string {
			return f("4%s %s %s %s\n", anyDigits(r, 3), anyDigits(r, 4), anyDigits(r, 4), anyDigits(r, 4))
		}},
		{"ibans", func(r *rand.Rand) string {
			return f("DE%s %s %s %s %s %s\n", anyDigits(r, 2), anyDigits(r, 4), anyDigits(r, 4), anyDigits(r, 4), anyDigits(r, 4), anyDigits(r, 2))
		}},
		{"numbers", row(12, " ", func(r *rand.Rand) string { return f("%d", r.IntN(100000)) })},
		{"numbers.csv", row(12, ",", func(r *rand.Rand) string { return f("%d", r.IntN(100000)) })},
		{"numbers.tsv", row(12, "\t", func(r *rand.Rand) string { return f("%.2f", r.Float64()*1000) })},
		{"floats", row(8, ", ", func(r *rand.Rand) string { return f("%.6f", r.Float64()) })},
		{"matrix", row(20, " ", func(r *rand.Rand) string { return f("%d", r.IntN(10)) })},
		{"matrix.negative", row(20, " ", func(r *rand.Rand) string { return f("%3d", r.IntN(100)-50) })},
		{"embedding", row(16, ",", func(r *rand.Rand) string { return f("%.8f", r.Float64()-.5) })},
		{"geojson", func(r *rand.Rand) string { return f("[%.6f,%.6f],", r.Float64()*180-90, r.Float64()*360-180) }},
		{"dates", func(r *rand.Rand) string {
			return f("2024-%02d-%02d %02d:%02d:%02d\n", 1+r.IntN(12), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60))
		}},
		{"access.log", func(r *rand.Rand) string {
			return f("%d.%d.%d.%d - - [%02d/Nov/2026:%02d:%02d:%02d +0000] \"GET /a/%d HTTP/1.1\" 200 %d \"-\" \"Mozilla/5.0 (X11; Linux x86_64) Chrome/120.0.0.0\"\n",
				r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(9999), r.IntN(99999))
		}},
		{"ips", func(r *rand.Rand) string {
			return f("%d.%d.%d.%d\n", r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256))
		}},
		{"ipv6", func(r *rand.Rand) string {
			return f("2001:db8:%x:%x::%x\n", r.IntN(65536), r.IntN(65536), r.IntN(65536))
		}},
		{"macs", row(1, "", func(r *rand.Rand) string { return strings.TrimSuffix(f("% x", anyBytes(r, 6)), " ") })},
		{"macs.colon", func(r *rand.Rand) string { return strings.ReplaceAll(f("% x\n", anyBytes(r, 6)), " ", ":") }},
		{"hexdump", func(r *rand.Rand) string {
			b := anyBytes(r, 16)
			return f("%08x  % x  % x  |................|\n", r.IntN(1<<30), b[:8], b[8:])
		}},
		{"xxd", func(r *rand.Rand) string {
			return f("%08x: %s %s %s %s %s %s %s %s  ..........\n", r.IntN(1<<30), anyChars(r, 4, "0123456789abcdef"), anyChars(r, 4, "0123456789abcdef"), anyChars(r, 4, "0123456789abcdef"), anyChars(r, 4, "0123456789abcdef"),
				anyChars(r, 4, "0123456789abcdef"), anyChars(r, 4, "0123456789abcdef"), anyChars(r, 4, "0123456789abcdef"), anyChars(r, 4, "0123456789abcdef"))
		}},
		{"bytes", row(16, ", ", func(r *rand.Rand) string { return f("0x%02x", r.IntN(256)) })},
		{"bytes.decimal", row(16, ", ", func(r *rand.Rand) string { return f("%d", r.IntN(256)) })},
		{"fingerprint", row(32, ":", func(r *rand.Rand) string { return f("%02X", r.IntN(256)) })},
		{"base64", func(r *rand.Rand) string { return base64.StdEncoding.EncodeToString(anyBytes(r, 57)) + "\n" }},
		{"base64.text", func(r *rand.Rand) string {
			return base64.StdEncoding.EncodeToString([]byte(given(r)+" wrote to "+family(r)+" about 4 things")) + "\n"
		}},
		{"hashes", func(r *rand.Rand) string { return hex.EncodeToString(anyBytes(r, 32)) + "  file\n" }},
		{"uuids", func(r *rand.Rand) string {
			return f("%x-%x-%x-%x-%x\n", anyBytes(r, 4), anyBytes(r, 2), anyBytes(r, 2), anyBytes(r, 2), anyBytes(r, 6))
		}},
		{"emails", func(r *rand.Rand) string {
			return f("%s.%s%d@example.org; ", strings.ToLower(given(r)), anyChars(r, 6, "abcdefgh"), r.IntN(99))
		}},
		{"names", func(r *rand.Rand) string { return f("%s %s, ", given(r), family(r)) }},
		{"addresses", func(r *rand.Rand) string {
			return f("%s %s\n%d Rose Hill Road\nLondon SW1A 2AA\n\n", given(r), family(r), r.IntN(300))
		}},
		{"addresses.de", func(r *rand.Rand) string {
			return f("%s %s, Hauptstraße %d, %s Köln\n", given(r), family(r), r.IntN(300), anyDigits(r, 5))
		}},
		{"wallets", func(r *rand.Rand) string { return f("0x%x,", anyBytes(r, 20)) }},
		{"wallets.btc", func(r *rand.Rand) string { return "1" + anyChars(r, 33, bitcoinDigits) + "\n" }},
		{"wallets.real", func(r *rand.Rand) string {
			return "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed\n"
		}},
		{"json.users", func(r *rand.Rand) string {
			return f(`{"id":%d,"name":"%s %s","email":"%s@example.com","phone":"+1-415-%s-%s","ip":"%d.%d.%d.%d","token":"%s","created":%d},`,
				r.IntN(9999), given(r), family(r), anyChars(r, 8, "abcdef"), anyDigits(r, 3), anyDigits(r, 4), r.IntN(256), r.IntN(256), r.IntN(256), r.IntN(256),
				anyChars(r, 32, bitcoinDigits), 1700000000+r.IntN(10000000))
		}},
		{"json.escaped", func(r *rand.Rand) string {
			return f(`{\"id\":%d,\"name\":\"%s %s\",\"at\":\"%d\",\"text\":\"Hi\\n%s\"},`, r.IntN(9999), given(r), family(r), r.IntN(99999), given(r))
		}},
		{"env", func(r *rand.Rand) string {
			return f("DB_PASSWORD=%s\nAPI_KEY=%s\nPORT=%d\n", anyChars(r, 16, bitcoinDigits), anyChars(r, 32, bitcoinDigits), r.IntN(9999))
		}},
		{"sql", func(r *rand.Rand) string {
			return f("INSERT INTO t VALUES (%d,'%s','%s@example.com',NULL,'%s',%d,%.2f);\n", r.IntN(99999), family(r), anyChars(r, 7, "abcdef"), anyDigits(r, 10), r.IntN(2), r.Float64()*100)
		}},
		{"urls", func(r *rand.Rand) string {
			return f("https://example.com/a/%d?q=%s%%20%s&u=%s%%40example.com&p=%d\n", r.IntN(9999), given(r), family(r), given(r), r.IntN(99))
		}},
		{"html", func(r *rand.Rand) string {
			return f("<td>%d</td><td>%s&nbsp;%s</td><td>&#%d;</td>\n", r.IntN(9999), given(r), family(r), 33+r.IntN(90))
		}},
		{"dsn", func(r *rand.Rand) string {
			return f("postgres://app:%s@db%d.internal:5432/main\n", anyChars(r, 12, bitcoinDigits), r.IntN(99))
		}},
		{"stack", func(r *rand.Rand) string {
			return f("\tat com.example.a.B%d.call(B.java:%d) ~[app-1.2.%d.jar:na]\n", r.IntN(99), r.IntN(999), r.IntN(99))
		}},
		{"goroutine", func(r *rand.Rand) string {
			return f("main.run(0x%x, {0x%x, 0x%x})\n\t/app/main.go:%d +0x%x\n", r.IntN(1<<40), r.IntN(1<<40), r.IntN(99), r.IntN(999), r.IntN(999))
		}},
		{"versions", row(10, " ", func(r *rand.Rand) string { return f("v%d.%d.%d", r.IntN(20), r.IntN(20), r.IntN(20)) })},
		{"chess", row(8, " ", func(r *rand.Rand) string {
			return f("%d. e%d Nf%d", r.IntN(60), 1+r.IntN(8), 1+r.IntN(8))
		})},
		{"svg", func(r *rand.Rand) string {
			return f("M%.1f,%.1fC%.1f-%.1f,%.1f,%.1f", r.Float64()*99, r.Float64()*99, r.Float64()*99, r.Float64()*99, r.Float64()*99, r.Float64()*99)
		}},
		{"japanese", func(r *rand.Rand) string {
			return f("１２３-４５６７ 電話番号０３−%s−%s 田中さん。\n", anyDigits(r, 4), anyDigits(r, 4))
		}},
		{"russian", func(r *rand.Rand) string {
			return f("Позвоните Ивану: +7 495 %s-%s-%s.\n", anyDigits(r, 3), anyDigits(r, 2), anyDigits(r, 2))
		}},
		{"ids", func(r *rand.Rand) string { return f("order %s, tracking 1Z%s\n", anyDigits(r, 10), anyDigits(r, 16)) }},
		{"national", func(r *rand.Rand) string { return f("PESEL %s\n", anyDigits(r, 11)) }},
		{"ssns", func(r *rand.Rand) string { return f("%s-%s-%s\n", anyDigits(r, 3), anyDigits(r, 2), anyDigits(r, 4)) }},
	}
}
