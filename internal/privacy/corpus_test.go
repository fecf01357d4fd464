package privacy_test

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/heed-ai/heed/internal/privacy"
)

// TestCorpus holds the detectors to bars on texts of our own: sentences in
// eight languages, with generated values in them and with numbers that are
// none. The generator is seeded, so that a run can be repeated.
func TestCorpus(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(20261123, 7))}
	cleaner, scores := privacy.NewCleaner(), scoreboard{}
	for range 300 {
		for _, lang := range corpusLanguages() {
			for _, typ := range slices.Sorted(maps.Keys(lang.templates)) {
				templates := lang.templates[typ]
				text, gold := g.fill(templates[g.IntN(len(templates))], typ, lang)
				if g.IntN(3) == 0 {
					text += " " + lang.fillers[g.IntN(len(lang.fillers))]
				}
				found, err := cleaner.Find(privacy.NewRaw(text))
				if err != nil {
					t.Fatal(err)
				}
				scores.compare(t, text, gold, found)
			}
		}
	}
	structured := bar{.99, .98}
	scores.gate(t, map[privacy.Type]bar{
		privacy.Email: structured, privacy.Card: structured, privacy.IBAN: structured, privacy.IP: structured,
		privacy.MAC: structured, privacy.USSSN: structured, privacy.URLCredentials: structured,
		privacy.Phone: {.90, .85}, privacy.Secret: {.98, .95},
	})
}

// TestHardNegatives counts findings in what only looks like something: at
// most one in ten kilobytes.
func TestHardNegatives(t *testing.T) {
	g := generator{rand.New(rand.NewPCG(20261123, 8))}
	cleaner, findings, bytes := privacy.NewCleaner(), map[privacy.Type]int{}, 0
	for range 300 {
		for _, text := range g.hardNegatives() {
			bytes += len(text)
			found, err := cleaner.Find(privacy.NewRaw(text))
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range found {
				findings[f.Type]++
				t.Logf("wrong %s", excerpt(text, f))
			}
		}
	}
	n := 0
	for _, count := range findings {
		n += count
	}
	t.Logf("%d findings in %d kB of hard negatives: %v", n, bytes/1000, findings)
	if float64(n) > 0.1*float64(bytes)/1000 {
		t.Errorf("more than 0.1 findings per kB")
	}
}

// language is a set of sentences. A template has one hole, "{}".
type language struct {
	templates map[privacy.Type][]string
	fillers   []string
	phones    []string // forms in which people of the language write numbers; # is a digit, N one from 2 on
	ibans     []string // countries
}

// fill puts a value into a template.
func (g *generator) fill(template string, typ privacy.Type, lang language) (string, []privacy.Finding) {
	value := g.value(typ, lang)
	before, after, _ := strings.Cut(template, "{}")
	start := utf8.RuneCountInString(before)
	return before + value + after, []privacy.Finding{{Type: typ, Start: start, End: start + utf8.RuneCountInString(value)}}
}

func corpusLanguages() []language {
	secret := []string{"export TOKEN={}", "it says {} in the log", `{"key": "{}"}`, "Authorization: Bearer {}", "password: {}"}
	technical := func(m map[privacy.Type][]string) map[privacy.Type][]string {
		m[privacy.Secret] = append(m[privacy.Secret], secret[:4]...)
		m[privacy.URLCredentials] = []string{"postgres://{}@db.example.net:5432/app", "clone https://{}@git.example.org/x.git", "redis://{}@cache/0"}
		m[privacy.MAC] = []string{"MAC {}", "device {} joined", "wlan0: {}, up"}
		return m
	}
	return []language{
		{templates: technical(map[privacy.Type][]string{
			privacy.Email: {"Please write to {}.", "My email ({}) is not accepted", "cc {}, thanks", "from:{}"},
			privacy.Phone: {"Call me at {} after six.", "Phone: {}", "my cell is {}, ok?", "You can reach me on {}.", "the hotline {} was busy"},
			privacy.Card:  {"My card {} was charged twice", "I paid with {} yesterday", "card number: {}"},
			privacy.IBAN:  {"Transfer it to {} please", "IBAN {}", "account {}."},
			privacy.IP:    {"The request came from {}", "ping {} fails", "my IP address is {}, right?", "src={} dst=local"},
			privacy.USSSN: {"My SSN is {}", "it printed {} in the letter", "social security number {}."},
		}), fillers: []string{"It happened on 2024-05-17.", "See section 4.2.1.", "Order 10023344 is affected."},
			phones: []string{"(N##) N##-####", "N##-N##-####", "+1 N## N## ####", "+44 20 7### ####", "020 7### ####", "+1-N##-N##-####"}, ibans: []string{"GB", "IE"}},
		{templates: technical(map[privacy.Type][]string{
			privacy.Email: {"Bitte an {} schreiben.", "Meine Adresse {} geht nicht"},
			privacy.Phone: {"Rufen Sie mich unter {} an.", "Telefon: {}", "meine Handynummer ist {}", "Tel. {} (abends)"},
			privacy.Card:  {"Meine Kreditkarte {} wurde belastet", "bezahlt mit {} gestern"},
			privacy.IBAN:  {"Bitte auf {} überweisen", "IBAN: {}."},
			privacy.IP:    {"Der Server {} antwortet nicht", "Anfrage von {}"},
		}), fillers: []string{"Das war am 17.05.2024 um 14:30 Uhr.", "Es kostet 1.234,56 Euro.", "Siehe Abschnitt 3.1."},
			phones: []string{"030 ########", "0171 #######", "+49 30 ######", "+49 (0)171 #######", "0711/######"}, ibans: []string{"DE", "AT", "CH"}},
		{templates: technical(map[privacy.Type][]string{
			privacy.Email: {"Écrivez à {} s'il vous plaît", "mon adresse est {}."},
			privacy.Phone: {"Appelez-moi au {} demain", "Téléphone : {}", "mon numéro de téléphone est le {}", "mon portable : {}"},
			privacy.Card:  {"Ma carte {} a été débitée", "payé avec {} hier"},
			privacy.IBAN:  {"Virement sur {} merci", "IBAN {}"},
			privacy.IP:    {"Le serveur {} ne répond pas"},
		}), fillers: []string{"C'était le 17/05/2024.", "Cela coûte 1 234,56 euros."},
			phones: []string{"06 ## ## ## ##", "01.##.##.##.##", "+33 6 ## ## ## ##", "07########"}, ibans: []string{"FR", "BE"}},
		{templates: technical(map[privacy.Type][]string{
			privacy.Email: {"Escríbanme a {} por favor", "mi correo es {}"},
			privacy.Phone: {"Llámame al {} mañana", "mi teléfono es {}", "Móvil: {}"},
			privacy.Card:  {"Mi tarjeta {} fue cobrada dos veces"},
			privacy.IBAN:  {"Transferencia a {} gracias"},
			privacy.IP:    {"El servidor {} no responde"},
		}), fillers: []string{"Fue el 17/05/2024.", "Cuesta 1.234,56 euros."},
			phones: []string{"6## ## ## ##", "+34 6## ### ###", "91 ### ## ##"}, ibans: []string{"ES"}},
		{templates: technical(map[privacy.Type][]string{
			privacy.Email: {"Scrivetemi a {} grazie"},
			privacy.Phone: {"Chiamami al {} domani", "il mio cellulare è {}", "Tel: {}"},
			privacy.Card:  {"La mia carta {} è stata addebitata"},
			privacy.IBAN:  {"Bonifico su {} grazie"},
			privacy.IP:    {"Il server {} non risponde"},
		}), fillers: []string{"Era il 17/05/2024."}, phones: []string{"347 #######", "+39 347 ### ####", "02 ########"}, ibans: []string{"IT"}},
		{templates: technical(map[privacy.Type][]string{
			privacy.Email: {"Escreva para {} por favor"},
			privacy.Phone: {"Ligue para {} amanhã", "meu celular é {}", "telefone: {}"},
			privacy.Card:  {"Meu cartão {} foi cobrado"},
			privacy.IBAN:  {"Transferência para {} obrigado"},
			privacy.IP:    {"O servidor {} não responde"},
		}), fillers: []string{"Foi em 17/05/2024."}, phones: []string{"(11) 9####-####", "+55 11 9####-####", "+351 91# ### ###"}, ibans: []string{"PT", "BR"}},
		{templates: technical(map[privacy.Type][]string{
			privacy.Email: {"Mail naar {} graag"},
			privacy.Phone: {"Bel me op {} morgen", "mijn telefoonnummer is {}", "mobiel: {}"},
			privacy.Card:  {"Mijn creditcard {} is belast"},
			privacy.IBAN:  {"Maak over naar {} bedankt"},
			privacy.IP:    {"De server {} reageert niet"},
		}), fillers: []string{"Dat was op 17-05-2024."}, phones: []string{"06-########", "020 ### ####", "+31 6 ########"}, ibans: []string{"NL"}},
		{templates: technical(map[privacy.Type][]string{
			privacy.Email: {"Napisz do {} proszę"},
			privacy.Phone: {"Zadzwoń pod {} jutro", "mój telefon: {}"},
			privacy.Card:  {"Moja karta {} została obciążona"},
			privacy.IBAN:  {"Przelew na {} dziękuję"},
			privacy.IP:    {"Serwer {} nie odpowiada"},
		}), fillers: []string{"To było 17.05.2024."}, phones: []string{"601 ### ###", "+48 601 ### ###", "22 ### ## ##"}, ibans: []string{"PL"}},
	}
}
