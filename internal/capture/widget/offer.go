package widget

import (
	"context"
	"encoding/base64"

	"github.com/heed-ai/heed"
	"github.com/heed-ai/heed/internal/vault"
)

// attachScript is what the widget loads once somebody voted, where the form lets
// people attach what was said.
const attachScript = "attach.mjs"

// deliverScript seals and sends, which only those load who attach something. The
// sealer in it is served alone as well, for pages that have a form of their own.
const deliverScript = "deliver.mjs"

// offer lets people attach what was said by a form: it adds what that is sealed
// for, what they are told before, the words of the offer, and the script that
// makes it. What the project says in words of its own stays.
func (p *Pages) offer(ctx context.Context, project heed.Project, form *Form) error {
	key, err := p.keys.AttachmentKey(ctx, project)
	if err != nil {
		return err
	}
	script, err := p.scripts[attachScript]()
	if err != nil {
		return err
	}
	deliver, err := p.scripts[deliverScript]()
	if err != nil {
		return err
	}
	form.Attach = &Attach{
		KeyID: key.ID, PublicKey: base64.RawURLEncoding.EncodeToString(key.Public), Info: key.Info,
		MaxBytes: vault.MaxAttachmentBytes, Notice: p.notices.Of(project, form.Language), Script: pathOf(attachScript, script),
		Deliver: pathOf(deliverScript, deliver),
	}
	for name, text := range p.words[form.Language].Attach {
		if form.Words[name] == "" {
			form.Words[name] = text
		}
	}
	return nil
}
