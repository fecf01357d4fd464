package main

import (
	"context"
	"encoding/json"
	"net/http"
)

// recognizerProbe is a text of ours with a name in it.
const recognizerProbe = `{"text":"My name is Jane Roe.","redact_patterns":[]}`

// checkRecognizer has a text of ours redacted as the project's are, where the
// project has chosen a recogniser.
func (d *doctor) checkRecognizer(ctx context.Context) diagnosis {
	if !d.keyGood {
		return skipped("there is no secret key that works")
	}
	var project struct {
		Privacy struct {
			Recognizer string `json:"recognizer"`
		} `json:"privacy"`
		Recognizers []string `json:"recognizers"`
	}
	got, err := d.ask(ctx, http.MethodGet, "/v1/project", "", withKey(d.cmd.Key)...)
	if err == nil {
		err = json.Unmarshal(got.body, &project)
	}
	chosen := project.Privacy.Recognizer
	switch {
	case err != nil || got.status != http.StatusOK:
		return ill("The project's settings cannot be read: /v1/project was answered %d.", got.status)
	case chosen == "" && len(project.Recognizers) == 0:
		return skipped("the server has none; docs/privacy.md tells how to run one beside it")
	case chosen == "":
		return skipped("the project has chosen none; it may choose %s", told(project.Recognizers))
	}
	got, err = d.ask(ctx, http.MethodPost, "/v1/redact", recognizerProbe, withKey(d.cmd.Key)...)
	if err != nil {
		return ill("No answer: %v.", err)
	}
	if got.status != http.StatusOK {
		return ill("Texts of the project are withheld, as its recogniser %s fails. Check that it is set up under recognizers and answers POST /analyze there; "+
			"heed_recognizer_texts_total at /metrics counts why.", chosen)
	}
	return fine("%s answers", chosen)
}
