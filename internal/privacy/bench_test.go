package privacy_test

import (
	"math/rand/v2"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/heed-ai/heed/internal/privacy"
)

const prose = `The answer looked right at first, but the second half was about something else: it explained how to reset a
password on the website, while I had asked about the app. I tried it twice (with and without the attached file) and got
the same text both times. In 2023 there were 14 steps, now there are 9, and step 3 mentions a menu that no longer exists.
It's frustrating – please don't tell me to "contact support" when I'm already talking to support. Otherwise the tone is
fine; the summary e.g. of section 2.1 was good. Version 4.2 behaved better, about 30 % faster. Cost: 12.50 a month.

`

const denseText = `Name: Jane Roe, mail jane.roe@example.com or j.roe+work@mail.example.org, phone +1 415 555 0132.
She paid with 4111 1111 1111 1111 from DE89 3704 0044 0532 0130 00; the server 203.0.113.77 (00:1A:2B:3C:4D:5E) logged
2001:db8:85a3::8a2e:370:7334 with SSN 123-45-6789. Call 020 7946 0958. export GITHUB_TOKEN=` + "ghp_" + `wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx and
postgres://app:s3cretPw9@db.internal:5432/main failed; password: hunter2go. The rest of the message is ordinary text.
`

// BenchmarkClean measures the speeds that the design asks for: at least
// 100 MB/s on ordinary prose and 60 MB/s on text that is full of findings.
func BenchmarkClean(b *testing.B) {
	worst := func(unit string) string { return strings.Repeat(unit, 128<<10/len(unit)) }
	varied := func(unit string) string { return spread(unit, true, rand.New(rand.NewPCG(1, 2))) }
	for _, bench := range []struct{ name, text string }{
		{"prose", strings.Repeat(prose, 16<<10/len(prose))},
		{"chat", prose[:500]},
		{"label", "outdated_source"},
		{"dense", strings.Repeat(prose+denseText, 16<<10/len(prose+denseText))},
		{"worst/at", worst("a@")},
		{"worst/digits", worst("1-")},
		{"worst/cards", worst("4444 ")},
		{"worst/phones", worst("+1 415 555 0132 ")},
		{"worst/national", worst("number 0912345678 ")},
		{"worst/urls", worst("http://")},
		{"worst/strings", worst("ab://")},
		{"worst/hex", worst("ab:")},
		{"worst/blocks", worst("-----BEGIN RSA PRIVATE KEY-----")},
		{"worst/pairs", worst("password:")},
		{"worst/emails", worst("a@a.co ")},
		{"worst/wide", worst("１２３")},
		{"worst/ids", worst("12 345 678 901 ")},
		{"worst/chains", worst("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb ")},
		{"worst/ether", worst("0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed ")},
		{"worst/names", worst("Anna Maria ")},
		{"worst/phrases", worst("Dear Mr Xy ")},
		{"worst/streets", worst("12 Rose Hill ")},
		{"worst/spoken", worst("password a b ")},
		{"worst/encoded", worst("%%40a.cd.1-%a1b234%411234%41")},
		{"worst/rounds", varied("12a Mr Mr 0x 1.2.3.Mr 0x 1aara Mr 0x 1ra Mr 0x 1. 1.2.3.41/")},
		{"worst/scopes", worst("{é \xe4@ \xe4::%40")},
		{"worst/scopes_mixed", worst("{1.2.3.4 AB12 \xe4@ \xe4@\xb8\xe4@\xb8\xad::\xe22 \xe41,::%40")},
		{"worst/passes", worst("(pass(pass(wear%4еear")},
		{"worst/passes_folded", worst("(pass(а4%31%4еear")},
		// Found by TestHunt and TestSurvey.
		{"worst/evasions", varied("1-ey1Mr1-:.34 \u00ad3.4 1 2 3 1 2 3 0049")},
		{"worst/evasions_mixed", varied("1-ey1Mr1-1:.3.4 \xc2.3.4 \u00ad3..4 \u00ad3.4 1 2 3 1 2 3 00491-ey 1еr1-:.3.4 \u00ad3.4 1 2 3 1 2 3 0049 0049")},
		{"worst/tokens", worst("-JeyJghpp_ep_ey-ey-eyJeyeyJ-eye_eyJyJ")},
		{"worst/v6", varied("1.2.3.4@fe80:: password80:: password password ")},
		{"worst/v4_escaped", varied("1.2.3.4%40")},
		{"worst/v4_spaced", worst("1.2.3.41 2 3 ")},
		{"worst/words", varied("1num-d.rt. -\xb0\x93 3 11.2.3.4:ß1numeru:per:1\x9310115 30049 11.2.3.4:ß")},
		{"worst/streets_colons", varied("1 Mari.co1.2.rue3núme(at):::(at)1 01 Mars@d:.co0x Mari\\r:::(at)1 0")},
		{"worst/wide_spaced", varied("1 2sk- 2 3話0x 1 \xef\xbcp_\x91電話0 1 \xef\xbcghp_\x91\x91\xe90x 1 2 3 1 1 2 3 1,")},
		{"worst/findings", varied("^num999:RE Calle A 3 499-99-9999:SEE Calle A 3 499-99-9999:SEL 3 499-99-9999:")},
		{"worst/passes_spaced", worst("pa(ssw1:1 2 3 ttoken=passw1:1 2 3 ssw1:1 2 3 ttoken=pINOord:%31password:")},
	} {
		b.Run(bench.name, func(b *testing.B) {
			cleaner, raw := privacy.NewCleaner(), privacy.NewRaw(bench.text)
			b.SetBytes(int64(len(bench.text)))
			b.ReportAllocs()
			begun := cpuTime(b)
			for b.Loop() {
				cleaner.Clean(raw)
			}
			b.ReportMetric(float64(len(bench.text))*float64(b.N)/1e6/(cpuTime(b)-begun).Seconds(), "cpuMB/s")
		})
	}
}

// cpuTime is how long this process has had a processor: on a machine that is
// busy with other work, time alone says little.
func cpuTime(t testing.TB) time.Duration {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		t.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func BenchmarkPseudonym(b *testing.B) {
	names, err := privacy.NewPseudonymizer(make([]byte, privacy.PseudonymKeyBytes))
	if err != nil {
		b.Fatal(err)
	}
	b.Run("respondent", func(b *testing.B) {
		user := privacy.NewRaw("u-42")
		b.ReportAllocs()
		for b.Loop() {
			names.Respondent("p1", user)
		}
	})
	b.Run("keyed", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			names.Keyed("heed/feedback/v1", "chatcmpl-1", "", "", "0123456789abcdef")
		}
	})
}
