package privacy_test

import (
	"fmt"
	"strings"
)

// language is what a text of a language needs besides its templates.
type language struct {
	name            string
	phones          []string // forms in which people write numbers; # is a digit, N one from 2 on
	given, families string   // names, many of which no list of common names has
	streets         []string // _ is the name of a street, @ a house number
	names           string   // of streets
	towns           []string // forms of postcode and town
}

func languages() []language {
	english := language{
		name:     "en",
		phones:   []string{"(N##) N##-####", "N##-N##-####", "+1 N## N## ####", "+44 20 7### ####", "020 7### ####", "+1-N##-N##-####", "N##.N##.####", "+44 7### ######", "07### ######", "1-N##-N##-####"},
		given:    "Oliver Amelia Tamsin Ravi Siobhan Jamal Poppy Declan Mabel Wanda Travis Keisha Rosalind Ezekiel Bronwyn",
		families: "Smith Okonjo Featherstone Patel McAllister Nguyen Blackwood Ferreira Holloway Abernathy Sato Quigley Jones Taylor Whitlock",
		streets:  []string{"@ _ Street", "@ _ Ave", "@ _ Road", "@ _ Lane", "@ _ Drive", "@ _ Blvd"},
		names:    "Maple|Oak Hill|Baker|Rosewood|Fifth|King George|Elm|Washington|Harbour View|St. James|Mill",
		towns:    []string{", Springfield, IL 6####", ", Leeds LS1 4AB", "", ", Austin, TX 787##", ", London SW1A 2AA", ""},
	}
	german := language{
		name:     "de",
		phones:   []string{"030 ########", "0171 #######", "+49 30 ######", "+49 (0)171 #######", "0711/######", "0043 1 #######", "+41 44 ### ## ##", "089-#######", "0151 ########"},
		given:    "Jürgen Anneliese Torben Gudrun Emre Wiebke Lukas Hedwig Ruprecht Svenja Mia Kunigunde Bastian",
		families: "Müller Wiesengrund Yılmaz Oberhuber Schmidt Zschäbitz Hartmann Kowalczyk Freiherr Baumgärtner Lüdenscheidt",
		streets:  []string{"_straße @", "_weg @", "_allee @", "_platz @", "_gasse @", "_str. @"},
		names:    "Haupt|Bahnhof|Goethe|Linden|Kirch|Schiller|Berg|Garten",
		towns:    []string{", 1#### Berlin", ", 8#### München", "", " in 5#### Köln", ""},
	}
	french := language{
		name:     "fr",
		phones:   []string{"06 ## ## ## ##", "01.##.##.##.##", "+33 6 ## ## ## ##", "07########", "0033 1 ## ## ## ##", "+32 4## ## ## ##"},
		given:    "Hélène Thibault Océane Mamadou Solange Geoffroy Inès Capucine Loïc Gwenaëlle Pierre",
		families: "Lefèvre Diallo Beaumanoir Nguyen Petitjean Martin Vasseur Charpentier Benali Grandchamp",
		streets:  []string{"@ rue de la _", "@, avenue _", "@ bis rue _", "@ boulevard _", "@ place _", "@ chemin des _"},
		names:    "République|Victor Hugo|Paix|Lilas|Pasteur|Moulins|Général de Gaulle",
		towns:    []string{", 750## Paris", ", 690## Lyon", "", ""},
	}
	spanish := language{
		name:     "es",
		phones:   []string{"6## ## ## ##", "+34 6## ### ###", "91 ### ## ##", "6##-###-###", "+52 55 #### ####"},
		given:    "Íñigo Macarena Xavier Ainhoa Guadalupe Leocadio Yolanda Rigoberto Nuria José",
		families: "Echeverría Gómez Quispe Martínez Villalobos Zubizarreta Ibarra Castaño Bermúdez",
		streets:  []string{"Calle _ @", "Avenida de _, @", "C/ _ @", "Plaza _ @", "Paseo de la _, @"},
		names:    "Mayor|Alcalá|Castellana|San Juan|Goya|Cervantes",
		towns:    []string{", 280## Madrid", ", 080## Barcelona", "", ""},
	}
	italian := language{
		name:     "it",
		phones:   []string{"347 #######", "+39 347 ### ####", "02 ########", "06 #######", "+39 02 ########", "333/#######"},
		given:    "Gennaro Ludovica Giacinto Ornella Matteo Fiorenza Ubaldo Sveva Chiara",
		families: "Esposito Bevilacqua Rossi Quattrocchi Mastroianni Zanardi LoPresti Fumagalli",
		streets:  []string{"via _ @", "Via _, @", "piazza _ @", "viale _ @", "corso _, @"},
		names:    "Garibaldi|Roma|Giuseppe Verdi|della Libertà|Dante Alighieri|Mazzini",
		towns:    []string{", 001## Roma", ", 201## Milano", "", ""},
	}
	portuguese := language{
		name:     "pt",
		phones:   []string{"(11) 9####-####", "+55 11 9####-####", "+351 91# ### ###", "21 9####-####", "91# ### ###", "(21) 3###-####"},
		given:    "Tainá Joaquim Iracema Gonçalo Benedita Ubiratan Luísa Thiago Conceição",
		families: "Vasconcelos Silva Albuquerque Tavares Oliveira Quintanilha Figueiredo Santos",
		streets:  []string{"Rua _, @", "Avenida _, @", "Rua das _ @", "Travessa _ @", "Praça _, @"},
		names:    "Flores|Augusta|Paulista|Rio Branco|Boa Vista|Camões",
		towns:    []string{", 1###-### Lisboa", ", 0####-### São Paulo", "", ""},
	}
	dutch := language{
		name:     "nl",
		phones:   []string{"06-########", "020 ### ####", "+31 6 ########", "06 ########", "0031 20 ### ####", "030-#######"},
		given:    "Sjoerd Anouk Hendrikje Floris Marijke Wubbo Sanne Thijs Fatima Roosmarijn",
		families: "de Vries|van den Berg|Hoekstra|Bakker|ter Braak|Zuiderduin|el Amrani|Jansen",
		streets:  []string{"_straat @", "_laan @", "_weg @", "_gracht @", "_plein @"},
		names:    "Kerk|Dorps|Keizers|Beethoven|Wilhelmina|Molen",
		towns:    []string{", 1### AB Amsterdam", ", 3### CD Utrecht", "", ""},
	}
	polish := language{
		name:     "pl",
		phones:   []string{"601 ### ###", "+48 601 ### ###", "22 ### ## ##", "50# ### ###", "+48 22 ### ## ##"},
		given:    "Wisława Zbigniew Jagoda Krzysztof Bożena Ireneusz Agnieszka Mścisław Halina",
		families: "Mróz Wiśniewski Brzęczyszczykiewicz Nowak Dąbrówka Żeleńska Kowalska Pietrzak",
		streets:  []string{"ul. _ @", "al. _ @", "ulica _ @", "plac _ @", "os. _ @"},
		names:    "Marszałkowska|Długa|Jana Pawła|Kościuszki|Polna",
		towns:    []string{", 00-### Warszawa", ", 30-### Kraków", "", ""},
	}
	machines := english
	machines.name = "machines"
	return []language{english, german, french, spanish, italian, portuguese, dutch, polish, machines}
}

// name makes a whole name, a given name or a surname. English ones come from
// the library every other time.
func (g *generator) name(form string, lang language) string {
	given, family := pick(g, strings.Fields(lang.given)), lang.pickFamily(g)
	if lang.name == "en" && g.IntN(2) == 0 {
		given, family = g.faker.FirstName(), g.faker.LastName()
	}
	switch form {
	case "first":
		return given
	case "last":
		return family
	}
	switch g.IntN(8) {
	case 0:
		return given + " " + g.chars(1, upperDigits[10:]) + ". " + family
	case 1:
		return given + " " + family + "-" + strings.Fields(lang.pickFamily(g))[0]
	}
	return given + " " + family
}

func (l language) pickFamily(g *generator) string {
	if strings.Contains(l.families, "|") {
		return pick(g, strings.Split(l.families, "|"))
	}
	return pick(g, strings.Fields(l.families))
}

// address makes a street with its number, and with a town unless form is
// "street".
func (g *generator) address(form string, lang language) string {
	number := fmt.Sprint(1 + g.IntN(180))
	if g.IntN(6) == 0 && lang.name != "fr" {
		number += pick(g, []string{"a", "b", "-" + fmt.Sprint(200+g.IntN(50))})
	}
	var b strings.Builder
	for _, c := range pick(g, lang.streets) {
		switch c {
		case '_':
			b.WriteString(pick(g, strings.Split(lang.names, "|")))
		case '@':
			b.WriteString(number)
		default:
			b.WriteRune(c)
		}
	}
	if form == "street" {
		return b.String()
	}
	return b.String() + g.digitsInto(pick(g, lang.towns))
}
