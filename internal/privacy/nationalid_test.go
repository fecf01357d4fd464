package privacy_test

import (
	"testing"

	"github.com/heed-ai/heed/internal/privacy"
)

func TestNationalIDs(t *testing.T) {
	cleaner := privacy.NewCleaner()
	for _, test := range []struct{ name, text, want string }{
		{"Italy", "codice RSSMRA85T10A562S, grazie", "codice [NATIONAL_ID_1], grazie"},
		{"Mexico", "CURP HEGG560427MVZRRL04", "CURP [NATIONAL_ID_1]"},
		{"France", "NIR 255081416802538", "NIR [NATIONAL_ID_1]"},
		{"France in groups, without a word", "voici 2 55 08 14 168 025 38 merci", "voici [NATIONAL_ID_1] merci"},
		{"Germany, tax", "Meine Steuer-ID: 86095742719.", "Meine Steuer-ID: [NATIONAL_ID_1]."},
		{"Germany, tax in groups", "es ist 86 095 742 719", "es ist [NATIONAL_ID_1]"},
		{"Germany, pension", "RVNR 15 070649 C 103", "RVNR [NATIONAL_ID_1]"},
		{"Germany, identity card", "Personalausweis: L01X00T471", "Personalausweis: [NATIONAL_ID_1]"},
		{"Spain", "soy 12345678Z", "soy [NATIONAL_ID_1]"},
		{"Spain, foreigner", "NIE X-9613851-N", "NIE [NATIONAL_ID_1]"},
		{"United Kingdom, insurance", "it is AB 12 34 56 C", "it is [NATIONAL_ID_1]"},
		{"United Kingdom, insurance in one piece", "nino AB123456C", "nino [NATIONAL_ID_1]"},
		{"United Kingdom, health", "my NHS number is 943 476 5919", "my NHS number is [NATIONAL_ID_1]"},
		{"Ireland", "PPS number 1234567T", "PPS number [NATIONAL_ID_1]"},
		{"Netherlands", "BSN 111222333", "BSN [NATIONAL_ID_1]"},
		{"Belgium", "c'est 85.07.30-033.28", "c'est [NATIONAL_ID_1]"},
		{"Switzerland", "756.9217.0769.85", "[NATIONAL_ID_1]"},
		{"Sweden", "jag har 811218-9876 själv", "jag har [NATIONAL_ID_1] själv"},
		{"Finland", "131052-308T", "[NATIONAL_ID_1]"},
		{"Poland", "PESEL 44051401458", "PESEL [NATIONAL_ID_1]"},
		{"Czechia", "rodné číslo 736028/5163", "rodné číslo [NATIONAL_ID_1]"},
		{"Brazil", "meu cpf é 529.982.247-25", "meu cpf é [NATIONAL_ID_1]"},
		{"Chile", "12.345.678-5", "[NATIONAL_ID_1]"},
		{"India", "Aadhaar 2341 2341 2346", "Aadhaar [NATIONAL_ID_1]"},
		{"India, tax", "PAN ABBPM4567S", "PAN [NATIONAL_ID_1]"},
		{"China", "11010519491231002X", "[NATIONAL_ID_1]"},
		{"Korea", "960121-1234567", "[NATIONAL_ID_1]"},
		{"Singapore", "NRIC S2740116C was processed", "NRIC [NATIONAL_ID_1] was processed"},
		{"Hong Kong", "A123456(3)", "[NATIONAL_ID_1]"},
		{"South Africa", "9912316789285", "[NATIONAL_ID_1]"},
		{"Turkey", "Türk kimlik numarası 36493665440", "Türk kimlik numarası [NATIONAL_ID_1]"},
		{"taxpayer of the United States", "911-70-1234", "[NATIONAL_ID_1]"},
		{"passport", "my passport number is X1234567", "my passport number is [NATIONAL_ID_1]"},
		{"passport, word behind", "C01X00T47 (Reisepass)", "[NATIONAL_ID_1] (Reisepass)"},
		{"driving licence", "Führerscheinnummer B072RRE2I55", "Führerscheinnummer [NATIONAL_ID_1]"},

		{"no number with a wrong check", "Steuer-ID 86095742718, CPF 529.982.247-26, 12345678A, NHS 943 476 5918", ""},
		{"no number without a word", "86095742719 or 111222333 or 44051401458", ""},
		{"no number of an order", "order AB123456C and order 86 095 742 719", ""},
		{"no number in a table", "11 86 095 742 719 22", ""},
		{"no number in an identifier", "id_86095742719 v-12345678Z x/12345678Z", ""},
		{"no paper without a number", "my passport expired in 2024, see form DS11", ""},
	} {
		t.Run(test.name, func(t *testing.T) { checkRedacted(t, cleaner, test.text, test.want) })
	}
}
