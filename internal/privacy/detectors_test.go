package privacy_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/heed-ai/heed/internal/privacy"
)

// Secrets in tests are put together from pieces, so that scanners of
// repositories leave them alone.
const (
	githubToken = "ghp_" + "wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx"
	openAIKey   = "sk-" + "proj-Xi8tdMjHV6pmbBbwilTeT3BlbkFJ3UDnpdEwNNm6wVBpYM0o"
	awsKey      = "AKIA" + "QWADE5R42RDZ4JEM"
	heedKey     = "heed_sk_" + "a1B2c3D4_" + "Zq8mN2vK5xR7tY1wP3sL6dF9gH4jC0bA" + "1x9Qz2"
	jsonToken   = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9." + "eyJhdWQiOiJoZWVkIiwicmlkIjoiY2hhdGNtcGwtMSJ9." + "dGhpcyBpcyBhIHNpZ25hdHVyZSBvZiB0b2tlbg"
)

func TestDetectors(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for _, test := range []struct {
		name string
		text string
		want string // the redacted text; "" where nothing is to be found
	}{
		{"email", "write to jane.roe+x@mail.example.org.", "write to [EMAIL_1]."},
		{"email in brackets", "Jane <jane@example.com>, hi", "Jane <[EMAIL_1]>, hi"},
		{"email after a sign", "mailto:jane@example.com?subject=x", "mailto:[EMAIL_1]?subject=x"},
		{"email with an apostrophe", "ask o'brien@example.ie now", "ask [EMAIL_1] now"},
		{"email in quotes", "'jane@example.com'", "'[EMAIL_1]'"},
		{"email of another script", "пишите на почта@пример.рф", "пишите на [EMAIL_1]"},
		{"email after a word without space", "邮箱是jane@example.com谢谢", "邮箱是[EMAIL_1]谢谢"},
		{"email with at and dot in brackets", "john (at) example (dot) com is me", "[EMAIL_1] is me"},
		{"email with [at]", "john.doe [at] example.co.uk", "[EMAIL_1]"},
		{"email defanged", "john@example[.]com", "[EMAIL_1]"},
		{"email with [at] and dot in words", "ada [at] example dot org, please", "[EMAIL_1], please"},
		{"email with at in words and dot in brackets", "write to ada.l9 at example [dot] co (dot) uk", "write to [EMAIL_1]"},
		{"email in words", "my email is john at example dot com", "my email is [EMAIL_1]"},
		{"email in a URL", "https://x.test/?u=john%40example.com&b=1", "https://x.test/?u=[EMAIL_1]&b=1"},
		{"email behind an escape", `{"a":"hi\njohn@example.com"}`, `{"a":"hi\n[EMAIL_1]"}`},
		{"email behind a unicode escape", `\u003cjohn@example.com\u003e`, `\u003c[EMAIL_1]\u003e`},
		{"email with an ideographic stop", "ada@example。com 谢谢。", "[EMAIL_1] 谢谢。"},
		{"email behind a backslash", `ada\@example.com`, "[EMAIL_1]"},
		{"two emails with one mark between", "a@b.com,c@d.org", "[EMAIL_1],[EMAIL_2]"},
		{"no email without a domain", "see info@presidio. Or @jane, or a@b", ""},
		{"no email in a decorator", "@app.route('/x')\n@media.print", ""},
		{"no email in a version", "react@18.2.0 and lodash@4.17.21", ""},
		{"no email in an image", "logo@2x.png icon@3x.jpg", ""},
		{"no email in a remote", "git clone git@github.com:owner/name.git", ""},
		{"seconds between the phone numbers of others", `{"phone":"+1-415-555-0132","token":"","created":1709421372},{"id":7535,"phone":"+1-415-555-0133"}`,
			`{"phone":"[PHONE_1]","token":"","created":1709421372},{"id":7535,"phone":"[PHONE_2]"}`},
		{"no email in words", "we met at noon, look at this dot on the map", ""},
		{"no email with a bracket", "the price (at 10.5) dot com boom, john [at] work dot", ""},

		{"card", "4111111111111111", "[CARD_1]"},
		{"card grouped", "card 5555 5555 5555 4444 exp 12/27", "card [CARD_1] exp 12/27"},
		{"phone in three groups with two signs", "ruf mich an: 0151-2345 6789", "ruf mich an: [PHONE_1]"},
		{"phone alone that could be a health number", "943-476-5919", "[PHONE_1]"},
		{"address with a floor", "vivo en calle de Alcalá, 45, 3º B, 28014 Madrid", "vivo en [ADDRESS_1]"},
		{"address with a door", "Rua das Flores 12, 2.º Dto, 1200-192 Lisboa", "[ADDRESS_1]"},
		{"names under their keys", `{"first_name":"Sarah","lastName": "O'Neil-Smith"}`, `{"first_name":"[NAME_1]","lastName": "[NAME_2]"}`},
		{"card behind a number sign", "card #4111111111111111 ok", "card #[CARD_1] ok"},
		{"card with hyphens", "pay 4111-1111-1111-1111!", "pay [CARD_1]!"},
		{"card with dots", "pay 4111.1111.1111.1111.", "pay [CARD_1]."},
		{"card with dots in spite of an order", "order 5555.5555.5555.4444, please", "order [CARD_1], please"},
		{"no card with dots without a check digit", "4111.1111.1111.1112", ""},
		{"no card with dots of an issuer that is none", "version 1234.5678.9012.3452", ""},
		{"no card in five groups with dots", "4111.1111.1111.1111.1111 and 7.4111.1111.1111.1111", ""},
		{"no card in other groups with dots", "4111.11111.111.1111 or 411111.1111.111111", ""},
		{"no card with dots in a name", "v4111.1111.1111.1111 x_4111.1111.1111.1111 4111.1111.1111.1111a", ""},
		{"no card with dots and others", "4111.1111-1111.1111 4111 1111.1111.1111", ""},
		{"card of American Express", "3714 496353 98431", "[CARD_1]"},
		{"card of the second Mastercard series", "2221 0000 0000 0009", "[CARD_1]"},
		{"card of 19 digits by its word", "my card 6304000000000000000", "my card [CARD_1]"},
		{"card after a word", "meine Kreditkarte: 30569309025904", "meine Kreditkarte: [CARD_1]"},
		{"card with digits apart", "card number 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "card number [CARD_1]"},
		{"no card of 19 digits without a word", "6304000000000000000 is it", ""},
		{"no card without a check digit", "4012-8888-8888-1882", ""},
		{"no card in a time", "at 1748503543012 ms", ""},
		{"no card in a UUID", "123e4567-e89b-42d3-a456-426614174000", ""},
		{"no card in an order", "order 4111111111111111", ""},
		{"card grouped in spite of an order", "order 4111 1111 1111 1111", "order [CARD_1]"},
		{"no card in a decimal", "0.4111111111111111", ""},
		{"no card in a table", "4111 1111 1111 1111 4111 1111 1111 1111 2 3 4", ""},

		{"IBAN", "an DE89370400440532013000.", "an [IBAN_1]."},
		{"IBAN grouped", "IBAN: GB29 NWBK 6016 1331 9268 19, thanks", "IBAN: [IBAN_1], thanks"},
		{"IBAN in small letters", "fr1420041010050500013m02606", "[IBAN_1]"},
		{"IBAN in small letters, grouped", "meine iban: de89 3704 0044 0532 0130 00 danke", "meine iban: [IBAN_1] danke"},
		{"no IBAN in words", "de89 370400 4405 3201 3000 and de-89370400440532013000", ""},
		{"no IBAN with a wrong digit", "DE89370400440532013001", ""},
		{"no IBAN of no country", "AB15 0120 6900 0000 3111 141", ""},

		{"IPv4", "from 203.0.113.77 at noon", "from [IP_1] at noon"},
		{"IPv4 with a prefix", "net 192.168.0.0/24", "net [IP_1]"},
		{"IPv4 with a port", "http://198.51.100.7:8080/x", "http://[IP_1]:8080/x"},
		{"IPv4 of small numbers with a word", "server 1.2.3.4 is down", "server [IP_1] is down"},
		{"IPv6", "host 2001:db8:85a3::8a2e:370:7334.", "host [IP_1]."},
		{"IPv6 with a zone", "fe80::1%eth0", "[IP_1]"},
		{"IPv6 in brackets", "http://[2001:db8::1]:80/", "http://[[IP_1]]:80/"},
		{"IPv6 with IPv4", "::ffff:192.0.2.1", "[IP_1]"},
		{"no IP in a version", "version 1.2.3.4 and v10.20.30.40", ""},
		{"no IP in a release", "got 1.2.3.4-beta and foo-10.20.30.40.tar.gz", ""},
		{"no IP in a browser", "Chrome/120.0.60.109 Safari", ""},
		{"no IP in a section", "see 1.2.3.4 Scope", ""},
		{"no IP in an OID", "1.3.6.1.4.1.311", ""},
		{"no IP out of range", "192.168.1.256 and 1.2.3", ""},
		{"no IP in code", "std::vector a::b x[::2] MyClass::toString ab::cd", ""},
		{"no IP in a time", "12:34:56 and 2024-05-17T12:34:56Z", ""},

		{"MAC", "eth0 00:1A:2B:3C:4D:5E up", "eth0 [MAC_1] up"},
		{"MAC with hyphens", "AA-BB-CC-DD-EE-FF", "[MAC_1]"},
		{"MAC of a switch", "port 001a.2b3c.4d5e", "port [MAC_1]"},
		{"no MAC in a fingerprint", "SHA1 aa:bb:cc:dd:ee:ff:00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd", ""},
		{"no MAC in numbers", "12-34-56-78-90-12", ""},
		{"no MAC of other letters", "ZZ:ZZ:ZZ:ZZ:ZZ:ZZ", ""},

		{"SSN", "it is 123-45-6789 now", "it is [US_SSN_1] now"},
		{"SSN with spaces by its word", "SSN 123 45 6789", "SSN [US_SSN_1]"},
		{"SSN in one piece by its word", "social security number: 123456789", "social security number: [US_SSN_1]"},
		{"no SSN of an area not given out", "000-12-3456, 666-12-3456, 912-12-3456", ""},
		{"no SSN of zeros", "123-00-6789 or 123-45-0000", ""},
		{"no SSN in a longer code", "123-45-6789-01", ""},

		{"credentials of a database", "postgres://app:s3cret@db:5432/x", "postgres://[URL_CREDENTIALS_1]@db:5432/x"},
		{"credentials without a user", "redis://:hunter2@cache:6379", "redis://[URL_CREDENTIALS_1]@cache:6379"},
		{"credentials with an address", "smtps://jane@example.com:FnD83JZs@mail.test:465", "smtps://[URL_CREDENTIALS_1]@mail.test:465"},
		{"credentials with a slash", "amqp://u:p/w#d@mq.test/x", "amqp://[URL_CREDENTIALS_1]@mq.test/x"},
		{"no credentials in a template", "https://${USER}:${PASS}@host.test http://<user>:<pass>@x.test", ""},
		{"no credentials in a path", "https://host.test:8000/@something and https://x.test/a:b@c", ""},
	} {
		t.Run(test.name, func(t *testing.T) { checkRedacted(t, cleaner, test.text, test.want) })
	}
}

func TestPhones(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for _, test := range []struct{ name, text, want string }{
		{"international", "+1 415 555 0132", "[PHONE_1]"},
		{"with brackets", "at (415) 555-0132.", "at [PHONE_1]."},
		{"with a trunk digit", "Reach us: +41 (0)69 979 80 58", "Reach us: [PHONE_1]"},
		{"with an extension", "call 636-840-1227 ext. 12", "call [PHONE_1]"},
		{"with 00", "0049 30 901820 anrufen", "[PHONE_1] anrufen"},
		{"German", "Tel.: 030/901820-0", "Tel.: [PHONE_1]"},
		{"French", "Rappelez-moi au 06 12 34 56 78 svp", "Rappelez-moi au [PHONE_1] svp"},
		{"Spanish", "mi teléfono es 612 34 56 78", "mi teléfono es [PHONE_1]"},
		{"Italian", "il mio cellulare: 347 1234567", "il mio cellulare: [PHONE_1]"},
		{"Portuguese", "ligue para (11) 91234-5678", "ligue para [PHONE_1]"},
		{"Polish", "zadzwoń 601 234 567", "zadzwoń [PHONE_1]"},
		{"Russian", "мой телефон 8 912 345-67-89", "мой телефон [PHONE_1]"},
		{"Chinese", "我的手机号是13812345678,谢谢", "我的手机号是[PHONE_1],谢谢"},
		{"Japanese", "電話:090-1234-5678", "電話:[PHONE_1]"},
		{"by a weak word", "My number is 020 7946 0958", "My number is [PHONE_1]"},
		{"before other numbers", "call 415-555-0132 2 times", "call [PHONE_1] 2 times"},
		{"with a spaced slash", "Tel. 0171 / 9876543", "Tel. [PHONE_1]"},
		{"with a spaced slash and a trunk digit", "tel: +49 (0)171 / 987 65 43", "tel: [PHONE_1]"},
		{"with a spaced hyphen", "phone +1 (415) 555 - 2671", "phone [PHONE_1]"},
		{"no range", "call volumes of 1000 - 2000, phone 100 - 200 or 10.30 - 11.45, 2019 / 2020", ""},
		{"no date", "on 2024-05-17, 17.05.2024 or 5/17/24", ""},
		{"no years", "phone 2019-2020", ""},
		{"no amount", "call it 1.234.567,89 or 1 234 567", ""},
		{"no price", "the phone costs $1234567", ""},
		{"no order", "order number 0912345678", ""},
		{"no ISBN", "ISBN 978-3-16-148410-0", ""},
		{"no number alone", "12345678901 and 555 0100", ""},
		{"no sum", "+1000000000", ""},
		{"no time", `"object":"text_completion","created":1755097528,`, ""},
		{"no code", "C++11 2024 x+123456789", ""},
	} {
		t.Run(test.name, func(t *testing.T) { checkRedacted(t, cleaner, test.text, test.want) })
	}
}

func TestSecrets(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for _, test := range []struct{ name, text, want string }{
		{"GitHub", "token " + githubToken + " leaked", "token [SECRET_1] leaked"},
		{"OpenAI", "key=" + openAIKey, "key=[SECRET_1]"},
		{"AWS", "use " + awsKey + ".", "use [SECRET_1]."},
		{"Heed", "Bearer " + heedKey, "Bearer [SECRET_1]"},
		{"feedback token", "?token=" + jsonToken + "&x=1", "?token=[SECRET_1]&x=1"},
		{"behind an escape", `{"k":"a\n` + awsKey + `"}`, `{"k":"a\n[SECRET_1]"}`},
		{"Entra", "x bP8" + "8Q~rcBcYjzzOhg1Hnn76Wm3jGgakZiZ.8vMgR y", "x [SECRET_1] y"},
		{"Telegram", "bot 7213808860:" + "AAH1bjqpKKW3maRSPAxzIU-0v6xNuq2-NjM", "bot [SECRET_1]"},
		{"private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----\nok", "[SECRET_1]\nok"},
		{"private key without an end", "-----BEGIN PRIVATE KEY-----\nMIIabcdef", "[SECRET_1]"},
		{"password with a sign", "PASSWORD=hunter2go", "PASSWORD=[SECRET_1]"},
		{"spoken password with signs", "my password is Tr0ub4dor&3!", "my password is [SECRET_1]!"},
		{"spoken password with a semicolon", "la password è Cane$123;abc; e poi", "la password è [SECRET_1]; e poi"},
		{"password of digits", "password: 84729163", "password: [SECRET_1]"},
		{"session in a header", "Cookie: session=a8f7d6e5c4b3a2918273; lang=de", "Cookie: session=[SECRET_1]; lang=de"},
		{"number of a session", "session: 12 of 30, session=1", ""},
		{"password in JSON", `{"password": "Tr0ub4dor&3"}`, `{"password": "[SECRET_1]"}`},
		{"password in JSON in JSON", `"{\"password\": \"Tr0ub4dor\"}"`, `"{\"password\": \"[SECRET_1]\"}"`},
		{"password with an ampersand", "DB_PASSWORD=Tr0ub4dor&3", "DB_PASSWORD=[SECRET_1]"},
		{"password with two ampersands", "password: Tr0ub4dor&3&x9, thanks", "password: [SECRET_1], thanks"},
		{"password in a query", "https://x.test/?password=Tr0ub4dor&x=b&y", "https://x.test/?password=[SECRET_1]&x=b&y"},
		{"password last but a flag in a query", "https://x.test/in?a=1&password=Tr0ub4dor&remember", "https://x.test/in?a=1&password=[SECRET_1]&remember"},
		{"password first in a query", "https://x.test/in?password=Tr0ub4dor&remember", "https://x.test/in?password=[SECRET_1]&remember"},
		{"password first in a form", "password=Tr0ub4dor&remember&lang=de", "password=[SECRET_1]&remember&lang=de"},
		{"password in a query in HTML", "a=1&amp;password=Tr0ub4dor&amp;lang", "a=1&amp;password=[SECRET_1]&amp;lang"},
		{"password before an entity", "<b>password: Tr0ub4dor&nbsp;</b>", "<b>password: [SECRET_1]&nbsp;</b>"},
		{"password in a shell", "PASSWORD=Tr0ub4dor&&run PASSWORD=Tr0ub4dor& disown PASSWORD=Tr0ub4dor&", "PASSWORD=[SECRET_1]&&run PASSWORD=[SECRET_1]& disown PASSWORD=[SECRET_1]&"},
		{"password in prose", "my password is hunter2go, help", "my password is [SECRET_1], help"},
		{"password in German", "Passwort: geheim123", "Passwort: [SECRET_1]"},
		{"password in Korean", "비밀번호: IhqSb1Gg", "비밀번호: [SECRET_1]"},
		{"password in a name", "export DB_PW=x7Lq92mm", "export DB_PW=[SECRET_1]"},
		{"API key", `api_key: "8f14e45fceea167a5a36dedd4bea2543"`, `api_key: "[SECRET_1]"`},
		{"header", "Authorization: Bearer cfcabd11c7ed9a41b1a3e063c32d5114", "Authorization: Bearer [SECRET_1]"},
		{"command line", `curl -u "jane:d2LkV78zLx" https://x.test`, `curl -u "[SECRET_1]" https://x.test`},

		{"no key that is masked", "sk-proj-xxxxxxxxxxxxxxxxxxxxxxxx AKIAXXXX ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", ""},
		{"no key of words", "sk-learn-pipeline-with-many-words hf_model_names_are_written_like_this", ""},
		{"no public key", "-----BEGIN PUBLIC KEY-----\nMIIabc\n-----END PUBLIC KEY-----", ""},
		{"no password in prose", "password: keep it safe. The password is required, the token was invalid", ""},
		{"no password in code", "password = os.environ['PW']; pass = getPass(); token = user.token", ""},
		{"no password in a template", "password=${DB_PASSWORD} api_key: <your key> token={{ token }}", ""},
		{"no count of tokens", "max_tokens: 4096, prompt_tokens=1234567890, token_type: bearer", ""},
		{"no hash", "commit 3f786850e387550fdab836ed7e6dc881de23001b sha256:9f86d081884c7d659a2feaa0c55ad015", ""},
		{"no UUID", "id 123e4567-e89b-12d3-a456-426614174000", ""},
		{"no base64", "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4", ""},
		{"no JSON that only begins so", "eyJust a word.eyJ", ""},
	} {
		t.Run(test.name, func(t *testing.T) { checkRedacted(t, cleaner, test.text, test.want) })
	}
}

func TestEvasion(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for _, test := range []struct{ name, text, want string }{
		{"full width", "ｊａｎｅ＠ｅｘａｍｐｌｅ．ｃｏｍ です", "[EMAIL_1] です"},
		{"full-width digits", "卡号 ４１１１１１１１１１１１１１１１。", "卡号 [CARD_1]。"},
		{"zero width", "ja\u200bne@exam\u200dple.com", "[EMAIL_1]"},
		{"soft hyphen", "4111\u00ad1111\u00ad1111\u00ad1111", "[CARD_1]"},
		{"tag characters", "jane@\U000E0061example.com", "[EMAIL_1]"},
		{"no-break spaces", "Tel 06\u00a012\u00a034\u00a056\u00a078", "Tel [PHONE_1]"},
		{"dashes", "call 415\u2013555\u20130132 \u2013 now", "call [PHONE_1] \u2013 now"},
		{"mathematical digits", "SSN 𝟏𝟐𝟑-𝟒𝟓-𝟔𝟕𝟖𝟗", "SSN [US_SSN_1]"},
		{"Arabic digits", "هاتف ٠٥٠١٢٣٤٥٦٧", "هاتف [PHONE_1]"},
		{"same value in two widths", "a@b.com ａ＠ｂ．ｃｏｍ", "[EMAIL_1] [EMAIL_1]"},
		{"homoglyphs in an address", "jаne@exаmple.cоm", "[EMAIL_1]"},
		{"homoglyphs in a key", "gh" + "р_wWPw5k4aXcaT4fNP0UcnZwJUVFk6LO0pINUx", "[SECRET_1]"},
		{"Cyrillic words stay", "почта и телефон, номер 5", ""},
		{"digits one by one", "call me: 0 1 7 1 2 3 4 5 6 7 8 ok", "call me: [PHONE_1] ok"},
		{"card, digits one by one", "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "[CARD_1]"},
		{"card, digits with hyphens", "it is 4-1-1-1-1-1-1-1-1-1-1-1-1-1-1-1 ok", "it is [CARD_1] ok"},
		{"account, one by one", "D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0", "[IBAN_1]"},
		{"digits of a table", "1 2 3 4 5 6 7 8 9 10", ""},
		{"percent", "q=jane%2Eroe%40example%2Ecom&x", "q=[EMAIL_1]&x"},
		{"percent, phone", "tel=%2B1%20415%20555%200132", "tel=[PHONE_1]"},
		{"HTML", "jane&#64;example&#46;com, joe&commat;example&period;org", "[EMAIL_1], [EMAIL_2]"},
		{"HTML, hexadecimal", "&#x6A;ane&#x40;example.com", "[EMAIL_1]"},
		{"base64", "id amFuZUBleGFtcGxlLmNvbQ== and ZnJvbSBqYW5lLnJvZTEyQGV4YW1wbGUuY29tIQ==", "id [EMAIL_1] and [EMAIL_2]"},
		{"base64 of something else", "aGVsbG8gd29ybGQsIGhvdyBhcmUgeW91 iVBORw0KGgoAAAANSUhEUgAAAAUA", ""},
		{"invalid bytes around", "\xff\xfea@b.com\xff", "\xff\xfe[EMAIL_1]\xff"},
	} {
		t.Run(test.name, func(t *testing.T) { checkRedacted(t, cleaner, test.text, test.want) })
	}
}

func checkRedacted(t *testing.T, cleaner *privacy.Cleaner, text, want string) {
	t.Helper()
	if want == "" {
		want = text
	}
	clean, findings := cleaner.Redact(privacy.NewRaw(text))
	if diff := cmp.Diff(want, clean.Expose()); diff != "" || clean.Withheld() {
		t.Errorf("redacted (-want +got):\n%s\nfindings %v", diff, findings)
	}
	if got := strings.Count(clean.Expose(), "_1]"); want != text && got == 0 || want == text && len(findings) > 0 {
		t.Errorf("findings %v do not fit the text", findings)
	}
}
