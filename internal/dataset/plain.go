package dataset

import (
	"time"

	"github.com/heed-ai/heed"
)

// plainRow is an item as it is.
type plainRow struct {
	Given      time.Time   `json:"time"`
	Vote       heed.Vote   `json:"vote"`
	Score      *heed.Score `json:"score"`
	Tags       []string    `json:"tags"`
	Surface    string      `json:"surface"`
	Comment    string      `json:"comment"`
	Correction string      `json:"correction"`
	Messages   []Message   `json:"messages"`
	Answer     string      `json:"answer"`
	Other      string      `json:"other_answer"`

	Provider      string `json:"provider"`
	Model         string `json:"model"`
	PromptName    string `json:"prompt_name"`
	PromptVersion string `json:"prompt_version"`
	Feature       string `json:"feature"`
	Release       string `json:"release"`
	Environment   string `json:"environment"`

	Provenance Provenance `json:"provenance"`
}

func plainRows(i *Item) []any {
	row := plainRow{
		Given: i.Given, Vote: i.Vote, Score: i.Score, Tags: i.Tags, Surface: i.Surface, Comment: i.Comment, Correction: i.Correction,
		Messages: i.Question, Answer: i.Answer, Other: i.Other,
		Provider: i.Provider, Model: i.Model, PromptName: i.PromptName, PromptVersion: i.PromptVersion, Feature: i.Feature, Release: i.Release,
		Environment: i.Environment, Provenance: i.Provenance,
	}
	if row.Tags == nil {
		row.Tags = []string{}
	}
	if row.Messages == nil {
		row.Messages = []Message{}
	}
	return []any{row}
}
