package demo

// words are what fits every topic in a language.
type words struct {
	refusal          string
	refused          []string // what people say of it
	broken           []string // of an answer that broke off or never came
	long, longWinded []string // what makes an answer too long, and what people say of that
	late             []string // of one that came at the second try
}

// faults are those that any answer may have: it breaks off, is refused, or hides
// in politeness.
func (w words) faults(t topic) []fault {
	runes := []rune(t.answer)
	return []fault{
		{tag: "broken", answer: string(runes[:len(runes)*2/5]), complaints: w.broken},
		{tag: "refused", answer: w.refusal, complaints: w.refused},
		{tag: "style_format", answer: w.long[0] + " " + t.answer + " " + w.long[1], complaints: w.longWinded},
	}
}

// wordsIn returns those of a language; English ones where it is none.
func wordsIn(language string) words {
	switch language {
	case "de":
		return words{
			refusal:    "Dabei kann ich Ihnen leider nicht helfen.",
			refused:    []string{"Warum nicht? Das ist eine ganz normale Frage.", "Verweigert die Antwort, ohne zu sagen, warum."},
			broken:     []string{"Die Antwort bricht mitten im Satz ab.", "Hat sich zweimal aufgehängt."},
			long:       []string{"Vielen Dank für Ihre Anfrage! Es ist uns ein großes Anliegen, dass Sie mit uns rundum zufrieden sind, und gern gehe ich ausführlich auf Ihr Thema ein.", "Ich hoffe, dass ich Ihnen damit weiterhelfen konnte. Zögern Sie bitte nicht, sich jederzeit wieder zu melden!"},
			longWinded: []string{"Viel zu lang für eine einfache Frage.", "Ein Satz hätte gereicht."},
			late:       []string{"Beim zweiten Versuch ging es, danke."},
		}
	case "fr":
		return words{
			refusal:    "Désolé, je ne peux pas vous aider sur ce sujet.",
			refused:    []string{"C'est pourtant une question toute simple.", "Refuse de répondre sans dire pourquoi."},
			broken:     []string{"La réponse s'arrête au milieu d'une phrase.", "Plus rien après deux lignes."},
			long:       []string{"Merci infiniment pour votre message, auquel je vais m'efforcer de répondre de la manière la plus complète possible.", "En espérant avoir répondu à vos attentes, je reste bien entendu à votre entière disposition."},
			longWinded: []string{"Trop long, je voulais juste la réponse.", "Il faut tout lire pour trouver une phrase."},
			late:       []string{"La deuxième fois était la bonne, merci."},
		}
	case "es":
		return words{
			refusal:    "Lo siento, no puedo ayudarte con eso.",
			refused:    []string{"¿Por qué no? Es una pregunta normal.", "No quiere contestar y no dice por qué."},
			broken:     []string{"Se corta a mitad de la frase.", "Se quedó colgado dos veces."},
			long:       []string{"¡Muchísimas gracias por escribirnos! Para nosotros es un placer atenderte y vamos a ver tu consulta con todo detalle.", "Espero haber resuelto tu duda; no dudes en volver a escribirnos cuando quieras."},
			longWinded: []string{"Demasiado largo, solo quería una frase."},
			late:       []string{"A la segunda funcionó, gracias."},
		}
	case "pt":
		return words{
			refusal:    "Lamento, mas não posso ajudar com isso.",
			refused:    []string{"Porque não? É uma pergunta simples."},
			broken:     []string{"A resposta pára a meio da frase.", "Ficou bloqueado duas vezes."},
			long:       []string{"Muito obrigado pelo seu contacto! É com todo o gosto que respondo detalhadamente à sua questão.", "Espero ter ajudado e fico à disposição para qualquer outra dúvida."},
			longWinded: []string{"Longo demais para uma pergunta tão curta."},
			late:       []string{"À segunda funcionou, obrigada."},
		}
	case "it":
		return words{
			refusal:    "Mi dispiace, non posso aiutarla con questo.",
			refused:    []string{"Perché no? È una domanda normale."},
			broken:     []string{"Si ferma a metà frase.", "Si è bloccato due volte."},
			long:       []string{"Grazie mille per averci contattato! È un vero piacere rispondere alla sua gentile richiesta in modo completo.", "Sperando di esserle stato utile, resto a sua completa disposizione."},
			longWinded: []string{"Troppo lungo, bastava una frase."},
			late:       []string{"Alla seconda ha funzionato, grazie."},
		}
	case "ja":
		return words{
			refusal:    "申し訳ありませんが、その件はお手伝いできません。",
			refused:    []string{"なぜ答えられないのか分かりません。"},
			broken:     []string{"文の途中で止まりました。", "二回固まりました。"},
			long:       []string{"このたびはお問い合わせいただき、誠にありがとうございます。お客様のご質問に、できるだけ詳しくお答えいたします。", "ご不明な点がございましたら、いつでもお気軽にお問い合わせください。"},
			longWinded: []string{"長すぎます。一文で十分です。"},
			late:       []string{"二回目で答えが出ました。"},
		}
	default:
		return words{
			refusal: "I'm sorry, but I can't help with that.",
			refused: []string{"Why not? It is an ordinary question.", "It refused, and does not say why."},
			broken:  []string{"It stops in the middle of a sentence.", "It timed out twice before this came.", "Stuck again. Please write to me at {name}@example.com instead.", "Nothing after the first line."},
			long: []string{
				"Thank you so much for reaching out to us today! I completely understand how important this is to you, and I will gladly walk you through everything there is to know about it.",
				"I sincerely hope that this has resolved your concern in full. Please accept our apologies for any inconvenience, and do not hesitate to contact us again at any time!",
			},
			longWinded: []string{
				"I had to read it three times to find the one sentence that matters.", "Way too long. I needed one sentence.", "It apologised and thanked me, and hid the answer in between.",
			},
			late: []string{"Came at the second try. Thank you."},
		}
	}
}
