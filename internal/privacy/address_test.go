package privacy_test

import (
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
)

func TestAddresses(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for _, test := range []struct{ name, text, want string }{
		{"English", "I live at 12 Rose Hill Road, please", "I live at [ADDRESS_1], please"},
		{"of the United States", "ship to 742 Evergreen Terrace, Springfield, IL 62704 today", "ship to [ADDRESS_1] today"},
		{"with a unit", "1600 Amphitheatre Pkwy Apt 4B, Mountain View, CA 94043-1351.", "[ADDRESS_1]."},
		{"British", "we are at 221b Baker Street, London NW1 6XE.", "we are at [ADDRESS_1]."},
		{"on two lines", "10 Downing St\nLondon SW1A 2AA\nThanks", "[ADDRESS_1]\nThanks"},
		{"German", "Ich wohne Hauptstraße 5a, 10115 Berlin.", "Ich wohne [ADDRESS_1]."},
		{"German, two words", "in der Lange Straße 17", "in der [ADDRESS_1]"},
		{"German, short", "Goethestr. 12-14, 80336 München, Bayern", "[ADDRESS_1], Bayern"},
		{"French", "j'habite 12 bis rue de la Paix, 75002 Paris", "j'habite [ADDRESS_1]"},
		{"French, elided", "au 5, avenue de l'Opéra", "au [ADDRESS_1]"},
		{"Spanish", "vivo en Calle de Alcalá 45, 28014 Madrid", "vivo en [ADDRESS_1]"},
		{"Spanish, short", "C/ Mayor, 3 y c/Luna 12", "[ADDRESS_1] y [ADDRESS_2]"},
		{"Italian", "abito in via Giuseppe Garibaldi 10, 00153 Roma", "abito in [ADDRESS_1]"},
		{"Portuguese", "moro na Rua das Flores, 120", "moro na [ADDRESS_1]"},
		{"Dutch", "ik woon op Keizersgracht 123, 1015 CJ Amsterdam", "ik woon op [ADDRESS_1]"},
		{"Polish", "mieszkam przy ul. Marszałkowska 10/12, 00-590 Warszawa", "mieszkam przy [ADDRESS_1]"},
		{"by its word", "my address is 25 Rákóczi Utca, 8200 Balaton", "my address is [ADDRESS_1]"},
		{"a box", "send it to P.O. Box 1234, Springfield, IL 62704 please", "send it to [ADDRESS_1] please"},
		{"a German box", "Postfach 1203, 10115 Berlin", "[ADDRESS_1]"},
		{"a Spanish box", "en el Apartado de Correos 45, por favor", "en el [ADDRESS_1], por favor"},

		{"no address in any box", "Box 5 of 12 is lost, text box 3, check box 4", ""},
		{"no address without a number", "it is on Main Street, near Rue de la Paix and Hauptstraße", ""},
		{"no address without a street", "12 Angry Men, 5 Big Apples, 3 rules and 20 Years", ""},
		{"no address in small letters", "there are 12 ways to drive, 5 steps in the way", ""},
		{"no address of a drive", "a 512 GB Drive and 4 TB SSD", ""},
		{"no address in the morning", "issued at 406 AM PDT Wed 17, high 10:00 AM. Museum. 61 °F", ""},
		{"no address in code", "x[12].Road = 5; Weg 3 m; step 5 of 9", ""},
	} {
		t.Run(test.name, func(t *testing.T) { checkRedacted(t, cleaner, test.text, test.want) })
	}
}
