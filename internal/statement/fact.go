package statement

import (
	"fmt"
	"strings"
	"time"

	"github.com/heed-ai/heed"
)

// sections says what is true now. A new setting about people is a new fact here:
// the console, the documents and their tests take it from there.
func sections(l Live, receivers []Receiver) []Section {
	return []Section{
		{"collected", "What is collected", []Fact{comments(), content(l.Project), attachments(l.Project), held(l), sentOn(receivers)}},
		{"people", "Whose it is", []Fact{pseudonyms(l.Project), addresses(), smallGroups(l.Project)}},
		{"texts", "What becomes of texts", []Fact{redaction(l), recognizer(l), sealing(), rootKey(l)}},
		{"rights", "What people can ask for", []Fact{contact(l.Project), withdrawal(l.Project), erasures(l), subject()}},
		{"audit", "What is on record", []Fact{audit(l)}},
	}
}

func comments() Fact {
	return Fact{"comments", "Votes, tags and comments", "kept", "Comments and corrections are redacted, then sealed, before the first write.", ""}
}

func content(p heed.Project) Fact {
	f := Fact{"content", "Prompts and answers", "dropped before the first write", "", "/settings/content"}
	if p.Content == heed.ContentRedacted {
		f.Value, f.Detail = "redacted, sealed and kept", "They are sealed for the person that they were for, and go with that person."
	}
	return f
}

func attachments(p heed.Project) Fact {
	f := Fact{"attachments", "Attachments", "not taken", "Nobody can attach a question and answer until somebody chooses for how long they are kept.", "/settings/content"}
	if p.AttachmentDays > 0 {
		f.Value = "destroyed after " + Kept{Days: p.AttachmentDays}.Period()
		f.Detail = "Only with consent: people see and edit exactly what is sent, and agree to a notice that is kept with it. Sealed in the browser; opened one at a time, with a reason, or for the person who asks what is kept about them."
	}
	if p.AttachmentDays > 0 && p.AttachmentKey != "" {
		f.Value += ", sealed for a key of yours"
		f.Detail += " This server hands them out sealed, and cannot open them."
	}
	return f
}

func held(l Live) Fact {
	f := Fact{"gateway", "Raw calls in memory", "none", "", "gateway.hold"}
	if l.HoldAge > 0 && l.HoldBytes > 0 {
		f.Value = fmt.Sprintf("for %s, in at most %d MiB", span(l.HoldAge), l.HoldBytes>>20)
		f.Detail = "Calls through the gateway are held so that a person who consents can attach them. They are never written to disk, and a restart loses them."
	}
	return f
}

func sentOn(receivers []Receiver) Fact {
	f := Fact{"sent_on", "Sent on", "nothing", "", ""}
	if len(receivers) > 0 {
		f.Value, f.Detail = "to "+namesOf(receivers), "Who receives it says of each what it gets."
	}
	return f
}

func pseudonyms(p heed.Project) Fact {
	f := Fact{"pseudonyms", "Ids of people", "", "HMAC-SHA256 under a key of the project. The id your application sends is stored nowhere; whoever holds the keys can test a guess.", "/settings/privacy"}
	switch p.Privacy.Pseudonyms {
	case heed.PseudonymsStable:
		f.Value = "replaced by a pseudonym, one for good"
	case heed.PseudonymsEphemeral:
		f.Value = "replaced by a pseudonym, another each day"
		f.Detail += " The key of a day is in memory only, and gone after two days or a restart: then nobody can find a person's feedback, not even to erase it."
	default:
		f.Value = "replaced by a pseudonym, another each month"
		f.Detail += fmt.Sprintf(" The key of a month is destroyed %d months later: then nothing tells that two months are of one person, and that month's feedback of theirs can no longer be found.",
			p.Privacy.PseudonymMonths)
	}
	return f
}

func addresses() Fact {
	return Fact{"addresses", "Network addresses, browsers, cookies", "not stored", "Addresses are counted in memory, against abuse.", ""}
}

func smallGroups(p heed.Project) Fact {
	f := Fact{"small_groups", "Small groups", "every number is told", "", "/settings/privacy"}
	if p.Privacy.SmallestGroup > 1 {
		f.Value = fmt.Sprintf("no number about fewer than %d people", p.Privacy.SmallestGroup)
		f.Detail = "For those who may not see single items. Who may can count for themselves."
	}
	return f
}

func redaction(l Live) Fact {
	f := Fact{
		"redaction", "Redaction", strings.Join(l.Redaction, ", "),
		"What is found becomes a placeholder. It does not find every name and address: texts are pseudonymised and redacted, which is less than anonymous.", "/settings/redaction",
	}
	if n := len(l.Project.Patterns); n > 0 {
		names := make([]string, n)
		for i, p := range l.Project.Patterns {
			names[i] = p.Name
		}
		f.Value += "; patterns of your own: " + strings.Join(names, ", ")
	}
	return f
}

func recognizer(l Live) Fact {
	p := l.Project
	f := Fact{"recognizer", "Recogniser", "none", "No text leaves Heed to be redacted.", "/settings/redaction"}
	if p.Privacy.Recognizer != "" {
		f.Value = p.Privacy.Recognizer
		f.Detail = "A program that the operator set up is shown each text before it is redacted, without whose it is. What it does not answer in time is withheld: sealed, and never shown."
		if at := l.Recognizers[p.Privacy.Recognizer]; at != "" {
			f.Detail += " It is at " + at + ": whoever runs it reads the texts, and is a recipient of them."
		}
	}
	return f
}

func sealing() Fact {
	return Fact{"sealing", "Sealing", "AES-256-GCM, each text under a key of its own", "That is wrapped under a key of the person: once it is destroyed, no copy of the text opens.", ""}
}

func rootKey(l Live) Fact {
	f := Fact{"root_key", "Root key", "in the data directory", "Whoever takes the whole disk can open everything. HEED_ROOT_KEY_FILE puts it elsewhere.", "HEED_ROOT_KEY_FILE"}
	if l.RootKey == RootGiven {
		f.Value, f.Detail = "outside of the data directory", "Whoever takes the data directory alone opens nothing."
	}
	return f
}

func contact(p heed.Project) Fact {
	f := Fact{"contact", "Whom they ask", p.Privacy.Contact, "The public page names it, and forms link to that page.", "/settings/privacy"}
	if f.Value == "" {
		f.Value, f.Detail = "nobody is named", "Until there is a contact, forms do not link to the public page."
	}
	return f
}

func withdrawal(p heed.Project) Fact {
	f := Fact{"withdrawal", "Taking back", "a vote, where they gave it", "", ""}
	if p.AttachmentDays > 0 {
		f.Value, f.Detail = "a vote or an attachment, where they gave it", "Withdrawing an attachment destroys its key; the vote stays."
	}
	return f
}

func erasures(l Live) Fact {
	f := Fact{
		"erasures", "Erasure", fmt.Sprintf("%d done, %d under way", l.Erasures.Done, l.Erasures.Pending),
		"The keys of a person's texts are destroyed at once; then their feedback goes, and of their answers all but numbers. A ledger has it done again after a restore. The receipt is signed.", "",
	}
	return f
}

func subject() Fact {
	return Fact{
		"subject", "Access", "everything about a person, as one file",
		"Where a member asks who may read attachments, what they attached is in it: as it was said or, where only a key of yours opens it, sealed. How many were opened is on record before.", "",
	}
}

func audit(l Live) Fact {
	return Fact{
		"audit", "Who did what", fmt.Sprintf("%d records, signed", l.Audit.Records),
		"Every reading of an attachment, export, erasure, sign-in, and change of keys, settings and roles. heed audit verify finds what was changed; checkpoints are worth most when they are kept elsewhere.", "audit.webhook",
	}
}

// span is a length of time in words.
func span(d time.Duration) string {
	switch {
	case d == time.Hour:
		return "1 hour"
	case d%time.Hour == 0:
		return fmt.Sprintf("%d hours", d/time.Hour)
	case d == time.Minute:
		return "1 minute"
	case d%time.Minute == 0:
		return fmt.Sprintf("%d minutes", d/time.Minute)
	}
	return fmt.Sprintf("%d seconds", d/time.Second)
}
