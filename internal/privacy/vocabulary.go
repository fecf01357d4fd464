package privacy

import "strings"

// vocabulary is what detectors know of words: the beginnings that make a word
// worth a look, the fixed prefixes of secrets, and the words that tell what a
// number nearby is. It is built once and never changes.
type vocabulary struct {
	beginnings [1024]uint64      // a bit for each pair of bytes
	bucketOf   [1 << 16]uint8    // which bucket of rules a pair of bytes has
	buckets    [][]prefixRule    // by their first two bytes; the first is empty
	spoken     [256][]spokenWord // by their first byte, in small letters
	names      [256][]nameRule   // by their last byte
	nameEnds   [1 << 10]bool     // by letterPair, what the name of a secret may end with
	cues       map[string]cue
	cueStarts  wordFilter         // tells most other words from cues
	wideCues   [1 << 12][]wideCue // by wideBucket

	withTrunk, withoutTrunk []numbering
	ids                     *idTable
	books                   *nameBooks
	streets                 *streetBooks
}

// cue is a set of the things that a word nearby can make a number into.
type cue uint32

const (
	cuePhone   cue = 1 << iota // says that a phone number comes
	cueContact                 // makes a phone number likelier
	cueCard
	cueSSN
	cueIP
	cueVersion // a version or section number comes
	cueOrder   // a number of some other thing comes
	cueEmail
	cueMAC
	cueNational // a number that a state gave a person
	cueDocument // the number of a passport or another paper
	cueID       // "id", of whatever it is
	cuePlace    // where somebody lives
	cueCrypto   // the address of a wallet
)

// wordFilter has a bit for the first two bytes and the last of each word it
// knows. Capitals beyond ASCII may begin a word like no small letter does, so
// those bytes count alike.
type wordFilter [1 << 9]uint64

func filterBit(a, b, z byte) uint16 {
	if b >= 0x80 {
		b = 0x80
	}
	if z >= 0x80 {
		z = 0x80
	}
	if a >= 0x80 {
		a = 0x80
	}
	return uint16(a&31)<<10 | uint16(b&31)<<5 | uint16(z&31)
}

func (f *wordFilter) put(word string) {
	var second byte // of a single letter
	if len(word) > 1 {
		second = word[1]
	}
	n := filterBit(word[0], second, word[len(word)-1])
	f[n>>6] |= 1 << (n & 63)
}

func (f *wordFilter) has(a, b, z byte) bool {
	n := filterBit(a, b, z)
	return f[n>>6]&(1<<(n&63)) != 0
}

// wideCue is a word of a script that is written without spaces.
type wideCue struct {
	word string
	cue  cue
}

// wideBucket numbers the first bytes of such a word, which has three at least;
// the very first is nearly the same for all of them.
func wideBucket(s string) uint16 { return uint16(s[1]&63)<<6 | uint16(s[2]&63) }

// cueWords are lower-case, in the languages that Heed is tested in: English,
// German, French, Spanish, Italian, Portuguese, Dutch, Polish, and some of
// Russian, Turkish, Swedish, Czech.
const (
	phoneWords = `phone phones phoned telephone tel tel mobile cell cellphone cellular fax whatsapp viber sms dial
		call calls calling called callback voicemail hotline helpline answering landline
		telefon telefonnummer telefonnr tel telefonisch handy handynummer handynr rufnummer mobil mobilnummer mobiltelefon
		mobilfunknummer festnetz anrufen anruf anrufe rückruf zurückrufen rufen ruf durchwahl telefax
		téléphone telephone tél portable téléphonique appelez appeler appelle rappeler rappelez joindre télécopie
		teléfono telefono tfno móvil movil celular llame llamar llámame llamame llámeme llama llamada
		cellulare telefonino chiama chiamami chiamare chiamate chiami recapito
		telefone telemóvel telemovel ligue ligar liga
		telefoon telefoonnummer mobiel mobiele gsm bel bellen bereikbaar
		telefonu komórka komórkowy zadzwoń dzwoń dzwonić telefonie
		телефон телефона телефону телефоны тел моб мобильный позвоните звоните звонить звони
		telefonum cep arayın ara arayabilirsiniz mobilnr telefonnumret ringa ring mobilen zavolejte volejte mobilní phonenumber phoneno`
	contactWords = `number numbers no nr num contact reach reached text message messages texting office home work
		nummer kontakt erreichen erreichbar erreichst numéro numero número contacter contactez contacto contactar contacte contatto contatto contattare
		contato numerze numer kontaktowy номер контакт nummeret numret číslo numara`
	cardWords = `card cards creditcard cc visa mastercard amex discover maestro debit credit pan cardnumber
		kreditkarte kreditkarten kreditkartennummer kreditkartennr karte kartennummer bankkarte carte bancaire bleue tarjeta
		crédito cartão cartao carta credito carte di kaart creditcardnummer betaalpas karta karty kartę kartą карта карты карту картой
		kort kortnummer kartı kart kreditkort`
	ssnWords = `ssn ssns social socials security socialsecurity itin tin taxpayer ss seguro
		sozialversicherungsnummer`
	ipWords = `ip ips ipv4 ipv6 address addresses addr host hosts server servers ping dns gateway subnet netmask login
		connect connected connecting connection client router proxy vpn firewall src dst source destination
		adresse adressen dirección direccion indirizzo endereço endereco adres адрес adress ipaddress
		localhost network netz blocked ban banned logged`
	versionWords = `version versions versión versione versão versie wersja версия ver release releases rev revision build
		section sections sec chapter clause paragraph figure fig table appendix abschnitt kapitel step item
		firmware driver sdk v upgrade upgraded update updated article rule annex oid assembly`
	orderWords = `order orders tracking shipment parcel package invoice ticket id ids uuid isbn issn ean upc gtin sku imei
		timestamp serial bestellung bestellnummer auftragsnummer rechnung rechnungsnummer sendungsnummer commande facture
		pedido factura ordine fattura encomenda fatura bestelling factuur zamówienie faktura заказ reference ref barcode
		case epoch orderid transaction txn doi pmid`
	emailWords    = `email e-mail mail emails mailto contact reach write address correo courriel adresse posta почта mejl`
	nationalWords = `steuer steuerid steueridentifikationsnummer steueridnr identifikationsnummer idnr steuernummer
		sozialversicherungsnummer rentenversicherungsnummer versicherungsnummer svnr nir insee sécu sécurité sociale
		dni nie nif documento identidad curp rut cuil cuit fiscale codicefiscale fiscal contribuinte bsn burgerservicenummer
		nino national insurance nhs pesel cpf aadhaar aadhar uidai pan personnummer personnr pnr samordningsnummer cpr
		fødselsnummer fnr henkilötunnus hetu ahv avs ahvnummer sozialversicherung rijksregisternummer rijksregister registre
		niss insz rodné rodne kimlik tckn vatandaşlık nas tfn medicare nric hkid identity citizen citizenship pps ppsn amka
		cnp egn oib taj isikukood снилс инн егн 身份证 주민등록번호 identité identità identificación identificação`
	documentWords = `passport passeport reisepass reisepassnummer pasaporte passaporto passaporte paspoort paszport passnummer passnr
		паспорт personalausweis ausweis ausweisnummer ausweisnr licence license führerschein führerscheinnummer
		permis patente rijbewijs dowód`
	placeWords = `address live lives living located reside resides addressed deliver delivered ship shipped adresse anschrift
		wohne wohnt wohnhaft lieferadresse rechnungsadresse habite habitons domicilié dirección direccion domicilio vivo resido
		indirizzo abito residente endereço endereco moro resido adres adresu woon wonende bezorgadres mieszkam zamieszkały`
	cryptoWords = `btc bitcoin eth ethereum ether crypto wallet usdt usdc tether metamask solana sol phantom xrp ripple ltc litecoin
		doge dogecoin monero xmr tron trx erc erc20 blockchain ledger coinbase binance cardano ada bnb polygon payout`
	macWords = `mac hardware ethernet bssid wifi wlan bluetooth physical interface nic`
)

// newVocabulary builds the tables.
func newVocabulary() *vocabulary {
	v := &vocabulary{cues: make(map[string]cue, 512), buckets: make([][]prefixRule, 1)}
	v.withTrunk, v.withoutTrunk = withTrunk(), withoutTrunk()
	v.ids = newIDTable()
	for _, group := range []struct {
		words string
		cue   cue
	}{
		{phoneWords, cuePhone}, {contactWords, cueContact}, {cardWords, cueCard}, {ssnWords, cueSSN}, {ipWords, cueIP},
		{versionWords, cueVersion}, {orderWords, cueOrder}, {emailWords, cueEmail}, {macWords, cueMAC},
		{nationalWords, cueNational}, {documentWords, cueDocument}, {cryptoWords, cueCrypto}, {placeWords, cuePlace}, {"id ids", cueID},
	} {
		for _, word := range strings.Fields(group.words) {
			v.cues[word] |= group.cue
			v.cueStarts.put(word)
		}
	}
	for _, w := range []wideCue{
		{"电话", cuePhone}, {"電話", cuePhone}, {"手机", cuePhone}, {"手機", cuePhone}, {"携帯", cuePhone}, {"致电", cuePhone},
		{"传真", cuePhone}, {"전화", cuePhone}, {"휴대폰", cuePhone}, {"연락처", cuePhone}, {"号码", cueContact}, {"番号", cueContact},
		{"联系", cueContact}, {"번호", cueContact}, {"卡号", cueCard}, {"信用卡", cueCard}, {"银行卡", cueCard}, {"カード", cueCard},
		{"카드", cueCard}, {"फ़ोन", cuePhone}, {"फोन", cuePhone}, {"मोबाइल", cuePhone}, {"هاتف", cuePhone}, {"الهاتف", cuePhone},
		{"جوال", cuePhone}, {"โทร", cuePhone}, {"地址", cueIP}, {"アドレス", cueIP}, {"版本", cueVersion}, {"バージョン", cueVersion},
		{"订单", cueOrder}, {"注文", cueOrder}, {"邮箱", cueEmail}, {"メール", cueEmail}, {"이메일", cueEmail}, {"身份证", cueNational},
		{"주민등록번호", cueNational}, {"護照", cueDocument}, {"护照", cueDocument},
	} {
		bucket := &v.wideCues[wideBucket(w.word)]
		*bucket = append(*bucket, w)
	}
	for _, rule := range prefixRules() {
		v.addRule(rule)
	}
	v.begin('e', 'y') // a JSON web token
	for _, rule := range nameRules() {
		last := rule.word[len(rule.word)-1]
		v.names[last] = append(v.names[last], rule)
		v.nameEnds[letterPair(rule.word[len(rule.word)-2], last)] = true
		v.nameEnds[letterPair(last, 's')] = true
	}
	for _, word := range afterNames[1:] {
		v.nameEnds[letterPair(word[len(word)-2], word[len(word)-1])] = true
	}
	for _, word := range spokenWords() {
		v.spoken[word.text[0]] = append(v.spoken[word.text[0]], word)
		v.beginFold(word.text)
	}
	v.beginFold("at ")
	v.books, v.streets = newNameBooks(), newStreetBooks()
	return v
}

// goesOn reports whether a byte is the second of a word after which people give
// a secret away.
func (v *vocabulary) goesOn(c byte) bool {
	for _, words := range v.spoken {
		for _, word := range words {
			if word.text[1] == lower(c) {
				return true
			}
		}
	}
	return false
}

// beginFold makes a word worth a look, in small letters or capitals.
func (v *vocabulary) beginFold(word string) {
	for _, a := range []byte{word[0], upper(word[0])} {
		for _, b := range []byte{word[1], upper(word[1])} {
			v.begin(a, b)
		}
	}
}

func (v *vocabulary) addRule(rule prefixRule) {
	first, second := rule.prefix[0], rule.prefix[1]
	v.begin(first, second)
	bucket := &v.bucketOf[pairOf(first, second)]
	if *bucket == 0 {
		v.buckets = append(v.buckets, nil)
		*bucket = uint8(len(v.buckets) - 1)
	}
	v.buckets[*bucket] = append(v.buckets[*bucket], rule)
}

// rules returns the rules of secrets that begin with two bytes.
func (v *vocabulary) rules(a, b byte) []prefixRule { return v.buckets[v.bucketOf[pairOf(a, b)]] }

func pairOf(a, b byte) uint16 { return uint16(a)<<8 | uint16(b) }

func (v *vocabulary) begin(a, b byte) {
	n := pairOf(a, b)
	v.beginnings[n>>6] |= 1 << (n & 63)
}

// begins reports whether a word that starts with these two bytes is worth a
// look.
func (v *vocabulary) begins(a, b byte) bool {
	n := pairOf(a, b)
	return v.beginnings[n>>6]&(1<<(n&63)) != 0
}

func upper(c byte) byte {
	if c-'a' < 26 {
		return c - 'a' + 'A'
	}
	return c
}
