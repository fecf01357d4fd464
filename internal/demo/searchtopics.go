package demo

import "slices"

// searchTopics are what people look up in the manual, and at work in the handbook.
func searchTopics() []topic {
	return mostly(slices.Concat(manualTopics(), handbookTopics()), searchTopicsAbroad())
}

func manualTopics() []topic {
	return []topic{
		{
			question: "how many requests a minute may the api take",
			answer:   "50 a minute for each seat. Above that the API answers 429 and says in Retry-After how long to wait (Manual, Limits, page {page}).",
			praise:   []string{"Found the paragraph in seconds, page {page}.", "Nice that it quotes the source."},
			faults: []fault{
				{tag: "incorrect", answer: "50 a minute for the whole account.", complaints: []string{"Wrong. The limit is per seat, not per account."}, correction: "The limit is 50 requests per minute for each seat."},
				{tag: "incorrect", answer: "There is no limit (Manual, page {page}).", complaints: []string{"The quote is not on page {page}. I looked.", "Sources are listed but none supports the claim."}},
				{tag: "outdated_source", answer: "20 a minute (Manual for version 2, Limits).", complaints: []string{"It was raised to 50 two years ago.", "Quotes the manual for version 2. We have {version}."}},
				{tag: "incomplete", answer: "There is a limit for each seat.", complaints: []string{"And what is it?"}},
			},
		},
		{
			question: "example: export all contacts with the python client",
			answer:   "import desk\nfor contact in desk.Client().contacts.all():\n    print(contact.name)\n\nall() asks for the next page by itself (Manual, Clients).",
			praise:   []string{"I could paste it as it was.", "The example made it click."},
			faults: []fault{
				{tag: "incomplete", answer: "for contact in Client().contacts.all():\n    print(contact.name)", complaints: []string{"The code does not run, the import is missing."}},
				{tag: "incorrect", answer: "import desk\ndesk.export_everything(\"contacts\")", complaints: []string{"There is no export_everything. I searched the whole package."}},
				{tag: "style_format", answer: "import desk; [print(c.name) for c in desk.Client().contacts.all()] # and so on, see the manual", complaints: []string{"All in one line. I asked for an example that one can read."}},
				{tag: "not_asked", answer: "Contacts can be imported as CSV under Settings, Import.", complaints: []string{"I asked how to export them, not how to import them."}},
				{tag: "unsafe", answer: "import desk\nclient = desk.Client(password=\"Wint3r-K3ttle!9\")  # as in the notes of the operations team", complaints: []string{"There is somebody's password in the example."}},
			},
		},
		{
			question: "compare basic and team plan",
			answer:   "Basic: 3 people, 5 GB, 30 days of history. Team: as many people as you have seats, 100 GB, a year of history, single sign-on (Manual, Plans).",
			praise:   []string{"Short, with the numbers side by side.", "Better than the page it quotes."},
			faults: []fault{
				{tag: "style_format", answer: "| Plan | People | Storage | History | |---|---|---|---| | Basic | 3 | 5 GB | 30 days | | Team | seats | 100 GB | a year |", complaints: []string{"The table came out as one long line."}},
				{tag: "outdated_source", answer: "Basic: 5 people, 1 GB. Team: 20 people, 20 GB (Plans, March of last year).", complaints: []string{"Those are the plans from before spring.", "Out of date since the October release."}},
				{tag: "incorrect", answer: "Both are the same but for the price.", complaints: []string{"Then why do I pay for single sign-on?"}},
			},
		},
		{
			question: "set up single sign-on",
			answer:   "As an administrator open Settings, Security, Single sign-on; paste the address of your identity provider, download our metadata, and test with one person before you turn it on for all (Manual, page {page}).",
			praise:   []string{"Worked on version {version} as described.", "Good that it says to test with one person first."},
			faults: []fault{
				{tag: "outdated_source", answer: "Open Tools, Directory, and install the plug-in on your server (Manual for version 2).", complaints: []string{"There is no plug-in any more. That page is from version 2."}},
				{tag: "not_asked", answer: "Tap your picture, then Sign in with face or finger.", complaints: []string{"What it describes is the mobile app.", "That is how I sign in. I want to set it up for everybody."}},
				{tag: "incomplete", answer: "Open Settings, Security, Single sign-on, and paste the address of your identity provider.", complaints: []string{"The steps stop after the second one.", "Half of it is missing: where are your metadata?"}},
				{tag: "refused", answer: "Security settings are confidential, so I cannot describe them.", complaints: []string{"It is in your own manual. I only could not find the page."}},
			},
		},
		{
			question: "where are drafts stored on disk",
			answer:   "Since version 3 in the folder of the project, under .drafts. Version 2 kept them in your home folder; they are moved at the first start (Manual, Files).",
			praise:   []string{"It even knew where they used to be.", "Exactly what I needed."},
			faults: []fault{
				{tag: "outdated_source", answer: "In your home folder, under .desk/drafts.", complaints: []string{"Old. That folder is empty since version 3.", "True for version 2, but I have {version}."}, correction: "Version 3 and later store the file in the project folder."},
				{tag: "incorrect", answer: "Drafts are not stored on disk.", complaints: []string{"They are. I see the files, I only do not know which are which."}},
			},
		},
	}
}

func handbookTopics() []topic {
	return []topic{
		{
			question: "notice period after probation",
			answer:   "30 days to the end of a month; in writing, to the people team (Handbook, page {page}).",
			praise:   []string{"Quotes the page. That is all I need.", "Clear and short. Thank you."},
			faults: []fault{
				{tag: "incorrect", answer: "Two weeks to any day.", complaints: []string{"Confidently wrong about the notice period."}, correction: "The notice period is 30 days to the end of the month."},
				{tag: "outdated_source", answer: "Six weeks to the end of a quarter (Handbook, last year's edition).", complaints: []string{"Quotes the handbook that was replaced in January.", "That was changed last year. It still reads the old edition."}},
				{tag: "not_asked", answer: "The probation lasts six months.", complaints: []string{"I asked about the time after it."}},
			},
		},
		{
			question: "how much may a hotel cost",
			answer:   "Up to 120 a night, and up to 160 in the cities listed in the annex. Above that your lead agrees before you book (Handbook, Travel, page {page}).",
			praise:   []string{"With the exception and the page. Perfect.", "Found the paragraph in seconds, page {page}."},
			faults: []fault{
				{tag: "outdated_source", answer: "Up to 95 a night (Travel policy, second edition).", complaints: []string{"Cites a document that was withdrawn last year.", "95 was the old policy. It is 120 since summer."}},
				{tag: "incorrect", answer: "160 everywhere.", complaints: []string{"160 is only for the cities in the annex. Accounting sent mine back."}},
				{tag: "incomplete", answer: "That is in the travel policy.", complaints: []string{"Which I hoped not to have to read."}},
				{tag: "not_asked", answer: "Trains are booked in second class, in first from four hours on.", complaints: []string{"I asked about hotels and got trains."}},
			},
		},
		{
			question: "who do I call when the shop is down at night",
			answer:   "The person on call, under {phone}; the rota is on the first page of the runbook. If nobody answers within ten minutes, the lead of operations (Runbook, page {page}).",
			praise:   []string{"Number and rota at once. It is three in the morning, thank you.", "Quick and correct."},
			faults: []fault{
				{tag: "unsafe", answer: "Call Ines Okafor at home, {phone}.", complaints: []string{"It told me my colleague's private number. That should not be in there."}},
				{tag: "outdated_source", answer: "The night desk in Porto, {phone}.", complaints: []string{"The night desk was closed in spring.", "{phone} has been dead for months. Old runbook."}},
				{tag: "incorrect", answer: "Support opens at 8 in the morning.", complaints: []string{"There is somebody on call all night. I had to find the number myself."}},
				{tag: "refused", answer: "I cannot give out telephone numbers.", complaints: []string{"It is the number of our own people on call, and the shop is down."}},
			},
		},
		{
			question: "why can't I see the page with the salary bands",
			answer:   "Only administrators and leads see it. Ask your lead to open it with you, or the people team for access (Handbook, Pay).",
			praise:   []string{"It told me who to ask. Good.", "It admitted that it could not open it and told me who can."},
			faults: []fault{
				{tag: "incorrect", answer: "The page was removed.", complaints: []string{"It was not. My lead sees it."}, correction: "Only administrators see this page; others ask theirs for access."},
				{tag: "not_asked", answer: "Salaries are paid on the 25th.", complaints: []string{"Not what I asked.", "I got the same text as yesterday, and it was wrong yesterday."}},
				{tag: "incomplete", answer: "You lack the permission.", complaints: []string{"I noticed. Who gives it to me?"}},
			},
		},
	}
}

func searchTopicsAbroad() []topic {
	return []topic{
		{
			language: "de", question: "bis wann muss der resturlaub genommen werden",
			answer: "Bis zum 31. März des nächsten Jahres; danach verfällt er, wenn er nicht aus dringenden Gründen verschoben wurde (Handbuch, Seite {page}).",
			praise: []string{"Mit Seitenzahl. Genau richtig, danke.", "Kurz und klar."},
			faults: []fault{
				{tag: "outdated_source", answer: "Bis zum 31. Dezember, ohne Ausnahme (Handbuch, alte Fassung).", complaints: []string{"Das ist der Stand von letztem Jahr.", "Zitiert noch die alte Fassung des Handbuchs."}},
				{tag: "incorrect", answer: "Resturlaub verfällt nie.", complaints: []string{"Stimmt nicht, er verfällt am 31. März."}},
				{tag: "not_asked", answer: "Urlaub beantragen Sie im Kalender.", complaints: []string{"Die Antwort passt nicht zu meiner Frage."}},
			},
		},
		{
			language: "es", question: "dónde está la plantilla para los contratos",
			answer: "En Biblioteca, Legal, Contratos: es la plantilla 4, en español y en inglés (Manual interno, página {page}).",
			praise: []string{"Justo lo que buscaba.", "Me llevó a la página exacta."},
			faults: []fault{
				{tag: "outdated_source", answer: "En el servidor antiguo, carpeta Legal.", complaints: []string{"El servidor antiguo ya no existe.", "La información es de la versión {version}, ya no vale."}},
				{tag: "incomplete", answer: "En la biblioteca.", complaints: []string{"La biblioteca tiene mil carpetas. ¿En cuál?"}},
			},
		},
		{
			language: "it", question: "prezzo della spedizione espressa",
			answer: "9,90 per pacco fino a 10 kg, 14,90 fino a 20 kg; consegna il giorno dopo se si ordina entro le 14 (Listino, pagina {page}).",
			praise: []string{"Chiaro e veloce.", "Con i prezzi e la pagina, ottimo."},
			faults: []fault{
				{tag: "incorrect", answer: "6,90 per ogni pacco.", complaints: []string{"Il prezzo è sbagliato: sono 9,90."}},
				{tag: "incomplete", answer: "9,90 fino a 10 kg.", complaints: []string{"E sopra i 10 kg? Manca metà del listino."}},
				{tag: "outdated_source", answer: "7,50 per pacco (Listino dell'anno scorso).", complaints: []string{"È il listino dell'anno scorso."}},
			},
		},
		{
			language: "ja", question: "二要素認証の設定方法",
			answer: "「設定」→「セキュリティ」→「二要素認証」を開き、アプリでQRコードを読み取ります。復旧コードも必ず保存してください（マニュアル{page}ページ）。",
			praise: []string{"助かりました。", "分かりやすいです。"},
			faults: []fault{
				{tag: "outdated_source", answer: "「ツール」→「ログイン」でSMSを選びます（バージョン2）。", complaints: []string{"この回答は古いバージョンのものです。"}},
				{tag: "not_asked", answer: "パスワードは八文字以上にしてください。", complaints: []string{"質問と違う内容です。"}},
				{tag: "incomplete", answer: "「設定」を開いてください。", complaints: []string{"その先の手順がありません。"}},
			},
		},
	}
}
