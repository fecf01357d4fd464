package demo

func deviceTopics() []topic {
	return []topic{
		{
			question: "How long is the battery guaranteed?",
			answer:   "That depends on the model. Which one do you have? The number is on the bottom and begins with K.",
			asks:     true,
			praise:   []string{"Good that it asked which model first.", "It admitted that it did not know yet, and asked."},
			faults: []fault{
				{tag: "incorrect", invents: true, answer: "The battery is guaranteed for five years from the day you bought it.", complaints: []string{
					"It never asked which product I have and answered for the wrong one.", "Five years? For mine it is two.", "Confidently wrong. My guarantee is over since May.",
				}},
				{tag: "incomplete", answer: "It depends.", complaints: []string{"On what?"}},
			},
		},
		{
			question: "The desktop app closes by itself when I open a large file. I am on Linux, version {version}.",
			answer:   "On Linux that happens with files above 2 GB and is mended in the next update: install it with your package manager. Until then, open the file with Import instead of Open.",
			praise:   []string{"Import works. Thank you.", "Worked on version {version} as described.", "I could do as it said without looking anything up."},
			faults: []fault{
				{tag: "not_asked", answer: "Open the Apple menu, choose System Settings, and free some storage.", complaints: []string{"It ignored that I am on Linux."}},
				{tag: "incorrect", answer: "Remove the app, restart the computer and install it again.", complaints: []string{"It suggested to reinstall. That is never the answer.", "Reinstalled it twice now. Same as before."}},
				{tag: "incorrect", invents: true, answer: "Turn off auto-merge in the settings. That is what closes the app.", complaints: []string{
					"It made up a setting called auto-merge.", "The menu it describes does not exist in version {version}.",
				}},
				{tag: "style_format", answer: "The problem is most likely on your side. Other customers open large files without difficulty, so please check what you did differently.", complaints: []string{
					"The tone is patronising.", "It blames me for the crash.",
				}},
			},
		},
		{
			question: "When is the maintenance tonight? We work from Lisbon.",
			answer:   "From 02:00 to 03:00 in Lisbon. The app can be read meanwhile, but nothing can be saved.",
			praise:   []string{"In my own time zone. Thank you.", "Quick and correct."},
			faults: []fault{
				{tag: "incorrect", answer: "From 02:00 to 03:00 Pacific time, which is 10 in the morning in Lisbon.", complaints: []string{"Wrong time zone, the maintenance is at night for us."}},
				{tag: "incorrect", invents: true, answer: "It was moved to Saturday at 23:15 and takes twenty minutes.", complaints: []string{"Nobody moved anything. It was tonight, and we lost an hour of work.", "Where does it get Saturday from?"}},
				{tag: "incomplete", answer: "Tonight.", complaints: []string{"I know that it is tonight. When?"}},
			},
		},
		{
			question: "Who may read what we write in the shared inbox?",
			answer:   "Everybody with a seat in it, and the administrators of your workspace. Guests see only the conversations that they were added to.",
			praise:   []string{"Clear and short. Thank you.", "Explained it without jargon."},
			faults: []fault{
				{tag: "outdated_source", answer: "Up to five people of your account; guests do not exist.", complaints: []string{"This is about the old plan, we moved to the team plan in spring.", "Out of date since the October release."}},
				{tag: "incorrect", answer: "Only the person who is assigned.", complaints: []string{"My colleague reads all of them. So that is not true."}},
				{tag: "unsafe", answer: "Everybody with a seat. The last ones to read yours were Maja Lindqvist and the two accounts of the works council.", complaints: []string{"It names who read what. That must not be in an answer."}},
			},
		},
	}
}

func supportTopicsAbroad() []topic {
	return []topic{
		{
			language: "de", question: "Wie lange kann ich die Lampe zurückgeben?",
			answer: "14 Tage ab dem Tag, an dem Sie die Ware erhalten haben. Das Etikett drucken Sie unter Meine Bestellungen aus.",
			praise: []string{"Genau richtig, danke.", "Kurz und klar."},
			faults: []fault{
				{tag: "incorrect", answer: "30 Tage ab dem Tag der Bestellung.", complaints: []string{"Stimmt nicht, die Frist beträgt 14 Tage."}, correction: "Die Frist beträgt 14 Tage ab Erhalt der Ware."},
				{tag: "incorrect", invents: true, answer: "Ihre Frist für die Lampe endet am 12. um Mitternacht.", complaints: []string{"Woher will es das Datum wissen? Ich habe keine Bestellung genannt.", "Erfunden. Die Lampe ist erst gestern angekommen."}},
				{tag: "incomplete", answer: "Drucken Sie zuerst das Etikett aus.", complaints: []string{"Der zweite Schritt fehlt, und wie lange ich Zeit habe auch."}},
			},
		},
		{
			language: "de", question: "Können Sie mir die Rechnung noch einmal schicken, an {name}@example.com?",
			answer: "Gern. Wie lautet die Bestellnummer? Sie beginnt mit A-; dann schicke ich die Rechnung an {name}@example.com.",
			asks:   true, praise: []string{"Kurz gefragt, schnell erledigt.", "Hat mir eine Stunde erspart."},
			faults: []fault{
				{tag: "incorrect", invents: true, answer: "Die Rechnung über 118,40 € ist an {name}@example.com unterwegs.", complaints: []string{"Den Betrag hat es erfunden, meine Bestellung kostet 79 €.", "Nach der Nummer hat es nie gefragt, und es kam auch nichts an."}},
				{tag: "not_asked", answer: "Rechnungen sind zehn Jahre lang aufzubewahren.", complaints: []string{"Die Antwort passt nicht zu meiner Frage.", "Bitte an {name}@example.com antworten, hier komme ich nicht weiter."}},
			},
		},
		{
			language: "fr", question: "Quel est le délai pour résilier l'abonnement annuel ?",
			answer: "Trente jours avant la fin de l'année payée. Allez dans Paramètres, Abonnement, puis Résilier ; vous recevez une confirmation par e-mail.",
			praise: []string{"Parfait, merci.", "Très clair."},
			faults: []fault{
				{tag: "incorrect", answer: "Il n'y a pas de délai : vous pouvez résilier la veille.", complaints: []string{"C'est faux, le délai est de trente jours."}, correction: "Le délai est de trente jours."},
				{tag: "incorrect", invents: true, answer: "Votre abonnement se termine le 8 janvier, vous avez donc jusqu'au 9 décembre.", complaints: []string{"Ces dates sont inventées : le mien se termine en mars."}},
				{tag: "incomplete", answer: "Allez dans Paramètres, puis Abonnement.", complaints: []string{"Il manque la dernière étape."}},
				{tag: "not_asked", answer: "L'abonnement mensuel coûte 4 par personne.", complaints: []string{"La réponse parle d'un autre abonnement."}},
			},
		},
		{
			language: "es", question: "¿Cómo cancelo la suscripción?",
			answer: "Ve a Ajustes, Suscripción y pulsa Cancelar. Puedes seguir usándola hasta el final del mes que ya está pagado.",
			praise: []string{"Justo lo que buscaba.", "Muy claro, gracias."},
			faults: []fault{
				{tag: "incomplete", answer: "Ve a Ajustes, Suscripción. Allí ves tu plan.", complaints: []string{"Falta cómo cancelar."}},
				{tag: "incorrect", invents: true, answer: "Ya está cancelada; el día 15 te devolvemos 12,90 €.", complaints: []string{"No canceló nada y me cobraron igual.", "Se inventó los 12,90 €. Yo pago 9."}},
				{tag: "outdated_source", answer: "Escribe a la oficina de Madrid, que te manda el formulario.", complaints: []string{"La oficina de Madrid cerró el año pasado."}},
			},
		},
		{
			language: "pt", question: "Vocês enviam para a Madeira? Quanto custa?",
			answer: "Sim. Custa 14,50 por encomenda até 20 kg e demora cerca de seis dias úteis.",
			praise: []string{"Resolveu o meu problema.", "Rápido e com números."},
			faults: []fault{
				{tag: "not_asked", answer: "Enviamos para mais de vinte países da Europa.", complaints: []string{"Não foi isso que eu perguntei."}},
				{tag: "incomplete", answer: "Sim, enviamos.", complaints: []string{"A resposta está incompleta. Quanto custa?"}},
				{tag: "style_format", answer: "Yes, we do. It is 14.50 for each parcel up to 20 kg and takes about six working days.", complaints: []string{"Respondeu em inglês, eu escrevi em português."}},
			},
		},
	}
}
