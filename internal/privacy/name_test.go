package privacy_test

import (
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
)

func TestNames(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for _, test := range []struct{ name, text, want string }{
		{"English", "Hi, my name is Zofka Brandl-Meyer and I", "Hi, my name is [NAME_1] and I"},
		{"in small letters, by the list", "my name is john and i", "my name is [NAME_1] and i"},
		{"with an initial and particles", "My name is J. van der Aa.", "My name is [NAME_1]."},
		{"title", "please ask Mr. Quillfeather about it", "please ask Mr. [NAME_1] about it"},
		{"introduction", "Hello, I'm Sarah, and this is Tom O'Reilly", "Hello, I'm [NAME_1], and this is [NAME_2]"},
		{"greeting", "Dear Emily,\nthe answer", "Dear [NAME_1],\nthe answer"},
		{"signature", "It failed.\n\nKind regards,\nPetronella Vossberg\nSales", "It failed.\n\nKind regards,\n[NAME_1]\nSales"},
		{"short signature", "It failed\nThanks\nMarkus", "It failed\nThanks\n[NAME_1]"},
		{"signature in JSON", `"text":"no\nRegards,\nXenia Puck"`, `"text":"no\nRegards,\n[NAME_1]"`},
		{"German", "ich heiße Jürgen Öztürk.", "ich heiße [NAME_1]."},
		{"German title", "Frau Dragomir hat angerufen", "Frau [NAME_1] hat angerufen"},
		{"German signature", "Danke!\nMit freundlichen Grüßen\nOtto Wels", "Danke!\nMit freundlichen Grüßen\n[NAME_1]"},
		{"French", "Je m'appelle Hélène de la Fontaine", "Je m'appelle [NAME_1]"},
		{"Spanish", "me llamo Íñigo Montoya", "me llamo [NAME_1]"},
		{"Italian", "mi chiamo Gennaro", "mi chiamo [NAME_1]"},
		{"Portuguese", "Meu nome é Tainá dos Anjos", "Meu nome é [NAME_1]"},
		{"Dutch", "mijn naam is Sjoerd de Boer", "mijn naam is [NAME_1]"},
		{"Polish", "nazywam się Wisława Mróz", "nazywam się [NAME_1]"},
		{"form", "Full name: Quentin Zell\nAge: 5", "Full name: [NAME_1]\nAge: 5"},
		{"a pair that the lists have", "the ticket of Maria Schneider is open", "the ticket of [NAME_1] is open"},
		{"a given name and a word in capitals", "it was Jennifer Quackenbush who called", "it was [NAME_1] who called"},
		{"with an initial", "then Ronald B. Vondrak left", "then [NAME_1] left"},
		{"a given name alone", "please ask jens or Jennifer about it", "please ask jens or [NAME_1] about it"},
		{"a given name's", "it sent Jennifer's order, and Maria Schneider's", "it sent [NAME_1]'s order, and [NAME_2]'s"},
		{"a given name in a list", "it mixes up Jennifer, Tomasz and Agnieszka", "it mixes up [NAME_1], [NAME_2] and [NAME_3]"},
		{"the same name twice", "my name is Ann Lee. Ann Lee!", "my name is [NAME_1]. [NAME_1]!"},

		{"no name that nothing announces", "Zofka Brandl said so, as Plato did", ""},
		{"no name of a sentence's first word", "Jennifer is a common name? Frank was it", ""},
		{"no name of a place or a prize", "at Howard University, on Edward Street, by the Nelson Prize, in San Fernando", ""},
		{"no name of a language", "in Julia, Ruby or Pascal", ""},
		{"no name in everyday words", "I am sorry, this is The End. Hi there, Dear Customer, Thanks\nGreat answer", ""},
		{"no name of an assistant", "Hi Claude, thanks Gemini, hello ChatGPT", ""},
		{"no name of a thing", "the package name is Left Pad; name: Deploy, \"name\": \"build\"", ""},
		{"no name in code", "this.is = Mark_Down; I'm.John(); Hi = Anna2", ""},
		{"no name after an error", "Mr the, Mrs. and Sr. de", ""},
		{"no name without its words", "I am in Paris. Regards to all. My name is on the list", ""},
	} {
		t.Run(test.name, func(t *testing.T) { checkRedacted(t, cleaner, test.text, test.want) })
	}
}
